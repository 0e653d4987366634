"""Garbage with Qt's objects in it goes in the window's thread, whichever thread is busy."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.qt import until
from ui.collecting import collect


class Node(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.itself = self


def litter() -> None:
    for _ in range(100_000):
        each: list[object] = []
        each.append(each)


def test_only_the_windows_thread_collects(application: QApplication, qtbot: QtBot) -> None:
    gone_in: list[QThread] = []
    node = Node()
    weakref.finalize(node, lambda: gone_in.append(QThread.currentThread()))
    del node
    busy = threading.Thread(target=litter)
    busy.start()
    busy.join()
    assert gone_in == []
    until(qtbot, lambda: len(gone_in) == 1)
    assert gone_in == [application.thread()]


def test_nothing_is_collected_before_its_time(application: QApplication) -> None:
    gc.collect()
    node = Node()
    gone = weakref.ref(node)
    del node
    collect()
    assert gone() is not None
    gc.collect()
    assert gone() is None
