"""Runs queries and changes off the GUI thread; success and failure return to it.

A task belongs to an owner, a `QObject`. When the owner is gone, or has asked the same question again (`topic`), the
answer is dropped: a screen never shows what it no longer wants to know.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal

from core.errors import CoreError

T = TypeVar("T")

_THREADS = 3
_CLOSE_MILLISECONDS = 5000


@dataclass(frozen=True, slots=True)
class _Call:
    """What is to happen on the GUI thread with the outcome of a task, and for whom (kept, so that its id stays its own)."""

    owner: QObject
    succeeded: Callable[[Any], None] | None
    failed: Callable[[CoreError], None] | None


class _Courier(QObject):
    """Carries outcomes to the GUI thread: its signal is queued there."""

    done = Signal(int, object, object)


class _Run(QRunnable):
    def __init__(self, courier: _Courier, task: int, work: Callable[[], object]) -> None:
        super().__init__()
        self._courier = courier
        self._task = task
        self._work = work

    def run(self) -> None:
        result: object = None
        error: BaseException | None = None
        try:
            result = self._work()
        except Exception as raised:
            error = raised
        self._courier.done.emit(self._task, result, error)


class Tasks(QObject):
    """The pool of one window. All methods are for the GUI thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(_THREADS)
        self._courier = _Courier(self)
        self._courier.done.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._next = 0
        self._calls: dict[int, _Call] = {}
        self._topics: dict[tuple[int, str], int] = {}
        self._known_owners: set[int] = set()

    def run(
        self,
        owner: QObject,
        work: Callable[[], T],
        succeeded: Callable[[T], None] | None = None,
        failed: Callable[[CoreError], None] | None = None,
        topic: str | None = None,
    ) -> None:
        """Calls `work` on another thread, then one of the two others on the GUI thread.

        Args:
            owner: whoever wants the answer; it is dropped when the owner is destroyed.
            work: must not touch anything of Qt's window.
            succeeded: gets the answer.
            failed: gets a known error, whose text is for the user. Any other error goes to the exception hook.
            topic: an earlier task of the same owner and topic is superseded: its answer is dropped.
        """
        self._next += 1
        task = self._next
        self._watch(owner)
        self._calls[task] = _Call(owner, succeeded, failed)
        key = (id(owner), topic or f"#{task}")
        superseded = self._topics.get(key)
        if superseded is not None:
            self._calls.pop(superseded, None)
        self._topics[key] = task
        self._pool.start(_Run(self._courier, task, work))

    def close(self) -> None:
        """Drops what waits, and waits for what runs."""
        self._calls.clear()
        self._pool.clear()
        self._pool.waitForDone(_CLOSE_MILLISECONDS)

    def _watch(self, owner: QObject) -> None:
        key = id(owner)
        if key not in self._known_owners:
            self._known_owners.add(key)
            owner.destroyed.connect(lambda: self._forget(key))

    def _forget(self, owner: int) -> None:
        self._known_owners.discard(owner)
        for key in [key for key in self._topics if key[0] == owner]:
            self._calls.pop(self._topics.pop(key), None)

    def _deliver(self, task: int, result: object, error: BaseException | None) -> None:
        for key in [key for key, value in self._topics.items() if value == task]:
            del self._topics[key]
        call = self._calls.pop(task, None)
        if call is None:
            return
        if error is None:
            if call.succeeded:
                call.succeeded(result)
        elif isinstance(error, CoreError) and call.failed:
            call.failed(error)
        else:
            sys.excepthook(type(error), error, error.__traceback__)
