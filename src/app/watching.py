"""Follows what happens in the folders that were added, while the program runs.

One thread does all the looking. At the start it looks through every folder, for what happened while the program was
closed. Then it looks where events of the file system say that something changed, once that has come to rest; and now
and then through the folders from which no events come (network drives; more folders than the system watches). It also
notices drives that come and go. What it finds new goes to the Indexer.
"""

from __future__ import annotations

import errno
import logging
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

from app import changes
from app.changes import Changes
from app.errors import VolumeGone
from app.folders import Folders
from app.importing import Importer
from app.indexing import Indexer
from app.mounts import number_of
from app.scanning import Scan
from app.types import FolderState, WatchedFolder
from app.volumes import VolumeChanges, Volumes
from core.errors import CoreError

_log = logging.getLogger(__name__)

TICK = 1.0
"""Seconds between two looks at what is mounted and what has come to rest."""

POLL_SECONDS = 60.0
POLL_REST = 20
"""A folder without events is looked through every minute, but rests twenty times as long as the look took."""

FULL_SECONDS = 3600.0
"""All folders are looked through once an hour: a system that is busy may lose events."""

_EVENTS: list[type[FileSystemEvent]] = [
    *(DirCreatedEvent, DirDeletedEvent, DirMovedEvent),
    *(FileClosedEvent, FileCreatedEvent, FileDeletedEvent, FileModifiedEvent, FileMovedEvent),
]

_LIMITS = (errno.ENOSPC, errno.EMFILE, errno.ENFILE, errno.ENOMEM)


@dataclass(slots=True)
class _Followed:
    """A folder, how it is followed, and when it is to be looked through next."""

    folder: WatchedFolder
    file_number: tuple[int, int]
    changes: Changes
    next_look: float
    watch: ObservedWatch | None = None


class _Listener(FileSystemEventHandler):
    """Passes what watchdog tells on to the folder's `Changes`, on watchdog's thread."""

    def __init__(self, heard: Changes) -> None:
        self._heard = heard

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Something happened at one path or at two."""
        for path in (event.src_path, event.dest_path):
            if path:
                self._heard.note(os.fsencode(path), event.is_directory)


class Watcher:
    """Follows the folders of one library, from `start` to `close`."""

    def __init__(
        self,
        folders: Folders,
        volumes: Volumes,
        importer: Importer,
        indexer: Indexer,
        library_folder: Path,
        quiet: float = changes.QUIET,
    ) -> None:
        self._folders = folders
        self._volumes = volumes
        self._importer = importer
        self._indexer = indexer
        self._left_out = [os.fsencode(library_folder.resolve())]
        self._quiet = quiet
        self._tick = min(TICK, quiet)
        self._poll_seconds = POLL_SECONDS
        self._followed: dict[int, _Followed] = {}
        self._observer: BaseObserver | None = None
        self._closing = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._began = False

    def start(self) -> None:
        """Begins to follow. To be called once."""
        self._volumes.subscribe(self._volumes_changed)
        self._thread.start()

    def close(self) -> None:
        """Ends it and waits for the thread."""
        self._closing.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join()

    @property
    def is_up_to_date(self) -> bool:
        """Whether the look at the start is done: from then on changes are heard of."""
        return self._began

    def look(self, folders: Sequence[WatchedFolder] | None = None, accept: bool = False) -> None:
        """Looks through folders, by default all that are there, on the thread that asks.

        Args:
            accept: what is gone was deleted: its photos are marked as missing, however many they are.

        Raises:
            VolumeGone: the drive of one of them is not connected.
        """
        chosen = self._folders.list() if folders is None else folders
        there = [each for each in chosen if folders is not None or each.state is not FolderState.OFFLINE]
        scans = [Scan(os.fsencode(each.path), named=False) for each in there]
        self._importer.look(scans, self._closing.is_set, self._indexer.found, accept)

    def _run(self) -> None:
        try:
            self._observer = Observer()
            self._observer.start()
            while not self._closing.is_set():
                self._safely()
                self._began = True
                self._wake.wait(self._tick)
                self._wake.clear()
        finally:
            if self._observer is not None:
                self._observer.stop()
                self._observer.join()

    def _safely(self) -> None:
        """One round; what fails in it is tried again in a later one."""
        try:
            self._volumes.refresh()
            self._follow()
            self._look_where_due()
        except CoreError as error:
            _log.warning("looking at the folders failed: %s", error)
        except Exception:
            _log.exception("looking at the folders failed by a bug")

    def _follow(self) -> None:
        """Begins to follow folders that are new or back, and lets go of those that went."""
        folders = {each.folder_id: each for each in self._folders.brief()}
        for folder_id, followed in list(self._followed.items()):
            folder = folders.get(folder_id)
            if folder is None or folder.path != followed.folder.path or number_of(folder.path) != followed.file_number:
                self._let_go(folder_id)
        for folder_id, folder in folders.items():
            number = number_of(folder.path)
            if folder_id not in self._followed and number and folder.state is not FolderState.OFFLINE:
                self._begin(folder, number)
        self._folders.set_polled(each.folder.folder_id for each in self._followed.values() if each.watch is None)

    def _begin(self, folder: WatchedFolder, number: tuple[int, int]) -> None:
        path = os.fsencode(folder.path)
        heard = Changes(path, self._left_out, self._quiet)
        followed = _Followed(folder, number, heard, next_look=0.0)
        self._followed[folder.folder_id] = followed
        if folder.state is FolderState.POLLED:
            return
        assert self._observer is not None
        try:
            # Before the first look: what happens during it is heard of.
            followed.watch = self._observer.schedule(
                _Listener(heard), os.fspath(folder.path), recursive=True, event_filter=_EVENTS
            )
        except OSError as error:
            _log.info("%s is looked through now and then: %s", folder.path, error)
            if error.errno not in _LIMITS:
                del self._followed[folder.folder_id]

    def _let_go(self, folder_id: int) -> None:
        followed = self._followed.pop(folder_id)
        if followed.watch is not None and self._observer is not None:
            try:
                self._observer.unschedule(followed.watch)
            except (KeyError, OSError):  # it ended by itself when its folder went
                _log.debug("%s was not watched any more", followed.folder.path)

    def _look_where_due(self) -> None:
        now = time.monotonic()
        whole = [each for each in self._followed.values() if each.next_look <= now]
        scans = [Scan(os.fsencode(each.folder.path), named=False) for each in whole]
        for each in self._followed.values():
            if each not in whole:
                scans += each.changes.due()
        if not scans:
            return
        try:
            self._importer.look(scans, self._closing.is_set, self._indexer.found)
        except VolumeGone as error:
            _log.info("%s", error)
        took = time.monotonic() - now
        for each in whole:
            rest = max(self._poll_seconds, took * POLL_REST) if each.watch is None else FULL_SECONDS
            each.next_look = time.monotonic() + rest

    def _volumes_changed(self, changed: VolumeChanges) -> None:
        """A drive came: its folders are looked through at once."""
        self._wake.set()
