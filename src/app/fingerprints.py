"""Fingerprints of photos: made by the worker that has the picture anyway, or, for older photos, in the background.

Both make them of the small picture that the cache keeps, so that it does not matter which of them did.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, text

from app.thumbnails import Thumbnails
from core.database import Database
from core.errors import CoreError
from core.likeness import Fingerprint, of_file

_log = logging.getLogger(__name__)

_BATCH = 32
_REST = 2.0
"""After a photo the background rests for so many times as long as it took: nobody waits for it."""

_MISSING = text("""
    SELECT photo_id, content_hash FROM photo
    WHERE state = 'indexed' AND photo_id > :after AND NOT EXISTS (
        SELECT 1 FROM fingerprint
        WHERE fingerprint.photo_id = photo.photo_id AND fingerprint.content_hash = photo.content_hash)
    ORDER BY photo_id LIMIT :limit
""")


_SAVE = """
    INSERT INTO fingerprint (photo_id, content_hash, bits, sharpness) VALUES (?, ?, ?, ?)
    ON CONFLICT (photo_id) DO UPDATE SET
        content_hash = excluded.content_hash, bits = excluded.bits, sharpness = excluded.sharpness
"""


def save(db: Connection, photo_id: int, content_hash: str, found: Fingerprint) -> None:
    """Keeps the fingerprint of a photo as it is now."""
    # As it is for the driver: this is done for every photo, and making statements takes the most time.
    db.exec_driver_sql(_SAVE, (photo_id, content_hash, found.bits, found.sharpness))


class Fingerprinter:
    """Makes the fingerprints that are missing, from the small pictures. Photos that are out of reach wait."""

    def __init__(self, database: Database, thumbnails: Thumbnails, done: Callable[[], None]) -> None:
        """Composes it.

        Args:
            done: told when fingerprints were made.
        """
        self._database = database
        self._thumbnails = thumbnails
        self._done = done
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._in_background, name="fingerprints", daemon=True)

    def start(self) -> None:
        """Works in the background until none is missing. To be called once."""
        self._thread.start()

    def close(self) -> None:
        """Stops at once and waits for the thread; the next `start` goes on."""
        self._closing.set()
        if self._thread.ident is not None:
            self._thread.join()

    def fill(self, rest: float = 0.0) -> int:
        """Makes all that are missing; how many were made.

        Args:
            rest: how long to rest after each, as a multiple of the time it took.
        """
        after = made = 0
        while not self._closing.is_set():
            with self._database.read() as db:
                rows = db.execute(_MISSING, {"after": after, "limit": _BATCH}).all()
            if not rows:
                break
            after = rows[-1].photo_id
            found = [(row, self._made(row.photo_id, rest)) for row in rows if not self._closing.is_set()]
            made += self._keep([(row, each) for row, each in found if each is not None])
        return made

    def _in_background(self) -> None:
        try:
            self.fill(_REST)
        except CoreError as error:
            # A full disk, a library in use: the next start goes on.
            _log.warning("fingerprints stopped: %s", error)
        except Exception:
            _log.exception("fingerprints stopped by a bug")

    def _made(self, photo_id: int, rest: float) -> Fingerprint | None:
        started = time.monotonic()
        try:
            found = of_file(self._thumbnails.photo(photo_id))
        except CoreError:
            return None
        self._closing.wait(rest * (time.monotonic() - started))
        return found

    def _keep(self, found: list[tuple[Any, Fingerprint]]) -> int:
        if not found:
            return 0
        with self._database.write() as db:
            for row, each in found:
                # It may have been removed, or edited, meanwhile.
                query = text("SELECT 1 FROM photo WHERE photo_id = :id AND content_hash = :hash")
                if db.execute(query, {"id": row.photo_id, "hash": row.content_hash}).first():
                    save(db, row.photo_id, row.content_hash, each)
        self._done()
        return len(found)
