"""Which person is this face? The one whose faces are nearest, if it is near enough, clearly ahead, and nobody objects.

Three answers: `accepted` (clearly this person), `suggested` (likely: a human should say), `left`. A face that a human
said is not somebody speaks for its likeness, too: what resembles it more than it resembles that person is not given to
them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.types import Verdict

ACCEPT = 0.40
"""Least cosine similarity to a person's nearest face. Leaving out one face of `faces-lfw-dev` at a time, it gives 99.4%
of those that have another photo to their person and none to a wrong one (`python -m tests.benchmarks calibration`)."""

SUGGEST = 0.28
"""Least similarity at which a person is suggested: below one false accept in 1,000 comparisons on `faces-lfw-dev`
(0.229), and low enough that hard photos, whose mean to their own person is 0.49, are asked about."""

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
    """A face near the one in question.

    Attributes:
        person_id: whose it is, or None.
        confirmed: a human said so.
        rejected: persons whom a human said it is not.
    """

    face_id: int
    person_id: int | None
    similarity: float
    confirmed: bool = False
    rejected: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Choice:
    """The person that a face is, or may be, by its nearest face there; `runner_up` is the next person's nearest."""

    verdict: Verdict
    best: Neighbour | None
    runner_up: Neighbour | None
    objection: Neighbour | None

    @property
    def margin(self) -> float | None:
        """How far the best person is ahead of the next; None where there is only one."""
        if self.best is None or self.runner_up is None:
            return None
        return self.best.similarity - self.runner_up.similarity


def choose(neighbours: Sequence[Neighbour], excluded: frozenset[int] = frozenset(), quality: float = 1.0) -> Choice:
    """Whose a face is.

    Args:
        neighbours: the faces near it, in any order.
        excluded: persons it cannot be: rejected by a human, or in the same image already.
        quality: of the face, 0 to 1; a poor one is never given to anybody.
    """
    best: dict[int, Neighbour] = {}
    for each in sorted(neighbours, key=lambda each: (-each.similarity, not each.confirmed, each.face_id)):
        if each.person_id is not None and each.person_id not in excluded:
            best.setdefault(each.person_id, each)
    ranked = sorted(best.values(), key=lambda each: (-each.similarity, each.face_id))
    if not ranked or ranked[0].similarity < SUGGEST:
        return Choice(Verdict.LEFT, None, None, None)
    first, second = ranked[0], ranked[1] if len(ranked) > 1 else None
    objection = _objection(first, neighbours)
    clear = second is None or first.similarity - second.similarity >= MARGIN
    sure = first.similarity >= ACCEPT and clear and quality >= JOIN_QUALITY and objection is None
    return Choice(Verdict.ACCEPTED if sure else Verdict.SUGGESTED, first, second, objection)


def _objection(first: Neighbour, neighbours: Sequence[Neighbour]) -> Neighbour | None:
    """A face nearer than the person's nearest, of which a human said that it is not that person."""
    against = [each for each in neighbours if first.person_id in each.rejected and each.similarity >= first.similarity]
    return max(against, key=lambda each: (each.similarity, -each.face_id), default=None)
