"""The photos that the benchmarks work on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from core.images import decode, encode_jpeg
from tests import samples

DATA = Path(__file__).parents[3] / "shared" / "data"

LFW = DATA / "faces-lfw-dev"
"""1,927 photos of 760 people, where they are at hand: they may not be redistributed."""

COMPREFACE = DATA / "faces-compreface"
"""18 photos, some of groups, up to 20 megapixels, where they are at hand."""


def default_folder(generated: Path) -> Path:
    """The photos of `LFW`, or else photos made from those inside installed packages."""
    return LFW if LFW.is_dir() else samples.write_many(generated, 200)


LARGE, LARGE_SIDE = 200, 3464
"""How many small photos are made as large as a camera's of 12 megapixels."""


def sets(folders: Sequence[Path], temporary: Path) -> Iterator[tuple[str, Path]]:
    """Names and folders of photos to measure on: those given, or small ones, large ones and groups.

    Args:
        folders: perhaps none.
        temporary: where photos are made that are not at hand.
    """
    if folders:
        yield from ((folder.name, folder) for folder in folders)
        return
    small = default_folder(temporary / "small")
    yield "small photos", small
    yield "large photos, made of small ones", _large(small, temporary / "large")
    if COMPREFACE.is_dir():
        yield "groups and portraits", COMPREFACE


def _large(small: Path, folder: Path) -> Path:
    folder.mkdir()
    paths = sorted(small.rglob("*.jp*g"))
    for number, path in enumerate(paths[:: max(1, len(paths) // LARGE)][:LARGE]):
        pixels = decode(path.read_bytes()).pixels
        scale = LARGE_SIDE / max(pixels.shape[:2])
        larger = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        (folder / f"{number}.jpg").write_bytes(encode_jpeg(larger.astype(np.uint8), 90))
    return folder
