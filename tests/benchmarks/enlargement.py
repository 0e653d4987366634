"""What a face loses that has fewer pixels than its crop: where `core.engine.MOST_ENLARGED` comes from.

`python -m tests.benchmarks enlargement [--pack NAME]`

Photos of `faces-lfw-dev` are made smaller until one pixel of them becomes so many of the crop, along each side; the
landmarks are those of the photo as it is. Both are compared: the embedding with that of the photo as it is, and with
those of the other photos of the person.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from core.alignment import aligned, enlargement
from core.engine import MOST_ENLARGED, FaceEngine
from core.images import decode
from core.models import DEFAULT_PACK, find_pack
from core.types import Pixels
from tests.benchmarks.hard_sets import central
from tests.benchmarks.photos import LFW

MOST_PHOTOS = 4
"""Of each person who has two or more."""


def main(arguments: Sequence[str]) -> None:
    """Prints a line for each enlargement."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks enlargement")
    parser.add_argument("--pack", default=DEFAULT_PACK)
    pack = find_pack(parser.parse_args(arguments).pack)
    engine = FaceEngine(pack, threads=2)
    who, faces = _faces(engine)
    plain = engine._embedder.embed([aligned(pixels, landmarks) for pixels, landmarks in faces])
    same = (who[:, None] == who) & ~np.eye(len(who), dtype=bool)
    usual = np.median([enlargement(landmarks) for _, landmarks in faces])
    accept = pack.thresholds.accept
    print(
        f"model {pack.name}: {len(who):,} faces of {len(np.unique(who))} people, enlarged {usual:.2f} times as they are"
    )
    print(f"{'enlarged':>9} {'to itself':>10} {'one in 100':>11} {'to its person':>14} {f'{accept} or more':>13}")
    for times in (0.0, 1.0, 1.1, MOST_ENLARGED, 1.3, 1.5, 2.0, 2.5, 3.0):
        crops = [aligned(*_smaller(pixels, landmarks, times)) for pixels, landmarks in faces]
        vectors = engine._embedder.embed(crops)
        itself, others = (vectors * plain).sum(axis=1), (vectors @ plain.T)[same]
        figures = f"{itself.mean():10.4f} {np.quantile(itself, 0.01):11.3f} {others.mean():14.4f}"
        chosen = " <- in use" if times == MOST_ENLARGED else ""
        print(f"{times or 'as it is':>9} {figures} {np.mean(others >= accept):13.2%}{chosen}", flush=True)


def _faces(engine: FaceEngine) -> tuple[NDArray[np.str_], list[tuple[Pixels, NDArray[np.float32]]]]:
    """Whose each face is; the pixels of its photo, and its landmarks."""
    photos: dict[str, list[str]] = {}
    with (LFW / "labels.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            photos.setdefault(row["identity"], []).append(row["path"])
    who, faces = [], []
    for identity, paths in sorted(photos.items()):
        for path in paths[:MOST_PHOTOS] if len(paths) > 1 else ():
            pixels = decode((LFW / path).read_bytes()).pixels
            face = central(engine, pixels)
            if face is not None:
                who.append(identity)
                faces.append((pixels, face.detection.landmarks))
    return np.array(who), faces


def _smaller(pixels: Pixels, landmarks: NDArray[np.float32], times: float) -> tuple[Pixels, NDArray[np.float32]]:
    """The photo at which a crop of the face is enlarged so many times, or as it is where that is no less."""
    scale = enlargement(landmarks) / times if times else 1.0
    if scale >= 1:
        return pixels, landmarks
    height, width = pixels.shape[:2]
    small = cv2.resize(pixels, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    ratio = np.array([small.shape[1] / width, small.shape[0] / height], np.float32)
    return small.astype(np.uint8), landmarks * ratio
