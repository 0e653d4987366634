"""Garbage collection in the window's thread alone.

Python collects garbage in whatever thread happens to ask for memory, and with the garbage go Qt's objects in it: on
another thread than their own, where their timers cannot be stopped and their connections are in use. So Python's own
occasions are off while there is a window, and the window's thread takes their place.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_INTERVAL_MS = 1000
"""A second of indexing leaves garbage that takes milliseconds to collect."""


class Collector(QObject):
    """Collects as often as Python's thresholds ask for, now and then. To be made in the window's thread."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        timer = QTimer(self, interval=_INTERVAL_MS)
        timer.timeout.connect(collect)
        timer.start()


def collect() -> None:
    """Collects the oldest generation whose time has come."""
    due = (age for age in (2, 1, 0) if gc.get_count()[age] > gc.get_threshold()[age] > 0)
    if (age := next(due, None)) is not None:
        gc.collect(age)
