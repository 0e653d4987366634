"""Copying in the background, for the window; and what is done with the copies: they are added to the library."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from app.copying import Copier
from app.events import Events
from app.indexing import Indexer
from app.types import CopyProgress, CopyReport, CopyRequest, CopyResult
from core.database import Database
from core.errors import CoreError

_log = logging.getLogger(__name__)


class CopyImport:
    """One import at a time. All methods may be called from any thread."""

    def __init__(
        self,
        database: Database,
        events: Events,
        indexer: Indexer,
        remember: Callable[[Sequence[Path], int | None], None],
    ) -> None:
        """Composes it.

        Args:
            remember: told of the photo folder once something is in it: it is looked after from then on.
        """
        self.copier = Copier(database)
        self._events = events
        self._indexer = indexer
        self._remember = remember
        self._stopping = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._asked_by: int | None = None

    @property
    def busy(self) -> bool:
        """Whether an import goes on in the background."""
        return self._thread is not None and self._thread.is_alive()

    def concerns(self, profile_id: int) -> bool:
        """Whether the import that goes on is a profile's own: of others' nobody is told."""
        return self._asked_by in (None, profile_id)

    def run(self, request: CopyRequest, dry_run: bool = False) -> CopyReport:
        """Copies in this thread, to the end, and adds what arrived to the library.

        Raises:
            AppError: as `Copier.run`.
        """
        report = self.copier.run(request, self._stopping.is_set, self._events.publish, dry_run)
        folders = arrived(report) if not dry_run else []
        if folders:
            self._remember([report.request.to], request.asked_by)
        self._indexer.add(folders, request.asked_by)
        return report

    def start(self, request: CopyRequest) -> bool:
        """Copies in the background; events tell how far it is, and the report at the end. False while one goes on."""
        with self._starting:
            if self.busy:
                return False
            self._stopping.clear()
            self._asked_by = request.asked_by
            self._thread = threading.Thread(target=self._work, args=(request,), name="copying", daemon=True)
            self._thread.start()
            return True

    def cancel(self) -> None:
        """Stops; what was copied stays, and the same import started again does the rest."""
        self._stopping.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Waits for the end; False when the time was over first."""
        if self._thread is not None:
            self._thread.join(timeout)
        return not self.busy

    def close(self) -> None:
        """Stops and waits for the thread."""
        unfinished = self.copier.unfinished() if self.busy else None
        self.cancel()
        self.wait()
        if unfinished:
            # The user did not end it: the next start may offer to go on.
            self.copier.remember(unfinished)

    def _work(self, request: CopyRequest) -> None:
        try:
            report = self.run(request)
        except CoreError as error:
            report = CopyReport(request, (), str(error))
        except Exception:
            _log.exception("the import was stopped by a bug")
            report = CopyReport(request, (), "Something went wrong inside Sietch. The same import does the rest.")
        self._events.publish(CopyProgress(False, 0, 0))
        self._events.publish(report)


def arrived(report: CopyReport) -> list[Path]:
    """The folders in which photos of an import are: what is to be added to the library."""
    there = {each.target.parent for each in report.files if each.target and each.result is not CopyResult.SIDECAR}
    return sorted(there, key=os.fsencode)
