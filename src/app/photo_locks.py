"""Locked photos come into sight by the password, and go out of it after a while."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.events import Events
from app.privacy import View
from app.types import LibraryChanged

if TYPE_CHECKING:
    from app.profiles import Profiles

IN_SIGHT = timedelta(minutes=5)
"""Then they are locked again, unless somebody was at work (`PhotoLocks.used`)."""

_LOCKED = "SELECT photo_id FROM photo WHERE locked = 1 AND owner_id = :me"


class PhotoLocks:
    """Of one session.

    Args:
        view: whose photos they are.
        profiles: tell the right password from a wrong one, and the time.
        events: tells that photos came or went.
    """

    def __init__(self, view: View, profiles: Profiles, events: Events) -> None:
        self._view = view
        self._profiles = profiles
        self._events = events
        self._until: datetime | None = None
        self._changing = threading.Lock()

    @property
    def are_open(self) -> bool:
        """Whether locked photos are in sight."""
        return self._until is not None

    def open(self, password: str) -> None:
        """Locked photos come into sight. Takes a good part of a second.

        Raises:
            WrongPassword, TooManyTries: they do not.
        """
        self._profiles.check(self._view.viewer.profile_id, password)
        self._set(self._profiles.now() + IN_SIGHT)

    def close(self) -> None:
        """They go out of sight."""
        self._set(None)

    def used(self) -> None:
        """Somebody is at work: the time begins anew."""
        with self._changing:
            if self._until is not None and self._profiles.now() < self._until:
                self._until = self._profiles.now() + IN_SIGHT

    def close_when_due(self) -> bool:
        """To be called every few seconds; whether the time was over."""
        until = self._until
        if until is None or self._profiles.now() < until:
            return False
        self.close()
        return True

    def _set(self, until: datetime | None) -> None:
        with self._changing:
            before, self._until = self._until, until
            if (before is None) is not (until is None):
                self._view.unlock(until is not None)
        query, values = _LOCKED, {"me": self._view.viewer.profile_id}
        with self._view.database.read() as db:
            photos = frozenset(db.exec_driver_sql(query, values).scalars())
        self._events.publish(LibraryChanged(photos))
