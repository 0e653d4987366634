"""Jobs: long work that is done one after the other, and asked about later.

A job waits, runs, and ends as succeeded, failed or cancelled; then its webhook is called. Jobs live in the process: a
server that is started anew knows none. Their number and the time that results are kept are bounded, and what is large
lies on the disk, in files without a name that are gone with the process.
"""

from __future__ import annotations

import contextlib
import json
import logging
import queue
import secrets
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import BaseModel

from core.errors import Conflict, NotFound
from core.http.messages import Delivery, JobOut, JobState, JobSummary
from core.http.problems import Problem, Refused, no_room, told
from core.http.progress import Cancelled, Progress
from core.http.webhooks import Webhooks

_log = logging.getLogger(__name__)

Work = Callable[[Progress], BaseModel]

_Stored = tempfile.SpooledTemporaryFile[bytes]

_IN_MEMORY = 1 << 20
"""Bytes of a result above which it lies on the disk: as many as an upload may have in memory (Starlette's parser). One
embedding is about 11 kB of JSON, so that the results of some dozens of photos are small."""

_STOPPING_SECONDS = 20.0
"""How long a stopping server waits for the item that a job is at. Our choice: with a webhook's attempt before it (10 s)
as long as the server waits for its other answers. What is not done by then goes with the process, and nothing of it is
kept half."""

_LOOKING_SECONDS = 30.0
"""How often it is looked for results whose time is over, when nobody asks. Our choice: a result lies half a minute too
long at most, and looking costs nothing."""

_ENDED = (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED)


@dataclass(slots=True)
class _Job:
    """Changed by the thread that works and read by those that ask, under the lock of `Jobs`."""

    kind: str
    total: int
    work: Work | None
    release: Callable[[], None]
    webhook: Delivery | None
    job_id: str = field(default_factory=lambda: secrets.token_hex(12))
    progress: Progress = field(default_factory=Progress)
    state: JobState = JobState.WAITING
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    started_at: datetime | None = None
    finished_at: datetime | None = None
    problem: Problem | None = None
    result: _Stored | None = None

    def summary(self) -> JobSummary:
        return JobSummary(
            id=self.job_id,
            kind=self.kind,
            state=self.state,
            done=self.progress.done,
            total=self.total,
            cancel_requested=self.progress.is_stopping,
            created_at=self.created_at,
            started_at=self.started_at,
            finished_at=self.finished_at,
            problem=self.problem,
            webhook=self.webhook.model_copy() if self.webhook else None,
        )

    def told(self) -> JobOut:
        result = None
        if self.result is not None:
            self.result.seek(0)
            result = json.load(self.result)
        return JobOut.model_validate({**self.summary().model_dump(), "result": result})

    def forget(self) -> None:
        if self.result is not None:
            _drop(self.result)
            self.result = None


class Jobs:
    """The jobs of this process, done by one thread in the order in which they came."""

    def __init__(self, folder: Path, most_waiting: int, most_kept: int, keep: timedelta, webhooks: Webhooks) -> None:
        """Nothing is started before the first job.

        Args:
            folder: for results that are large.
            most_waiting: more are refused.
            most_kept: of those that ended; the oldest go first.
            keep: how long one that ended can be asked about.
            webhooks: who is told.
        """
        self._folder = folder
        self._most_waiting = most_waiting
        self._most_kept = most_kept
        self._keep = keep
        self._webhooks = webhooks
        self._jobs: dict[str, _Job] = {}
        self._lock = threading.RLock()
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def check_room(self) -> None:
        """Before uploads are put aside for a job.

        Raises:
            Refused: too many jobs wait already (429), or the server stops (503).
        """
        with self._lock:
            if self._is_closed:
                raise Refused(503, "The server is being stopped.")
            waiting = sum(job.state is JobState.WAITING for job in self._jobs.values())
        if waiting >= self._most_waiting:
            raise Refused(429, "Too many jobs are waiting. Try again later.", headers={"Retry-After": "10"})

    def submit(
        self, kind: str, total: int, work: Work, webhook: str | None = None, release: Callable[[], None] = lambda: None
    ) -> JobSummary:
        """Takes a job.

        Args:
            kind: what is done.
            total: how many items.
            work: does it.
            webhook: who is told when it ended.
            release: called when the job needs its uploads no more, in any case.

        Raises:
            Refused: as `check_room`; then `release` was not called.
        """
        delivery = Delivery(url=webhook) if webhook else None
        with self._lock:
            self.check_room()
            self._forget_old()
            job = _Job(kind, total, work, release, delivery)
            self._jobs[job.job_id] = job
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
                self._thread.start()
        self._queue.put(job)
        return job.summary()

    def get(self, job_id: str) -> JobOut:
        """One job, with its result."""
        with self._lock:
            return self._found(job_id).told()

    def all(self) -> list[JobSummary]:
        """Every job that is known, the oldest first."""
        with self._lock:
            self._forget_old()
            return [job.summary() for job in self._jobs.values()]

    def cancel(self, job_id: str) -> JobSummary:
        """A waiting job ends now, a running one after the item that it is at.

        Raises:
            Conflict: it ended already.
        """
        with self._lock:
            job = self._found(job_id)
            if job.state in _ENDED:
                raise Conflict(f"The job {job_id} has {job.state} already.")
            job.progress.stop()
            if job.state is JobState.WAITING:
                self._end(job, JobState.CANCELLED)
            return job.summary()

    def close(self) -> None:
        """Cancels every job, waits for the item that one is at, and calls no webhook any more."""
        self._webhooks.close()
        with self._lock:
            self._is_closed = True
            open_jobs = [job.job_id for job in self._jobs.values() if job.state not in _ENDED]
        for job_id in open_jobs:
            with contextlib.suppress(Conflict):
                self.cancel(job_id)
        self._queue.put(None)
        if self._thread is not None:
            self._thread.join(_STOPPING_SECONDS)
        with self._lock:
            for job in self._jobs.values():
                job.forget()

    def _found(self, job_id: str) -> _Job:
        self._forget_old()
        job = self._jobs.get(job_id)
        if job is None:
            raise NotFound(f"There is no job {job_id}: it never was, is forgotten by now, or the server was restarted.")
        return job

    def _forget_old(self) -> None:
        ended = [job for job in self._jobs.values() if job.state in _ENDED]
        before = datetime.now(UTC) - self._keep
        surplus = ended[: max(0, len(ended) - self._most_kept)]
        for job in [*surplus, *(job for job in ended if job.finished_at is not None and job.finished_at < before)]:
            if self._jobs.pop(job.job_id, None) is not None:
                job.forget()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            with self._lock:
                if job.state is not JobState.WAITING:
                    continue
                job.state, job.started_at = JobState.RUNNING, datetime.now(UTC)
            self._run(job)

    def _next(self) -> _Job | None:
        while True:
            try:
                return self._queue.get(timeout=_LOOKING_SECONDS)
            except queue.Empty:
                with self._lock:
                    self._forget_old()

    def _run(self, job: _Job) -> None:
        assert job.work is not None
        try:
            result = self._stored(job.work(job.progress))
        except Cancelled:
            self._end(job, JobState.CANCELLED)
        except Exception as error:  # the job's, not the server's: the next one goes on
            self._end(job, JobState.FAILED, told(error))
        else:
            self._end(job, JobState.CANCELLED if job.progress.is_cut else JobState.SUCCEEDED, result=result)

    def _end(
        self,
        job: _Job,
        state: JobState,
        problem: Problem | None = None,
        result: _Stored | None = None,
    ) -> None:
        with self._lock:
            job.state, job.problem, job.result = state, problem, result
            job.work, job.finished_at = None, datetime.now(UTC)
        try:
            job.release()
        except Exception:  # the job's, as in `_run`
            _log.exception("the uploads of job %s cannot be released", job.job_id)
        if job.webhook is not None:
            self._webhooks.send(job.job_id, job.webhook, lambda: self.get(job.job_id).model_dump_json().encode())

    def _stored(self, result: BaseModel) -> _Stored:
        content = result.model_dump_json().encode()
        file: _Stored = tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(self._folder))  # noqa: SIM115 (kept)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.write(content)
            file.flush()
        except OSError as error:
            _drop(file)
            raise no_room(error, "the result could not be kept, and what was done stays") from error
        return file


def _drop(file: _Stored) -> None:
    # Closing writes once more what a full disk had no room for.
    with contextlib.suppress(OSError):
        file.close()
