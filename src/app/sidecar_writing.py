"""What a library knows of its photos -> XMP sidecars beside them. The photos themselves are never written to.

Which photos are to be written follows from the database alone: those of which it says something else than their files
told last (`_DUE`). So nothing is forgotten by a crash, and a photo of which nothing was said gets no sidecar.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, text, update

from app import describing, marking, schema, sidecars
from app.errors import SidecarError
from app.metadata import Region, RegionSource, Said, rewritten
from app.metadata.rdf import MAX_PACKET, NoXmp
from app.metadata.sidecars import Stamp, around, own
from core.database import Database

_TOLD = """
    NOT EXISTS (SELECT 1 FROM claim WHERE claim.person_id = person.person_id AND state = 'held' AND is_hidden = 1)
"""
"""Not a person who hides: everybody who has the file could read the name."""

_PEOPLE_DIFFER = f"""
    EXISTS (
        SELECT 1 FROM face JOIN person USING (person_id)
        WHERE face.image_id = photo.image_id AND person.name IS NOT NULL AND {_TOLD} AND NOT EXISTS (
            SELECT 1 FROM region WHERE region.photo_id = photo.photo_id AND region.face_id = face.face_id
            AND region.name = person.name AND region.automatic = 1 - EXISTS (
                SELECT 1 FROM decision WHERE decision.face_id = face.face_id AND decision.kind = 'confirmed'
            )
        )
    ) OR EXISTS (
        SELECT 1 FROM region JOIN face USING (face_id) LEFT JOIN person ON person.person_id = face.person_id
        WHERE region.photo_id = photo.photo_id AND (region.name IS NOT person.name OR NOT {_TOLD})
    ) OR EXISTS (
        SELECT 1 FROM tag JOIN person USING (person_id)
        WHERE tag.photo_id = photo.photo_id AND tag.x IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM region WHERE region.photo_id = photo.photo_id AND region.face_id IS NULL
            AND region.name = person.name AND abs(region.x - tag.x) < tag.width / 2
            AND abs(region.y - tag.y) < tag.height / 2
        )
    ) OR EXISTS (SELECT 1 FROM region WHERE region.photo_id = photo.photo_id AND region.name = '')
"""
"""A face or a tag has a name that no region gives it, or a region a name that its face has not, or none any more."""

_SAID_DIFFERS = """
    rating IS NOT json_extract(told, '$.rating')
    OR coalesce(title, '') <> json_extract(told, '$.title') OR coalesce(caption, '') <> json_extract(told, '$.caption')
    OR json_extract(told, '$.keywords') <> (
        SELECT json_group_array(word) FROM
        (SELECT word FROM keyword WHERE keyword.photo_id = photo.photo_id ORDER BY position)
    )
"""

_DUE = f"""
    SELECT photo_id FROM photo WHERE state = 'indexed' AND retell = 0 AND told IS NOT NULL
    AND (:all OR photo_id IN (SELECT value FROM json_each(:ids))) AND ({_PEOPLE_DIFFER} OR {_SAID_DIFFERS})
    ORDER BY photo_id
"""


def due(database: Database, photo_ids: Collection[int] | None = None) -> list[int]:
    """The photos, of these or of all, of which the library says something else than their files."""
    values = {"all": photo_ids is None, "ids": json.dumps(sorted(photo_ids or ()))}
    with database.read() as db:
        return list(db.execute(text(_DUE), values).scalars())


def write(database: Database, photo_id: int) -> bool:
    """Writes the sidecars of a photo, one beside each of its places that are there.

    Returns:
        False when nothing was written: no place is there, or a sidecar was changed by another program meanwhile and is
        to be read first.

    Raises:
        SidecarError: a sidecar cannot be written.
    """
    with database.read() as db:
        said, stored = _said(db, photo_id), schema.place.c
        places = db.execute(select(stored.path).where(stored.photo_id == photo_id).order_by(stored.place_id)).scalars()
        targets = [own(Path(os.fsdecode(place))) for place in places if os.path.exists(place)]
        known = {path: _known(db, path) for path in targets}
    stale = [path for path in targets if _stamp(path) != known[path]]
    if stale:
        with database.write() as db:
            for path in stale:
                _look_again(db, path)
        return False
    stamps = [_write(path, said) for path in targets]
    if stamps:
        with database.write() as db:
            _remember(db, photo_id, said, stamps)
    return bool(stamps)


def _said(db: Connection, photo_id: int) -> Said:
    """What the library says of a photo, and what of it differs from what the files say."""
    photo = schema.photo
    row = db.execute(select(photo).where(photo.c.photo_id == photo_id)).one()
    told, now = json.loads(row.told), describing.said(db, photo_id)
    people = db.execute(text(f"SELECT {_PEOPLE_DIFFER} FROM photo WHERE photo_id = :id"), {"id": photo_id}).scalar()
    fields = {field for field in describing.SAID if now[field] != told.get(field)} | ({"people"} if people else set())
    return Said(
        fields=frozenset(fields),
        rating=now["rating"],
        title=now["title"],
        caption=now["caption"],
        keywords=tuple(now["keywords"]),
        regions=tuple(_regions(db, row)),
        orientation=row.orientation or 1,
        size=(row.width, row.height),
    )


_NAMED = f"""
    SELECT face.*, person.name,
           EXISTS (SELECT 1 FROM decision WHERE decision.face_id = face.face_id AND kind = 'confirmed') AS confirmed
    FROM face JOIN person USING (person_id) WHERE image_id = :image AND person.name IS NOT NULL AND {_TOLD}
    ORDER BY face.x, face_id
"""

_TAGGED = """
    SELECT tag.*, person.name FROM tag JOIN person USING (person_id)
    WHERE tag.photo_id = :photo AND tag.x IS NOT NULL ORDER BY tag.x, tag_id
"""


def _regions(db: Connection, photo: Any) -> list[Region]:
    """Every face with a name, by the box that is known to other programs if there is one; and what waits for a face."""
    marked = marking.rows(db, photo.photo_id)
    boxes = {row.face_id: row for row in marked if row.face_id is not None}
    found = []
    for face in db.execute(text(_NAMED), {"image": photo.image_id}).all():
        box = boxes.get(face.face_id)
        if box is not None and box.name == face.name:
            sides = (box.x, box.y, box.width, box.height)
        else:
            across, down = photo.width, photo.height
            sides = (face.x / across, face.y / down, face.width / across, face.height / down)
        found.append(Region(face.name, *_within(*sides), source=RegionSource.MWG, automatic=not face.confirmed))
    waiting = [marking.as_region(row) for row in marked if row.face_id is None and row.name]
    tagged = [_as_region(row) for row in db.execute(text(_TAGGED), {"photo": photo.photo_id})]
    # What a tag said before, of another place or under another name, is told by the tag alone.
    return found + tagged + [each for each in waiting if not any(_tells(tag, each) for tag in tagged)]


def _tells(tag: Region, waiting: Region) -> bool:
    """Whether a region is what a tag said before."""
    across, down = abs(tag.x - waiting.x), abs(tag.y - waiting.y)
    return tag.name == waiting.name or (across < tag.width / 2 and down < tag.height / 2)


def _as_region(row: Any) -> Region:
    return Region(row.name, *_within(row.x, row.y, row.width, row.height), source=RegionSource.MWG)


def _within(x: float, y: float, width: float, height: float) -> tuple[float, float, float, float]:
    """The part of a box that lies in the picture: a face at its edge is found to reach beyond."""
    left, top, right, bottom = max(x, 0.0), max(y, 0.0), min(x + width, 1.0), min(y + height, 1.0)
    return round(left, 6), round(top, 6), round(right - left, 6), round(bottom - top, 6)


def _write(path: Path, said: Said) -> Stamp:
    """One sidecar: whole, or as it was."""
    # Always the same name: should the program be killed, the next one to write the sidecar leaves nothing of it.
    name = hashlib.sha256(os.fsencode(path.name)).hexdigest()[:16]
    part = path.with_name(f".sietch-{name}.tmp")
    try:
        before = _bytes(path)
        data = rewritten(before, said)
        part.unlink(missing_ok=True)
        with open(part, "xb") as file:
            if before:
                os.chmod(part, path.stat().st_mode & 0o777)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except NoXmp as error:
        raise SidecarError(f"{path.name} is left as it is: it cannot be read as XMP ({error}).") from error
    except OSError as error:
        raise SidecarError(f"{path.name} cannot be written: {error.strerror or error}.") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    stamp = _stamp(path)
    if stamp is None:
        raise SidecarError(f"{path.name} cannot be written: it is gone again.")
    return stamp


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_PACKET + 1)
    except FileNotFoundError:
        return b""


def _remember(db: Connection, photo_id: int, said: Said, stamps: Sequence[Stamp]) -> None:
    """The files tell now what was written."""
    photo = schema.photo
    told = json.loads(db.execute(select(photo.c.told).where(photo.c.photo_id == photo_id)).scalar_one())
    told[describing.BESIDE] = describing.paths(_beside(db, photo_id))
    told |= {
        field: list(said.keywords) if field == "keywords" else getattr(said, field)
        for field in said.fields - {"people"}
    }
    values = {"told": json.dumps(told, ensure_ascii=False)}
    db.execute(update(photo).where(photo.c.photo_id == photo_id).values(values))
    if "people" in said.fields:
        marking.keep(db, photo_id, said.regions)
        marking.settle(db, photo_id)
    for stamp in stamps:
        sidecars.remember(db, stamp)


def _beside(db: Connection, photo_id: int) -> Sequence[Stamp]:
    """The sidecars of all places of a photo."""
    place = schema.place.c
    places = [bytes(path) for path in db.execute(select(place.path).where(place.photo_id == photo_id)).scalars()]
    return around(places[0], places[1:]) if places else ()


def _known(db: Connection, path: Path) -> Stamp | None:
    sidecar = schema.sidecar
    row = db.execute(select(sidecar).where(sidecar.c.path == os.fsencode(path))).first()
    return None if row is None else Stamp(bytes(row.path), row.size, row.modified_ns)


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return Stamp(os.fsencode(path), status.st_size, status.st_mtime_ns)


def _look_again(db: Connection, path: Path) -> None:
    stamp = _stamp(path)
    if stamp is None:
        sidecars.forget(db, [os.fsencode(path)])
    else:
        sidecars.record(db, stamp)
