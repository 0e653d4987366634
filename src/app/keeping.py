"""Makes the daily backups in the background, while the library is open."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from app.backups import Backups
from app.opening import database_path
from core.copying import Stopped
from core.errors import CoreError

_log = logging.getLogger(__name__)

_FIRST, _NEXT = 60.0, 600.0
"""Seconds until the first look at whether a backup is due, when the library has settled, and between the next ones."""


class BackupKeeper:
    """A thread that looks now and then whether a backup is due. A backup that fails is tried again at the next look.

    Attributes:
        problem: why the last look made none, in words for the user; None when all is well.
    """

    def __init__(
        self,
        folder: Path,
        backups: Backups,
        first: float = _FIRST,
        following: float = _NEXT,
        told: Callable[[], None] = lambda: None,
    ) -> None:
        """Composes it.

        Args:
            first, following: seconds until the first look, and between the next ones.
            told: there is another problem than before, or none any more.
        """
        self.problem: str | None = None
        self._told = told
        self._database = database_path(folder)
        self._backups = backups
        self._first, self._following = first, following
        self._closing = threading.Event()
        self._copied: object = None
        self._thread = threading.Thread(target=self._run, name="backups", daemon=True)

    def start(self) -> None:
        """Begins to look. To be called once."""
        self._thread.start()

    def close(self) -> None:
        """Stops; a backup that is being made is given up, one that is due is made now."""
        if self._thread.ident is None:
            return
        self._closing.set()
        self._thread.join()
        self._look(at_end=True)

    def _run(self) -> None:
        wait = self._first
        while not self._closing.wait(wait):
            self._look()
            wait = self._following

    def _look(self, at_end: bool = False) -> None:
        before, self.problem = self.problem, self._problem(at_end)
        if self.problem:
            _log.warning("no backup was made: %s", self.problem)
        if self.problem != before:
            self._told()

    def _problem(self, at_end: bool) -> str | None:
        try:
            self._keep(at_end)
        except Stopped:
            return self.problem
        except CoreError as error:
            return str(error)
        except OSError as error:
            return f"No backup can be made: {error.strerror or error}."
        return None

    def _keep(self, at_end: bool) -> None:
        if not self._backups.is_due():
            return
        state = self._state()
        if state != self._copied:
            self._backups.daily(lambda: self._closing.is_set() and not at_end)
            self._copied = state

    def _state(self) -> object:
        """What is another one whenever something was written; by equality, so that no clock counts."""
        files = (self._database, self._database.with_name(self._database.name + "-wal"))
        return [(file.stat().st_mtime_ns, file.stat().st_size) if file.exists() else None for file in files]
