"""An opened picture -> its pixels, by the decoder that is best for its format.

JPEG goes through libjpeg-turbo (simplejpeg), which decodes large pictures at a half, a quarter or an eighth directly; a
still WebP goes through OpenCV; what libjpeg-turbo refuses, and every other format, goes through Pillow.
"""

from __future__ import annotations

import cv2
import numpy as np
import simplejpeg
from PIL import Image

from core.errors import DamagedImage
from core.types import Pixels


def pixels_of(image: Image.Image, data: bytes, max_side: int) -> Pixels:
    """The pixels of an opened picture, RGB, not turned yet.

    Args:
        image: opened by Pillow, its pixels not loaded.
        data: the whole file.
        max_side: a longer side may come smaller, down to about this size.

    Raises:
        DamagedImage, or nearly anything that a plugin of Pillow raises: they cannot be decoded.
    """
    if image.format == "JPEG" and image.mode in ("RGB", "L"):
        step = denominator(image.size, max_side)
        try:
            pixels: Pixels = simplejpeg.decode_jpeg(
                data,
                "RGB",
                min_width=-(-image.width // step),
                min_height=-(-image.height // step),
            )
            return pixels
        except ValueError:
            # libjpeg-turbo's strict mode refuses odd files that Pillow still reads.
            pass
    if image.format == "WEBP" and image.mode == "RGB" and not getattr(image, "is_animated", False):
        return _by_opencv(image, data, max_side)
    return _by_pillow(image, max_side)


def _by_opencv(image: Image.Image, data: bytes, max_side: int) -> Pixels:
    """A still WebP: Pillow's decoder is made for animations and takes sixteen bytes a pixel."""
    step = denominator(image.size, max_side)
    # At a half OpenCV holds one copy of the picture where it holds two at full size.
    flags = cv2.IMREAD_COLOR if step == 1 else cv2.IMREAD_REDUCED_COLOR_2
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags | cv2.IMREAD_IGNORE_ORIENTATION)
    half = min(step, 2)
    if pixels is None or abs(pixels.shape[1] - image.width / half) + abs(pixels.shape[0] - image.height / half) > 1:
        raise DamagedImage("The picture is damaged (its pixels cannot be decoded).")
    small = resized(pixels.astype(np.uint8, copy=False), max(1, image.width // step), max(1, image.height // step))
    return cv2.cvtColor(small, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)


def reduced(pixels: Pixels, max_side: int) -> Pixels:
    """The picture, if need be at a half, a quarter or an eighth, for decoders that have no smaller one to give."""
    height, width = pixels.shape[:2]
    step = denominator((width, height), max_side)
    return pixels if step == 1 else resized(pixels, max(1, width // step), max(1, height // step))


def denominator(size: tuple[int, int], max_side: int) -> int:
    """The largest reduction that JPEG offers (1, 2, 4, 8) which keeps the longer side at `max_side` or more."""
    return max(each for each in (1, 2, 4, 8) if each == 1 or max(size) / each >= max_side)


def _by_pillow(image: Image.Image, max_side: int) -> Pixels:
    step = denominator(image.size, max_side)
    width, height = (max(1, side // step) for side in image.size)
    image.draft("RGB" if image.mode != "L" else "L", (width, height))
    image.load()
    rest = min(image.width // width, image.height // height)
    if image.mode in _WIDE:
        return _from_wide(image, rest)
    if rest > 1:
        # Smaller first, then in colour: the other order takes several times the memory.
        image = image.resize((width, height)) if image.mode in ("P", "PA", "1") else image.reduce(rest)
    return np.asarray(rgb(image))


def rgb(image: Image.Image) -> Image.Image:
    """The picture in colour; what is transparent becomes white."""
    if image.mode not in ("LA", "La", "RGBA", "RGBa", "PA") and "transparency" not in image.info:
        # Converting what is RGB already would copy it.
        return image if image.mode == "RGB" else image.convert("RGB")
    layer = image if image.mode == "RGBA" else image.convert("RGBA")
    white = Image.new("RGB", layer.size, (255, 255, 255))
    white.paste(layer, mask=layer.getchannel("A"))
    return white


_WIDE = ("I;16", "I;16B", "I;16L", "I", "F")


def _from_wide(image: Image.Image, step: int) -> Pixels:
    """Gray of 16 or 32 bits or floating point -> 8 bits; Pillow's own conversion would clip it to white."""
    every = np.asarray(image)[::step, ::step]
    if every.dtype.itemsize == 2:
        gray = (every >> 8).astype(np.uint8)
    else:
        values = np.nan_to_num(every.astype(np.float32), copy=False)
        top = float(values.max(initial=0.0))
        values *= 255 / next((scale for scale in (1.0, 255.0, 65535.0) if top <= scale), top)
        gray = np.clip(values, 0, 255, out=values).astype(np.uint8)
    return np.repeat(gray[:, :, None], 3, axis=2)


def resized(pixels: Pixels, width: int, height: int) -> Pixels:
    """The picture at another size: averaged when it shrinks, interpolated when it grows."""
    kind = cv2.INTER_AREA if width < pixels.shape[1] else cv2.INTER_CUBIC
    while pixels.shape[0] >= 2 * height and pixels.shape[1] >= 2 * width:
        # OpenCV halves ten times as fast as it averages otherwise, and what was halved is smooth enough to interpolate.
        tall, wide = pixels.shape[0] // 2, pixels.shape[1] // 2
        half = cv2.resize(pixels[: 2 * tall, : 2 * wide], (wide, tall), interpolation=cv2.INTER_AREA)
        pixels, kind = half.astype(np.uint8, copy=False), cv2.INTER_LINEAR
    if pixels.shape[:2] == (height, width):
        return pixels
    return cv2.resize(pixels, (width, height), interpolation=kind).astype(np.uint8, copy=False)
