"""Any supported file -> upright RGB pixels, at the scale that is needed and within bounds.

`formats` tells what a file is, `decoders` make its pixels. The EXIF orientation is applied here and nowhere else.
"""

from __future__ import annotations

import contextlib
import io
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import NoReturn

import numpy as np
import simplejpeg
from PIL import Image, JpegImagePlugin, UnidentifiedImageError

from core import heif, jxl, raw
from core.bounds import MAX_PIXELS as MAX_PIXELS
from core.bounds import MAX_SCALED_PIXELS as MAX_SCALED_PIXELS
from core.bounds import check_size
from core.decoders import pixels_of
from core.decoders import resized as resized
from core.errors import DamagedImage, ImageError, ImageTooLarge, ImageUnavailable, NotAnImage
from core.formats import READABLE as READABLE
from core.formats import VIDEOS, kind_of
from core.formats import sniff as sniff
from core.turning import turned
from core.types import Pixels

MAX_AVIF_PIXELS = 60_000_000
"""Up to fourteen bytes a pixel are held while libavif and Pillow hand an AVIF of ten bits on, 840 MB."""

MAX_FILE_BYTES = 1_000_000_000
"""A picture file above a gigabyte is not one."""

WORKING_SIDE = 4096
"""Pictures are used at full size up to this many pixels on the longer side, and not far below it above."""

FIRST_SIDE = 1600
"""A JPEG, which is decoded at a half or a quarter in half of the time, is looked at so first, at this size or above. On
`faces-lfw-dev`, enlarged to 12 megapixels, people are told apart as well at a half (same mean similarity, 99.5% of true
accepts at one false in 10,000 either way); for faces that are small even so there is `DecodedImage.finer`."""

_QUICK = ("JPEG", "RAW")
"""Formats that are decoded at a part of their size in a part of the time."""

_ORIENTATION_TAG = 0x0112

_CHANGING_WARNINGS = threading.Lock()


@dataclass(frozen=True, slots=True)
class DecodedImage:
    """Upright pixels, perhaps smaller than the original.

    Attributes:
        pixels: RGB.
        width: of the upright original, in pixels.
        height: likewise.
        format: JPEG, PNG, ...
        finer: decodes the same picture again, once, with more pixels; None where these are all that are used.
    """

    pixels: Pixels
    width: int
    height: int
    format: str
    finer: Callable[[], DecodedImage] | None = field(default=None, compare=False, repr=False)

    @property
    def scale(self) -> float:
        """Pixels of the original for one of `pixels`, along the longer side, where rounding matters least."""
        return float(max(self.width, self.height) / max(self.pixels.shape[:2]))


def read_file(path: Path) -> bytes:
    """The file's bytes.

    Raises:
        ImageUnavailable: it cannot be read now, or no system can have a file of that name.
        ImageTooLarge: it is larger than any picture.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ImageUnavailable(f"The file cannot be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise ImageUnavailable("The file cannot be read: no file has such a name.") from error
    if len(data) > MAX_FILE_BYTES:
        raise ImageTooLarge("The file is larger than 1 GB, more than Sietch opens as a picture.")
    return data


def decode(data: bytes, max_side: int | None = None, max_pixels: int | None = None) -> DecodedImage:
    """Upright RGB pixels.

    Args:
        data: a whole file.
        max_side: pictures with a longer side than this may come smaller, down to about this size; by default
            `WORKING_SIDE`, and for a JPEG `FIRST_SIDE` with the way to more.
        max_pixels: a bound of the caller's, below those of this module.

    Raises:
        NotAnImage: of no known format.
        DamagedImage: cannot be decoded.
        ImageTooLarge: over these bounds.
    """
    kind = _kind(data)
    side = max_side or (FIRST_SIDE if kind in _QUICK else WORKING_SIDE)
    try:
        pixels, width, height = _read(kind, data, side, max_pixels)
    except ImageError:
        raise
    except Image.DecompressionBombError as error:
        raise ImageTooLarge(
            f"The picture has more than the {MAX_PIXELS // 1_000_000} megapixels that Sietch opens."
        ) from error
    except MemoryError as error:
        raise ImageTooLarge("There is not enough memory to open the picture.") from error
    except Exception as error:  # Pillow's plugins raise nearly anything on hostile files
        _damaged(error)
    is_first = max_side is None and max(pixels.shape[:2]) < min(WORKING_SIDE, max(width, height))
    first = DecodedImage(pixels, width, height, kind)
    return replace(first, finer=cache(partial(_finer, first, data, max_pixels))) if is_first else first


def _finer(first: DecodedImage, data: bytes, max_pixels: int | None) -> DecodedImage:
    """The picture with more pixels, or where that cannot be done as it was decoded first: a picture either way."""
    try:
        return decode(data, WORKING_SIDE, max_pixels)
    except ImageError:
        return first


def exif_of(data: bytes) -> Image.Exif:
    """The EXIF block of a picture, empty where there is none or it cannot be read."""
    kind = kind_of(data)
    try:
        if kind == "HEIC":
            return _loaded(heif.exif(data))
        if kind == "JXL":
            return _loaded(jxl.exif(data))
        if kind == "RAW":
            return _exif_of_raw(data)
        with _open(_kind(data), data) as image, _quiet():
            return image.getexif()
    except Exception:  # as in `decode`; a picture without readable metadata is still a picture
        return Image.Exif()


def _exif_of_raw(data: bytes) -> Image.Exif:
    """From the file's own tags where it is built like a TIFF, else from the preview's."""
    for magic in (b"II*\0", b"MM\0*"):
        # Olympus and Panasonic put letters of their own in the place of the number 42.
        if data[:2] == magic[:2] and int.from_bytes(data[4:8], "little" if magic[:1] == b"I" else "big") < len(data):
            return _loaded(magic + data[4:])
    return exif_of(raw.preview_jpeg(data))


def _loaded(block: bytes) -> Image.Exif:
    exif = Image.Exif()
    with _quiet():
        exif.load(block)
    return exif


def encode_jpeg(pixels: Pixels, quality: int = 82) -> bytes:
    """The JPEG of a picture, with colour at half resolution as cameras do."""
    data: bytes = simplejpeg.encode_jpeg(np.ascontiguousarray(pixels), quality, "RGB", "420")
    return data


def is_whole_jpeg(data: bytes) -> bool:
    """Whether what `encode_jpeg` made can still be decoded without a fault."""
    try:
        simplejpeg.decode_jpeg(data)
    except ValueError:
        return False
    return True


def _kind(data: bytes) -> str:
    if not data:
        raise NotAnImage("The file is empty.")
    kind = kind_of(data)
    if kind in VIDEOS:
        raise NotAnImage("The file is a video, not a picture.")
    if kind is None or kind not in READABLE:
        raise NotAnImage("The file is not a picture.")
    return kind


def _read(kind: str, data: bytes, max_side: int, max_pixels: int | None) -> tuple[Pixels, int, int]:
    """Upright pixels, and the full width and height of the upright picture."""
    if kind == "HEIC":
        return heif.read(data, max_side, max_pixels)
    if kind == "JXL":
        return jxl.read(data, max_side, max_pixels)
    if kind == "RAW":
        return raw.read(data, max_side, max_pixels, partial(_stored, "JPEG"))
    pixels, width, height, orientation = _stored(kind, data, max_side, max_pixels)
    size = (height, width) if orientation >= 5 else (width, height)
    return turned(pixels, orientation), *size


def _stored(kind: str, data: bytes, max_side: int, max_pixels: int | None) -> tuple[Pixels, int, int, int]:
    """The pixels as they lie in a file that Pillow opens, their full width and height, how they are to be turned."""
    with _open(kind, data) as image:
        scalable = kind == "JPEG" and not image.info.get("progressive")
        width, height = image.size
        bound = MAX_SCALED_PIXELS if scalable else MAX_AVIF_PIXELS if kind == "AVIF" else MAX_PIXELS
        check_size(width, height, bound, max_pixels)
        orientation = _orientation(image)
        return pixels_of(image, data, max_side), width, height, orientation


def _open(kind: str, data: bytes) -> Image.Image:
    with _quiet():
        if kind == "JPEG":
            # Opened directly: `Image.open` refuses large JPEGs that can be decoded at a fraction of their size.
            return JpegImagePlugin.JpegImageFile(io.BytesIO(data))
        return Image.open(io.BytesIO(data), formats=[kind])


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without Pillow's warnings: of damaged metadata, which harms no picture, and of sizes, which are judged here."""
    # What is warned of belongs to the whole process: two threads that change it in turns would leave it changed.
    with _CHANGING_WARNINGS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _damaged(error: Exception) -> NoReturn:
    # Pillow's plugins raise SyntaxError on a header they do not understand.
    header = isinstance(error, (UnidentifiedImageError, SyntaxError))
    said = error.args[0].decode("utf-8", "replace") if error.args and isinstance(error.args[0], bytes) else str(error)
    detail = "its header cannot be read" if header else said.split("\n")[0].strip() or type(error).__name__
    raise DamagedImage(f"The picture is damaged ({detail}).") from error


def _orientation(image: Image.Image) -> int:
    if image.format == "TIFF":
        # Pillow turns a TIFF itself when it loads its pixels, and gives the size of the upright picture.
        return 1
    try:
        with _quiet():
            value = image.getexif().get(_ORIENTATION_TAG, 1)
    except Exception:  # a broken EXIF block is no reason to refuse the picture
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1
