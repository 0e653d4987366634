"""The hash of the picture alone: the same whatever is told of it, another for every other picture."""

from __future__ import annotations

import io

import pytest
from PIL import ExifTags, Image, PngImagePlugin

from app.picture_data import picture_hash
from tests import samples


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def told(text: str) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = text
    return exif.tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_what_is_told_of_a_picture_is_no_part_of_it(kind: str) -> None:
    image = samples.portrait(0)
    plain = picture_hash(saved(image, kind))
    assert plain is not None
    assert plain == picture_hash(saved(image, kind, exif=told("Grandmother's garden")))
    assert plain != picture_hash(saved(samples.darker(image), kind))


def test_a_progressive_jpeg_and_comments(tmp_path: object) -> None:
    image = samples.portrait(1)
    data = saved(image, "JPEG", progressive=True)
    comment = data[:2] + b"\xff\xfe\x00\x07hello" + data[2:]
    assert picture_hash(comment) == picture_hash(data) != picture_hash(saved(image, "JPEG"))


def test_what_follows_the_picture_is_no_part_of_it() -> None:
    data = saved(samples.portrait(2), "JPEG")
    assert picture_hash(data + b"a film of a moving photo") == picture_hash(data)


@pytest.mark.parametrize("cut", range(8, 400, 7))
def test_an_avif_that_is_cut_off_or_damaged_does_no_harm(cut: int) -> None:
    data = saved(samples.portrait(0), "AVIF")
    picture_hash(data[:cut])
    picture_hash(data[:cut] + b"\xff" * 8 + data[cut + 8 :])


def test_text_in_a_png_is_no_part_of_the_picture() -> None:
    information = PngImagePlugin.PngInfo()
    information.add_itxt("XML:com.adobe.xmp", "<x/>")
    image = samples.portrait(0)
    assert picture_hash(saved(image, "PNG", pnginfo=information)) == picture_hash(saved(image, "PNG"))


BOXES = b"\0\0\0\x18ftypheic" + bytes(40), b"\0\0\0\x10ftypavif\0\0\0\0\0\0\0\x10meta\0\0\0\0\0\0"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0\x00\x10",
        b"\xff\xd8" + b"\xff" * 50,
        b"\x89PNG\r\n\x1a\n\0",
        *BOXES,
    ],
)
def test_what_is_cut_off_or_of_another_format_has_none(data: bytes) -> None:
    assert picture_hash(data) is None
