"""Which person is this face? The one whose faces are nearest, if it is near enough and clearly ahead of the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ACCEPT = 0.40
"""Least cosine similarity to a person's nearest face. Leaving out one face of `faces-lfw-dev` at a time, it gives 99.4%
of those that have another photo to their person and none to a wrong one (`python -m tests.benchmarks calibration`)."""

MARGIN = 0.05
"""How far the best person must be ahead of the second: below it the face is left to a human. On `faces-lfw-dev` it
costs nothing; it is for brothers and sisters, whom those photos do not show."""

FOUND_QUALITY = 0.25
"""Poorer faces (tiny, blurred, in profile) found no person and bridge no two; they may join one."""

JOIN_QUALITY = 0.05
"""Still poorer ones, which may be no face at all, are kept and shown, and join nobody by themselves."""

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
