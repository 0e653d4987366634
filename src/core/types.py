"""The values that walk between Core's steps and out of Core: frozen, without behaviour of a database or a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""An image: uint8, shape [height, width, 3], RGB, upright."""

Vectors = NDArray[np.float32]
"""Embeddings: float32, shape [count, dimension] or [dimension], each of length 1."""

Metadata = Mapping[str, Any]
"""What a caller notes of a person or a face: a JSON object."""


@dataclass(frozen=True, slots=True)
class BoundingBox:
    """A rectangle in pixels of the upright original; `x`, `y` is its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def area(self) -> float:
        """In pixels."""
        return self.width * self.height

    def overlap(self, other: BoundingBox) -> float:
        """Intersection over union, 0 to 1."""
        width = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        height = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        if width <= 0 or height <= 0:
            return 0.0
        common = width * height
        return common / (self.area + other.area - common)


@dataclass(frozen=True, slots=True)
class Detection:
    """A face that was found: box, five landmarks and how sure the detector is.

    Attributes:
        box: in pixels of the upright original.
        landmarks: float32 [5, 2], x and y in the same pixels: the eye, eye, nose, mouth corner, mouth corner,
            each pair from the left of the picture to the right.
        confidence: 0 to 1.
    """

    box: BoundingBox
    landmarks: NDArray[np.float32] = field(compare=False)
    confidence: float


@dataclass(frozen=True, slots=True)
class Embedding:
    """What a model sees in a face: a unit vector that is compared only with vectors of the same model."""

    vector: Vectors = field(compare=False)
    model: str


@dataclass(frozen=True, slots=True)
class AnalyzedFace:
    """A detection with its embedding and quality (0 to 1, see `core.quality`), not stored yet."""

    detection: Detection
    embedding: Embedding
    quality: float


@dataclass(frozen=True, slots=True)
class Image:
    """A saved image: what the caller calls it, the pixels of the upright original, and how many faces it has."""

    image_id: int
    source: str
    width: int
    height: int
    face_count: int


@dataclass(frozen=True, slots=True)
class Face:
    """A stored face. `confirmed`: a human said that it is its person. `metadata` is the caller's own."""

    face_id: int
    image_id: int
    source: str
    person_id: int | None
    box: BoundingBox
    confidence: float
    quality: float
    detected_at: datetime
    confirmed: bool = False
    metadata: Metadata = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Person:
    """The faces of one human being. `name` is None until somebody gives it; `cover_face_id` is the face to show."""

    person_id: int
    name: str | None
    face_count: int
    image_count: int
    cover_face_id: int | None
    created_at: datetime
    updated_at: datetime
    metadata: Metadata = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Saved:
    """What `FaceCore.save` stored: the faces of an image and what was seen of them, in the same order."""

    image_id: int
    faces: tuple[Face, ...]
    analyzed: tuple[AnalyzedFace, ...]


@dataclass(frozen=True, slots=True)
class Merge:
    """What `FaceCore.merge` did: how many faces came to the person, and which persons are gone."""

    person_id: int
    face_count: int
    removed_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A stored face that resembles a query; `similarity` is the cosine, -1 to 1."""

    face: Face
    similarity: float


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Faces in which nobody is recognised.

    Attributes:
        places: how many faces, or places where a face was.
        guarded: new faces that resemble them are kept from being recognised, too.
        models: of which a guard is kept.
    """

    exclusion_id: int
    made_at: datetime
    places: int
    guarded: bool
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """Two stored faces; `similarity` is the cosine, -1 to 1."""

    face_id: int
    other_id: int
    similarity: float


class Verdict(StrEnum):
    """What is known of whose a face is."""

    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"
    SUGGESTED = "suggested"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Likely:
    """Who a face may be that is not stored: `accepted` if it is clearly this person, `suggested` if a human should say.

    `similarity` is that to the person's nearest face, -1 to 1.
    """

    person_id: int
    similarity: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class NearFace:
    """A face near another, and whose it is."""

    face_id: int
    person_id: int | None
    similarity: float
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a face is, or is not, somebody.

    Attributes:
        verdict: `confirmed` by a human; `accepted`: clearly this person; `suggested`: likely, a human should say;
            `left`: like nobody enough.
        person_id: whose it is or might be.
        similarity: to that person's nearest face, -1 to 1; None without a person.
        runner_up_id: the next person.
        margin: how far the person is ahead of the next one.
        reason: the same in words.
        accept: least similarity for `accepted`.
        suggest: least similarity for `suggested`.
        least_margin: least margin for `accepted`.
        excluded: persons whom the face cannot be: rejected by a human, or in the image already.
        nearest: the nearest faces, the most similar first.
    """

    face_id: int
    verdict: Verdict
    person_id: int | None
    similarity: float | None
    runner_up_id: int | None
    margin: float | None
    reason: str
    accept: float
    suggest: float
    least_margin: float
    excluded: tuple[int, ...]
    nearest: tuple[NearFace, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A face that is likely somebody: a human should say."""

    face: Face
    person_id: int
    similarity: float


@dataclass(frozen=True, slots=True)
class Group:
    """Faces that clustering holds for one person; `person_id` is None for a new person in a dry run."""

    person_id: int | None
    face_ids: tuple[int, ...]
    representative_face_id: int
    mean_similarity: float
    is_new: bool


@dataclass(frozen=True, slots=True)
class Move:
    """A face that changes hands: the person before, and the index of its group after; None is nobody."""

    face_id: int
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Clustering:
    """What `FaceCore.cluster` did or, in a dry run, would do.

    Attributes:
        groups: every group that was looked at, the unchanged ones among them. A face may be in one without joining its
            person: somebody said otherwise, or the person has another face in the image.
        moves: the exact difference.
        dissolved: persons without a face left, who go.
        noise: faces that resemble nobody enough.
    """

    groups: tuple[Group, ...]
    moves: tuple[Move, ...]
    dissolved: tuple[int, ...]
    noise: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts over everything that Core keeps."""

    images: int
    faces: int
    persons: int
    named_persons: int
    unassigned_faces: int
    vectors: dict[str, int]
    largest_person_id: int | None
    largest_person_faces: int


class _Unchanged(Enum):
    """The type of `UNCHANGED`."""

    UNCHANGED = "unchanged"


UNCHANGED = _Unchanged.UNCHANGED
"""Stands for a value that an update leaves as it is, where None is a value of its own."""

Unchanged = Literal[_Unchanged.UNCHANGED]
