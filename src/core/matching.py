"""Which person is this face? The one whose faces are nearest, if it is near enough, clearly ahead, and nobody objects.

Three answers: `accepted` (clearly this person), `suggested` (likely: a human should say), `left`. A face that a human
said is not somebody speaks for its likeness, too: what resembles it more than it resembles that person is not given to
them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.thresholds import Thresholds
from core.types import Verdict

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


def choose(
    neighbours: Sequence[Neighbour],
    thresholds: Thresholds,
    excluded: frozenset[int] = frozenset(),
    quality: float = 1.0,
) -> Choice:
    """Whose a face is.

    Args:
        neighbours: the faces near it, in any order.
        thresholds: of the model that the similarities are of.
        excluded: persons it cannot be: rejected by a human, or in the same image already.
        quality: of the face, 0 to 1; a poor one is never given to anybody.
    """
    best: dict[int, Neighbour] = {}
    for each in sorted(neighbours, key=lambda each: (-each.similarity, not each.confirmed, each.face_id)):
        if each.person_id is not None and each.person_id not in excluded:
            best.setdefault(each.person_id, each)
    ranked = sorted(best.values(), key=lambda each: (-each.similarity, each.face_id))
    if not ranked or ranked[0].similarity < thresholds.suggest:
        return Choice(Verdict.LEFT, None, None, None)
    first, second = ranked[0], ranked[1] if len(ranked) > 1 else None
    objection = _objection(first, neighbours)
    clear = second is None or first.similarity - second.similarity >= thresholds.margin
    good = first.similarity >= thresholds.accept and quality >= thresholds.join_quality
    sure = good and clear and objection is None
    return Choice(Verdict.ACCEPTED if sure else Verdict.SUGGESTED, first, second, objection)


def _objection(first: Neighbour, neighbours: Sequence[Neighbour]) -> Neighbour | None:
    """A face nearer than the person's nearest, of which a human said that it is not that person."""
    against = [each for each in neighbours if first.person_id in each.rejected and each.similarity >= first.similarity]
    return max(against, key=lambda each: (each.similarity, -each.face_id), default=None)
