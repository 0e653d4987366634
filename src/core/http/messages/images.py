"""Images: faces that are found in them, and what was saved."""

from __future__ import annotations

from pydantic import BaseModel

from core.http.messages.common import Box, Outcome, Source, Tally
from core.types import AnalyzedFace, Face, Image


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
    image_path: Source | None
    processing_time_ms: float


class DetectedFile(Outcome):
    filename: str
    faces: list[DetectedFace] | None = None
    image_path: Source | None = None


class DetectedBatch(Tally):
    results: list[DetectedFile]
    total_faces_detected: int


class Recognized(BaseModel):
    embeddings: list[list[float] | None]
    model: str
    processing_time_ms: float


class RecognizedFile(Outcome):
    filename: str
    embeddings: list[list[float] | None] | None = None


class RecognizedBatch(Tally):
    results: list[RecognizedFile]
    model: str


class ImageOut(BaseModel):
    id: int
    image_path: Source
    width: int
    height: int
    face_count: int

    @classmethod
    def of(cls, image: Image) -> ImageOut:
        return cls(
            id=image.image_id,
            image_path=image.source,
            width=image.width,
            height=image.height,
            face_count=image.face_count,
        )
