"""What a scan did not find again, and what becomes of it.

Absence is never deletion: no photo goes because its file did.

A file that is not where it was, though its volume is there, has moved if the same photo was met elsewhere: then its old
place is forgotten. Otherwise its place is marked as missing, and the photo stays, for the user to put away. If many go
at once, nothing is marked: the folder remembers how many, and the user is asked. A volume that went is not a deletion
of anything: what is known of it stays as it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, text

from app import sidecars
from app.errors import VolumeGone
from app.metadata import is_sidecar
from app.volumes import BELOW, Volume, Volumes, bounds, is_below
from core.database import Database

if TYPE_CHECKING:
    from app.importing import Imported
    from app.scanning import Scan, Walk

MANY = 20
"""Photos of one folder that may go at once before the user is asked: more than anybody deletes by hand one by one."""

OVERWRITTEN = "UPDATE place SET missing_since = :now WHERE path = :path AND missing_since IS NULL"

_MISSING = "UPDATE place SET missing_since = :now WHERE path = :path AND missing_since IS NULL"
_BACK = "UPDATE place SET missing_since = NULL WHERE path = :path"

_THERE = "SELECT 1 FROM place AS other WHERE other.photo_id = place.photo_id AND other.missing_since IS NULL"

_MOVED = f"""
    DELETE FROM place WHERE missing_since IS NOT NULL AND EXISTS
        ({_THERE} AND coalesce((SELECT connected FROM volume WHERE volume.volume_id = other.volume_id), 1))
"""
"""Missing places of photos that are somewhere else. A place on a drive that is not connected can prove nothing."""

_OTHERS = f"""
    SELECT place.path, other.path AS other
    FROM place JOIN place AS other USING (photo_id)
    WHERE place.path IN (SELECT path FROM place WHERE {BELOW}) AND other.place_id <> place.place_id
      AND other.missing_since IS NULL
      AND NOT EXISTS (SELECT 1 FROM volume WHERE volume_id IN (place.volume_id, other.volume_id) AND NOT connected)
"""

_AWAY = "SELECT path, label FROM folder JOIN volume USING (volume_id) WHERE NOT connected"

_ON_ANOTHER = f"""
    UPDATE place SET volume_id = :id WHERE {BELOW} AND volume_id IS NOT :id
    AND coalesce((SELECT connected FROM volume WHERE volume.volume_id = place.volume_id), 1)
"""
"""Places of which no volume is known yet, or whose folder is a volume of its own now. Those on a drive that is not
connected are its own, whatever their path."""

_LEFT = f"""
    SELECT photo_id, path, state IN ('trashed', 'stacked') AS out_of_sight FROM place JOIN photo USING (photo_id)
    WHERE missing_since = :now AND NOT EXISTS ({_THERE})
"""
"""What is in the trash, or stands behind another photo, is marked with the rest, but nobody misses it."""

_POSSIBLY_MOVED = """
    SELECT place.path, place.volume_id FROM photo JOIN place ON place.photo_id = photo.replaces
    JOIN volume USING (volume_id) WHERE place.missing_since IS NULL AND connected
"""

_NEVER_SEEN = f"""
    DELETE FROM photo WHERE state IN ('pending', 'unreadable') AND indexed_at IS NULL AND photo_id IN
        (SELECT photo_id FROM place WHERE missing_since = :now AND NOT EXISTS ({_THERE}))
    RETURNING state = 'pending'
"""
"""Photos in which nothing was ever seen; those that waited are counted."""


def moment() -> str:
    """Now, as the database keeps it, and fine enough to tell one scan from the next."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a scan looks: the volumes on which it began."""

    path: bytes
    volume: Volume
    within: tuple[Volume, ...]
    volumes: Volumes
    label: str

    def volume_of(self, path: bytes) -> int:
        """The volume of a file."""
        for each in self.within:
            if is_below(path, each.point):
                return each.volume_id
        return self.volume.volume_id

    def check(self) -> None:
        """Looks whether everything is mounted as it was.

        Raises:
            VolumeGone: it is not.
        """
        self.volumes.refresh()
        if (self.volumes.at(self.path), tuple(self.volumes.within(self.path))) != (self.volume, self.within):
            raise VolumeGone(self.label)


class Gone:
    """Gathers what several scans did not find again, and settles it."""

    def __init__(self, database: Database, volumes: Volumes, seen_there: set[tuple[bytes, int]]) -> None:
        """Begins with nothing.

        Args:
            seen_there: folders of which earlier scans made sure that their places are with their volume; is added to.
        """
        self._database = database
        self._volumes = volumes
        self._now = moment()
        self._places: set[bytes] = set()
        self._back: set[bytes] = set()
        self._forgotten: set[bytes] = set()
        self._sidecars: set[bytes] = set()
        self._scanned: list[Scan] = []
        self._on_volume: set[tuple[bytes, int]] = set()
        self._seen_there = seen_there

    def spot(self, path: bytes) -> Spot:
        """The volume of a path.

        Raises:
            VolumeGone: the folder was on a volume that is not connected.
        """
        with self._database.read() as db:
            for folder, label in db.execute(text(_AWAY)):
                if is_below(path, folder):
                    raise VolumeGone(str(label))
            for point, label in db.execute(text("SELECT mount_point, label FROM volume WHERE NOT connected")):
                if is_below(path, point) and not os.path.lexists(path):
                    raise VolumeGone(str(label))
        volume = self._volumes.at(path)
        with self._database.read() as db:
            label = db.execute(
                text("SELECT label FROM volume WHERE volume_id = :id"), {"id": volume.volume_id}
            ).scalar()
        return Spot(path, volume, tuple(self._volumes.within(path)), self._volumes, str(label))

    def missing_below(self, path: bytes) -> set[bytes]:
        """The places at or below a path whose files an earlier scan did not find."""
        with self._database.read() as db:
            # All of them, by their index: they are few.
            missing = db.execute(text("SELECT path FROM place WHERE missing_since IS NOT NULL")).scalars()
            return {each for each in missing if is_below(each, path)}

    def forget(self, path: bytes) -> None:
        """A file that could not be read is now nothing that anybody would look for a photo in."""
        self._forgotten.add(path)

    def add(self, scan: Scan, spot: Spot, walk: Walk, missing: Iterable[bytes]) -> None:
        """What a scan left unfound, and what it found of what was missing."""
        self._scanned.append(scan)
        here = {spot.volume.volume_id, *(each.volume_id for each in spot.within), None}
        self._back.update(path for path in missing if path not in walk.known)
        if not spot.within:
            self._on_volume.add((scan.path, spot.volume.volume_id))
        if self._is_a_folder_that_is_not_there(scan.path):
            return
        closed = walk.closed
        gone = [path for path in walk.known if not any(is_below(path, folder) for folder in closed)]
        with self._database.read() as db:
            away = db.execute(text("SELECT mount_point FROM volume WHERE NOT connected")).scalars().all()
            for path in gone:
                row = db.exec_driver_sql("SELECT volume_id FROM place WHERE path = ?", (path,)).first()
                if row is not None and row[0] in here:
                    self._places.add(path)
                elif row is None and not any(is_below(path, point) for point in away):
                    (self._sidecars if is_sidecar(os.path.basename(path)) else self._forgotten).add(path)

    def look_for_others(self) -> None:
        """Looks for files that may have moved or been edited elsewhere, where they were not looked for yet."""
        with self._database.read() as db:
            rows = db.execute(text(_POSSIBLY_MOVED)).all()
        self._places.update(row.path for row in rows if not os.path.lexists(row.path))
        if any(scan.deep for scan in self._scanned):
            self._places |= self._left_behind()

    def mark(self, db: Connection) -> None:
        """Marks every place that is gone for now; what became of the photos is seen by it."""
        _each(db, _BACK, [{"path": path} for path in self._back])
        _each(db, _MISSING, [{"path": path, "now": self._now} for path in self._places])
        for table in ("skipped", "passed"):
            paths = self._forgotten | self._sidecars
            _each(db, f"DELETE FROM {table} WHERE path = :path", [{"path": path} for path in paths])
        sidecars.forget(db, self._sidecars)
        for path, volume_id in self._on_volume - self._seen_there:
            db.execute(text(_ON_ANOTHER), bounds(path) | {"id": volume_id})
        self._seen_there |= self._on_volume

    def settle(self, db: Connection, imported: Imported, accept: bool) -> None:
        """Forgets the places of what has moved, and marks the rest, unless it is much and nobody said so."""
        imported.photo_ids.update(self._photos_at(db, self._back))
        imported.folders |= bool(self._forgotten)
        imported.sidecars |= bool(self._sidecars)
        if db.execute(text("SELECT 1 FROM place WHERE missing_since IS NOT NULL LIMIT 1")).first():
            db.execute(text(_MOVED))
        left: dict[bytes | None, set[int]] = {}
        beside: dict[bytes | None, set[int]] = {}
        folders = [bytes(path) for path in db.execute(text("SELECT path FROM folder")).scalars()]
        for row in db.execute(text(_LEFT), {"now": self._now}) if self._places else ():
            folder = next((each for each in folders if is_below(row.path, each)), None)
            (beside if row.out_of_sight else left).setdefault(folder, set()).add(row.photo_id)
        for folder in folders:
            whole = any(scan.deep and is_below(folder, scan.path) for scan in self._scanned)
            imported.folders |= _ask(db, folder, len(left.get(folder, ())), whole, accept)
        for folder in left.keys() | beside.keys():
            photos, others = left.get(folder, set()), beside.get(folder, set())
            if len(photos) > MANY and not accept:
                self._take_back(db, photos | others)
            else:
                imported.photo_ids |= photos | others
        imported.waiting -= sum(db.execute(text(_NEVER_SEEN), {"now": self._now}).scalars())

    def _take_back(self, db: Connection, photos: Iterable[int]) -> None:
        statement = "UPDATE place SET missing_since = NULL WHERE photo_id = :id AND missing_since = :now"
        _each(db, statement, [{"id": photo_id, "now": self._now} for photo_id in photos])

    def _photos_at(self, db: Connection, paths: Iterable[bytes]) -> set[int]:
        query = text("SELECT photo_id FROM place WHERE path = :path")
        return {int(db.execute(query, {"path": path}).scalar_one()) for path in paths}

    def _left_behind(self) -> set[bytes]:
        """The places in folders that are gone altogether of photos of which another file is there: these have moved."""
        with self._database.read() as db:
            folders = [
                path for path in db.execute(text("SELECT path FROM folder")).scalars() if not os.path.isdir(path)
            ]
            rows = [row for path in folders for row in db.execute(text(_OTHERS), bounds(path)).all()]
        return {row.path for row in rows if os.path.lexists(row.other)}

    def _is_a_folder_that_is_not_there(self, path: bytes) -> bool:
        """Whether it is a folder that the user added: all of it being gone is no deletion of what was in it."""
        with self._database.read() as db:
            added = db.execute(text("SELECT 1 FROM folder WHERE path = :path"), {"path": path}).first()
        return added is not None and not os.path.isdir(path)


def _ask(db: Connection, folder: bytes, count: int, whole: bool, accept: bool) -> bool:
    """Remembers at a folder how many of its photos went at once; whether that is another number than before."""
    values = {"path": folder, "count": count}
    if count > MANY and not accept:
        less = "!=" if whole else "<"
        statement = f"UPDATE folder SET vanished = :count WHERE path = :path AND vanished {less} :count"
    elif whole:
        statement = "UPDATE folder SET vanished = 0 WHERE path = :path AND vanished"
    else:
        return False
    return db.execute(text(statement), values).rowcount > 0


def _each(db: Connection, statement: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        db.execute(text(statement), rows)
