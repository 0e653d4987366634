"""Bytes that are no sound picture: each ends with pixels or with an error that a user can read, within bounds."""

from __future__ import annotations

import csv
import io
import struct
import warnings
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core import images
from core.errors import DamagedImage, ImageError, ImageTooLarge, NotAnImage


def jpeg(width: int = 64, height: int = 48, progressive: bool = False) -> bytes:
    """A small picture with some content."""
    file = io.BytesIO()
    gradient = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    gradient.save(file, "JPEG", progressive=progressive, subsampling=0)
    return file.getvalue()


def claiming(data: bytes, width: int, height: int) -> bytes:
    """A JPEG whose header tells another size."""
    marker = next(at for at in range(len(data)) if data[at : at + 2] in (b"\xff\xc0", b"\xff\xc2"))
    return data[: marker + 5] + struct.pack(">HH", height, width) + data[marker + 9 :]


def png(width: int, height: int, rows: bytes = b"", bits: int = 8, colour: int = 2) -> bytes:
    """A PNG file by its parts."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    content = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + content


def exif_with_a_lie() -> bytes:
    """An EXIF block with one ASCII tag of 4 GB."""
    return b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<HHHII", 1, 0x010E, 2, 0xFFFFFFFF, 0x7FFFFFFF) + b"\0" * 4


def outcome(data: bytes) -> bool:
    """Whether a file ends in pixels or in a sentence for the user; anything but an `ImageError` passes as it is."""
    try:
        decoded = images.decode(data)
    except ImageError as error:
        return str(error).endswith(".") and " at 0x" not in str(error)
    return decoded.pixels.ndim == 3 and min(decoded.pixels.shape[:2]) >= 1 and min(decoded.width, decoded.height) >= 1


def test_nothing_and_text_are_not_pictures() -> None:
    with pytest.raises(NotAnImage, match="empty"):
        images.decode(b"")
    for data in (b"Dear diary, today", b"\0" * 100_000, b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF"):
        with pytest.raises(NotAnImage, match="not a picture"):
            images.decode(data)


@pytest.mark.parametrize(
    "head",
    [
        b"\0\0\0\x18ftypheic",
        b"\0\0\0\x18ftypcrx ",
        b"FUJIFILMCCD-RAW 0201",
        b"II*\0\x08\0\0\0CR\x02\0",
        b"IIRO\x08\0\0\0",
        b"\0\0\0\x0cJXL \r\n\x87\n",
        b"\xff\x0a",
    ],
    ids=["heic", "cr3", "raf", "cr2", "orf", "jxl", "jxl-bare"],
)
def test_a_file_that_only_begins_like_a_picture_is_refused_with_a_reason(head: bytes) -> None:
    with pytest.raises((NotAnImage, DamagedImage)) as refusal:
        images.decode(head + b"\0" * 64)

    assert str(refusal.value).endswith(".") and "b'" not in str(refusal.value)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "GIF"])
def test_a_truncated_picture_is_damaged(t1: Path, kind: str, share: float) -> None:
    file = io.BytesIO()
    with Image.open(t1) as image:
        image.resize((320, 222)).save(file, kind)
    data = file.getvalue()
    with pytest.raises(DamagedImage, match="damaged"):
        images.decode(data[: int(len(data) * share)])


def test_a_header_alone_is_damaged() -> None:
    for data in (b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\0", b"RIFF\0\0\0\0WEBP", b"BM"):
        with pytest.raises(DamagedImage) as caught:
            images.decode(data)
        assert " at 0x" not in str(caught.value), "an address in memory tells the user nothing"


def test_a_jpeg_that_claims_more_than_it_holds_is_refused() -> None:
    with pytest.raises(ImageTooLarge, match="65,535"):
        images.decode(claiming(jpeg(), 65535, 65535))
    with pytest.raises(DamagedImage):
        images.decode(claiming(jpeg(), 0, 0))


def test_a_progressive_jpeg_cannot_be_reduced_and_has_the_lower_bound() -> None:
    with pytest.raises(ImageTooLarge, match="150 megapixels"):
        images.decode(claiming(jpeg(progressive=True), 16000, 10000))
    # libjpeg fills what is missing with gray; the picture is still only held at the fraction that was asked for.
    assert images.decode(claiming(jpeg(), 16000, 10000), 1000).pixels.shape == (1250, 2000, 3)


def test_a_large_jpeg_is_held_at_a_fraction() -> None:
    file = io.BytesIO()
    Image.new("L", (14000, 14000), 128).save(file, "JPEG")
    decoded = images.decode(file.getvalue(), 2000)
    assert (decoded.width, decoded.height) == (14000, 14000)
    assert decoded.pixels.shape == (3500, 3500, 3)


@pytest.mark.parametrize("side", [20_000, 65_535, 2**31 - 1])
def test_a_png_beyond_the_bounds_is_refused_unread(side: int) -> None:
    with pytest.raises(ImageTooLarge, match="megapixels"):
        images.decode(png(side, side))


def test_a_png_just_beyond_the_bounds_is_refused() -> None:
    with pytest.raises(ImageTooLarge, match="150 megapixels"):
        images.decode(png(15_001, 10_000, bits=1, colour=0))


def test_a_png_without_pixels_or_with_a_wrong_checksum_is_damaged() -> None:
    for data in (png(0, 10), png(10, 0), png(10, 10), png(4, 4, b"\0" * 52).replace(b"IHDR", b"IHDr")):
        with pytest.raises(DamagedImage):
            images.decode(data)
    assert images.decode(png(4, 4, b"\0" * 52)).pixels.shape == (4, 4, 3)


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (7, 3)])
def test_odd_shapes_are_pictures(size: tuple[int, int]) -> None:
    for kind in ("JPEG", "PNG", "TIFF"):
        file = io.BytesIO()
        Image.new("RGB", size).save(file, kind)
        decoded = images.decode(file.getvalue(), 1000)
        assert (decoded.width, decoded.height) == size
        assert decoded.pixels.size > 0


def test_what_follows_a_jpeg_is_not_looked_at() -> None:
    assert images.decode(jpeg() + b"\xffvideo" * 100_000).pixels.shape == (48, 64, 3)


def test_damaged_metadata_harms_no_picture_and_warns_of_nothing() -> None:
    segment = exif_with_a_lie()
    data = jpeg()
    with_lie = data[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + data[2:]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert images.decode(with_lie).pixels.shape == (48, 64, 3)
        images.exif_of(with_lie)
    assert not caught


@given(data=st.data())
def test_any_change_of_a_file_ends_in_pixels_or_in_a_sentence(data: st.DataObject) -> None:
    sources = (jpeg(), jpeg(progressive=True), png(4, 4, b"\0" * 52))
    content = bytearray(data.draw(st.sampled_from(sources)))
    for at, value in data.draw(
        st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), min_size=1, max_size=6)
    ):
        content[at] = value
    assert outcome(bytes(content))


SOUND_BUT_REFUSED = {"png_text_bomb_zTXt_200MB.png", "png_iccp_bomb_200MB.png"}
"""Pillow refuses metadata that inflates to hundreds of megabytes, and the picture with it."""


def test_hostile_files_end_as_their_manifest_says(shared_data: Path) -> None:
    folder = shared_data / "hostile-synthetic"
    for row in csv.DictReader((folder / "MANIFEST.csv").read_text(encoding="utf-8").splitlines()):
        path = folder / row["file"]
        if not path.is_file() or path.suffix in (".xmp", ".webp"):
            continue
        sound = row["what"].startswith(("valid", "EXIF", "DateTimeOriginal", "GPS", "XMP", "MWG", "orientation"))
        if sound and "400 MP" not in row["what"] and "900 MP" not in row["what"]:
            decoded = images.decode(images.read_file(path))
            assert decoded.pixels.size > 0, path.name
        elif path.name in SOUND_BUT_REFUSED or row["what"].startswith(("truncated", "header", "SOF", "not an image")):
            with pytest.raises(ImageError):
                images.decode(images.read_file(path))


@pytest.mark.parametrize("folder", ["hostile-synthetic", "hostile-pillow"])
def test_no_hostile_file_ends_in_a_crash(shared_data: Path, folder: str) -> None:
    for path in sorted((shared_data / folder).iterdir()):
        # The valid 131 megapixels of WebP take seconds, and are as good as any other.
        if path.name == "webp_16383x8000.webp":
            continue
        assert outcome(images.read_file(path)), path.name
