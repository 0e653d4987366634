"""Keeps a screen up to date: one query at a time, and in a large library fewer of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer

from ui.tasks import Tasks

_REST = 3
"""After a query the screen rests for so many times as long as the query took."""


class Refresher(QObject):
    """Runs `query` off the GUI thread and `show` on it, whenever `ask` was called."""

    def __init__(
        self,
        owner: QObject,
        tasks: Tasks,
        query: Callable[[], Any],
        show: Callable[[Any], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        super().__init__(owner)
        self._tasks = tasks
        self._query = query
        self._show = show
        self._failed = failed or tasks.failed.emit
        self._running = self._again = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._start)

    def ask(self) -> None:
        """The screen may be out of date."""
        if self._running or self._rest.isActive():
            self._again = True
        else:
            self._start()

    def _start(self) -> None:
        self._running, self._again = True, False
        self._tasks.run(self, self._timed, self._done, self._broken)

    def _timed(self) -> tuple[Any, float]:
        start = time.monotonic()
        return self._query(), time.monotonic() - start

    def _done(self, outcome: tuple[Any, float]) -> None:
        result, seconds = outcome
        # First: a screen that fails to show this must be able to show the next.
        self._end(seconds)
        self._show(result)

    def _broken(self, error: Exception) -> None:
        self._end(0.0)
        self._failed(error)

    def _end(self, seconds: float) -> None:
        self._running = False
        if self._again:
            self._rest.start(round(seconds * _REST * 1000))
