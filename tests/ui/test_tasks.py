"""Work off the GUI thread whose outcome comes back to it, or is dropped when nobody wants it."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QObject, QThread
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.qt import settle, until
from ui.tasks import WORKERS, Tasks

pytestmark = pytest.mark.usefixtures("application")


@pytest.fixture
def tasks() -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()


@pytest.fixture
def owner() -> QObject:
    return QObject()


class Gate:
    """Work that begins, and ends when it is let."""

    def __init__(self) -> None:
        self.begun, self.open = threading.Event(), threading.Event()

    def __call__(self) -> str:
        self.begun.set()
        assert self.open.wait(30)
        return "done"


def block(tasks: Tasks, owner: QObject) -> list[Gate]:
    """Keeps every thread busy; what is asked for afterwards has to wait."""
    gates = [Gate() for _ in range(WORKERS)]
    for gate in gates:
        tasks.run(owner, gate)
    for gate in gates:
        assert gate.begun.wait(30)
    return gates


def test_work_is_done_elsewhere_and_told_here(tasks: Tasks, owner: QObject, qtbot: QtBot) -> None:
    here = QThread.currentThread()
    told: list[object] = []
    tasks.run(owner, QThread.currentThread, lambda there: told.extend((there, QThread.currentThread())))
    assert tasks.busy
    assert told == [], "never before the caller has gone on"
    settle(qtbot, tasks)
    assert told[0] is not here
    assert told[1] is here


def test_the_window_lives_while_work_is_done(tasks: Tasks, owner: QObject, qtbot: QtBot) -> None:
    gate, done, beats = Gate(), [], []
    tasks.run(owner, gate, done.append)
    assert gate.begun.wait(30)
    tasks.run(owner, lambda: "beat", beats.append)
    until(qtbot, lambda: beats)
    assert done == []
    gate.open.set()
    until(qtbot, lambda: done == ["done"])


def test_an_error_goes_to_whoever_asked(tasks: Tasks, owner: QObject, qtbot: QtBot) -> None:
    general, own = QSignalSpy(tasks.failed), []
    tasks.run(owner, lambda: 1 // 0, pytest.fail, own.append)
    settle(qtbot, tasks)
    assert [type(error) for error in own] == [ZeroDivisionError]
    assert general.count() == 0


def test_an_error_that_nobody_handles_is_told_by_the_signal(tasks: Tasks, owner: QObject, qtbot: QtBot) -> None:
    general = QSignalSpy(tasks.failed)
    tasks.run(owner, lambda: 1 // 0, pytest.fail)
    settle(qtbot, tasks)
    assert isinstance(general.at(0)[0], ZeroDivisionError)


def test_what_was_cancelled_is_not_told_and_if_it_can_be_not_done(tasks: Tasks, owner: QObject, qtbot: QtBot) -> None:
    gates = block(tasks, owner)
    done: list[str] = []
    waiting = tasks.run(owner, lambda: done.append("work"), lambda _none: done.append("told"))
    waiting.cancel()
    under_way = Gate()
    gates[0].open.set()
    late = tasks.run(owner, under_way, done.append)
    assert under_way.begun.wait(30)
    late.cancel()
    for gate in (*gates, under_way):
        gate.open.set()
    settle(qtbot, tasks)
    assert done == []


def test_nobody_is_told_who_is_gone(tasks: Tasks, qtbot: QtBot) -> None:
    owner, done = QObject(), []
    gate = Gate()
    tasks.run(owner, gate, done.append)
    tasks.run(owner, lambda: 1 // 0, done.append, done.append)
    shiboken6.delete(owner)
    gate.open.set()
    settle(qtbot, tasks)
    assert done == []


def test_close_waits_for_what_is_being_done_and_drops_the_rest(tasks: Tasks, owner: QObject) -> None:
    gates, done = block(tasks, owner), []
    tasks.run(owner, lambda: done.append("query"))
    tasks.run(owner, lambda: done.append("change"), lambda _none: done.append("told"), keep=True)
    closing = threading.Thread(target=tasks.close)
    closing.start()
    assert closing.is_alive()
    for gate in gates:
        gate.open.set()
    closing.join(30)
    QApplication.processEvents()
    assert done == ["change"], "a change that somebody made is never lost"


def test_after_close_nothing_is_done_and_nothing_breaks(tasks: Tasks, owner: QObject) -> None:
    tasks.close()
    done: list[str] = []
    tasks.run(owner, lambda: done.append("work"), lambda _none: done.append("told"), keep=True)
    tasks.close()
    QApplication.processEvents()
    assert done == []
    assert not tasks.busy


def test_an_outcome_that_comes_after_close_is_dropped(tasks: Tasks, owner: QObject) -> None:
    gate, done = Gate(), []
    # What is told asks for more, as the thumbnails do.
    tasks.run(owner, gate, lambda _result: done.append(tasks.run(owner, gate)))
    gate.open.set()
    tasks.close()
    QApplication.processEvents()
    assert done == []
    assert not tasks.busy


def test_tasks_may_go_while_work_is_done(owner: QObject) -> None:
    tasks, gate = Tasks(), Gate()
    tasks.run(owner, gate)
    assert gate.begun.wait(30)
    pool = tasks._pool
    shiboken6.delete(tasks)
    gate.open.set()
    pool.shutdown()


def test_a_task_that_failed_is_gone_when_it_was_told(tasks: Tasks, owner: QObject, qtbot: QtBot) -> None:
    """What waits for the garbage collector may be destroyed on another thread, and with it what it belongs to."""
    told: list[str] = []
    gc.collect()
    collecting = gc.isenabled()
    gc.disable()
    try:
        task = weakref.ref(tasks.run(owner, lambda: 1 // 0, failed=lambda error: told.append(str(error))))
        settle(qtbot, tasks)
        assert len(told) == 1 and "zero" in told[0]
        until(qtbot, lambda: task() is None)
    finally:
        # Where there is a window, it collects.
        if collecting:
            gc.enable()
