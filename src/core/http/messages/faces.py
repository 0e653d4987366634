"""Faces: where they are, whose they are, and why."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from core.http.messages.common import Box, Id, Ids, Outcome, RequestBody, Source, Tally
from core.types import Explanation, Face, Suggestion


class FaceOut(BaseModel):
    id: int
    person_id: int | None
    image_path: Source
    bbox: Box
    confidence: float
    quality: float
    confirmed: bool
    detected_at: datetime
    metadata: dict[str, Any]

    @classmethod
    def of(cls, face: Face) -> FaceOut:
        return cls(
            id=face.face_id,
            person_id=face.person_id,
            image_path=face.source,
            bbox=Box.of(face.box),
            confidence=face.confidence,
            quality=face.quality,
            confirmed=face.confirmed,
            detected_at=face.detected_at,
            metadata=dict(face.metadata),
        )


class FaceIds(RequestBody):
    face_ids: Ids


class AssignRequest(FaceIds):
    person_id: Id | None = None


class DeleteFaces(FaceIds):
    keep_person: bool = False


class DeletedResult(Outcome):
    """Whether the face or person with the id was deleted."""

    id: int


class DeletedResults(Tally):
    results: list[DeletedResult]


class Near(BaseModel):
    face_id: int
    person_id: int | None
    similarity: float
    confirmed: bool


class Why(BaseModel):
    face_id: int
    verdict: str
    person_id: int | None
    similarity: float | None
    runner_up_id: int | None
    margin: float | None
    reason: str
    accept: float
    suggest: float
    least_margin: float
    excluded: list[int]
    nearest: list[Near]

    @classmethod
    def of(cls, told: Explanation) -> Why:
        return cls(**asdict(told))


class SuggestionOut(BaseModel):
    face: FaceOut
    person_id: int
    similarity: float

    @classmethod
    def of(cls, suggestion: Suggestion) -> SuggestionOut:
        return cls(face=FaceOut.of(suggestion.face), person_id=suggestion.person_id, similarity=suggestion.similarity)
