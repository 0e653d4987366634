"""The photos that somebody likes best: each profile has its own."""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import text

from app.events import Events
from app.journal import Action, Journal
from app.marks import marked
from app.photos import timeline_of
from app.privacy import View
from app.types import LibraryChanged, Timeline

_TIMELINE = text("""
    SELECT photo.photo_id, substr(photo.taken_at, 1, 7) FROM favourite JOIN photo USING (photo_id)
    WHERE photo.state = 'indexed' ORDER BY photo.taken_at DESC, photo.photo_id DESC
""")

_AMONG = "SELECT photo_id FROM favourite WHERE photo_id IN (SELECT value FROM json_each(:ids))"

_ADD = "INSERT OR IGNORE INTO favourite (profile_id, photo_id) SELECT :me, value FROM json_each(:ids)"
_REMOVE = "DELETE FROM favourite WHERE profile_id = :me AND photo_id IN (SELECT value FROM json_each(:ids))"


class Favourites:
    """A viewer's own favourites."""

    def __init__(self, view: View, journal: Journal, events: Events) -> None:
        self._view = view
        self._journal = journal
        self._events = events

    def set(self, photo_ids: Collection[int], on: bool = True) -> None:
        """Makes photos favourites, or no favourites any more.

        Raises:
            NotFound: a photo is missing; then nothing was changed.
        """
        action = Action.FAVOURITE if on else Action.UNFAVOURITE
        with self._journal.step(action, photos=len(photo_ids)) as db:
            self._view.require_photos(db, photo_ids)
            values = {"me": self._view.viewer.profile_id, "ids": json.dumps(sorted(set(photo_ids)))}
            db.exec_driver_sql(_ADD if on else _REMOVE, values)
        self._events.publish(LibraryChanged(frozenset(photo_ids)))

    def of(self, photo_ids: Collection[int]) -> frozenset[int]:
        """Those among some photos that are favourites."""
        with self._view.read() as db:
            return frozenset(db.exec_driver_sql(_AMONG, {"ids": json.dumps(sorted(photo_ids))}).scalars())

    def timeline(self) -> Timeline:
        """The favourites, newest first."""
        with self._view.read() as db:
            return marked(db, timeline_of(db.execute(_TIMELINE)))
