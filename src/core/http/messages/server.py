"""The server itself."""

from __future__ import annotations

from pydantic import BaseModel


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
