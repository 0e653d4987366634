"""The worker processes of the Indexer: analyse photos side by side, and survive what a hostile file does to a decoder.

pebble's pool is used because it replaces a worker that dies or takes too long and goes on; the standard library's
breaks as a whole.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import Future, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from app.analysis import Job, PhotoAnalysis, analyze, prepare_worker, retell
from app.errors import Unfinished, WorkersLost
from app.telling import Told
from app.worklist import Waiting
from core.models import ModelPack

_Result = TypeVar("_Result")

MAX_WORKERS = 6
"""More gain little (the disk and the one writer come next) and take 250 MB each."""

AHEAD = 16
"""Photos for each worker in the window: results are used in order, and neither a slow photo nor the grouping of people
must idle the workers. What they have done is done again after a pause."""

SECONDS_PER_PHOTO = 120.0
"""A photo that takes longer hangs its decoder."""

_POLL_SECONDS = 0.1


class Workers:
    """A pool of processes, started at the first photo and ended with the `with` block, whatever they are doing."""

    def __init__(self, pack: ModelPack, cache: Path, seconds_per_photo: float = SECONDS_PER_PHOTO) -> None:
        self._pack = pack
        self._cache = cache
        self._seconds = seconds_per_photo
        self._count = max(1, min(MAX_WORKERS, _processors()))
        self._pool: ProcessPool | None = None

    @property
    def window(self) -> int:
        """How many photos may be under way."""
        return AHEAD * self._count

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()

    def submit(self, photo: Waiting) -> Future[PhotoAnalysis]:
        """Hands a photo to the next free worker.

        Raises:
            WorkersLost: as `result`.
        """
        return self._scheduled(analyze, photo)

    def retell(self, photo: Waiting) -> Future[Told]:
        """Lets the next free worker read what a photo's files tell; otherwise as `submit`."""
        return self._scheduled(retell, photo)

    def _scheduled(self, work: Callable[[Job], _Result], photo: Waiting) -> Future[_Result]:
        if self._pool is None:
            # Spawned, not forked: a fork of a program with threads and a window can hang.
            self._pool = ProcessPool(
                self._count, initializer=prepare_worker, context=multiprocessing.get_context("spawn")
            )
        job = Job(photo.paths, photo.content_hash, self._cache, self._pack)
        try:
            future: Future[_Result] = self._pool.schedule(work, args=[job], timeout=self._seconds)
        except RuntimeError as error:  # the pool says no more than that it is broken
            raise WorkersLost from error
        return future

    def result(self, future: Future[_Result], stopped: Callable[[], bool]) -> _Result | None:
        """Waits for a photo; None when `stopped` says so first.

        Raises:
            CoreError: why the photo cannot be read.
            Unfinished: why it could not be looked at to the end.
            WorkersLost: the processes cannot be kept running; the photo has nothing to do with it.
            Exception: a bug, from the worker.
        """
        while not stopped():
            if not wait([future], _POLL_SECONDS).done:
                continue
            try:
                return future.result()
            except TimeoutError as error:
                raise Unfinished(f"Opening the file took more than {self._seconds:.0f} seconds.") from error
            except ProcessExpired as error:
                raise Unfinished("Opening the file crashed its decoder.") from error
            except MemoryError as error:
                raise Unfinished("There is not enough memory to open the file.") from error
            except BrokenProcessPool as error:
                raise WorkersLost from error
        return None


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
