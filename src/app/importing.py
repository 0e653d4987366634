"""Dropped files and folders -> photos. Files stay where they are and are only read.

A photo is known by the sha256 of its file: the same picture in two places is one photo with two places, and a folder
that is added again changes nothing. Files whose size and time are as they were are not even opened.

While a folder is read, photos only come and places move: what is not where it was may be met later under another name.
At the end it is settled which new photos are old ones that somebody edited: those stay the same photos and are indexed
again. No photo that ever was in the library goes because its file did.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection, delete, select, text, update

from app import schema, stacks
from app.metadata import taken_at
from app.scanning import Found, Stop, examine, walk
from app.sidecars import SidecarScan
from app.types import PhotoState
from core.database import Database, add_row

BATCH = 64
"""Files whose rows are written together."""


@dataclass(slots=True)
class Imported:
    """What some files brought.

    Attributes:
        waiting: photos that wait to be indexed.
        refused: files that are no photos.
        photo_ids: photos that were in the library and are not as they were: edited, or no longer where they were.
    """

    waiting: int = 0
    refused: int = 0
    photo_ids: set[int] = field(default_factory=set)


def program_version() -> str:
    """What stands beside a refusal: a newer version looks again."""
    return version("sietch")


class Importer:
    """Turns paths into rows of `photo` and `place`."""

    def __init__(self, database: Database, library_folder: Path) -> None:
        self._database = database
        self._own = os.fsencode(library_folder.resolve())

    def run(self, root: bytes, stopped: Callable[[], bool], added: Callable[[Imported], None]) -> bool:
        """Adds a file, or everything below a folder, in the order of the names.

        Args:
            root: a path; what is not there is recorded as skipped.
            stopped: asked again and again; when it says yes the scan ends, and what was added stays.
            added: told after every commit what it brought.

        Returns:
            Whether everything was looked at. Until then what was edited waits to be settled.
        """
        known, faults = self._known(root), self._passing_faults(root)
        sidecars = SidecarScan(self._database, root)
        stop, batch = Stop(stopped), list[Found]()
        for path, explicit in walk(root, self._own):
            if stop():
                break
            if sidecars.takes(path):
                continue
            found = examine(path, explicit, known, stop)
            if found:
                faults.discard(found.path)
                batch.append(found)
            if len(batch) >= BATCH:
                added(self._write(batch))
                batch = []
        imported = self._write(batch)
        sidecars.finish(to_the_end=not stop.said)
        if not stop.said:
            self._forget_faults(faults)
            self._settle(imported)
        added(imported)
        return not stop.said

    def _known(self, root: bytes) -> dict[bytes, tuple[int, int]]:
        """Size and time of the files at or below `root` that need no new look."""
        query = text(
            f"SELECT path, size, modified_ns FROM place WHERE {_BELOW} UNION ALL "
            f"SELECT path, size, modified_ns FROM skipped WHERE refused_by = :version AND {_BELOW}"
        )
        with self._database.read() as db:
            rows = db.execute(query, _bounds(root) | {"version": program_version()})
            return {bytes(row.path): (row.size, row.modified_ns) for row in rows}

    def _passing_faults(self, root: bytes) -> set[bytes]:
        """What could not be read at or below `root` the last time, and perhaps can be now."""
        query = text(f"SELECT path FROM skipped WHERE refused_by IS NULL AND {_BELOW}")
        with self._database.read() as db:
            return {bytes(path) for path in db.execute(query, _bounds(root)).scalars()}

    def _forget_faults(self, paths: set[bytes]) -> None:
        if paths:
            with self._database.write() as db:
                db.execute(text("DELETE FROM skipped WHERE path = :path"), [{"path": path} for path in paths])

    def _write(self, batch: Sequence[Found]) -> Imported:
        imported = Imported()
        if batch:
            with self._database.write() as db:
                for found in batch:
                    _record(db, found, imported)
        return imported

    def _settle(self, imported: Imported) -> None:
        """Makes of the new photos that took the places of old ones what they are: edits of these, or photos.

        It depends on the database alone, so that a scan that was killed and done again settles the same.
        """
        with self._database.write() as db:
            for edit in db.execute(text(_EDITS)).all():
                _keep_edited(db, edit.photo_id, edit.new_id, imported)
            imported.waiting -= int(db.execute(text(f"SELECT count(*) {_LOST} AND state = 'pending'")).scalar_one())
            db.execute(text(f"DELETE {_LOST}"))
            db.execute(text("UPDATE photo SET replaces = NULL WHERE replaces IS NOT NULL"))
            stacks.release(db)


_HAS_PLACE = "EXISTS (SELECT 1 FROM place WHERE place.photo_id = {})"

_EDITS = f"""
    SELECT photo.replaces AS photo_id, min(photo.photo_id) AS new_id FROM photo
    WHERE photo.replaces IS NOT NULL AND {_HAS_PLACE.format("photo.photo_id")}
      AND NOT {_HAS_PLACE.format("photo.replaces")}
      AND NOT EXISTS (SELECT 1 FROM trash WHERE trash.photo_id = photo.replaces)
    GROUP BY photo.replaces HAVING count(*) = 1
"""
"""Photos whose last place was taken by one new photo. Where several took them, none of them is the old one.

What is in the trash stays there as it was put there: a file that is edited afterwards is a photo of its own."""

_LOST = f"FROM photo WHERE indexed_at IS NULL AND NOT {_HAS_PLACE.format('photo.photo_id')}"
"""Photos that changed before they were ever looked at: nothing is known of them, and nothing is left of them."""

_PLACED = """
    INSERT INTO place (path, photo_id, size, modified_ns) VALUES (:path, :photo_id, :size, :modified_ns)
    ON CONFLICT (path) DO UPDATE
    SET photo_id = excluded.photo_id, size = excluded.size, modified_ns = excluded.modified_ns
"""

_REFUSED = """
    INSERT OR REPLACE INTO skipped (path, reason, refused_by, size, modified_ns)
    VALUES (:path, :reason, :refused_by, :size, :modified_ns)
"""

_BELOW = "(path = :root OR (path >= :low AND path < :high))"


def _bounds(root: bytes) -> dict[str, bytes]:
    """The values for `_BELOW`: a path and everything that begins with it as a folder."""
    low = root.rstrip(b"/\\") + os.sep.encode()
    return {"root": root, "low": low, "high": low[:-1] + bytes([low[-1] + 1])}


def _record(db: Connection, found: Found, imported: Imported) -> None:
    """Writes one file's rows."""
    row: dict[str, object] = {"path": found.path, "size": found.size, "modified_ns": found.modified_ns}
    if found.content_hash is None:
        imported.refused += 1
        refused_by = program_version() if found.lasting else None
        db.exec_driver_sql(_REFUSED, row | {"reason": found.reason, "refused_by": refused_by})
        return
    before = db.exec_driver_sql("SELECT photo_id FROM place WHERE path = :path", row).scalar()
    photo_id, new = _photo(db, found, before)
    imported.waiting += new
    db.exec_driver_sql(_PLACED, row | {"photo_id": photo_id})
    db.exec_driver_sql("DELETE FROM skipped WHERE path = :path", row)
    if before is not None and before != photo_id:
        db.execute(update(schema.photo).where(schema.photo.c.photo_id == before).values(last_path=found.path))
        imported.photo_ids.add(before)


def _photo(db: Connection, found: Found, before: int | None) -> tuple[int, bool]:
    """The photo of a file's content, made when it is not there; whether it is new.

    Args:
        before: the photo that the file was until now.
    """
    query = "SELECT photo_id FROM photo WHERE content_hash = :hash"
    known = db.exec_driver_sql(query, {"hash": found.content_hash}).scalar()
    if known is not None:
        return int(known), False
    name = os.path.basename(os.fsdecode(found.path))
    row = {
        "content_hash": found.content_hash,
        "state": PhotoState.PENDING,
        "attempts": 0,
        "size": found.size,
        "width": 0,
        "height": 0,
        "format": "",
        "taken_at": taken_at(name, found.modified_ns / 1e9).isoformat(timespec="seconds"),
        "added_at": datetime.now(UTC).isoformat(timespec="seconds"),
        # What was edited again before it was settled is an edit of the photo that was there first.
        "replaces": db.exec_driver_sql(
            "SELECT coalesce(replaces, photo_id) FROM photo WHERE photo_id = :id", {"id": before}
        ).scalar(),
    }
    return add_row(db, "photo", row), True


def _keep_edited(db: Connection, photo_id: int, new_id: int, imported: Imported) -> None:
    """An edited photo gets what was taken for a new one: its content and its places. It waits to be indexed again.

    What was seen in it stays until it is seen anew, so that its faces find their persons again.
    """
    photo, place = schema.photo, schema.place
    of_new = select(photo.c.content_hash, photo.c.size, photo.c.taken_at).where(photo.c.photo_id == new_id)
    fresh = db.execute(of_new).one()._asdict()
    fresh |= {"state": PhotoState.PENDING, "reason": None, "refused_by": None, "attempts": 0}
    state = db.execute(select(photo.c.state).where(photo.c.photo_id == photo_id)).scalar_one()
    db.execute(update(place).where(place.c.photo_id == new_id).values(photo_id=photo_id))
    db.execute(delete(photo).where(photo.c.photo_id == new_id))
    db.execute(update(photo).where(photo.c.photo_id == photo_id).values(fresh))
    db.execute(delete(schema.look).where(schema.look.c.photo_id == photo_id))
    imported.photo_ids.add(photo_id)
    # It waited already, and was counted then.
    imported.waiting -= state == PhotoState.PENDING
