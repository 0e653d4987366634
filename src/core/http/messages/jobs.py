"""Jobs: long work that is asked about later."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel

from core.http.messages.groups import Clusters
from core.http.messages.images import DetectedBatch
from core.http.problems import Problem


class JobState(StrEnum):
    """`waiting` and `running` end in one of the others."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Delivery(BaseModel):
    """The webhook of a job. `delivered` is null until it was received, or given up."""

    url: str
    delivered: bool | None = None
    attempts: int = 0
    error: str | None = None


class JobSummary(BaseModel):
    """A job. `done` of its `total` items were dealt with; what was done stays done after a cancellation."""

    id: str
    kind: str
    state: JobState
    done: int
    total: int
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    problem: Problem | None
    webhook: Delivery | None


class JobOut(JobSummary):
    """A job with its result: what the request would have been answered, or the part of it that was done."""

    result: DetectedBatch | Clusters | None
