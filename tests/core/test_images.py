"""Sound pictures of every kind become the pixels that a person would see."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageOps

from core import images
from core.errors import ImageUnavailable
from core.types import Pixels

RED, GREEN, BLUE, YELLOW, CYAN, WHITE = (
    (250, 0, 0),
    (0, 250, 0),
    (0, 0, 250),
    (250, 250, 0),
    (0, 250, 250),
    (250, 250, 250),
)
UPRIGHT: Pixels = np.kron(np.array([[RED, GREEN, BLUE], [YELLOW, CYAN, WHITE]]), np.ones((16, 16, 1))).astype(np.uint8)
"""48 x 32 pixels, six blocks of different colours: no turning or mirroring leaves it as it is."""

STORED_AS = {
    1: lambda image: image,
    2: lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    3: lambda image: image.transpose(Image.Transpose.ROTATE_180),
    4: lambda image: image.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
    5: lambda image: image.transpose(Image.Transpose.TRANSPOSE),
    6: lambda image: image.transpose(Image.Transpose.ROTATE_90),
    7: lambda image: image.transpose(Image.Transpose.TRANSVERSE),
    8: lambda image: image.transpose(Image.Transpose.ROTATE_270),
}
"""How a camera that writes this EXIF orientation stores an upright picture."""


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """The bytes of a file."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def distance(first: NDArray[np.generic], second: NDArray[np.generic]) -> float:
    """The mean difference of two pictures of one size."""
    assert first.shape == second.shape
    return float(np.abs(first.astype(float) - second.astype(float)).mean())


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("kind", "options", "tolerance"),
    [
        ("PNG", {}, 0.0),
        ("WEBP", {"lossless": True}, 0.0),
        ("TIFF", {}, 0.0),
        ("TIFF", {"compression": "tiff_lzw"}, 0.0),
        ("JPEG", {"quality": 95, "subsampling": 0}, 2.0),
        ("AVIF", {"quality": 95}, 10.0),
    ],
    ids=["png", "webp", "tiff", "tiff-lzw", "jpeg", "avif"],
)
def test_every_orientation_comes_upright(
    kind: str, options: dict[str, Any], tolerance: float, orientation: int
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = STORED_AS[orientation](Image.fromarray(UPRIGHT))

    decoded = images.decode(encoded(stored, kind, exif=exif, **options))

    assert (decoded.width, decoded.height, decoded.format) == (48, 32, kind)
    assert distance(decoded.pixels, UPRIGHT) <= tolerance
    assert decoded.pixels.dtype == np.uint8
    assert decoded.pixels.flags.c_contiguous


@pytest.mark.parametrize("orientation", [0, 9, 255, 65535])
def test_an_impossible_orientation_is_none(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert np.array_equal(images.decode(encoded(Image.fromarray(UPRIGHT), exif=exif)).pixels, UPRIGHT)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "BMP"])
def test_gray_becomes_three_equal_channels(kind: str) -> None:
    gray = Image.fromarray(UPRIGHT).convert("L")
    pixels = images.decode(encoded(gray, kind)).pixels
    assert pixels.shape == (32, 48, 3)
    assert np.array_equal(pixels[..., 0], pixels[..., 2])
    assert distance(pixels[..., 0], np.asarray(gray)) < 3


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_gray_of_sixteen_bits_keeps_its_range(kind: str) -> None:
    ramp = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    pixels = images.decode(encoded(Image.fromarray(ramp), kind)).pixels
    assert distance(pixels[..., 1].ravel(), np.arange(256)) < 1


@pytest.mark.parametrize("top", [1.0, 255.0, 65535.0, 1e6])
def test_floating_point_is_scaled_to_what_it_holds(top: float) -> None:
    ramp = np.linspace(0, top, 256, dtype=np.float32).reshape(16, 16)
    pixels = images.decode(encoded(Image.fromarray(ramp), "TIFF")).pixels
    assert distance(pixels[..., 1].ravel(), np.arange(256)) < 1


def test_floating_point_without_a_number_is_still_a_picture() -> None:
    values = np.full((16, 16), np.nan, np.float32)
    values[:8] = 1.0
    pixels = images.decode(encoded(Image.fromarray(values), "TIFF")).pixels
    assert pixels[:8].min() == 255
    assert pixels[8:].max() == 0


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_has_the_colours_that_pillow_gives_it(kind: str) -> None:
    data = encoded(Image.fromarray(UPRIGHT).convert("CMYK"), kind)
    assert distance(images.decode(data).pixels, UPRIGHT) < 12


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_is_transparent_lies_on_white(mode: str, kind: str) -> None:
    picture = Image.new("RGBA", (32, 16), (0, 0, 0, 255))
    picture.paste((0, 0, 0, 0), (0, 0, 16, 16))
    options = {"lossless": True} if kind == "WEBP" else {}
    pixels = images.decode(encoded(picture.convert(mode), kind, **options)).pixels
    assert pixels[:, :16].min() == 255
    assert pixels[:, 16:].max() == 0


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "TIFF"])
def test_a_palette_becomes_its_colours(kind: str) -> None:
    data = encoded(Image.fromarray(UPRIGHT).quantize(16), kind)
    assert distance(images.decode(data).pixels, UPRIGHT) < 4


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_a_transparent_colour_of_a_palette_is_white(kind: str) -> None:
    picture = Image.new("P", (4, 4), 0)
    picture.putpalette([0, 0, 0, 9, 9, 9])
    assert images.decode(encoded(picture, kind, transparency=0)).pixels.min() == 255


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP"])
def test_black_and_white_of_one_bit(kind: str) -> None:
    picture = Image.new("1", (16, 16), 1)
    picture.paste(0, (0, 0, 8, 16))
    pixels = images.decode(encoded(picture, kind)).pixels
    assert pixels[:, :8].max() == 0
    assert pixels[:, 8:].min() == 255


def test_an_animation_is_its_first_frame() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in (RED, BLUE)]
    pixels = images.decode(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])).pixels
    assert tuple(pixels[4, 4]) == RED


def test_two_pictures_in_one_jpeg_are_the_first() -> None:
    frames = [Image.new("RGB", (64, 64), colour) for colour in (RED, BLUE)]
    decoded = images.decode(encoded(frames[0], "MPO", save_all=True, append_images=frames[1:]))
    assert decoded.format == "JPEG"
    assert distance(decoded.pixels, np.asarray(frames[0])) < 3


@given(
    size=st.tuples(st.integers(1, 500), st.integers(1, 500)),
    max_side=st.integers(16, 600),
    kind=st.sampled_from(["JPEG", "PNG"]),
    orientation=st.sampled_from([1, 6]),
)
def test_a_reduced_picture_keeps_its_size_and_scale(
    size: tuple[int, int], max_side: int, kind: str, orientation: int
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    decoded = images.decode(encoded(Image.new("RGB", size, RED), kind, exif=exif), max_side)

    height, width = decoded.pixels.shape[:2]
    assert (decoded.width, decoded.height) == (size if orientation == 1 else size[::-1])
    assert max(width, height) >= min(max_side, max(size))
    if max(size) < 2 * max_side:
        assert (width, height) == (decoded.width, decoded.height)
    assert width * decoded.scale == pytest.approx(decoded.width, abs=decoded.scale)
    assert height * decoded.scale == pytest.approx(decoded.height, abs=decoded.scale)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("side", [900, 450, 200, 100])
def test_a_reduced_picture_shows_the_same(t1: Path, kind: str, side: int) -> None:
    with Image.open(t1) as image:
        picture = image.convert("RGB").resize((960, 664))
    decoded = images.decode(encoded(picture, kind), side)
    height, width = decoded.pixels.shape[:2]
    assert side <= width < 2 * side or width == 960
    expected = np.asarray(picture.resize((width, height), Image.Resampling.BOX))
    assert distance(decoded.pixels, expected) < 4


def test_sixteen_bits_and_palettes_are_large_without_harm() -> None:
    wide = np.full((800, 800), 65535, np.uint16)
    assert images.decode(encoded(Image.fromarray(wide)), 100).pixels.min() == 255
    assert images.decode(encoded(Image.new("P", (800, 800), 0)), 100).pixels.max() == 0


def test_pictures_of_cameras_come_as_pillow_turns_them(shared_data: Path) -> None:
    for path in sorted((shared_data / "camera-jpegs").glob("*.jpg")):
        with Image.open(path) as image:
            expected = ImageOps.exif_transpose(image).convert("RGB")
        decoded = images.decode(images.read_file(path))
        assert (decoded.width, decoded.height) == expected.size, path.name
        assert distance(decoded.pixels, np.asarray(expected)) < 1, path.name


def test_a_file_is_known_by_its_content(astronaut: Path, astronaut_jpeg: Path) -> None:
    assert images.sniff(astronaut.read_bytes()[:32]) == "PNG"
    assert images.sniff(astronaut_jpeg.read_bytes()[:32]) == "JPEG"
    for kind, options in [("JPEG2000", {}), ("AVIF", {}), ("WEBP", {}), ("TIFF", {"big_tiff": True}), ("GIF", {})]:
        data = encoded(Image.fromarray(UPRIGHT), kind, **options)
        assert images.sniff(data[:32]) == kind
        assert distance(images.decode(data).pixels, UPRIGHT) < 12
    assert images.sniff(b"") is None
    assert images.sniff(b"%PDF-1.7") is None


def test_a_file_that_cannot_be_read_may_come_back(tmp_path: Path) -> None:
    with pytest.raises(ImageUnavailable, match="cannot be read"):
        images.read_file(tmp_path / "gone.jpg")
    with pytest.raises(ImageUnavailable, match="cannot be read"):
        images.read_file(tmp_path)


def test_exif_is_read_and_its_absence_is_empty() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    assert images.exif_of(encoded(Image.fromarray(UPRIGHT), "JPEG", exif=exif))[0x010F] == "Maker"
    assert not images.exif_of(encoded(Image.fromarray(UPRIGHT), "JPEG"))
    assert not images.exif_of(b"not a picture")


@pytest.mark.parametrize("size", [(24, 16), (96, 64)])
def test_resizing_keeps_the_picture(size: tuple[int, int]) -> None:
    small = images.resized(UPRIGHT, *size)
    expected = np.asarray(Image.fromarray(UPRIGHT).resize(size, Image.Resampling.BOX))
    assert small.dtype == np.uint8
    assert distance(small, expected) < 12


def test_an_encoded_jpeg_is_the_picture_again() -> None:
    data = images.encode_jpeg(UPRIGHT[:, ::-1], 95)
    assert distance(images.decode(data).pixels, UPRIGHT[:, ::-1]) < 10
