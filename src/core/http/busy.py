"""How many requests use the models at the same time, and how many may wait for that."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from core.http.problems import Refused


class Busy:
    """Bounds the work: the engine is safe to use from several threads, and each uses one processor."""

    def __init__(self, working: int, waiting: int) -> None:
        self._places = threading.BoundedSemaphore(working + waiting)
        self._working = threading.BoundedSemaphore(working)

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place in the queue, for a whole request.

        Raises:
            Refused: every place is taken (429).
        """
        if not self._places.acquire(blocking=False):
            detail = "Too many requests are waiting for the face models. Try again in a moment."
            raise Refused(429, detail, headers={"Retry-After": "1"})
        try:
            yield
        finally:
            self._places.release()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits until one more may work; for one image at a time, so that batches and others take turns."""
        with self._working:
            yield
