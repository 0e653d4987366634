"""The faces in the frames of one video -> the people who are in it, one face for each.

Two faces in one frame are two people, as in a photo. Faces of different frames that resemble one another are one: by
average linkage, as everywhere, with the pack's own threshold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.thresholds import Thresholds
from core.types import AnalyzedFace

_AS_GOOD = 0.1
"""Of quality, 0 to 1: so much the face in the poster may be behind a person's best, to be seen in it."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A face, and the index of the frame in which it was seen."""

    face: AnalyzedFace
    frame: int


def poster_and_people(
    frames: Sequence[Sequence[AnalyzedFace]], thresholds: Thresholds
) -> tuple[int | None, list[Sighting]]:
    """The frame that shows most of the people best, if there are any, and one face of each person.

    That is their best, or the one in that frame where it is as good for all purposes.

    Args:
        frames: the faces of each frame, with embeddings of one model.
        thresholds: of that model's pack.
    """
    people = _people(frames, thresholds)
    if not people:
        return None, []
    found = [sighting for person in people for sighting in person if _nearly_best(person, sighting)]
    counts = Counter(sighting.frame for sighting in found)
    poster = max(counts, key=lambda frame: (counts[frame], -frame))
    return poster, [
        next((each for each in person if each.frame == poster and _nearly_best(person, each)), person[0])
        for person in people
    ]


def _people(frames: Sequence[Sequence[AnalyzedFace]], thresholds: Thresholds) -> list[list[Sighting]]:
    """The faces of each person, the best first.

    A face that resembles nobody and is too poor to be found again is left out: blurred frames are full of them.
    """
    sightings = [Sighting(face, number) for number, faces in enumerate(frames) for face in faces]
    sightings.sort(key=lambda sighting: -sighting.face.quality)
    people: list[list[Sighting]] = []
    for sighting in sightings:
        nearest = max(people, key=lambda person: _likeness(person, sighting), default=None)
        if nearest is not None and _likeness(nearest, sighting) >= thresholds.link:
            nearest.append(sighting)
        elif sighting.face.quality >= thresholds.found_quality or not people:
            people.append([sighting])
    return people


def _nearly_best(person: list[Sighting], sighting: Sighting) -> bool:
    return sighting.face.quality >= person[0].face.quality - _AS_GOOD


def _likeness(person: list[Sighting], sighting: Sighting) -> float:
    """The mean similarity to a person's faces; none to who is in the same frame beside it."""
    if any(other.frame == sighting.frame for other in person):
        return -1.0
    vectors = np.stack([other.face.embedding.vector for other in person])
    return float((vectors @ sighting.face.embedding.vector).mean())
