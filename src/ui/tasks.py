"""Work off the GUI thread: a query, a change, a picture to decode. Its outcome comes back to the GUI thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

T = TypeVar("T")

WORKERS = 4


class Task:
    """Something under way; `cancel` makes its outcome be dropped."""

    def __init__(
        self,
        owner: QObject,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None] | None,
        keep: bool,
    ) -> None:
        self.owner = owner
        self.work = work
        self.done = done
        self.failed = failed
        self.keep = keep
        self.cancelled = False
        self.result: Any = None
        self.error: Exception | None = None

    def cancel(self) -> None:
        """The outcome is not wanted any more."""
        self.cancelled = True


class Tasks(QObject):
    """A small pool of threads. `failed` tells of errors that the caller does not handle itself."""

    failed = Signal(Exception)
    _finished = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="task")
        self._open = 0
        self._closed = False
        self._lock = threading.Lock()
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], None] = lambda _result: None,
        failed: Callable[[Exception], None] | None = None,
        keep: bool = False,
    ) -> Task:
        """Does `work` on another thread, then `done` or `failed` on this one. After `close` nothing is done.

        Args:
            owner: when it is gone by then, the outcome is dropped.
            failed: without it, an error goes to the signal `failed`.
            keep: a change that the user made; it is done even when the window is closed before its turn.
        """
        task = Task(owner, work, done, failed, keep)
        with self._lock:
            if not self._closed:
                self._open += 1
                self._pool.submit(self._do, task)
        return task

    @property
    def busy(self) -> bool:
        """Whether anything is under way whose outcome will come."""
        return self._open > 0 and not self._closed

    def close(self) -> None:
        """Waits for what is being done and for changes; other things and all outcomes are dropped. For any thread."""
        with self._lock:
            self._closed = True
        self._pool.shutdown(wait=True)

    def _do(self, task: Task) -> None:
        try:
            wanted = task.keep or not (task.cancelled or self._closed)
            task.result = task.work() if wanted else None
        except Exception as error:
            task.error = error
        if shiboken6.isValid(self):
            self._finished.emit(task)

    def _deliver(self, task: Task) -> None:
        self._open -= 1
        # The error's traceback holds the task. Were both left to the garbage collector, which runs on any thread, what
        # the task belongs to might be destroyed on a wrong one.
        error, task.error = task.error, None
        if self._closed or task.cancelled or not shiboken6.isValid(task.owner):
            return
        if error is None:
            task.done(task.result)
        elif task.failed:
            task.failed(error)
        else:
            self.failed.emit(error)
