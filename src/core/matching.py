"""Which person is this face? The one whose faces are nearest, if it is near enough, clearly ahead, and nobody objects.

Three answers: `accepted` (clearly this person), `suggested` (likely: a human should say), `left`. A face that a human
said is not somebody speaks for its likeness, too: what resembles it more than it resembles that person is not given to
them again.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence
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
        several: whether its person has three faces or more that this model has seen: others cannot be near.
    """

    face_id: int
    person_id: int | None
    similarity: float
    confirmed: bool = False
    rejected: frozenset[int] = frozenset()
    several: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """The person that a face is, or may be, by its nearest face there.

    Attributes:
        runner_up: the next person's nearest.
        objection: a face as near, of which a human said that it is not the best person.
        supported: whether enough of the person's faces are near.
    """

    verdict: Verdict
    best: Neighbour | None = None
    runner_up: Neighbour | None = None
    objection: Neighbour | None = None
    supported: bool = False

    @property
    def persons(self) -> tuple[int | None, ...]:
        """The best person and the next, as far as there are any."""
        return tuple(each.person_id for each in (self.best, self.runner_up) if each is not None)

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
    faces: defaultdict[int, list[Neighbour]] = defaultdict(list)
    for each in sorted(neighbours, key=lambda each: (-each.similarity, not each.confirmed, each.face_id)):
        if each.person_id is not None and each.person_id not in excluded:
            faces[each.person_id].append(each)
    ranked = sorted(faces.values(), key=lambda each: (-each[0].similarity, each[0].face_id))
    if not ranked or ranked[0][0].similarity < thresholds.suggest:
        return Choice(Verdict.LEFT)
    first, second = ranked[0][0], ranked[1][0] if len(ranked) > 1 else None
    objection, supported = _objection(first, neighbours), _supported(ranked[0], thresholds)
    clear = second is None or first.similarity - second.similarity >= thresholds.margin
    good = first.similarity >= thresholds.accept and quality >= thresholds.join_quality
    sure = good and clear and supported and objection is None
    return Choice(Verdict.ACCEPTED if sure else Verdict.SUGGESTED, first, second, objection, supported)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A face that is to be given to somebody: the faces near it, whom it cannot be, and its quality."""

    near: Sequence[Neighbour]
    excluded: frozenset[int] = frozenset()
    quality: float = 1.0


def share_out(candidates: Mapping[int, Candidate], thresholds: Thresholds) -> list[tuple[int, int]]:
    """Gives the faces of one image to persons: the surest first, nobody twice.

    Once somebody is taken, only those are judged anew whose best or second person that was; nothing else of a choice
    depends on it.

    Returns:
        Face id and person id, in that order.
    """
    taken: frozenset[int] = frozenset()
    given: list[tuple[int, int]] = []
    choices: dict[int, Choice] = {}
    queue: list[tuple[float, int, int]] = []
    again = list(candidates)
    while again or queue:
        for face_id in again:
            one = candidates[face_id]
            choice = choices[face_id] = choose(one.near, thresholds, one.excluded | taken, one.quality)
            if choice.verdict is Verdict.ACCEPTED and choice.best is not None and choice.best.person_id is not None:
                heapq.heappush(queue, (-choice.best.similarity, face_id, choice.best.person_id))
        again = []
        if queue:
            _, face_id, person_id = heapq.heappop(queue)
            # Who was taken meanwhile is in the queue only for faces that were judged anew, or are given.
            if person_id not in taken and face_id in choices:
                given.append((face_id, person_id))
                taken |= {person_id}
                del choices[face_id]
                again = [each for each, choice in choices.items() if person_id in choice.persons]
    return given


def _supported(faces: Sequence[Neighbour], thresholds: Thresholds) -> bool:
    """Whether a person's faces, the nearest first, speak together: the third is near, too, or the first much nearer."""
    if not faces[0].several or faces[0].similarity >= thresholds.accept + thresholds.margin:
        return True
    return len(faces) > 2 and faces[2].similarity >= thresholds.support


def _objection(first: Neighbour, neighbours: Sequence[Neighbour]) -> Neighbour | None:
    """A face nearer than the person's nearest, of which a human said that it is not that person."""
    against = [each for each in neighbours if first.person_id in each.rejected and each.similarity >= first.similarity]
    return max(against, key=lambda each: (each.similarity, -each.face_id), default=None)
