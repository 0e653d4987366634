"""Raw files of cameras through LibRaw (rawpy).

What is shown is the preview that the camera put in, or where it is too small what the sensor saw, developed at half of
its size. A preview lies in the file as the sensor did, and is turned like it, unless its sides show that it is upright
already.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import rawpy

from core.bounds import MAX_PIXELS, check_size
from core.decoders import reduced
from core.errors import NotAnImage
from core.turning import turned
from core.types import Pixels

_ORIENTATIONS = {0: 1, 1: 2, 2: 4, 3: 3, 4: 5, 5: 8, 6: 6, 7: 7}
"""How LibRaw calls what EXIF calls orientation (`tiff_set`, `flip_index`): a mirroring, a turning, or both."""

_SAME_SHAPE = 0.02
"""Sides whose ratio differs by less show the same part of the scene: previews are cut by a few pixels."""

_SMALL_SENSOR = 2000
"""Pixels; the picture of a sensor no longer than this is developed in full."""

Preview = Callable[[bytes, int, int | None], tuple[Pixels, int, int, int]]
"""Decodes a JPEG as it lies in the file: bytes, `max_side`, `max_pixels` -> RGB, its full size, and an orientation."""


@dataclass(frozen=True, slots=True)
class _Sensor:
    width: int
    height: int
    orientation: int

    @property
    def upright(self) -> tuple[int, int]:
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)


def read(data: bytes, max_side: int, max_pixels: int | None, preview: Preview) -> tuple[Pixels, int, int]:
    """The photo: upright RGB, and its full width and height.

    Args:
        data: a whole file.
        max_side: a longer side may come smaller, down to about this size; a preview of this size, or half as long as
            the sensor, is large enough.
        max_pixels: a bound of the caller's.
        preview: decodes a JPEG.

    Raises:
        ImageError: it is too large or claims to have no pixels.
        NotAnImage: of a camera or a compression that LibRaw does not know.
        Exception: nearly anything, where LibRaw cannot read it.
    """
    with _opened(data) as raw:
        sizes = raw.sizes
        check_size(sizes.raw_width, sizes.raw_height, MAX_PIXELS, max_pixels)
        check_size(sizes.width, sizes.height, MAX_PIXELS, max_pixels)
        sensor = _Sensor(sizes.width, sizes.height, _ORIENTATIONS.get(sizes.flip, 1))
        seen = _previewed(raw, sensor, max_side, max_pixels, preview)
        return seen or _developed(raw, sensor, max_side)


def preview_jpeg(data: bytes) -> bytes:
    """The JPEG that the camera put in, with its EXIF block; empty where there is none."""
    try:
        with _opened(data) as raw:
            found = raw.extract_thumb()
    except (NotAnImage, rawpy.LibRawError):
        return b""
    return bytes(found.data) if found.format == rawpy.ThumbFormat.JPEG else b""


def _opened(data: bytes) -> rawpy.RawPy:
    try:
        return rawpy.imread(io.BytesIO(data))
    except rawpy.LibRawFileUnsupportedError as error:
        raise NotAnImage("This kind of raw file cannot be opened by this version of Sietch.") from error


def _previewed(
    raw: rawpy.RawPy, sensor: _Sensor, max_side: int, max_pixels: int | None, preview: Preview
) -> tuple[Pixels, int, int] | None:
    try:
        found = raw.extract_thumb()
        if found.format != rawpy.ThumbFormat.JPEG:
            return None
        pixels, width, height, _ = preview(bytes(found.data), max_side, max_pixels)
    except Exception:  # a preview that cannot be read is none: the sensor's own picture is there
        return None
    orientation = sensor.orientation
    if orientation >= 5 and (width > height) != (sensor.width > sensor.height):
        orientation = 1
    lying = orientation >= 5
    full = (height, width) if lying else (width, height)
    if max(full) < min(max_side, max(sensor.upright) / 2):
        return None
    ratio = full[0] / full[1] * sensor.upright[1] / sensor.upright[0]
    size = sensor.upright if abs(ratio - 1) < _SAME_SHAPE else full
    return turned(pixels, orientation), *size


def _developed(raw: rawpy.RawPy, sensor: _Sensor, max_side: int) -> tuple[Pixels, int, int]:
    half = max(sensor.upright) > _SMALL_SENSOR
    pixels: Pixels = raw.postprocess(half_size=half, use_camera_wb=True, output_bps=8, user_flip=0)
    return reduced(turned(pixels, sensor.orientation), max_side), *sensor.upright
