"""The app's events on the GUI thread: gathered for a moment, so that a busy Indexer costs a few refreshes a second."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.events import Events
from app.types import CopyProgress, CopyReport, Event, IndexProgress, LibraryChanged

INTERVAL_MS = 250


class Bridge(QObject):
    """`changed` carries one `LibraryChanged` for all of an interval, `progressed` and `copying` the latest progress."""

    changed = Signal(LibraryChanged)
    progressed = Signal(IndexProgress)
    copying = Signal(CopyProgress)
    copied = Signal(CopyReport)
    _wake = Signal()

    def __init__(self, events: Events, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._photo_ids: set[int] = set()
        self._person_ids: set[int] = set()
        self._skipped = self._duplicates = self._folders = self._backups = self._albums = False
        self._progress: IndexProgress | None = None
        self._copying: CopyProgress | None = None
        self._reports: list[CopyReport] = []
        self._timer = QTimer(self, singleShot=True, interval=INTERVAL_MS)
        self._timer.timeout.connect(self._flush)
        self._wake.connect(self._schedule, Qt.ConnectionType.QueuedConnection)
        self._unsubscribe = events.subscribe(self._receive)

    def close(self) -> None:
        """No more events."""
        self._unsubscribe()
        self._timer.stop()

    def _receive(self, event: Event) -> None:
        """On the thread of whoever made the event."""
        with self._lock:
            waiting = bool(self._photo_ids or self._person_ids or self._skipped or self._duplicates or self._folders)
            waiting = waiting or bool(self._backups or self._albums or self._progress or self._copying or self._reports)
            if isinstance(event, IndexProgress):
                self._progress = event
            elif isinstance(event, CopyProgress):
                self._copying = event
            elif isinstance(event, CopyReport):
                self._reports.append(event)
            else:
                self._photo_ids |= event.photo_ids
                self._person_ids |= event.person_ids
                self._skipped |= event.skipped
                self._folders |= event.folders
                self._duplicates |= event.duplicates
                self._backups |= event.backups
                self._albums |= event.albums
        if not waiting:
            self._wake.emit()

    def _schedule(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _flush(self) -> None:
        with self._lock:
            ids = frozenset(self._photo_ids), frozenset(self._person_ids)
            change = LibraryChanged(*ids, self._skipped, self._duplicates, self._folders, self._backups, self._albums)
            progress, self._progress = self._progress, None
            copying, self._copying = self._copying, None
            reports, self._reports = self._reports, []
            self._photo_ids, self._person_ids = set(), set()
            self._skipped = self._duplicates = self._folders = self._backups = self._albums = False
        if progress:
            self.progressed.emit(progress)
        if copying:
            self.copying.emit(copying)
        for report in reports:
            self.copied.emit(report)
        if change != LibraryChanged():
            self.changed.emit(change)
