"""Whom a new face is given to, on photos made hard: its own person, a wrong one, or nobody.

`python -m tests.benchmarks matching [--pack NAME]`

The persons known are those of `faces-lfw-dev` with five photos or more, each photo in every degradation; the faces of
one photo at a time are taken out and are new. Strangers are the people with one photo, in every degradation, too.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core import matching
from core.matching import Neighbour
from core.models import DEFAULT_PACK, find_pack
from core.thresholds import Thresholds
from core.types import Verdict
from tests.benchmarks.hard_sets import Seen, seen
from tests.benchmarks.photos import LFW

Rows = NDArray[np.intp]


def main(arguments: Sequence[str]) -> None:
    """Prints a line for each pair of thresholds."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks matching")
    parser.add_argument("--pack", default=DEFAULT_PACK)
    pack = find_pack(parser.parse_args(arguments).pack)
    faces = seen(LFW, pack)
    photos = np.bincount(faces.who[faces.kinds == 0])
    known = np.flatnonzero(np.isin(faces.who, np.flatnonzero(photos >= 5)))
    strangers = np.flatnonzero(np.isin(faces.who, np.flatnonzero(photos == 1)))
    near_known, near_strangers = list(_nearest(faces, known, known)), list(_nearest(faces, strangers, known))
    print(f"model {pack.name}: {len(np.unique(faces.who[known]))} people, {len(known):,} new faces of theirs, ", end="")
    print(f"{len(strangers):,} of strangers")
    print(f"{'accept':>7} {'support':>8} {'right':>7} {'wrong':>6} {'strangers given':>16}")
    used = pack.thresholds
    for accept in used.accept + 0.02 * np.arange(-1, 3):
        for support in (-1.0, *(used.support + 0.02 * np.arange(-3, 2))):
            tried = replace(used, accept=float(accept), support=float(support))
            given = [_given(near, quality, tried) for near, quality in near_known]
            right = sum(who == person for who, person in zip(given, faces.who[known].tolist(), strict=True))
            wrong = sum(who is not None for who in given) - right
            false = sum(_given(near, quality, tried) is not None for near, quality in near_strangers)
            chosen = " <- in use" if (round(accept, 3), round(support, 3)) == (used.accept, used.support) else ""
            print(f"{accept:7.2f} {support:8.2f} {right:7,} {wrong:6,} {false:16,}{chosen}", flush=True)


def _given(near: list[Neighbour], quality: float, thresholds: Thresholds) -> int | None:
    choice = matching.choose(near, thresholds, quality=quality)
    return choice.best.person_id if choice.best and choice.verdict is Verdict.ACCEPTED else None


def _nearest(faces: Seen, new: Rows, known: Rows) -> Iterator[tuple[list[Neighbour], float]]:
    """The nearest known faces of each new one, without those of its own photo, and its quality."""
    for row in new.tolist():
        similarity = faces.vectors[known] @ faces.vectors[row]
        similarity[faces.photos[known] == faces.photos[row]] = -1
        places = np.argpartition(-similarity, matching.NEIGHBOURS)[: matching.NEIGHBOURS]
        yield (
            [
                Neighbour(place, int(faces.who[known[place]]), float(similarity[place]), several=True)
                for place in places
            ],
            float(faces.qualities[row]),
        )
