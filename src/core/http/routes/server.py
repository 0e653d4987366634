"""Whether the server works, and what it holds."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import APIRouter
from sqlalchemy import text

from core.http import messages
from core.http.context import Context
from core.http.problems import responses

_SIZE = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
"""What is committed, wherever it lies: the file itself lags behind its log."""


def health(context: Context) -> APIRouter:
    """The endpoint that needs no key."""
    routes = APIRouter(tags=["server"], responses=responses())

    @routes.get("/health")
    def health() -> messages.Health:
        """Whether the server works."""
        context.core.database.check()
        return messages.Health(
            status="healthy",
            version=version("sietch"),
            database="connected",
            models_loaded=context.core.is_loaded,
            model=context.core.pack.name,
        )

    return routes


def router(context: Context) -> APIRouter:
    """The counts."""
    routes = APIRouter(tags=["server"], responses=responses())

    @routes.get("/stats")
    def stats() -> messages.StatsOut:
        """Counts everything."""
        with context.core.database.read() as db:
            counts = context.core.stats(db)
            database_bytes = db.execute(text(_SIZE)).scalar_one()
        assigned = counts.faces - counts.unassigned_faces
        return messages.StatsOut(
            total_persons=counts.persons,
            total_faces=counts.faces,
            total_unclustered_faces=counts.unassigned_faces,
            avg_faces_per_person=round(assigned / counts.persons, 4) if counts.persons else 0.0,
            largest_person_id=counts.largest_person_id,
            largest_person_face_count=counts.largest_person_faces,
            storage_used_mb=round((database_bytes + context.uploads.size()) / 1e6, 3),
        )

    return routes
