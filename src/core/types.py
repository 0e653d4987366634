"""The values that walk between Core's steps and out of Core: frozen, without behaviour of a database or a model."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""An image: uint8, shape [height, width, 3], RGB, upright."""

Vectors = NDArray[np.float32]
"""Embeddings: float32, shape [count, dimension] or [dimension], each of length 1."""


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
class Face:
    """A stored face."""

    face_id: int
    image_id: int
    source: str
    person_id: int | None
    box: BoundingBox
    confidence: float
    quality: float
    detected_at: datetime


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


@dataclass(frozen=True, slots=True)
class Match:
    """A stored face that resembles a query; `similarity` is the cosine, -1 to 1."""

    face: Face
    similarity: float


@dataclass(frozen=True, slots=True)
class Group:
    """Faces that clustering holds for one person; `person_id` is None in a dry run."""

    person_id: int | None
    face_ids: tuple[int, ...]
    representative_face_id: int
    mean_similarity: float


@dataclass(frozen=True, slots=True)
class Clustering:
    """What `FaceCore.cluster` did or, in a dry run, would do.

    Attributes:
        joined: face id -> the existing person it was given to.
        groups: new persons.
        noise: faces that resemble nobody enough.
    """

    joined: dict[int, int]
    groups: tuple[Group, ...]
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
