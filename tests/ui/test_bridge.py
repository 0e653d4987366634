"""The app's events come to the GUI thread, many of them as one."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.events import Events
from app.types import IndexPhase, IndexProgress, LibraryChanged
from tests.qt import until
from ui.bridge import INTERVAL_MS, Bridge

pytestmark = pytest.mark.usefixtures("application")


class Ear:
    """Hears what a bridge tells."""

    def __init__(self, bridge: Bridge) -> None:
        self.changes: list[LibraryChanged] = []
        self.progress: list[IndexProgress] = []
        self.threads: set[QThread] = set()
        bridge.changed.connect(self._changed)
        bridge.progressed.connect(self.progress.append)

    def _changed(self, change: LibraryChanged) -> None:
        self.changes.append(change)
        self.threads.add(QThread.currentThread())


@pytest.fixture
def events() -> Events:
    return Events()


@pytest.fixture
def bridge(events: Events) -> Iterator[Bridge]:
    made = Bridge(events)
    yield made
    made.close()


def change(*photo_ids: int, people: tuple[int, ...] = (), skipped: bool = False) -> LibraryChanged:
    return LibraryChanged(frozenset(photo_ids), frozenset(people), skipped)


def test_many_events_of_a_thread_become_one(bridge: Bridge, events: Events, qtbot: QtBot) -> None:
    ear = Ear(bridge)

    def busy() -> None:
        for number in range(1000):
            events.publish(change(number, people=(number % 7,), skipped=number == 500))
            events.publish(IndexProgress(IndexPhase.INDEXING, number, 1000))

    thread = threading.Thread(target=busy)
    thread.start()
    thread.join()
    until(qtbot, lambda: ear.changes)
    assert ear.changes == [change(*range(1000), people=tuple(range(7)), skipped=True)]
    assert ear.progress == [IndexProgress(IndexPhase.INDEXING, 999, 1000)]
    assert ear.threads == {QThread.currentThread()}


def test_nothing_is_lost_between_two_moments(bridge: Bridge, events: Events, qtbot: QtBot) -> None:
    ear = Ear(bridge)
    for number in range(30):
        events.publish(change(number))
        qtbot.wait(INTERVAL_MS // 10)
    until(qtbot, lambda: sum(len(each.photo_ids) for each in ear.changes) == 30)
    assert frozenset().union(*(each.photo_ids for each in ear.changes)) == frozenset(range(30))
    assert 2 <= len(ear.changes) <= 30 // 5


def test_a_change_of_nothing_is_none(bridge: Bridge, events: Events, qtbot: QtBot) -> None:
    ear = Ear(bridge)
    events.publish(change())
    events.publish(IndexProgress(IndexPhase.IDLE))
    until(qtbot, lambda: ear.progress)
    assert ear.changes == []


def test_after_close_nothing_is_told(bridge: Bridge, events: Events, qtbot: QtBot) -> None:
    ear = Ear(bridge)
    events.publish(change(1))
    QApplication.processEvents()
    bridge.close()
    events.publish(change(2))
    qtbot.wait(2 * INTERVAL_MS)
    assert ear.changes == []
