"""HEIC, JPEG XL and raw files come upright, whichever way they were stored, and within bounds."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core import images
from core.errors import ImageError, ImageTooLarge
from core.formats import kind_of, sniff
from core.types import Pixels
from tests import media
from tests.core.test_images import STORED_AS, UPRIGHT, distance, encoded

DATA = Path(__file__).parents[3] / "shared" / "data"

UPRIGHT_LARGE: Pixels = np.kron(UPRIGHT, np.ones((10, 10, 1))).astype(np.uint8)
"""480 x 320: LibRaw takes no picture of a sensor that is much smaller."""


def _dng(image: Image.Image, orientation: int) -> bytes:
    return media.dng(image, orientation)


def _dng_with_preview(image: Image.Image, orientation: int) -> bytes:
    return media.dng(Image.new("RGB", image.size), orientation, preview=image)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("write", "kind", "tolerance"),
    [
        (media.heic, "HEIC", 1.0),
        (media.jxl, "JXL", 1.0),
        (_dng, "RAW", 5.0),
        (_dng_with_preview, "RAW", 1.0),
    ],
    ids=["heic", "jxl", "raw", "raw-preview"],
)
def test_every_orientation_comes_upright(
    write: Callable[[Image.Image, int], bytes], kind: str, tolerance: float, orientation: int
) -> None:
    data = write(STORED_AS[orientation](Image.fromarray(UPRIGHT_LARGE)), orientation)

    decoded = images.decode(data)

    assert (decoded.width, decoded.height, decoded.format) == (480, 320, kind)
    assert distance(decoded.pixels, UPRIGHT_LARGE) <= tolerance


@pytest.mark.parametrize("write", [media.heic, media.jxl, media.dng], ids=["heic", "jxl", "raw"])
def test_the_time_in_a_file_is_found(write: Callable[[Image.Image], bytes]) -> None:
    data = write(Image.fromarray(UPRIGHT_LARGE))

    assert images.exif_of(data)[0x0132] == "2021:05:06 07:08:09"


@pytest.mark.parametrize("write", [media.heic, media.jxl, media.dng], ids=["heic", "jxl", "raw"])
def test_a_large_picture_comes_smaller(write: Callable[[Image.Image], bytes]) -> None:
    data = write(Image.fromarray(UPRIGHT_LARGE))

    decoded = images.decode(data, max_side=100)

    assert (decoded.width, decoded.height) == (480, 320)
    assert decoded.pixels.shape == (80, 120, 3)
    assert distance(decoded.pixels, np.asarray(Image.fromarray(UPRIGHT_LARGE).resize((120, 80)))) < 8


@pytest.mark.parametrize("write", [media.heic, media.jxl, media.dng], ids=["heic", "jxl", "raw"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_a_truncated_file_is_refused(write: Callable[[Image.Image], bytes], share: float) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (320, 480, 3), np.uint8)
    data = write(Image.fromarray(noise))

    with pytest.raises(ImageError):
        images.decode(data[: int(len(data) * share)])


@pytest.mark.parametrize("write", [media.heic, media.jxl, media.dng], ids=["heic", "jxl", "raw"])
def test_the_callers_bound_holds(write: Callable[[Image.Image], bytes]) -> None:
    with pytest.raises(ImageTooLarge, match="480 × 320"):
        images.decode(write(Image.fromarray(UPRIGHT_LARGE)), max_pixels=100_000)


def test_a_raw_file_that_claims_a_gigapixel_is_too_large() -> None:
    with pytest.raises(ImageError):
        images.decode(media.dng(Image.fromarray(UPRIGHT_LARGE), scale=100))


@pytest.mark.parametrize("mode", ["L", "RGBA"])
def test_gray_and_transparent_pictures_of_jpeg_xl_are_read(mode: str) -> None:
    import pylibjxl

    picture = Image.fromarray(UPRIGHT).convert(mode)
    if "A" in mode:
        picture.putalpha(0)
    layers = np.asarray(picture)
    data = pylibjxl.encode(layers if layers.ndim == 3 else layers[:, :, None].copy(), lossless=True)

    white = np.full_like(UPRIGHT, 255)
    expected = white if "A" in mode else np.asarray(picture.convert("RGB"))
    assert distance(images.decode(data).pixels, expected) == 0


def test_a_transparent_heic_is_shown_on_white() -> None:
    picture = Image.fromarray(UPRIGHT).convert("RGBA")
    picture.putalpha(0)

    assert distance(images.decode(media.heic(picture)).pixels, np.full_like(UPRIGHT, 255)) < 1


def test_a_small_preview_gives_way_to_what_the_sensor_saw() -> None:
    sensor = Image.fromarray(UPRIGHT_LARGE)
    preview = Image.new("RGB", (120, 80), "black")

    decoded = images.decode(media.dng(sensor, preview=preview))

    assert distance(decoded.pixels, UPRIGHT_LARGE) < 5


def test_a_preview_of_half_the_size_is_enough_for_a_first_look() -> None:
    sensor, preview = Image.new("RGB", (4000, 3000), "blue"), Image.new("RGB", (2000, 1500), "red")

    first = images.decode(media.dng(sensor, preview=preview))

    assert (first.width, first.height) == (4000, 3000)
    assert first.pixels.shape == (1500, 2000, 3) and first.pixels[0, 0, 0] > 200


def test_what_is_small_is_looked_for_in_the_sensors_own_picture() -> None:
    sensor, preview = Image.new("RGB", (6000, 4000), "blue"), Image.new("RGB", (1620, 1080), "red")

    first = images.decode(media.dng(sensor, preview=preview))

    assert first.pixels.shape == (1080, 1620, 3) and first.finer is not None
    finer = first.finer()
    assert finer.pixels.shape == (2000, 3000, 3) and finer.pixels[0, 0, 2] > 200
    assert (first.width, first.height) == (finer.width, finer.height) == (6000, 4000)


def test_a_preview_that_shows_another_part_sets_the_size() -> None:
    """A camera that was set to 16:9: the photo is what it was meant to be."""
    sensor, preview = Image.new("RGB", (3000, 2000), "blue"), Image.new("RGB", (1920, 1080), "red")

    decoded = images.decode(media.dng(sensor, preview=preview))

    assert (decoded.width, decoded.height) == (1920, 1080)


def test_a_preview_that_is_upright_already_is_not_turned() -> None:
    upright = Image.fromarray(UPRIGHT_LARGE)
    lying = STORED_AS[6](upright)

    decoded = images.decode(media.dng(lying, 6, preview=upright))

    assert distance(decoded.pixels, UPRIGHT_LARGE) < 1


def test_a_plain_tiff_is_no_raw_file_and_a_dng_is_one_by_its_content() -> None:
    picture = Image.fromarray(UPRIGHT_LARGE)
    tiff, dng = encoded(picture, "TIFF"), media.dng(picture)

    assert (sniff(tiff[:32]), kind_of(tiff)) == ("TIFF", "TIFF")
    assert (sniff(dng[:32]), kind_of(dng)) == ("TIFF", "RAW")


def test_a_tiff_whose_directories_lead_in_circles_is_told_from_a_raw_file() -> None:
    looped = bytearray(encoded(Image.fromarray(UPRIGHT), "TIFF"))
    (at,) = np.frombuffer(looped, "<u4", 1, 4)
    count = int.from_bytes(looped[at : at + 2], "little")
    looped[at + 2 + 12 * count : at + 6 + 12 * count] = int(at).to_bytes(4, "little")

    assert kind_of(bytes(looped)) == "TIFF"


def test_broken_raw_files_are_damaged_and_not_a_fault_of_sietch() -> None:
    sound = media.dng(Image.fromarray(UPRIGHT_LARGE))
    rng = np.random.default_rng(3)
    for _ in range(60):
        broken = bytearray(sound)
        for place in rng.integers(8, 600, 6):
            broken[place] = rng.integers(0, 256)
        with contextlib.suppress(ImageError):
            images.decode(bytes(broken))


def test_a_heic_that_claims_a_gigapixel_is_too_large() -> None:
    sound = media.heic(Image.fromarray(UPRIGHT_LARGE))
    size = (480).to_bytes(4) + (320).to_bytes(4)
    assert size in sound

    with pytest.raises(ImageError):
        images.decode(sound.replace(size, (32000).to_bytes(4) * 2))


@pytest.mark.skipif(not DATA.exists(), reason="the shared photographs are not here")
@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("library-immich/formats/heic/IMG_2682.heic", (4032, 3024)),
        ("library-immich/formats/motionphoto/samsung-one-ui-6.heic", None),
        ("library-immich/formats/avif/8bit-sRGB.avif", None),
        ("library-immich/formats/avif/10bit-HDR-P3-nclx.avif", None),
        ("metadata-pigallery2/orientation/IMG_0307.HEIC", None),
        ("metadata-pigallery2/parsingfromheic.heic", None),
    ],
)
def test_photographs_of_phones_are_read(name: str, size: tuple[int, int] | None) -> None:
    decoded = images.decode((DATA / name).read_bytes())

    assert decoded.pixels.shape[2] == 3 and decoded.pixels.std() > 10
    assert size is None or (decoded.width, decoded.height) == size
