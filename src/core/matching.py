"""Which person is this face? The one whose faces are nearest, if it is near enough and clearly ahead of the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ACCEPT = 0.46
"""Least cosine similarity to a person's nearest face: the value of `core.clustering.EPS`, so that a face that arrives
later is judged as it would have been among the others."""

MARGIN = 0.05
"""How far the best person must be ahead of the second: below it the face is left to a human. Of the faces of
`faces-lfw-dev` that the threshold alone would give to a wrong person it refuses most
(`python -m tests.benchmarks calibration`)."""

MIN_QUALITY = 0.25
"""Faces below it (tiny, blurred, in profile, or no face at all) neither join nor found a person by themselves: they are
kept and shown."""

NEIGHBOURS = 64
"""Nearest faces that are looked at."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A face near the one in question, whose person is known."""

    face_id: int
    person_id: int
    similarity: float


def choose(neighbours: Iterable[Neighbour], excluded: frozenset[int] = frozenset()) -> Neighbour | None:
    """The neighbour whose person the face is, or None where that is not clear.

    Args:
        neighbours: in any order.
        excluded: persons it cannot be: those with another face in the same image.
    """
    best: dict[int, Neighbour] = {}
    for each in neighbours:
        known = best.get(each.person_id)
        if each.person_id not in excluded and (known is None or each.similarity > known.similarity):
            best[each.person_id] = each
    ranked = sorted(best.values(), key=lambda each: (-each.similarity, each.face_id))
    if not ranked or ranked[0].similarity < ACCEPT:
        return None
    if len(ranked) > 1 and ranked[0].similarity - ranked[1].similarity < MARGIN:
        return None
    return ranked[0]
