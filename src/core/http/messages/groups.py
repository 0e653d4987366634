"""Grouping: who is one person."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, FiniteFloat

from core.http.messages.common import UNIQUE, WHOLE, Id, RequestBody
from core.types import Clustering


class ClusterRequest(RequestBody):
    face_ids: (
        Annotated[list[Id], Field(fail_fast=True, min_length=1, max_length=1_000_000, json_schema_extra=UNIQUE)] | None
    ) = None
    eps: Annotated[FiniteFloat | None, Field(gt=0, le=2, description="By default the model's own.")] = None
    min_samples: Annotated[int, Field(ge=1, le=1_000_000), WHOLE] = 2
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

    @classmethod
    def of(cls, done: Clustering, milliseconds: float) -> Clusters:
        clusters = [
            ClusterOut(
                cluster_id=index,
                person_id=group.person_id,
                face_ids=list(group.face_ids),
                face_count=len(group.face_ids),
                avg_similarity=group.mean_similarity,
                representative_face_id=group.representative_face_id,
            )
            for index, group in enumerate(done.groups)
        ]
        return cls(
            clusters=clusters,
            noise_face_ids=list(done.noise),
            total_clusters=len(clusters),
            processing_time_ms=milliseconds,
        )
