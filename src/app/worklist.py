"""What the Indexer still has to do, and what came of it: the state of every photo, in the database.

A photo is `pending` until it is `indexed` or found `unreadable`; one that cannot be read now stays pending with its
reason. A new photo that may be an edit of an old one waits, too, until its scan has settled that. Folders to be scanned
are rows as well, so that nothing that was asked for is forgotten.

An indexed photo at which the model in use has not looked waits again: it stays in sight, with its faces and people, and
whatever becomes of the new look, it stays in the library.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text, update

from app import album_photos, auto_albums, describing, fingerprints, hearing, schema, settings, stacks, tags, videos
from app.analysis import PhotoAnalysis
from app.importing import program_version
from app.privacy import View
from app.types import LibraryChanged, PhotoState
from core.database import Database
from core.service import FaceCore
from core.types import Clustering, Face

FIRST_GROUPING, GROWTH = 150, 4
"""While photos come in, people are made anew after the first 150 faces and whenever another quarter was added: early
enough to watch, seldom enough that all groupings of a large library cost little more than the last one."""

MAX_ATTEMPTS = 2
"""Looks at a photo that came to no end before it is refused: one can be the fault of a full memory or a clock that was
set, two are the photo's."""

SMALL_GROWTH = 20
"""At the end of the work all faces are grouped anew unless less than a twentieth of them is new since that was done."""

_GROUPED_UNTIL, _WHOLE_UNTIL = "grouped_until", "all_grouped_until"
"""Settings: the last face that was grouped at all, and the last one when all faces were grouped together."""

_GIVE_BACK = """
    UPDATE place SET size = -1, photo_id = (SELECT replaces FROM photo WHERE photo.photo_id = place.photo_id)
    WHERE photo_id IN (
        SELECT photo_id FROM photo
        WHERE replaces IS NOT NULL AND NOT EXISTS (SELECT 1 FROM place AS other WHERE other.photo_id = photo.replaces)
    )
"""
"""Places that new photos took from old ones that have no other; the impossible size makes the next scan look again."""


_WAITING = """
    SELECT photo_id, content_hash,
           (SELECT json_group_array(hex(path)) FROM place WHERE place.photo_id = photo.photo_id) AS paths
    FROM photo
"""

_STILL_WAITS = "photo_id = :photo_id AND content_hash = :content_hash AND state = :state"

REACHABLE = """
    EXISTS (SELECT 1 FROM place LEFT JOIN volume USING (volume_id)
            WHERE place.photo_id = photo.photo_id AND missing_since IS NULL AND coalesce(connected, 1))
"""
"""Photos of which a file should be there; others wait until their drive is back."""

_NEXT = "photo_id > :after ORDER BY photo_id LIMIT {limit:d}"

_UNSEEN = """
    state = 'indexed'
    AND NOT EXISTS (SELECT 1 FROM look WHERE look.photo_id = photo.photo_id AND look.model = :model)
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A photo that waits, with the places where its file should be.

    Attributes:
        again: the model that is to look at it, where another one has: it is indexed.
    """

    photo_id: int
    content_hash: str
    paths: tuple[bytes, ...]
    again: str | None = None


def request(database: Database, paths: Sequence[str], asked_by: int | None = None, album_id: int | None = None) -> None:
    """Asks for files and folders to be scanned, in the name of a profile, who wants what is found in an album."""
    with database.write() as db:
        # One that was deleted meanwhile is none.
        album_id = db.execute(select(schema.album.c.album_id).where(schema.album.c.album_id == album_id)).scalar()
        rows = [{"path": os.fsencode(path), "owner_id": asked_by, "album_id": album_id} for path in paths]
        db.execute(insert(schema.import_request), rows)


def next_request(database: Database, after: int = 0) -> tuple[int, bytes, int | None] | None:
    """The oldest request that comes after another one, its path and who asked, or None."""
    table = schema.import_request
    query = select(table).where(table.c.request_id > after).order_by(table.c.request_id).limit(1)
    with database.read() as db:
        row = db.execute(query).first()
    return None if row is None else (int(row.request_id), bytes(row.path), row.owner_id)


def finish_request(database: Database, request_id: int) -> LibraryChanged:
    """The request was scanned to its end; what was found enters the album that it was asked for.

    Returns:
        What changed by that.
    """
    table = schema.import_request
    with database.write() as db:
        row = db.execute(select(table).where(table.c.request_id == request_id)).first()
        entered: tuple[int, ...] = ()
        if row is not None and row.album_id is not None:
            entered = album_photos.enter_found(db, row.album_id, row.path, row.owner_id)
            auto_albums.follow(db, entered)
        db.execute(delete(table).where(table.c.request_id == request_id))
    return LibraryChanged(frozenset(entered), albums=bool(entered))


def waiting(database: Database, after: int, limit: int) -> list[Waiting]:
    """The next photos that wait, in the order of their ids, from the one after `after` on."""
    wanted = f"state = 'pending' AND replaces IS NULL AND {REACHABLE}"
    query = f"{_WAITING} WHERE {wanted} AND {_NEXT.format(limit=limit)}"
    with database.read() as db:
        return [_waiting(row) for row in db.exec_driver_sql(query, {"after": after})]


def waiting_again(database: Database, model: str, after: int, limit: int) -> list[Waiting]:
    """The next indexed photos at which a model has not looked, as `waiting`."""
    query = f"{_WAITING} WHERE {_UNSEEN} AND {REACHABLE} AND {_NEXT.format(limit=limit)}"
    with database.read() as db:
        rows = db.exec_driver_sql(query, {"model": model, "after": after}).all()
    return [replace(_waiting(row), again=model) for row in rows]


def pending_count(database: Database) -> int:
    """Photos that wait to be indexed and can be."""
    with database.read() as db:
        query = text(f"SELECT count(*) FROM photo WHERE state = 'pending' AND {REACHABLE}")
        return int(db.execute(query).scalar_one())


def unseen_count(seen: Database | View, model: str) -> int:
    """Indexed photos, all or those in sight, at which a model has not looked."""
    with seen.read() as db:
        return int(db.execute(text(f"SELECT count(*) FROM photo WHERE {_UNSEEN}"), {"model": model}).scalar_one())


def forget_faults(database: Database, volume_ids: Collection[int]) -> None:
    """Why photos on some volumes could not be read is of no interest any more: the volumes went, or are back."""
    query = """
        UPDATE photo SET reason = NULL WHERE state = 'pending' AND reason IS NOT NULL AND photo_id IN
            (SELECT photo_id FROM place WHERE volume_id IN (SELECT value FROM json_each(:ids)))
    """
    with database.write() as db:
        db.execute(text(query), {"ids": json.dumps(sorted(volume_ids))})


def photos_on(database: Database, volume_ids: Collection[int]) -> frozenset[int]:
    """The photos that have a place on one of some volumes."""
    query = text("SELECT DISTINCT photo_id FROM place WHERE volume_id IN (SELECT value FROM json_each(:ids))")
    with database.read() as db:
        return frozenset(db.execute(query, {"ids": json.dumps(sorted(volume_ids))}).scalars())


def retry_refused(database: Database) -> None:
    """Photos that another version could not read wait again."""
    photo = schema.photo.c
    old = (photo.state == PhotoState.UNREADABLE) & (photo.refused_by != program_version())
    fresh = {"state": PhotoState.PENDING, "reason": None, "refused_by": None, "attempts": 0}
    with database.write() as db:
        db.execute(update(schema.photo).where(old).values(fresh))
        stacks.release(db)


def store(database: Database, core: FaceCore, photo: Waiting, seen: PhotoAnalysis) -> LibraryChanged:
    """Writes what was seen in a photo: its faces, their vectors, their persons and its state, together.

    What was seen in an earlier content of the photo is found again in the new one, or goes.

    Returns:
        What changed; nothing when another process was quicker, the photo is not what was seen any more, or the model
        that saw it is not in use any more.
    """
    with database.write() as db:
        row = _still_waiting(db, photo)
        if row is None or seen.model != core.pack.name:
            return LibraryChanged()
        taken, seconds = seen.told.taken_at, seen.footage.seconds if seen.footage else None
        leader = row.image_id is None and stacks.leader_of(db, photo.photo_id, seen.format, seconds, taken)
        if leader:
            _stand_behind(db, photo, seen, leader)
            album_photos.pass_on(db, [photo.photo_id], leader)
            return LibraryChanged(frozenset({leader}))
        stacks.stand_alone(db, photo.photo_id)
        faces, before = _store_faces(db, core, photo, seen, row.image_id)
        _looked(db, photo, seen.model)
        named = describing.keep(db, photo.photo_id, seen.told) | tags.settle(db, photo.photo_id)
        if seen.fingerprint:
            fingerprints.save(db, photo.photo_id, photo.content_hash, seen.fingerprint)
        hidden, lost = stacks.gather(db, core, photo.photo_id, taken) if _may_lead(seen) else (set(), set())
        if row.image_id is None and faces:
            hearing.found_in(db, faces[0].image_id)
        album_photos.pass_on(db, hidden, photo.photo_id)
        albums = auto_albums.follow(db, {photo.photo_id} | hidden)
    persons = frozenset(face.person_id for face in faces if face.person_id is not None)
    return LibraryChanged(frozenset({photo.photo_id}) | hidden, persons | before | named | lost, albums=albums)


def _may_lead(seen: PhotoAnalysis) -> bool:
    return seen.footage is None and seen.format != "RAW"


def _store_faces(
    db: Connection, core: FaceCore, photo: Waiting, seen: PhotoAnalysis, image_id: int | None
) -> tuple[Sequence[Face], frozenset[int]]:
    """The photo is indexed: its faces, and the persons who lost one."""
    source, size = f"{photo.photo_id}/{photo.content_hash}", (seen.width, seen.height)
    before: frozenset[int] = frozenset()
    if image_id is None:
        image_id, faces = core.add_image(source, *size, seen.faces, db)
    else:
        faces, before = core.redetect(image_id, source, *size, seen.faces, db)
    _set(db, photo, state=PhotoState.INDEXED, image_id=image_id, **_facts(seen))
    videos.keep(db, photo.photo_id, seen.footage, faces)
    videos.keep_motion(db, photo.photo_id, seen.motion)
    return faces, before


def _stand_behind(db: Connection, photo: Waiting, seen: PhotoAnalysis, leader_id: int) -> None:
    """The file is another of a shot that is there: what is seen in it is seen in that photo."""
    role = stacks.role_of(seen.format, seen.footage.seconds if seen.footage else None)
    assert role is not None
    stacks.stand_behind(db, photo.photo_id, leader_id, role)
    if seen.footage:
        videos.keep(db, photo.photo_id, replace(seen.footage, moments=()), ())
    _set(db, photo, state=PhotoState.STACKED, **_facts(seen))
    describing.keep(db, photo.photo_id, seen.told)


def _facts(seen: PhotoAnalysis) -> dict[str, object]:
    """What is known of a file that was looked at, as columns of `photo`."""
    return {
        "width": seen.width,
        "height": seen.height,
        "format": seen.format,
        "indexed_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "reason": None,
        "attempts": 0,
    }


def refuse(database: Database, core: FaceCore, photo: Waiting, reason: str) -> LibraryChanged:
    """The photo cannot be read, by this version at least: what was seen in it before it was edited goes.

    What humans decided of its faces waits until it can be read again. A photo that waits again keeps what another model
    saw, and the model that was to look at it does not any more.

    Returns:
        What changed; nothing when another process was quicker, or the photo is not what was seen any more.
    """
    with database.write() as db:
        return _refuse(db, core, photo, reason)


def count_attempt(database: Database, core: FaceCore, photo: Waiting, reason: str) -> LibraryChanged:
    """Looking at the photo came to no end: it waits on, with the reason, or is refused after `MAX_ATTEMPTS`.

    Returns:
        As `refuse`.
    """
    with database.write() as db:
        row = _still_waiting(db, photo)
        if row is None:
            return LibraryChanged()
        attempts = row.attempts + 1
        _set(db, photo, attempts=attempts, reason=None if photo.again else reason)
        if attempts >= MAX_ATTEMPTS:
            return _refuse(db, core, photo, reason)
        return LibraryChanged(skipped=not photo.again)


def postpone(database: Database, photo: Waiting, reason: str) -> None:
    """The photo cannot be read now: it waits on. What is in the library does not become unreadable by that.

    Where its drive is not connected that is told of the drive, not of each of its photos.
    """
    query = text(f"SELECT 1 FROM photo WHERE photo_id = :id AND {REACHABLE}")
    if not photo.again:
        with database.write() as db:
            if db.execute(query, {"id": photo.photo_id}).first():
                _set(db, photo, reason=reason)


def forget_waiting(database: Database) -> None:
    """Takes back what was asked for and not begun: requests, and photos that never were in the library."""
    photo = schema.photo.c
    never = (photo.state == PhotoState.PENDING) & photo.indexed_at.is_(None)
    with database.write() as db:
        db.execute(delete(schema.import_request))
        db.execute(text(_GIVE_BACK))
        db.execute(delete(schema.photo).where(never))


def grouping_due(database: Database, model: str, at_end: bool) -> bool:
    """Whether faces came in since people were last made: at the end of the work any, before that a good number.

    Not before a model has looked at all photos, unless the work is at its end: who is known only by faces that it has
    not seen yet would be taken apart. It depends on the database alone, so that a run that was interrupted makes
    people at the same photos.
    """
    with database.read() as db:
        last = _last_face(db)
        if at_end:
            return last > _number(db, _GROUPED_UNTIL)
        whole = _number(db, _WHOLE_UNTIL)
        # The last photo first: where they are looked at again, that is the last to be.
        unseen = f"SELECT 1 FROM photo WHERE {_UNSEEN} ORDER BY photo_id DESC LIMIT 1"
        enough = last - whole >= max(FIRST_GROUPING, whole // GROWTH)
        return enough and db.exec_driver_sql(unseen, {"model": model}).first() is None


def group(database: Database, core: FaceCore, everything: bool = False) -> tuple[Clustering, LibraryChanged]:
    """Makes people: what was done, and what changed by it.

    All faces are grouped anew when a good part of them came in since that was last done, or when asked for; otherwise
    only the new ones, which costs a search for each.
    """
    pack = core.pack
    with database.read() as db:
        done, whole, last = _number(db, _GROUPED_UNTIL), _number(db, _WHOLE_UNTIL), _last_face(db)
        few = not everything and last - whole < whole // SMALL_GROWTH
        plan = core.cluster(dry_run=True, connection=db, after=done if few else None)
    with database.write() as db:
        if core.pack != pack:
            # Another model came into use meanwhile: its own grouping follows.
            return Clustering((), (), (), ()), LibraryChanged()
        result = core.apply(plan, db)
        hearing.found_among(db, [move.face_id for move in result.moves if move.after is not None])
        moved = auto_albums.photos_of_faces(db, [move.face_id for move in result.moves])
        albums = auto_albums.follow(db, moved)
        settings.put(db, _GROUPED_UNTIL, str(last))
        if not few:
            settings.put(db, _WHOLE_UNTIL, str(last))
    targets = {result.groups[move.after].person_id for move in result.moves if move.after is not None}
    persons = (targets | {move.before for move in result.moves}) - {None}
    changed = frozenset(each for each in persons if each is not None)
    return result, LibraryChanged(person_ids=changed, albums=albums)


def group_anew(db: Connection) -> None:
    """At the end of the work all faces are grouped anew, whether any came in or not."""
    for key in (_GROUPED_UNTIL, _WHOLE_UNTIL):
        settings.put(db, key, "0")


def _refuse(db: Connection, core: FaceCore, photo: Waiting, reason: str) -> LibraryChanged:
    row = _still_waiting(db, photo)
    if row is None:
        return LibraryChanged()
    if photo.again:
        _set(db, photo, attempts=0)
        _looked(db, photo, photo.again)
        return LibraryChanged()
    nothing = {"width": 0, "height": 0, "format": ""}
    _set(db, photo, state=PhotoState.UNREADABLE, reason=reason, refused_by=program_version(), **nothing)
    stacks.dissolve(db, photo.photo_id)
    hearing.unreadable_photo(db, photo.photo_id)
    if row.image_id is None:
        return LibraryChanged(skipped=True)
    # Another content, of which nothing is seen, and of the size as it was: what was decided keeps its place.
    before = core.image(row.image_id, db)
    _, persons = core.redetect(row.image_id, f"{photo.photo_id}/", before.width, before.height, (), db)
    albums = auto_albums.follow(db, [photo.photo_id])
    return LibraryChanged(frozenset({photo.photo_id}), persons, skipped=True, albums=albums)


def _still_waiting(db: Connection, photo: Waiting) -> Any | None:
    """The photo's row; None when somebody was quicker, or its file was found to be another one since."""
    query = f"SELECT image_id, attempts FROM photo WHERE {_STILL_WAITS}"
    return db.exec_driver_sql(query, _as_it_waits(photo)).first()


def _set(db: Connection, photo: Waiting, **values: object) -> None:
    changes = ", ".join(f"{name} = :new_{name}" for name in values)
    values = {f"new_{name}": value for name, value in values.items()}
    db.exec_driver_sql(f"UPDATE photo SET {changes} WHERE {_STILL_WAITS}", values | _as_it_waits(photo))


def _as_it_waits(photo: Waiting) -> dict[str, object]:
    state = PhotoState.INDEXED if photo.again else PhotoState.PENDING
    return {"photo_id": photo.photo_id, "content_hash": photo.content_hash, "state": state}


def _looked(db: Connection, photo: Waiting, model: str) -> None:
    row = {"id": photo.photo_id, "model": model}
    db.exec_driver_sql("INSERT OR IGNORE INTO look (photo_id, model) VALUES (:id, :model)", row)


def _waiting(row: Any) -> Waiting:
    return Waiting(row.photo_id, row.content_hash, tuple(bytes.fromhex(path) for path in json.loads(row.paths)))


def _number(db: Connection, key: str) -> int:
    return int(settings.get(db, key) or 0)


def _last_face(db: Connection) -> int:
    return int(db.exec_driver_sql("SELECT coalesce(max(face_id), 0) FROM face").scalar_one())
