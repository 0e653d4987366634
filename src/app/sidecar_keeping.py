"""Sidecars that follow the library: written in the background when names, stars or words change, where wanted."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable

from sqlalchemy import text

from app import settings, sidecar_writing
from app.errors import SidecarError
from app.events import Events
from app.types import Event, LibraryChanged, SidecarReport
from core.database import Database
from core.errors import CoreError

_log = logging.getLogger(__name__)

_WANTED = "write_sidecars"

_REST_SECONDS = 2.0
"""What changes in a row is written once."""

_OF_PERSONS = """
    SELECT DISTINCT photo_id FROM photo JOIN face USING (image_id)
    WHERE face.person_id IN (SELECT value FROM json_each(:ids))
"""


class Sidecars:
    """The sidecars of one library. All methods may be called from any thread."""

    def __init__(self, database: Database, events: Events, read_anew: Callable[[], None]) -> None:
        self._database = database
        self._events = events
        self._read_anew = read_anew
        self._changed = threading.Condition()
        self._photo_ids: set[int] = set()
        self._person_ids: set[int] = set()
        self._everything = self._closing = False
        self._thread = threading.Thread(target=self._forever, name="sidecars", daemon=True)
        self._writing = threading.Lock()

    @property
    def wanted(self) -> bool:
        """Whether sidecars follow the library by themselves."""
        with self._database.read() as db:
            return settings.get(db, _WANTED) == "1"

    def want(self, on: bool) -> None:
        """Lets sidecars follow the library by themselves, or not any more; those that are there stay."""
        with self._database.write() as db:
            settings.put(db, _WANTED, "1" if on else "0")
        with self._changed:
            self._everything = on
            self._changed.notify_all()

    def due(self) -> int:
        """Photos of which the library knows something that their files do not tell."""
        return len(sidecar_writing.due(self._database))

    def write(self) -> SidecarReport:
        """Writes everything that is due, now and here."""
        return self._write(None)

    def read(self) -> None:
        """Has what all files tell read anew, in the background."""
        with self._database.write() as db:
            db.execute(text("UPDATE photo SET retell = 1"))
        self._read_anew()

    def start(self) -> None:
        """Goes on with what is due, if sidecars follow the library. To be called once."""
        self._everything = True
        self._unsubscribe = self._events.subscribe(self._note)
        self._thread.start()

    def close(self) -> None:
        """Stops after the sidecar that is being written; what is left is due at the next start."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._unsubscribe()
            self._thread.join()

    def _note(self, event: Event) -> None:
        if isinstance(event, LibraryChanged) and (event.photo_ids or event.person_ids):
            with self._changed:
                self._photo_ids |= event.photo_ids
                self._person_ids |= event.person_ids
                self._changed.notify_all()

    def _forever(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closing or self._everything or self._photo_ids or self._person_ids)
                self._changed.wait_for(lambda: self._closing, _REST_SECONDS)
                if self._closing:
                    return
                ids, persons, everything = self._photo_ids, self._person_ids, self._everything
                self._photo_ids, self._person_ids, self._everything = set(), set(), False
            try:
                if self.wanted:
                    self._write(None if everything else ids | self._of(persons))
            except CoreError as error:
                # It is due still, and tried again with the next change.
                _log.warning("sidecars are not written: %s", error)
            except Exception:
                _log.exception("sidecars are not written because of a bug")

    def _of(self, person_ids: set[int]) -> set[int]:
        with self._database.read() as db:
            return set(db.execute(text(_OF_PERSONS), {"ids": json.dumps(sorted(person_ids))}).scalars())

    def _write(self, photo_ids: set[int] | None) -> SidecarReport:
        written, left, problems = 0, 0, list[str]()
        with self._writing:
            for photo_id in sidecar_writing.due(self._database, photo_ids):
                if self._closing:
                    break
                try:
                    done = sidecar_writing.write(self._database, photo_id)
                except SidecarError as error:
                    problems.append(str(error))
                    _log.warning("%s", error)
                else:
                    written, left = written + done, left + (not done)
        return SidecarReport(written, left, tuple(problems))
