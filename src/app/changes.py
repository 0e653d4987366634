"""What was heard of changes in a folder, gathered until all of it has been still for a moment."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.scanning import Scan

QUIET = 1.0
"""Seconds without news, twice: a file is taken when its size and time were the same at the end of both."""

PATIENCE = 60.0
"""Seconds after which what is still is taken, though something else in the folder goes on changing."""

MOST = 200
"""Folders with changes beyond which looking through all of it is simpler, and makes up for events that were lost."""

_SEPARATOR = os.sep.encode()


@dataclass(slots=True)
class _Heard:
    """When something was heard of a path last, and its size and time when it was looked at after that."""

    at: float
    deep: bool
    seen: tuple[int, int] | None = None
    looked: bool = False


class Changes:
    """The changes below one folder. News come from any thread."""

    def __init__(
        self, root: bytes, left_out: Iterable[bytes], quiet: float = QUIET, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begins with no news.

        Args:
            left_out: folders below `root` in which nothing is of interest: the library's own.
        """
        self._root = root
        self._left_out = [each for each in left_out if each != root]
        self._quiet = quiet
        self._clock = clock
        self._lock = threading.Lock()
        self._heard: dict[bytes, _Heard] = {}
        self._since = 0.0

    def note(self, path: bytes, deep: bool) -> None:
        """Something happened to a file, or, if `deep`, to a folder with all below it."""
        if not self._is_of_interest(path):
            return
        now = self._clock()
        with self._lock:
            if not self._heard:
                self._since = now
            before = self._heard.get(path)
            self._heard[path] = _Heard(now, deep or (before is not None and before.deep))

    def due(self) -> list[Scan]:
        """What is to be looked at now; nothing while anything is still going on."""
        now = self._clock()
        with self._lock:
            still = {path for path, heard in self._heard.items() if self._is_still(path, heard, now)}
            if len(still) < len(self._heard) and now - self._since < PATIENCE:
                return []
            restless = [path for path in self._heard if path not in still]
            taken = [
                (path, self._heard[path].deep)
                for path in still
                if not any(other.startswith(path + _SEPARATOR) for other in restless)
            ]
            for path, _ in taken:
                del self._heard[path]
            self._since = now
        return self._scans(taken)

    def _is_still(self, path: bytes, heard: _Heard, now: float) -> bool:
        if now - heard.at < self._quiet:
            return False
        seen = _size_and_time(path)
        still = heard.looked and seen == heard.seen
        if not still:
            heard.seen, heard.looked, heard.at = seen, True, now
        return still

    def _scans(self, taken: list[tuple[bytes, bool]]) -> list[Scan]:
        """A file is looked at with its folder: one that went is missed there."""
        deep = {path for path, deep in taken if deep}
        flat = {os.path.dirname(path) for path, deep in taken if not deep}
        if len(deep) + len(flat) > MOST:
            return [Scan(self._root, named=False)]
        deep = {path for path in deep if not _is_in(path, deep)}
        flat = {path for path in flat if path not in deep and not _is_in(path, deep)}
        scans = [Scan(path, named=False) for path in deep] + [Scan(path, named=False, deep=False) for path in flat]
        return sorted(scans, key=lambda scan: scan.path)

    def _is_of_interest(self, path: bytes) -> bool:
        if any(path == each or path.startswith(each + _SEPARATOR) for each in self._left_out):
            return False
        names = path[len(self._root) :].split(_SEPARATOR)
        return not any(name.startswith(b".") for name in names[:-1]) and not names[-1].startswith(b"._")


def _is_in(path: bytes, folders: set[bytes]) -> bool:
    """Whether a path is below one of some folders."""
    while (parent := os.path.dirname(path)) != path:
        if parent in folders:
            return True
        path = parent
    return False


def _size_and_time(path: bytes) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns
