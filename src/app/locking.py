"""One library is opened for writing by one process: a lock of the system, which ends with the process.

However that ends: nothing is left behind that would have to be removed by hand.
"""

from __future__ import annotations

import errno
import logging
from pathlib import Path

from filelock import FileLock, Timeout

from app.errors import LibraryError, LibraryInUse

_log = logging.getLogger(__name__)

_WAIT = 3.0
"""Seconds: as long as a command takes that changes a name."""

_NOT_OFFERED = frozenset({errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK})


class LibraryLock:
    """The right of this process to write into the library in a folder, which it may hold several times."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # The same object for the same file, which counts how often it is held; a lock file whose mere presence is the
        # lock, as where the system has none, would outlive a process that is killed.
        self._file = FileLock(
            folder.resolve() / "library.lock", is_singleton=True, thread_local=False, fallback_to_soft=False
        )
        self._held = False

    def acquire(self, alone: bool = False) -> None:
        """Takes the lock; another process is waited for a moment.

        Args:
            alone: this process may not hold it already.

        Raises:
            LibraryInUse: it is held.
            LibraryError: the folder cannot be written to.
        """
        if alone and self._file.is_locked:
            raise LibraryInUse(self._folder)
        try:
            self._file.acquire(timeout=_WAIT)
            self._held = True
        except Timeout as error:
            raise LibraryInUse(self._folder) from error
        except OSError as error:
            if error.errno not in _NOT_OFFERED:
                reason = error.strerror or error
                raise LibraryError(f"The library {self._folder} cannot be written to: {reason}.") from error
            _log.warning("the file system of %s has no locks: two programs may open it", self._folder)

    def release(self) -> None:
        """Gives the lock back, if it is held."""
        if self._held:
            self._held = False
            self._file.release()
