"""Dropped files and folders -> photos. Files stay where they are and are only read.

A photo is known by the sha256 of its file: the same picture in two places is one photo with two places, and a folder
that is added again changes nothing. Files whose size and time are as they were are not even opened.

While a folder is read, photos only come and places move: what is not where it was may be met later under another name.
At the end it is settled which new photos are old ones that somebody edited: those stay the same photos and are indexed
again. No photo that ever was in the library goes because its file did.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection, delete, select, text, update

from app import hearing, ownership, schema, sidecars, stacks
from app.errors import VolumeGone
from app.metadata import taken_at
from app.ownership import Ownership
from app.scanning import Found, Met, Scan, Seen, Stop, Walk, examine
from app.types import PhotoState
from app.vanishing import OVERWRITTEN, Gone, Spot, moment
from app.volumes import BELOW, Volumes, bounds
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
        folders: there is something else to tell of a folder than before, a question for instance.
        sidecars: what is told of photos in files beside them is not as it was.
    """

    waiting: int = 0
    refused: int = 0
    photo_ids: set[int] = field(default_factory=set)
    folders: bool = False
    sidecars: bool = False


def program_version() -> str:
    """What stands beside a refusal: a newer version looks again."""
    return version("sietch")


class Importer:
    """Turns paths into rows of `photo` and `place`; one scan at a time."""

    def __init__(self, database: Database, library_folder: Path, volumes: Volumes | None = None) -> None:
        self._database = database
        self._own = os.fsencode(library_folder.resolve())
        self._volumes = volumes or Volumes(database)
        # What one scan has not settled yet is not for another one to settle.
        self._scanning = threading.Lock()
        self._seen_there: set[tuple[bytes, int]] = set()

    def run(
        self,
        root: bytes,
        stopped: Callable[[], bool],
        added: Callable[[Imported], None],
        asked_by: int | None = None,
    ) -> bool:
        """Adds a file, or everything below a folder, in the order of the names.

        Args:
            root: a path; what is not there is recorded as skipped.
            stopped: asked again and again; when it says yes the scan ends, and what was added stays.
            added: told after every commit what it brought.
            asked_by: the profile that named it, whose new photos are.

        Returns:
            Whether everything was looked at. Until then what was edited waits to be settled.

        Raises:
            VolumeGone: its drive is not connected, or went meanwhile. What is known of it stays as it is.
        """
        return self.look([Scan(self._volumes.real(root), asked_by=asked_by)], stopped, added)

    def look(
        self,
        scans: Sequence[Scan],
        stopped: Callable[[], bool],
        added: Callable[[Imported], None],
        accept: bool = False,
    ) -> bool:
        """The same for several files and folders, and settles at the end what became of all of them together.

        Args:
            accept: photos whose files are gone are marked as missing, however many there are.

        Raises:
            VolumeGone: the drive of one of them is not connected; everything else was looked at.
        """
        lost: VolumeGone | None = None
        with self._scanning:
            self._volumes.refresh()
            stop, gone = Stop(stopped), Gone(self._database, self._volumes, self._seen_there)
            imported = Imported()
            for number, scan in enumerate(scans):
                if number:
                    added(imported)
                try:
                    imported = self._one(scan, stop, gone, added)
                except VolumeGone as error:
                    imported, lost = Imported(), error
                if stop.said:
                    break
            if not stop():
                gone.look_for_others()
                with self._database.write() as db:
                    gone.mark(db)
                    self._settle(db, imported)
                    gone.settle(db, imported, accept)
            added(imported)
        if lost and not stop.said:
            raise lost
        return not stop.said

    def _one(self, scan: Scan, stop: Stop, gone: Gone, added: Callable[[Imported], None]) -> Imported:
        """Looks at one file or folder; what came of it last."""
        spot, batch = gone.spot(scan.path), list[Found]()
        walk = Walk(scan.path, self._own, self._known(scan), stop, scan.deep)
        missing = gone.missing_below(scan.path)
        beside = sidecars.SidecarScan(self._database)
        for met in walk:
            if stop():
                break
            found = _named_sidecar(met) if beside.takes(met) else examine(met, stop)
            if found and (scan.named or found.path != scan.path):
                batch.append(found)
            elif met.before is not None and met.before[1] < 0:
                gone.forget(met.path)
            if found and found.content_hash is None:
                missing.discard(met.path)
            if len(batch) >= BATCH:
                added(self._write(batch, spot, scan.asked_by))
                batch = []
        imported = self._write(batch, spot, scan.asked_by)
        if not stop.said:
            spot.check()
        beside.finish()
        imported.sidecars |= beside.changed
        if not stop.said:
            gone.add(scan, spot, walk, missing)
        return imported

    def _known(self, scan: Scan) -> dict[bytes, Seen]:
        """What is known of the files at or below a path; a size of -1 asks for a new look."""
        # What was passed over with its folder is told of when the user names it.
        named = scan.path if scan.named else b""
        values: dict[str, object] = {**bounds(scan.path), "version": program_version(), "named": named}
        where = BELOW
        if not scan.deep:
            where = f"({BELOW} AND instr(substr(path, :rest), :separator) = 0)"
            values |= {"rest": len(bounds(scan.path)["low"]) + 1, "separator": os.sep.encode()}
        query = f"""
            SELECT path, size, modified_ns FROM place WHERE {where} UNION ALL
            SELECT path, CASE refused_by WHEN :version THEN size ELSE -1 END, modified_ns FROM skipped WHERE {where}
            UNION ALL
            SELECT path, CASE WHEN passed_by = :version AND path <> :named THEN size ELSE -1 END, modified_ns
            FROM passed WHERE {where} UNION ALL
            SELECT path, size, modified_ns FROM sidecar WHERE {where}
        """
        with self._database.read() as db:
            # The driver's own rows: a large library has many.
            rows = db.connection.cursor().execute(query, values).fetchall()
        return {row[0]: row for row in rows}

    def _write(self, batch: Sequence[Found], spot: Spot, asked_by: int | None) -> Imported:
        imported = Imported()
        if any(not found.lasting for found in batch):
            # What cannot be read may be on a drive that was taken away.
            spot.check()
        if batch:
            with self._database.write() as db:
                whose = Ownership(db)
                for found in batch:
                    owner = whose.of(found.path, asked_by)
                    _record(db, found, spot.volume_of(found.path), owner, imported)
        return imported

    def _settle(self, db: Connection, imported: Imported) -> None:
        """Makes of the new photos that took the places of old ones what they are: edits of these, or photos.

        It depends on the database alone, so that a scan that was killed and done again settles the same.
        """
        for edit in db.execute(text(_EDITS)).all():
            _keep_edited(db, edit.photo_id, edit.new_id, imported)
        imported.waiting -= int(db.execute(text(f"SELECT count(*) {_LOST} AND state = 'pending'")).scalar_one())
        db.execute(text(f"DELETE {_LOST}"))
        db.execute(text("UPDATE photo SET replaces = NULL WHERE replaces IS NOT NULL"))
        imported.waiting += stacks.release(db)


def _named_sidecar(met: Met) -> Found | None:
    """What to say of a sidecar that the user named."""
    return Found(met.path, 0, 0, reason=_TELLS, lasting=False) if met.explicit else None


_TELLS = "The file is no picture. What it tells is read with the photo beside it."

_HAS_PLACE = "EXISTS (SELECT 1 FROM place WHERE place.photo_id = {} AND missing_since IS NULL)"

_EDITS = f"""
    SELECT photo.replaces AS photo_id, min(photo.photo_id) AS new_id FROM photo
    WHERE photo.replaces IS NOT NULL AND {_HAS_PLACE.format("photo.photo_id")}
      AND NOT {_HAS_PLACE.format("photo.replaces")}
      AND NOT EXISTS (SELECT 1 FROM trash WHERE trash.photo_id = photo.replaces)
    GROUP BY photo.replaces HAVING count(*) = 1
"""
"""Photos whose last place was taken by one new photo. Where several took them, none of them is the old one.

What is in the trash stays there as it was put there: a file that is edited afterwards is a photo of its own."""

_LOST = """
    FROM photo WHERE state IN ('pending', 'unreadable', 'trashed') AND indexed_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM place WHERE place.photo_id = photo.photo_id)
"""
"""Photos that changed before they were ever looked at: nothing is known of them, and nothing is left of them."""

_PLACED = """
    INSERT INTO place (path, photo_id, size, modified_ns, volume_id)
    VALUES (:path, :photo_id, :size, :modified_ns, :volume_id)
    ON CONFLICT (path) DO UPDATE
    SET photo_id = excluded.photo_id, size = excluded.size, modified_ns = excluded.modified_ns,
        volume_id = excluded.volume_id, missing_since = NULL
"""

_WOKEN = "UPDATE photo SET reason = NULL WHERE photo_id = :id AND state = 'pending' AND reason IS NOT NULL"
"""A photo that waits and could not be read where it was is to be looked at where it is now."""

_REFUSED = """
    INSERT OR REPLACE INTO skipped (path, reason, refused_by, size, modified_ns, owner_id)
    VALUES (:path, :reason, :refused_by, :size, :modified_ns, :owner)
"""

_PASSED = """
    INSERT OR REPLACE INTO passed (path, size, modified_ns, passed_by) VALUES (:path, :size, :modified_ns, :version)
"""

_SAME_PICTURE = f"""
    SELECT photo_id FROM photo WHERE picture_hash = :hash AND indexed_at IS NOT NULL AND state <> 'trashed'
    ORDER BY {_HAS_PLACE.format("photo.photo_id")}, photo_id LIMIT 1
"""
"""A photo of which a new file may be an edit: it holds the same picture, and only what is told of it differs. It is one
where the old file is gone; otherwise both are photos."""


def _record(db: Connection, found: Found, volume_id: int, owner: tuple[int, str], imported: Imported) -> None:
    """Writes one file's rows; `owner`: whose they are, and who may see them."""
    row: dict[str, object] = {"path": found.path, "size": found.size, "modified_ns": found.modified_ns}
    if found.content_hash is None and found.lasting:
        # Whatever photo was there, its file is another one now.
        db.exec_driver_sql(OVERWRITTEN, row | {"now": moment()})
    if found.content_hash is None and not found.reason:
        db.exec_driver_sql(_PASSED, row | {"version": program_version()})
        db.exec_driver_sql("DELETE FROM skipped WHERE path = :path", row)
        return
    db.exec_driver_sql("DELETE FROM passed WHERE path = :path", row)
    if found.content_hash is None:
        imported.refused += 1
        refused_by = program_version() if found.lasting else None
        hearing.unreadable_file(db, found.path, owner[0])
        db.exec_driver_sql(_REFUSED, row | {"reason": found.reason, "refused_by": refused_by, "owner": owner[0]})
        return
    before = db.exec_driver_sql("SELECT photo_id FROM place WHERE path = :path", row).scalar()
    photo_id, new = _photo(db, found, before, owner)
    imported.waiting += new or db.exec_driver_sql(_WOKEN, {"id": photo_id}).rowcount
    if not new and before != photo_id:
        imported.sidecars |= sidecars.placed(db, photo_id, found.path)
    db.exec_driver_sql(_PLACED, row | {"photo_id": photo_id, "volume_id": volume_id})
    db.exec_driver_sql("DELETE FROM skipped WHERE path = :path", row)
    if before is not None and before != photo_id:
        db.execute(update(schema.photo).where(schema.photo.c.photo_id == before).values(last_path=found.path))
        imported.photo_ids.add(before)


def _photo(db: Connection, found: Found, before: int | None, owner: tuple[int, str]) -> tuple[int, bool]:
    """The photo of a file's content, made when it is not there; whether it is new.

    Args:
        before: the photo that the file was until now.
        owner: whose it is, and who may see it. Who has the same file as somebody else may see that one's photo.
    """
    query = "SELECT photo_id FROM photo WHERE content_hash = :hash"
    known = db.exec_driver_sql(query, {"hash": found.content_hash}).scalar()
    if known is not None:
        learnt = "UPDATE photo SET picture_hash = :hash WHERE photo_id = :id AND picture_hash IS NULL"
        db.exec_driver_sql(learnt, {"hash": found.picture_hash, "id": known})
        ownership.give_sight(db, int(known), owner[0])
        return int(known), False
    name = os.path.basename(os.fsdecode(found.path))
    row = {
        "content_hash": found.content_hash,
        "picture_hash": found.picture_hash,
        "state": PhotoState.PENDING,
        "attempts": 0,
        "size": found.size,
        "width": 0,
        "height": 0,
        "format": "",
        "owner_id": owner[0],
        "visibility": owner[1],
        "taken_at": taken_at(name, found.modified_ns / 1e9).isoformat(timespec="seconds"),
        "added_at": datetime.now(UTC).isoformat(timespec="seconds"),
        # What was edited again before it was settled is an edit of the photo that was there first.
        "replaces": db.exec_driver_sql(
            "SELECT coalesce(replaces, photo_id) FROM photo WHERE photo_id = :id", {"id": before}
        ).scalar()
        or db.exec_driver_sql(_SAME_PICTURE, {"hash": found.picture_hash}).scalar(),
    }
    return add_row(db, "photo", row), True


def _keep_edited(db: Connection, photo_id: int, new_id: int, imported: Imported) -> None:
    """An edited photo gets what was taken for a new one: its content and its places. It waits to be indexed again.

    What was seen in it stays until it is seen anew, so that its faces find their persons again.
    """
    photo, place = schema.photo, schema.place
    of_file = photo.c.content_hash, photo.c.picture_hash, photo.c.size, photo.c.taken_at
    of_new = select(*of_file).where(photo.c.photo_id == new_id)
    fresh = db.execute(of_new).one()._asdict()
    fresh |= {"state": PhotoState.PENDING, "reason": None, "refused_by": None, "attempts": 0}
    state = db.execute(select(photo.c.state).where(photo.c.photo_id == photo_id)).scalar_one()
    db.execute(delete(place).where((place.c.photo_id == photo_id) & place.c.missing_since.is_not(None)))
    db.execute(update(place).where(place.c.photo_id == new_id).values(photo_id=photo_id))
    db.execute(delete(photo).where(photo.c.photo_id == new_id))
    db.execute(update(photo).where(photo.c.photo_id == photo_id).values(fresh))
    db.execute(delete(schema.look).where(schema.look.c.photo_id == photo_id))
    imported.photo_ids.add(photo_id)
    # It waited already, and was counted then.
    imported.waiting -= state == PhotoState.PENDING
