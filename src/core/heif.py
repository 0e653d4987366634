"""HEIC and HEIF through libheif (pillow-heif), which turns a picture itself.

How such a picture is to be turned stands in its own properties (`irot`, `imir`), which libheif obeys. An EXIF
orientation beside them says the same a second time and is to be passed over (ISO/IEC 23008-12, annex A).
"""

from __future__ import annotations

import numpy as np
import pillow_heif

from core.bounds import check_size
from core.decoders import reduced, rgb
from core.types import Pixels

MAX_PIXELS = 120_000_000
"""More than the 108 megapixels of phones; about five bytes a pixel are held, 600 MB."""


def read(data: bytes, max_side: int, max_pixels: int | None) -> tuple[Pixels, int, int]:
    """The primary picture of a file: upright RGB, and its full width and height.

    Args:
        data: a whole file.
        max_side: a longer side may come smaller, down to about this size.
        max_pixels: a bound of the caller's.

    Raises:
        ImageError: it is too large or claims to have no pixels.
        Exception: nearly anything, where libheif cannot read it.
    """
    picture = pillow_heif.open_heif(data, convert_hdr_to_8bit=True)
    width, height = picture.size
    check_size(width, height, MAX_PIXELS, max_pixels)
    # A picture without transparency is not copied.
    pixels: Pixels = np.asarray(picture if picture.mode == "RGB" else rgb(picture.to_pillow()))
    return reduced(pixels, max_side), width, height


def exif(data: bytes) -> bytes:
    """The EXIF block, empty where there is none."""
    return pillow_heif.open_heif(data).info.get("exif") or b""
