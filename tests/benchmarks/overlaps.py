"""From which overlap on two boxes are one face's: where `core.operations.looking.MIN_OVERLAP` comes from.

`python -m tests.benchmarks overlaps`

Whoever gives a box drew it by hand or had it from a detector of their own. YuNet stands for that one here: how much do
its boxes overlap those of SCRFD of the same face, and those of the faces beside it? The same face is the one whose
centre is nearest, as long as the other's centre lies in its box.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.engine import FaceEngine
from core.images import DecodedImage, decode
from core.models import DEFAULT_PACK, find_pack
from core.types import BoundingBox
from tests.benchmarks.photos import COMPREFACE, LFW

LEAST = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)


def main(_: Sequence[str]) -> None:
    """Prints a line for each overlap."""
    folders = [folder for folder in (LFW, COMPREFACE) if folder.is_dir()]
    if not folders:
        sys.exit("There are no photos at hand.")
    engines = [FaceEngine(find_pack(name), threads=2) for name in (DEFAULT_PACK, "yunet_sface")]
    same, other = [], []
    for path in (path for folder in folders for path in sorted(folder.rglob("*.jp*g"))):
        ours, theirs = ([face.detection.box for face in engine.analyze(_decoded(path))] for engine in engines)
        for box in theirs:
            nearest = min(ours, key=lambda each: _distance(each, box), default=None)
            if nearest is None or not _holds(nearest, box):
                continue
            same.append(nearest.overlap(box))
            other += [each.overlap(box) for each in ours if each is not nearest]
    one, two = np.array(same), np.array(other)
    print(f"{len(one):,} boxes of one face by two detectors: overlap {one.min():.2f} at least, ", end="")
    print(f"{np.quantile(one, 0.01):.2f} for one in a hundred, {np.median(one):.2f} in the middle")
    print(f"{len(two):,} boxes of two faces of one photo: {two.max():.2f} at most")
    print(f"{'at least':>9} {'one face':>9} {'two':>6}")
    for least in LEAST:
        print(f"{least:9.1f} {np.mean(one >= least):9.2%} {(two >= least).sum():6,}")


def _decoded(path: Path) -> DecodedImage:
    return decode(path.read_bytes())


def _middle(box: BoundingBox) -> tuple[float, float]:
    return box.x + box.width / 2, box.y + box.height / 2


def _distance(one: BoundingBox, other: BoundingBox) -> float:
    return float(np.hypot(*np.subtract(_middle(one), _middle(other))))


def _holds(box: BoundingBox, other: BoundingBox) -> bool:
    x, y = _middle(other)
    return box.x <= x <= box.x + box.width and box.y <= y <= box.y + box.height
