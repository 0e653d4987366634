"""Search: faces like an embedding, a stored face or a picture."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, FiniteFloat

from core.http.messages.common import UNIQUE, WHOLE, Box, Id, Outcome, RequestBody, Source, Tally
from core.types import AnalyzedFace, Match
from core.vectors import MAX_NEIGHBOURS

Threshold = Annotated[FiniteFloat, Field(ge=-1, le=1)]
Most = Annotated[int, Field(ge=1, le=MAX_NEIGHBOURS), WHOLE]


MOST_NUMBERS = 4096
"""Of an embedding; those of the packs have 128 or 512."""


class SearchRequest(RequestBody):
    embedding: Annotated[list[FiniteFloat], Field(fail_fast=True, min_length=1, max_length=MOST_NUMBERS)]
    threshold: Threshold = 0.6
    limit: Most = 10


class SearchBatchRequest(RequestBody):
    """Embeddings or stored faces, or both; one that cannot be searched for spoils none of the others."""

    embeddings: Annotated[
        list[Annotated[list[float], Field(fail_fast=True, max_length=MOST_NUMBERS)]],
        Field(fail_fast=True, max_length=10_000, default_factory=list),
    ]
    face_ids: Annotated[
        list[Id], Field(fail_fast=True, max_length=10_000, default_factory=list, json_schema_extra=UNIQUE)
    ]
    threshold: Threshold = 0.6
    limit: Most = 10


class FoundFace(BaseModel):
    face_id: int
    person_id: int | None
    similarity: float
    image_path: Source
    bbox: Box
    confidence: float

    @classmethod
    def of(cls, match: Match) -> FoundFace:
        face = match.face
        return cls(
            face_id=face.face_id,
            person_id=face.person_id,
            similarity=match.similarity,
            image_path=face.source,
            bbox=Box.of(face.box),
            confidence=face.confidence,
        )


class SearchResult(BaseModel):
    matches: list[FoundFace]
    query_embedding_size: int
    search_time_ms: float


class SearchedQuery(Outcome):
    """What is like one embedding, or like one stored face (`face_id`)."""

    face_id: int | None = None
    matches: list[FoundFace] | None = None


class SearchBatchResult(BaseModel):
    results: list[SearchedQuery]
    successful: int
    failed: int
    search_time_ms: float


class SearchedFace(BaseModel):
    """A face in the picture that was sent, and the stored faces like it."""

    bbox: Box
    confidence: float
    quality: float
    matches: list[FoundFace]

    @classmethod
    def of(cls, face: AnalyzedFace, matches: list[Match]) -> SearchedFace:
        return cls(
            bbox=Box.of(face.detection.box),
            confidence=face.detection.confidence,
            quality=face.quality,
            matches=[FoundFace.of(match) for match in matches],
        )


class ImageSearchResult(BaseModel):
    faces: list[SearchedFace]
    search_time_ms: float


class SearchedFile(Outcome):
    filename: str
    faces: list[SearchedFace] | None = None


class ImageSearchBatch(Tally):
    results: list[SearchedFile]
