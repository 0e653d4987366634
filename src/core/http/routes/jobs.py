"""Jobs: what became of long work, and how it is stopped."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse

from core.http import messages
from core.http.context import Context
from core.http.problems import responses

JobId = Annotated[str, Path(max_length=100)]

ACCEPTED: dict[int | str, dict[str, Any]] = {
    202: {
        "model": messages.JobSummary,
        "description": "It became a job, which is at the address in `Location`.",
        "headers": {"Location": {"schema": {"type": "string"}}},
    }
}


def accepted(job: messages.JobSummary) -> JSONResponse:
    """The answer to a request that became a job."""
    return JSONResponse(job.model_dump(mode="json"), 202, {"Location": f"/jobs/{job.id}"})


def router(context: Context) -> APIRouter:
    """The endpoints about jobs."""
    routes = APIRouter(tags=["jobs"])

    @routes.get("/jobs", responses=responses())
    def jobs() -> list[messages.JobSummary]:
        """Lists the jobs that are known; the oldest first, without results."""
        return context.jobs.all()

    @routes.get("/jobs/{job_id}", responses=responses(404))
    def job(job_id: JobId) -> messages.JobOut:
        """One job: how far it is, and when it ended its result or its problem."""
        return context.jobs.get(job_id)

    @routes.post("/jobs/{job_id}/cancel", responses=responses(404, 409))
    def cancel(job_id: JobId) -> messages.JobSummary:
        """Cancels a job; it ends now if it waits, else after the item that it is at. What was done stays."""
        return context.jobs.cancel(job_id)

    return routes
