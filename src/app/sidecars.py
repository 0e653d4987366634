"""Sidecars as a scan meets them: which changed since, and the photos that are to be read anew by that."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, delete, text
from sqlalchemy.dialects.sqlite import insert as upsert

from app import schema
from app.metadata import is_sidecar, picasa
from app.metadata.sidecars import Stamp, candidates
from app.telling import Told
from core.database import Database

BATCH = 64
"""Sidecars whose rows are written together."""

_BELOW = "path >= :low AND path < :high"


class SidecarScan:
    """The sidecars below a folder, during one scan of it."""

    def __init__(self, database: Database, root: bytes, deep: bool = True) -> None:
        """Begins with what is known of them; without `deep` the folders below are not looked at."""
        self._database = database
        with database.read() as db:
            rows = db.execute(text(f"SELECT * FROM sidecar WHERE {_BELOW}"), _within(root)).all()
        self._known = {bytes(row.path): (row.size, row.modified_ns) for row in rows}
        self._gone = {path for path in self._known if deep or os.path.dirname(path) == root}
        self.changed = False
        self._changed: list[Stamp] = []

    def takes(self, path: bytes) -> bool:
        """Whether a file is a sidecar; then it is seen to."""
        if not is_sidecar(os.path.basename(path)):
            return False
        try:
            status = os.stat(path)
        except OSError:
            return True
        self._gone.discard(path)
        stamp = Stamp(path, status.st_size, status.st_mtime_ns)
        if self._known.get(path) != (stamp.size, stamp.modified_ns):
            self._changed.append(stamp)
        if len(self._changed) >= BATCH:
            self._write()
        return True

    def finish(self, to_the_end: bool) -> None:
        """The scan is over; what was not met by one that came to its end is there no more, if its folder is."""
        if self._changed:
            self._write()
        gone = [path for path in self._gone if os.path.isdir(os.path.dirname(path))] if to_the_end else []
        if gone:
            self.changed = True
            with self._database.write() as db:
                forget(db, gone)

    def _write(self) -> None:
        self.changed = True
        with self._database.write() as db:
            for stamp in self._changed:
                record(db, stamp)
        self._changed = []


def record(db: Connection, found: Stamp) -> None:
    """A sidecar is new, or not as it was: its photos are to be read anew."""
    remember(db, found)
    _mark(db, found.path)


def remember(db: Connection, found: Stamp) -> None:
    """A sidecar is so, and what it tells is known."""
    row = {"path": found.path, "size": found.size, "modified_ns": found.modified_ns}
    statement = upsert(schema.sidecar).values(row)
    db.execute(statement.on_conflict_do_update(index_elements=[schema.sidecar.c.path], set_=row))


def forget(db: Connection, paths: Iterable[bytes]) -> None:
    """Sidecars are there no more."""
    for path in paths:
        db.execute(delete(schema.sidecar).where(schema.sidecar.c.path == path))
        _mark(db, path)


def are_stale(db: Connection, photo_id: int, told: Told) -> bool:
    """Whether a scan met a sidecar of the photo in another state than was read; what is the photo's own is noted."""
    places = [bytes(row.path) for row in db.exec_driver_sql(_PLACES, (photo_id,))]
    seen = {(stamp.path, stamp.size, stamp.modified_ns) for stamp in told.sidecars}
    known = (row for place in places for row in _known(db, place))
    # What is not there now is told of by a scan, or by its folder when that is there again.
    if any((row.path, row.size, row.modified_ns) not in seen and os.path.exists(row.path) for row in known):
        return True
    own = {place.lower() + b".xmp" for place in places}
    for stamp in told.sidecars:
        # Only what is of no other photo: the others' turn is to come.
        if stamp.path.lower() in own:
            remember(db, stamp)
    return False


def placed(db: Connection, photo_id: int, path: bytes) -> bool:
    """A photo that is known was met in another place; whether it is to be read anew for what is told there of it."""
    if not _known(db, path):
        return False
    db.exec_driver_sql("UPDATE photo SET retell = 1 WHERE photo_id = ?", (photo_id,))
    return True


_PLACES = """
    SELECT path FROM place LEFT JOIN volume USING (volume_id)
    WHERE photo_id = ? AND missing_since IS NULL AND coalesce(connected, 1)
"""
"""Where the sidecars of a photo can be read now."""


def _known(db: Connection, place: bytes) -> Sequence[Any]:
    """The sidecars that scans met beside a place."""
    names = candidates(place)
    holders = ", ".join("?" * len(names))
    return db.exec_driver_sql(f"SELECT * FROM sidecar WHERE path IN ({holders})", tuple(names)).all()


def _mark(db: Connection, path: bytes) -> None:
    """The photos that a sidecar may belong to are to be read anew."""
    folder, name = os.path.split(path)
    start = b"" if os.fsdecode(name).lower() in picasa.NAMES else os.path.splitext(name[: -len(b".xmp")])[0]
    places = text(f"SELECT path, photo_id FROM place WHERE {_BELOW}")
    near = db.execute(places, _starting(os.path.join(folder, start)))
    ids = {row.photo_id for row in near if path in candidates(bytes(row.path))}
    rows = [{"id": photo_id} for photo_id in ids]
    if rows:
        db.execute(text("UPDATE photo SET retell = 1 WHERE photo_id = :id"), rows)


def _within(root: bytes) -> dict[str, bytes]:
    return _starting(root.rstrip(b"/\\") + os.sep.encode())


def _starting(start: bytes) -> dict[str, bytes]:
    """The bounds of all paths that begin so."""
    kept = start.rstrip(b"\xff") or b"\0"
    return {"low": start, "high": kept[:-1] + bytes([kept[-1] + 1])}
