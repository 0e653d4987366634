"""The JSON of requests and answers, in the fields that clients of Sietch Core know."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from core.types import AnalyzedFace, BoundingBox, Explanation, Face, Match, Person

_MOST = 2**63 - 1

Id = Annotated[int, Field(ge=1, le=_MOST, strict=True)]
PathId = Annotated[int, Path(ge=1, le=_MOST)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Box(BaseModel):
    """In pixels of the upright original."""

    x: FiniteFloat
    y: FiniteFloat
    width: Annotated[FiniteFloat, Field(ge=0)]
    height: Annotated[FiniteFloat, Field(ge=0)]

    @classmethod
    def of(cls, box: BoundingBox) -> Box:
        return cls(x=box.x, y=box.y, width=box.width, height=box.height)


class DetectedFace(BaseModel):
    bbox: Box
    confidence: float
    quality: float
    landmarks: list[tuple[float, float]]
    embedding: list[float]
    face_id: int | None = None
    person_id: int | None = None

    @classmethod
    def of(cls, face: AnalyzedFace, stored: Face | None = None) -> DetectedFace:
        return cls(
            bbox=Box.of(face.detection.box),
            confidence=face.detection.confidence,
            quality=face.quality,
            landmarks=[(float(x), float(y)) for x, y in face.detection.landmarks],
            embedding=face.embedding.vector.tolist(),
            face_id=stored.face_id if stored else None,
            person_id=stored.person_id if stored else None,
        )


class Detected(BaseModel):
    faces: list[DetectedFace]
    image_path: str | None
    processing_time_ms: float


class DetectedFile(BaseModel):
    filename: str
    faces: list[DetectedFace] | None = None
    image_path: str | None = None
    error: str | None = None
    status: int


class DetectedBatch(BaseModel):
    results: list[DetectedFile]
    successful: int
    failed: int
    total_faces_detected: int
    processing_time_ms: float


class Recognized(BaseModel):
    embeddings: list[list[float] | None]
    model: str
    processing_time_ms: float


class SearchRequest(_Request):
    embedding: Annotated[list[FiniteFloat], Field(min_length=1, max_length=4096)]
    threshold: Annotated[FiniteFloat, Field(ge=-1, le=1)] = 0.6
    limit: Annotated[int, Field(ge=1, le=4096, strict=True)] = 10


class FoundFace(BaseModel):
    face_id: int
    person_id: int | None
    similarity: float
    image_path: str
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


class PersonOut(BaseModel):
    id: int
    name: str | None
    metadata: dict[str, Any]
    face_count: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, person: Person) -> PersonOut:
        return cls(
            id=person.person_id,
            name=person.name,
            metadata=dict(person.metadata),
            face_count=person.face_count,
            created_at=person.created_at,
            updated_at=person.updated_at,
        )


class FaceOut(BaseModel):
    id: int
    person_id: int | None
    image_path: str
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


class PersonWithFaces(BaseModel):
    person: PersonOut
    faces: list[FaceOut]


class PersonIn(_Request):
    name: str | None = None
    metadata: dict[str, Any] | None = None


class MergeRequest(_Request):
    source_person_ids: Annotated[list[Id], Field(min_length=1, max_length=10_000)]
    target_person_id: Id
    keep_name: bool | str | None = None


class Merged(BaseModel):
    merged_person_id: int
    faces_transferred: int
    deleted_person_ids: list[int]
    message: str


class FaceIds(_Request):
    face_ids: Annotated[list[Id], Field(min_length=1, max_length=100_000)]


class AssignRequest(FaceIds):
    person_id: Id | None = None


class ClusterRequest(_Request):
    face_ids: Annotated[list[Id], Field(max_length=1_000_000)] | None = None
    eps: Annotated[FiniteFloat | None, Field(gt=0, le=2, description="By default the model's own.")] = None
    min_samples: Annotated[int, Field(ge=1, le=1_000_000, strict=True)] = 2
    mode: Annotated[str, Field(pattern="^(dbscan|people)$")] = "dbscan"
    dry_run: bool = False


class ClusterOut(BaseModel):
    cluster_id: int
    person_id: int | None
    face_ids: list[int]
    face_count: int
    avg_similarity: float
    representative_face_id: int


class Clusters(BaseModel):
    clusters: list[ClusterOut]
    noise_face_ids: list[int]
    total_clusters: int
    processing_time_ms: float


class Health(BaseModel):
    status: str
    version: str
    database: str
    models_loaded: bool
    model: str


class StatsOut(BaseModel):
    total_persons: int
    total_faces: int
    total_unclustered_faces: int
    avg_faces_per_person: float
    largest_person_id: int | None
    largest_person_face_count: int
    storage_used_mb: float


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


class Done(BaseModel):
    message: str
