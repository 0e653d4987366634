"""Sidecars as a scan meets them: which changed since, and the photos that are to be read anew by that.

One that is as it is known costs the scan no more than a photo does (`app.scanning.Walk`), and one that it misses is
gone as far as a photo would be (`app.vanishing`).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, delete, text
from sqlalchemy.dialects.sqlite import insert as upsert

from app import schema
from app.metadata import is_sidecar, picasa
from app.metadata.sidecars import Stamp, candidates
from app.scanning import Met
from app.telling import Told
from core.database import Database

BATCH = 64
"""Sidecars whose rows are written together."""

_BELOW = "path >= :low AND path < :high"


class SidecarScan:
    """The sidecars that one scan meets and that are not as they are known."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.changed = False
        self._changed: list[Stamp] = []

    def takes(self, met: Met) -> bool:
        """Whether a file is a sidecar; then it is seen to."""
        if not is_sidecar(os.path.basename(met.path)):
            return False
        try:
            status = os.stat(met.path)
        except OSError:
            return True
        stamp = Stamp(met.path, status.st_size, status.st_mtime_ns)
        if met.before is None or met.before[1:] != (stamp.size, stamp.modified_ns):
            self._changed.append(stamp)
        if len(self._changed) >= BATCH:
            self._write()
        return True

    def finish(self) -> None:
        """The scan is over."""
        if self._changed:
            self._write()

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


def photos_of(db: Connection, path: bytes) -> set[int]:
    """The photos that a sidecar may belong to."""
    folder, name = os.path.split(path)
    start = b"" if os.fsdecode(name).lower() in picasa.NAMES else os.path.splitext(name[: -len(b".xmp")])[0]
    places = text(f"SELECT path, photo_id FROM place WHERE {_BELOW}")
    near = db.execute(places, _starting(os.path.join(folder, start)))
    return {int(row.photo_id) for row in near if path in candidates(bytes(row.path))}


def _mark(db: Connection, path: bytes) -> None:
    rows = [{"id": photo_id} for photo_id in photos_of(db, path)]
    if rows:
        db.execute(text("UPDATE photo SET retell = 1 WHERE photo_id = :id"), rows)


def _starting(start: bytes) -> dict[str, bytes]:
    """The bounds of all paths that begin so."""
    kept = start.rstrip(b"\xff") or b"\0"
    return {"low": start, "high": kept[:-1] + bytes([kept[-1] + 1])}
