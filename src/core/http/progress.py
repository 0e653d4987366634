"""How far some work is, and whether somebody wants it to stop: how long work and its job talk to each other."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from typing import TypeVar

_Item = TypeVar("_Item")


class Cancelled(Exception):
    """The work was asked to stop before it did anything."""


class Progress:
    """Of work that is done item by item. Work that nobody waits for as a job has one that nobody looks at."""

    def __init__(self) -> None:
        self.done = 0
        self.is_cut = False
        self._stop = threading.Event()

    @property
    def is_stopping(self) -> bool:
        """Whether somebody wants the work to stop."""
        return self._stop.is_set()

    def stop(self) -> None:
        """The work ends after the item that it is at."""
        self._stop.set()

    def over(self, items: Iterable[_Item]) -> Iterator[_Item]:
        """The items, each counted when it is done; they end early when somebody wants the work to stop."""
        for item in items:
            if self.is_stopping:
                self.is_cut = True
                return
            yield item
            self.done += 1

    def check(self) -> None:
        """Goes on, or not.

        Raises:
            Cancelled: somebody wants the work to stop.
        """
        if self.is_stopping:
            raise Cancelled
