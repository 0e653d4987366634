"""Where the thresholds of matching and grouping come from: tables over labelled photos.

`python -m tests.benchmarks calibration [FOLDER] [--pack NAME] [--half 0|1]`

FOLDER holds photos and a `labels.csv` (path, identity); by default `faces-lfw-dev`. With `--half` only every second
identity is looked at: what was chosen on one half is reported on the other. Of several faces in a photo the one
nearest its centre is the labelled one; the others are clustered along and not counted.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import clustering, matching
from core.engine import FaceEngine
from core.images import decode
from core.models import DEFAULT_PACK, ModelPack, find_pack
from core.thresholds import Thresholds
from core.types import AnalyzedFace, Vectors
from tests.benchmarks.photos import LFW

Labels = NDArray[np.int64]

Photos = list[tuple[str, list[AnalyzedFace]]]
"""The identity of each photo, and its faces; the one nearest the centre, which the identity is of, comes first."""


@dataclass(frozen=True, slots=True)
class Faces:
    """Every face that was found.

    Attributes:
        vectors: [n, dimension].
        images: the photo of each face.
        labels: the identity of each photo's face nearest the centre; -1 for the others.
        qualities: of each face.
    """

    vectors: Vectors
    images: Labels
    labels: Labels
    qualities: NDArray[np.float64]

    def labelled(self) -> Faces:
        known = self.labels >= 0
        return Faces(self.vectors[known], self.images[known], self.labels[known], self.qualities[known])


def main(arguments: Sequence[str]) -> None:
    """Prints all tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks calibration")
    parser.add_argument("folder", type=Path, nargs="?", default=LFW)
    parser.add_argument("--pack", default=DEFAULT_PACK)
    parser.add_argument("--half", type=int, choices=(0, 1))
    options = parser.parse_args(arguments)
    if not (options.folder / "labels.csv").is_file():
        sys.exit(f"{options.folder} holds no labels.csv: calibration needs labelled photos.")
    pack = find_pack(options.pack)
    photos = analyzed(options.folder, pack, options.half)
    faces = faces_of(photos)
    labelled = faces.labelled()
    sizes = np.bincount(labelled.labels)
    print(f"{len(photos):,} photos, {len(faces.labels):,} faces, {len(labelled.labels):,} of them labelled: ", end="")
    print(f"{(sizes > 1).sum()} people with several photos, {(sizes == 1).sum()} with one; model {pack.name}")
    _verification(labelled)
    _leave_one_out(labelled, pack.thresholds)
    _by_quality(labelled, pack.thresholds)
    _grouping(faces, pack.thresholds)


def analyzed(folder: Path, pack: ModelPack, half: int | None = None) -> Photos:
    """The identity and the faces of every photo; the face nearest the centre comes first."""
    engine = FaceEngine(pack, threads=2)
    found = []
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if half is not None:
        chosen = sorted({row["identity"] for row in rows})[half::2]
        rows = [row for row in rows if row["identity"] in chosen]
    for number, row in enumerate(rows, 1):
        image = decode((folder / row["path"]).read_bytes())
        centre = np.array([image.width / 2, image.height / 2])
        found.append((row["identity"], sorted(engine.analyze(image), key=lambda face: _distance(face, centre))))
        if number % 500 == 0:
            print(f"{number:,} of {len(rows):,} photos", file=sys.stderr, flush=True)
    return found


def _distance(face: AnalyzedFace, point: NDArray[np.float64]) -> float:
    box = face.detection.box
    return float(np.hypot(box.x + box.width / 2 - point[0], box.y + box.height / 2 - point[1]))


def faces_of(photos: Photos) -> Faces:
    identities = {identity: number for number, identity in enumerate(sorted({identity for identity, _ in photos}))}
    flat = [(number, place, face) for number, (_, faces) in enumerate(photos) for place, face in enumerate(faces)]
    return Faces(
        np.stack([face.embedding.vector for _, _, face in flat]),
        np.array([number for number, _, _ in flat]),
        np.array([identities[photos[number][0]] if place == 0 else -1 for number, place, _ in flat]),
        np.array([face.quality for _, _, face in flat]),
    )


def _verification(faces: Faces) -> None:
    similarity = faces.vectors @ faces.vectors.T
    upper = np.triu_indices(len(faces.labels), k=1)
    same = (faces.labels[:, None] == faces.labels[None, :])[upper]
    values = similarity[upper]
    true, false = np.sort(values[same]), np.sort(values[~same])
    print(f"\nverification: {len(true):,} pairs of one person, {len(false):,} of two")
    print(f"  one person: mean {true.mean():.3f}, standard deviation {true.std():.3f}; ", end="")
    print(f"two: mean {false.mean():.3f}, standard deviation {false.std():.3f}, most {false[-1]:.3f}")
    print(f"  {'false accepts':>14} {'similarity':>11} {'true accepts':>13}")
    for rate in (1e-2, 1e-3, 1e-4, 1e-5):
        threshold = false[-max(1, round(rate * len(false)))]
        print(f"  {rate:14.0e} {threshold:11.3f} {_share(np.mean(true > threshold)):>13}")


def _nearest(faces: Faces) -> tuple[Labels, NDArray[np.float64], NDArray[np.float64]]:
    """For each face, with all others known: the nearest person, their similarity, that of the second nearest person."""
    similarity = faces.vectors @ faces.vectors.T
    np.fill_diagonal(similarity, -2)
    nearest = np.argsort(-similarity, axis=1)[:, : matching.NEIGHBOURS]
    person, first, second = np.empty(len(nearest), np.int64), np.empty(len(nearest)), np.full(len(nearest), -1.0)
    for row, columns in enumerate(nearest):
        person[row], first[row] = faces.labels[columns[0]], similarity[row, columns[0]]
        others = columns[faces.labels[columns] != person[row]]
        if len(others):
            second[row] = similarity[row, others[0]]
    return person, first, second


def _leave_one_out(faces: Faces, thresholds: Thresholds) -> None:
    person, first, second = _nearest(faces)
    several = np.bincount(faces.labels)[faces.labels] > 1
    print(f"\nmatching, one face left out at a time: {several.sum():,} faces have another of their person", end="")
    print(f", {(~several).sum():,} have none and should be left alone")
    print(f"  {'accept':>7} {'margin':>7} {'right':>8} {'wrong':>8} {'refused':>8} {'alone, given':>13}")
    for accept in (0.30, 0.34, 0.36, 0.38, 0.40, 0.42, 0.44, 0.46, 0.48, 0.50, 0.52, 0.54, 0.56, 0.60):
        for margin in (0.0, 0.03, 0.05, 0.10):
            given = (first >= accept) & (first - second >= margin)
            right, wrong = given & (person == faces.labels), given & (person != faces.labels)
            chosen = " <- in use" if (accept, margin) == (thresholds.accept, thresholds.margin) else ""
            shares = " ".join(f"{_share(part[several].mean()):>8}" for part in (right, wrong, ~given))
            print(f"  {accept:7.2f} {margin:7.2f} {shares} {given[~several].sum():13,}{chosen}")


def _by_quality(faces: Faces, thresholds: Thresholds) -> None:
    person, first, second = _nearest(faces)
    given = (first >= thresholds.accept) & (first - second >= thresholds.margin)
    several = np.bincount(faces.labels)[faces.labels] > 1
    print(f"\nthe same by quality, accept {thresholds.accept}, margin {thresholds.margin}")
    print(f"  {'quality':>12} {'faces':>7} {'right':>8} {'wrong':>8} {'refused':>8}")
    bounds = (0.0, 0.05, 0.15, 0.25, 0.4, 0.6, 0.8, 1.01)
    for low, high in itertools.pairwise(bounds):
        part = several & (faces.qualities >= low) & (faces.qualities < high)
        if part.any():
            right = (given & (person == faces.labels))[part].mean()
            wrong = (given & (person != faces.labels))[part].mean()
            shares = " ".join(f"{_share(share):>8}" for share in (right, wrong, 1 - right - wrong))
            print(f"  {low:5.2f} - {min(high, 1):4.2f} {part.sum():7,} {shares}")


def _grouping(faces: Faces, thresholds: Thresholds) -> None:
    print(f"\ngrouping of all {len(faces.labels):,} faces by DBSCAN, at least {clustering.MIN_SAMPLES} in a group")
    print(header("eps"))
    for eps in np.arange(0.30, 0.641, 0.02):
        groups = clustering.cluster(faces.vectors, float(eps))
        chosen = " <- in use" if abs(eps - thresholds.dbscan_eps) < 1e-6 else ""
        print(line(f"{eps:.2f}", faces, groups))
        apart = clustering.separate(faces.vectors, groups, faces.images, float(eps))
        print(line(f"{eps:.2f} apart", faces, apart) + chosen)


def header(first: str) -> str:
    columns = ("P", "R", "F", "people", "mixed", "split", "strangers in", "alone")
    return f"  {first:>12} " + " ".join(f"{column:>12}" for column in columns)


def line(name: str, faces: Faces, groups: Labels) -> str:
    """BCubed over the faces of people with several photos; what is wrong, in whole groups and faces.

    people: groups with a labelled face of somebody with several photos; mixed: of these, how many hold two people's;
    split: people in several groups; strangers in: people with one photo who are grouped with another labelled face;
    alone: faces of people with several photos that are in no group.
    """
    known = faces.labels >= 0
    labels, of = faces.labels[known], groups[known].copy()
    several = np.bincount(labels)[labels] > 1
    alone = of < 0
    of[alone] = of.max(initial=0) + 1 + np.arange(alone.sum())
    _, of = np.unique(of, return_inverse=True)
    together = np.zeros((of.max() + 1, labels.max() + 1), np.int32)
    np.add.at(together, (of, labels), 1)
    same = together[of, labels]
    precision = (same / together.sum(axis=1)[of])[several].mean()
    recall = (same / together.sum(axis=0)[labels])[several].mean()
    people = together[:, np.bincount(labels, minlength=together.shape[1]) > 1]
    found = np.unique(of[several & ~alone])
    counts = (
        len(found),
        int(((people[found] > 0).sum(axis=1) > 1).sum()),
        int(((people[found] > 0).sum(axis=0) > 1).sum()),
        int((~several & (together.sum(axis=1)[of] > 1)).sum()),
        int((alone & several).sum()),
    )
    shares = (precision, recall, 2 * precision * recall / (precision + recall))
    columns = [f"{100 * share:.2f}" for share in shares] + [f"{count:,}" for count in counts]
    return f"  {name:>12} " + " ".join(f"{column:>12}" for column in columns)


def _share(value: float | np.floating[Any]) -> str:
    return f"{100 * float(value):.2f}%"
