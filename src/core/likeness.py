"""Pictures that are copies of one another: fingerprints, which of many are near, and whether two show the same.

A perceptual hash finds what may be a copy: the 16 x 16 lowest frequencies (256 bits) survive another size and another
compression. It does not tell a copy from the next photo of a burst: a hand that moved changes few of the 256. So two
pictures with near fingerprints are compared themselves, place by place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core import images
from core.types import Pixels

BITS = 256
_SIDE, _FREQUENCIES = 16, 64
"""Frequencies that count, and those of the picture that they are the lowest of, in each direction."""

NEAR = 16
"""Bits in which two fingerprints of the same picture may differ. Copies at half or a quarter of the size, or compressed
to a JPEG of quality 20, differ in 6 at most in 98 of 100; of 1.8 million pairs of photos one differed in fewer than 60,
and shows the same moment (`python -m tests.benchmarks duplicates`)."""

SAME = 0.06
"""The most that any part of two copies differs, in standard deviations of the picture. Copies at half the size, at
640 px or compressed to quality 50 stay below it in 99 of 100; no two frames of a film a sixth of a second apart do, and
one in seven of those a tenth apart, in which nothing moves (the same benchmark)."""

_COMPARED, _PART, _BLUR = 256, 16, 1.5
"""Pixels on the longer side at which two pictures are compared, of the part that may not differ, and of the blur that
takes away what compression adds."""

_SHAPE = 0.02
"""A copy has the same proportions, but for the rounding of its sides."""

_FLAT = 4.0
"""Standard deviation of the grey levels, 0 to 255, below which a picture shows nothing to be known by: a lens cap, a
blank page."""

Bits = NDArray[np.uint64]
"""Fingerprints: uint64 [n, 4]."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a picture is known by: 256 bits, none for one that shows nothing, and how sharp it is.

    `sharpness` is the variance of the Laplacian (Pech-Pacheco et al., 2000) of the grey picture as it was given; only
    pictures of one size can be compared by it.
    """

    bits: bytes | None
    sharpness: float


def fingerprint(pixels: Pixels) -> Fingerprint:
    """Of a small upright picture: 512 px on the longer side are plenty."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    sharpness = float(cv2.Laplacian(grey, cv2.CV_32F).var())
    if float(grey.std()) < _FLAT:
        return Fingerprint(None, sharpness)
    return Fingerprint(np.packbits(_perceptual_hash(pixels)).tobytes(), sharpness)


def _perceptual_hash(pixels: Pixels) -> NDArray[np.bool_]:
    """Which of the lowest frequencies are above their median (Krawetz's pHash), bool [16, 16].

    Bit for bit that of `imagehash.phash`, which would load SciPy's transforms and wavelets into every worker.
    """
    small = Image.fromarray(pixels).convert("L").resize((_FREQUENCIES, _FREQUENCIES), Image.Resampling.LANCZOS)
    lowest = cv2.dct(np.asarray(small, np.float64))[:_SIDE, :_SIDE]
    # OpenCV's transform is orthonormal, the usual one is not: its means weigh more.
    lowest[0] *= np.sqrt(2)
    lowest[:, 0] *= np.sqrt(2)
    return np.greater(lowest, np.median(lowest))


def of_file(small: bytes) -> Fingerprint:
    """The same, of the file of a small picture.

    Raises:
        ImageError: it is none.
    """
    return fingerprint(images.decode(small).pixels)


def difference(one: Pixels, other: Pixels) -> float:
    """How much two pictures differ where they differ most, in standard deviations; infinite for other shapes.

    Brightness and contrast as a whole do not count: they are what programs change that save a copy.
    """
    shapes = [each.shape[1] / each.shape[0] for each in (one, other)]
    if abs(shapes[0] / shapes[1] - 1) > _SHAPE:
        return float("inf")
    scale = min(1.0, _COMPARED / max(one.shape[:2]))
    size = max(_PART, round(one.shape[1] * scale)), max(_PART, round(one.shape[0] * scale))
    first, second = (_levelled(each, size) for each in (one, other))
    parts = cv2.blur(np.abs(first - second), (_PART, _PART), borderType=cv2.BORDER_REFLECT)
    return float(parts.max())


def near_pairs(bits: Bits, most: int = NEAR) -> NDArray[np.int64]:
    """Every pair of fingerprints that differ in at most `most` bits: rows of two indices, the smaller first.

    Of two such, one at least of `most` + 1 bands of bits is the same in both: only those are compared that share one
    (multi-index hashing: Norouzi, Punjani and Fleet, 2012). Exact.
    """
    count = len(bits)
    found = [np.empty(0, np.int64)]
    for keys in _bands(bits, most + 1):
        order = np.argsort(keys, kind="stable")
        sorted_keys = keys[order]
        for step in range(1, count):
            rows = np.flatnonzero(sorted_keys[step:] == sorted_keys[:-step])
            if not len(rows):
                break
            one, other = order[rows], order[rows + step]
            close = np.bitwise_count(bits[one] ^ bits[other]).sum(axis=1, dtype=np.int64) <= most
            low, high = np.minimum(one, other)[close], np.maximum(one, other)[close]
            found.append(low * count + high)
    pairs = np.unique(np.concatenate(found))
    return np.stack(np.divmod(pairs, max(1, count)), axis=1)


def packed(fingerprints: list[bytes]) -> Bits:
    """Fingerprints as rows of numbers."""
    return np.frombuffer(b"".join(fingerprints), np.uint64).reshape(-1, BITS // 64)


def _bands(bits: Bits, count: int) -> Iterator[NDArray[np.int64]]:
    """The fingerprints cut into bands, each as one number; neighbouring bits, which are alike, go to different ones."""
    columns = np.unpackbits(bits.view(np.uint8).reshape(len(bits), BITS // 8), axis=1)
    for band in range(count):
        own = columns[:, band::count].astype(np.int64)
        yield own @ (1 << np.arange(own.shape[1], dtype=np.int64))


def _levelled(pixels: Pixels, size: tuple[int, int]) -> NDArray[np.float32]:
    """The grey picture at a size, blurred, with a mean of 0 and a standard deviation of 1."""
    grey = cv2.resize(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), _BLUR)
    levelled: NDArray[np.float32] = ((soft - soft.mean()) / max(float(soft.std()), 1e-3)).astype(np.float32)
    return levelled
