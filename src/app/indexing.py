"""The Indexer: photos that wait -> analysed in worker processes -> one transaction each, in the order of their ids.

Two threads: one scans what was asked for, one keeps a bounded window of photos in the workers and commits them. All
state is in the database (`worklist`), and each step is a transaction whose effect depends on nothing but what was
committed before: a run that is killed and started again ends where an undisturbed run ends.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from app import retelling, worklist
from app.analysis import PhotoAnalysis
from app.errors import Unfinished, VolumeGone, WorkersLost
from app.events import Events
from app.importing import Imported, Importer
from app.progress import Meter
from app.queueing import Queue
from app.thumbnail_files import ThumbnailFiles
from app.types import IndexPhase, IndexProgress, LibraryChanged
from app.workers import Workers
from core.database import Database
from core.errors import CoreError, ImageUnavailable
from core.service import FaceCore

_log = logging.getLogger(__name__)

_Running = deque[tuple[worklist.Waiting, Future[PhotoAnalysis]]]


class Indexer:
    """Works in the background until there is nothing left to do. All methods may be called from any thread."""

    def __init__(
        self,
        database: Database,
        core: FaceCore,
        events: Events,
        importer: Importer,
        cache: ThumbnailFiles,
        remember: Callable[[Sequence[str], int | None], None] = lambda _paths, _asked_by: None,
    ) -> None:
        """Composes the Indexer.

        Args:
            remember: told which files and folders a profile added, before they are looked at.
        """
        self._database = database
        self._core = core
        self._events = events
        self._importer = importer
        self._remember = remember
        self._cache = cache
        self._changed = threading.Condition()
        self._telling = threading.RLock()
        self._progress = IndexProgress(IndexPhase.IDLE)
        self._meter = Meter()
        self._asked: deque[tuple[list[str], int | None, int | None]] = deque()
        self._postponed: set[worklist.Waiting] = set()
        self._scanning = self._indexing = self._grouping = self._more = self._renewed = False
        self._paused = self._cancelled = self._closing = False
        self._threads = [
            threading.Thread(target=self._forever, args=(work, due), name=work.__name__, daemon=True)
            for work, due in ((self._scan, lambda: self._scanning), (self._index, lambda: self._indexing))
        ]

    def start(self) -> None:
        """Goes on with what an earlier run of the program left, if anything. To be called once."""
        worklist.retry_refused(self._database)
        total, model = self._left(), self._core.pack.name
        self._scanning = worklist.next_request(self._database) is not None
        left = total + retelling.count(self._database)
        self._indexing = self._scanning or left > 0 or worklist.grouping_due(self._database, model, at_end=True)
        self._tell(total=total)
        for thread in self._threads:
            thread.start()

    def add(self, paths: Sequence[Path], asked_by: int | None = None, album_id: int | None = None) -> None:
        """Adds files and folders to the library: they are scanned and indexed in the background.

        Args:
            asked_by: the profile whose new photos are; by default whose folder they are in, or the library's owner.
            album_id: the album that what is found there enters.
        """
        if not paths:
            return
        with self._changed:
            if not self._indexing:
                self._progress = IndexProgress(IndexPhase.SCANNING)
                self._postponed = set()
                self._meter.restart()
            self._asked.append(([os.path.abspath(path) for path in paths], asked_by, album_id))
            self._indexing = self._more = True
            self._scanning = self._scanning or not self._cancelled
        self._tell()

    def found(self, imported: Imported) -> None:
        """A look at the folders that were added brought something, without the user having asked for it."""
        if imported.waiting > 0:
            with self._changed:
                if not self._indexing:
                    self._progress = IndexProgress(IndexPhase.INDEXING)
                    self._postponed = set()
                    self._meter.restart()
                self._indexing = self._more = True
        if imported != Imported():
            self._added(imported)
        if imported.sidecars:
            self.retell()

    def retry(self) -> None:
        """What could not be read may be readable now: a drive came back."""
        total, asked = self._left(), worklist.next_request(self._database) is not None
        with self._changed:
            self._postponed = set()
            if not (total or asked) or self._threads[0].ident is None:
                return
            if not self._indexing:
                self._progress = IndexProgress(IndexPhase.INDEXING, total=total)
                self._meter.restart()
            self._scanning = self._scanning or (asked and not self._cancelled)
            self._indexing = self._more = True
        self._tell()

    def renew(self) -> None:
        """Another model is in use: every photo at which it has not looked is looked at again, then people are made."""
        total = self._left()
        with self._changed:
            self._progress = IndexProgress(IndexPhase.INDEXING, total=total)
            self._postponed = set()
            self._meter.restart()
            self._indexing = self._more = self._renewed = True
        self._tell()

    def retell(self) -> None:
        """Photos wait to be read anew for what their files tell."""
        with self._changed:
            if not self._indexing:
                self._progress = IndexProgress(IndexPhase.INDEXING)
                self._meter.restart()
            self._indexing = self._more = True
        self._tell()

    def pause(self) -> None:
        """Stops after the photo that is being written; nothing is lost."""
        with self._changed:
            self._paused = self._indexing
        self._tell()

    def resume(self) -> None:
        """Goes on after `pause`, or after an error stopped the work."""
        with self._changed:
            self._paused = False
            self._meter.restart()
        self._tell(error=None)

    def cancel(self) -> None:
        """Ends the work: what is indexed stays, what still waits is not added to the library."""
        with self._changed:
            self._asked.clear()
            self._cancelled = self._indexing
            self._paused = False
        self._tell(error=None)

    def wait(self, timeout: float | None = None) -> bool:
        """Waits until nothing is left to do, or an error stopped the work (`progress.error`).

        Returns:
            False when the time was over first.
        """
        with self._changed:
            return self._changed.wait_for(lambda: not self._indexing or self._progress.error is not None, timeout)

    def close(self) -> None:
        """Stops at once and waits for the threads; what is left is done after the next `start`."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()
        # What was asked for while the work was paused.
        self._note_requests()

    @property
    def progress(self) -> IndexProgress:
        """How far the work is now."""
        with self._changed:
            return self._progress

    def _left(self) -> int:
        """Photos that wait, in one way or the other."""
        return worklist.pending_count(self._database) + worklist.unseen_count(self._database, self._core.pack.name)

    def _interrupted(self) -> bool:
        return self._closing or self._cancelled or self._paused

    def _disturbed(self) -> bool:
        """Interrupted, or what the workers are doing is of no use any more."""
        return self._renewed or self._interrupted()

    def _phase(self) -> IndexPhase:
        if not self._indexing:
            return IndexPhase.IDLE
        if self._paused:
            return IndexPhase.PAUSED
        if self._grouping:
            return IndexPhase.GROUPING
        return IndexPhase.INDEXING if self._progress.total > self._progress.done else IndexPhase.SCANNING

    def _tell(self, **changes: object) -> None:
        """Changes the progress and lets everybody know, in the order of the changes."""
        with self._telling:
            with self._changed:
                self._progress = replace(self._progress, **changes)  # type: ignore[arg-type]
                remaining = self._progress.total - self._progress.done
                left = None if self._scanning or self._paused else self._meter.seconds_left(remaining)
                self._progress = replace(self._progress, phase=self._phase(), seconds_left=left)
                progress = self._progress
                self._changed.notify_all()
            self._events.publish(progress)

    def _count(self, **more: int) -> None:
        """Adds to the progress. Both threads count."""
        with self._changed:
            counts = {key: getattr(self._progress, key) + value for key, value in more.items()}
            progress = replace(self._progress, **counts)
            # Photos that earlier work had to leave are met again on the way.
            self._progress = replace(progress, total=max(progress.total, progress.done))
        self._tell()

    def _forever(self, work: Callable[[], None], due: Callable[[], bool]) -> None:
        """A thread: does its work whenever it is due; an error pauses all work until the user resumes it."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closing or (due() and not self._paused))
                if self._closing:
                    return
            try:
                work()
            except CoreError as error:
                _log.warning("indexing stopped: %s", error)
                self._fail(str(error))
            except Exception:
                _log.exception("indexing stopped by a bug")
                self._fail("Something went wrong inside Sietch. Nothing was lost; the work can be resumed.")

    def _fail(self, reason: str) -> None:
        with self._changed:
            self._paused = True
        self._tell(error=reason)

    def _scan(self) -> None:
        """Everything that was asked for, the oldest first; what is on a drive that went waits until it is back."""
        after = 0
        while not self._interrupted():
            self._note_requests()
            found = worklist.next_request(self._database, after)
            if found is None:
                break
            request_id, path, asked_by = found
            try:
                if self._importer.run(path, self._interrupted, self._added, asked_by):
                    self._events.publish(worklist.finish_request(self._database, request_id))
            except VolumeGone as error:
                _log.warning("a scan waits: %s", error)
                after = request_id
        with self._changed:
            if self._cancelled or not self._interrupted():
                self._scanning = bool(self._asked) and not self._cancelled
        self._tell()

    def _note_requests(self) -> None:
        """Keeps in the database what was asked for; it is asked for until it is kept."""
        with self._changed:
            asked = list(self._asked)
        for each in asked:
            worklist.request(self._database, *each)
            self._remember(*each[:2])
            with self._changed:
                # `cancel` may have been quicker.
                if self._asked and self._asked[0] is each:
                    self._asked.popleft()

    def _added(self, imported: Imported) -> None:
        self._count(total=imported.waiting, skipped=imported.refused)
        changed = LibraryChanged(frozenset(imported.photo_ids), skipped=True, folders=imported.folders)
        self._events.publish(changed)

    def _index(self) -> None:
        """Everything that waits, then people; returns early when interrupted."""
        with self._changed:
            self._more = self._renewed = False
        pack = self._core.pack
        with Workers(pack, self._cache) as workers:
            self._analyze(workers, Queue(self._database, pack.name))
            self._retell(workers)
        cut_short = self._cancelled
        if cut_short:
            self._drop()
        if self._disturbed():
            return
        if not (cut_short and worklist.unseen_count(self._database, pack.name)):
            self._group(at_end=True)
        with self._changed:
            # What was said during the grouping is obeyed at the next call.
            if not self._interrupted():
                self._indexing = self._more or self._scanning
        self._tell()

    def _analyze(self, workers: Workers, queue: Queue) -> None:
        # Due if the program ended between a photo and the grouping that it made due.
        self._group(at_end=False)
        again = False
        running: _Running = deque()
        while not self._disturbed():
            # Asked before the look: what is scanned after it is found by the next look.
            scanning = self._scanning
            self._hand_out(workers, running, queue)
            if running:
                self._finish(workers, *running.popleft())
                again = True
            elif scanning:
                with self._changed:
                    self._changed.wait(timeout=0.5)
                again = True
            elif again:
                # A photo that was passed may wait again, because its file was edited.
                queue.rewind()
                again = False
            else:
                return

    def _hand_out(self, workers: Workers, running: _Running, queue: Queue) -> None:
        """Gives the workers photos until the window is full, once half of it is empty.

        What could not be read now is tried again with the next work, or when it is found elsewhere.
        """
        if len(running) > workers.window // 2:
            return
        while len(running) < workers.window:
            photos = queue.next(workers.window - len(running))
            if not photos:
                break
            fresh = (photo for photo in photos if photo not in self._postponed)
            running.extend((photo, workers.submit(photo)) for photo in fresh)

    def _finish(self, workers: Workers, photo: worklist.Waiting, future: Future[PhotoAnalysis]) -> None:
        """Writes what came of one photo and tells of it."""
        try:
            seen = workers.result(future, self._disturbed)
        except ImageUnavailable as error:
            worklist.postpone(self._database, photo, str(error))
            self._postponed.add(photo)
            change = LibraryChanged(skipped=not photo.again)
        except Unfinished as error:
            # Once it may be the moment's fault: the photo is tried again with the next work.
            change = worklist.count_attempt(self._database, self._core, photo, str(error))
            self._postponed.add(photo)
        except WorkersLost:
            raise
        except Exception as error:
            # A bug on one file must not stop the others; the log tells us, the reason tells the user.
            if not isinstance(error, CoreError):
                _log.exception("photo %d cannot be analysed", photo.photo_id)
            reason = str(error) if isinstance(error, CoreError) else f"Sietch failed on this picture ({error!r})."
            change = worklist.refuse(self._database, self._core, photo, reason)
        else:
            if seen is None:
                return
            change = worklist.store(self._database, self._core, photo, seen)
        with self._changed:
            self._meter.tick()
        self._count(done=1, skipped=int(change.skipped))
        self._events.publish(change)
        self._group(at_end=False)

    def _retell(self, workers: Workers) -> None:
        """Reads anew what the files of photos tell, where they changed; what cannot be read now is left for later."""
        self._count(total=retelling.count(self._database))
        for change in retelling.run(self._database, workers, self._disturbed):
            self._events.publish(change)
            self._count(done=1)

    def _group(self, at_end: bool) -> None:
        if not worklist.grouping_due(self._database, self._core.pack.name, at_end):
            return
        self._grouping = True
        self._tell()
        try:
            self._events.publish(worklist.group(self._database, self._core)[1])
        finally:
            self._grouping = False
        self._tell()

    def _drop(self) -> None:
        """The end of `cancel`, once the scan has stopped."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or not self._scanning)
        worklist.forget_waiting(self._database)
        with self._changed:
            self._cancelled = False
            self._scanning = bool(self._asked)
        self._tell(total=self._progress.done)
