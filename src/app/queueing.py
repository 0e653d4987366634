"""The photos that wait, handed out one after the other."""

from __future__ import annotations

from app import worklist
from core.database import Database


class Queue:
    """Hands out each photo that waits once, until it is rewound.

    What is to come into the library goes before what is in it and waits only for the model in use to look at it: a new
    photo has not to wait for all the others.
    """

    def __init__(self, database: Database, model: str) -> None:
        self._database = database
        self._model = model
        self.rewind()

    def rewind(self) -> None:
        """From the beginning: a photo that was passed may wait again."""
        self._last = self._last_again = 0

    def next(self, limit: int) -> list[worklist.Waiting]:
        """The next photos, at most `limit`; none at the end."""
        photos = worklist.waiting(self._database, self._last, limit)
        if photos:
            self._last = photos[-1].photo_id
            return photos
        photos = worklist.waiting_again(self._database, self._model, self._last_again, limit)
        if photos:
            self._last_again = photos[-1].photo_id
        return photos
