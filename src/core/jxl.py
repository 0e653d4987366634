"""JPEG XL through libjxl (pylibjxl), which turns a picture itself.

How a picture is to be turned stands in its codestream; an EXIF orientation in the file around it says the same a second
time and is to be passed over (ISO/IEC 18181-2, 9.4).
"""

from __future__ import annotations

import numpy as np
import pylibjxl
from PIL import Image

from core.bounds import check_size
from core.boxes import boxes
from core.decoders import reduced, rgb
from core.types import Pixels

MAX_PIXELS = 100_000_000
"""About six bytes a pixel are held, 600 MB."""


def read(data: bytes, max_side: int, max_pixels: int | None) -> tuple[Pixels, int, int]:
    """The picture, of an animation the first: upright RGB, and its full width and height.

    Args:
        data: a whole file.
        max_side: a longer side may come smaller, down to about this size.
        max_pixels: a bound of the caller's.

    Raises:
        ImageError: it is too large or claims to have no pixels.
        Exception: nearly anything, where libjxl cannot read it.
    """
    head = pylibjxl.probe(data)
    width, height = int(head["width"]), int(head["height"])
    check_size(width, height, MAX_PIXELS, max_pixels)
    pixels = reduced(pylibjxl.decode(data), max_side)
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    if pixels.ndim == 3 and pixels.shape[2] == 3:
        return pixels, width, height
    return np.asarray(rgb(Image.fromarray(pixels))), width, height


def exif(data: bytes) -> bytes:
    """The EXIF block, empty where there is none."""
    for kind, start, end in boxes(data):
        if kind == b"brob" and data[start : start + 4] == b"Exif":
            # Compressed: libjxl unpacks it, but only together with the picture.
            head = pylibjxl.probe(data)
            check_size(int(head["width"]), int(head["height"]), MAX_PIXELS)
            return bytes(pylibjxl.decode(data, metadata=True)[1].get("exif", b""))
        if kind == b"Exif":
            # Four bytes say how far on the block begins.
            return data[start + 4 + int.from_bytes(data[start : start + 4]) : end]
    return b""
