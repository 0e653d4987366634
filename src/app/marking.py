"""Faces that were marked and named in other programs -> faces of persons.

A region is given to the detected face that it lies on, and that face becomes the person of its name, as a human said
it; where Sietch itself had written the region of a face that only the machine had recognised, it stays the machine's
word. That happens once for a name: `region.settled` says that it did. Whatever is decided in Sietch afterwards holds,
also when the photo is detected or its files are read again. A region without a face waits for one. One without
a name was taken back in Sietch, and goes when the files are written next.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text, update

from app import schema
from app.metadata import Region, RegionSource
from core import decisions, exclusion, persons, records
from core.types import BoundingBox

OVERLAP = 0.3
"""Least overlap (intersection over union) of a region with the face that it marks. 22 regions in Immich's, exifmwg's
and pigallery2's files overlap the face that they mark by 0.68 to 0.84, and every other by 0.0 (buffalo_s)."""

_SAME = 0.5
"""Two regions of a photo that overlap so much are the same one, written anew."""

_BY_NAME = """
    SELECT person_id FROM person WHERE name = :name COLLATE NOCASE
    ORDER BY (SELECT count(*) FROM face WHERE face.person_id = person.person_id) DESC, person_id LIMIT 1
"""

_NAMED_BY_OWNER = """
    INSERT INTO naming (person_id, profile_id)
    SELECT :person, owner_id FROM photo WHERE photo_id = :photo AND owner_id IS NOT NULL
"""

_BY_REGION = """
    SELECT decision.person_id FROM region JOIN decision USING (decision_id)
    WHERE region.settled = :name AND decision.kind = 'confirmed' ORDER BY region_id DESC LIMIT 1
"""
"""Whom that name became last, if the person was renamed or merged in Sietch since."""


_WITH_FACE = "AND face_id IS NOT NULL"
"""Whose names the faces have."""


def apply(db: Connection, photo_id: int, regions: Sequence[Region], gone: bool = False) -> frozenset[int]:
    """Makes these the regions of a photo, and gives its faces their names.

    Args:
        gone: a file that told of them is not there any more: where none are told, those that wait for a face stay.

    Returns:
        The persons who gained or lost a face.
    """
    if not regions:
        # As it is for the driver: of most photos there is nothing more to do.
        db.exec_driver_sql(f"DELETE FROM region WHERE photo_id = ? {_WITH_FACE if gone else ''}", (photo_id,))
        return frozenset()
    keep(db, photo_id, regions)
    return settle(db, photo_id)


def keep(db: Connection, photo_id: int, regions: Sequence[Region]) -> None:
    """Makes these the regions of a photo. What is known of one stays when it is written anew, or with another name."""
    old = list(rows(db, photo_id))
    for found in regions:
        box = BoundingBox(found.x, found.y, found.width, found.height)
        same = max(old, key=lambda row: box.overlap(_box(row)), default=None)
        values = {key: getattr(found, key) for key in ("name", "x", "y", "width", "height", "source")}
        values["automatic"] = int(found.automatic)
        if same is not None and box.overlap(_box(same)) >= _SAME:
            old.remove(same)
            db.execute(update(schema.region).where(schema.region.c.region_id == same.region_id).values(values))
        else:
            db.execute(insert(schema.region).values(values | {"photo_id": photo_id}))
    gone = [row.region_id for row in old]
    if gone:
        db.execute(delete(schema.region).where(schema.region.c.region_id.in_(gone)))


def rows(db: Connection, photo_id: int) -> Sequence[Any]:
    """The regions of a photo."""
    region = schema.region.c
    return db.execute(select(schema.region).where(region.photo_id == photo_id).order_by(region.region_id)).all()


def as_region(row: Any) -> Region:
    """A row as it was read."""
    sides = (row.x, row.y, row.width, row.height)
    return Region(row.name, *sides, source=RegionSource(row.source), automatic=bool(row.automatic))


def settle(db: Connection, photo_id: int) -> frozenset[int]:
    """Finds the faces of a photo's regions, and names those that were not named by them yet.

    Returns:
        The persons who gained or lost a face.
    """
    marked = rows(db, photo_id)
    if not marked:
        return frozenset()
    photo = schema.photo.c
    row = db.execute(select(photo.image_id, photo.width, photo.height).where(photo.photo_id == photo_id)).one()
    faces = records.faces(db, face_ids=records.face_ids_of(db, row.image_id)) if row.image_id is not None else []
    nobody = exclusion.among(db, [face.face_id for face in faces])
    places = {face.face_id: part(face.box, row.width, row.height) for face in faces if face.face_id not in nobody}
    found = pairs({each.region_id: _box(each) for each in marked}, places)
    owners = {face.face_id: face.person_id for face in faces}
    changed: set[int | None] = set()
    for each in marked:
        face_id = found.get(each.region_id)
        values: dict[str, Any] = {"face_id": face_id}
        if face_id is not None and each.name and each.settled != each.name:
            values |= _named(db, each, face_id) | {"settled": each.name}
            changed |= {owners[face_id], values.get("person_id")} if "person_id" in values else set()
        db.execute(update(schema.region).where(schema.region.c.region_id == each.region_id).values(values))
    return frozenset(person for person in changed if person is not None)


def pairs(regions: dict[int, BoundingBox], faces: dict[int, BoundingBox]) -> dict[int, int]:
    """Region -> the face that it marks, each once, the closest first.

    A box that was drawn by hand around a whole head overlaps its face little: there the centre of each has to lie in
    the other.
    """
    ranked = sorted(
        (-region.overlap(face), region_id, face_id)
        for region_id, region in regions.items()
        for face_id, face in faces.items()
        if region.overlap(face) >= OVERLAP or (_holds(region, face) and _holds(face, region))
    )
    found: dict[int, int] = {}
    for _, region_id, face_id in ranked:
        if region_id not in found and face_id not in found.values():
            found[region_id] = face_id
    return found


def _named(db: Connection, region: Any, face_id: int) -> dict[str, Any]:
    """Gives a face the name of its region, unless somebody said something else of it in Sietch.

    Returns:
        Columns of the region; none when the face stays as it is.
    """
    decided = _confirmed(db, face_id)
    own = decided is not None and (decided.decision_id, decided.person_id) == (region.decision_id, region.person_id)
    if (decided is not None or region.decision_id is not None) and not own:
        return {}
    person_id = _owner(db, face_id, region.name) or _person(db, region.name)
    if person_id in decisions.rejected(db, [face_id]).get(face_id, frozenset()):
        return {}
    if person_id is None:
        person_id = persons.create(db, region.name, None).person_id
        db.exec_driver_sql(_NAMED_BY_OWNER, {"person": person_id, "photo": region.photo_id})
    if region.automatic:
        records.assign(db, [face_id], person_id)
        return {"person_id": person_id}
    persons.assign(db, [face_id], person_id)
    made = _confirmed(db, face_id)
    return {"person_id": person_id, "decision_id": made.decision_id if made else None}


def _confirmed(db: Connection, face_id: int) -> Any | None:
    query = text("SELECT decision_id, person_id FROM decision WHERE face_id = :id AND kind = 'confirmed'")
    return db.execute(query, {"id": face_id}).first()


def _owner(db: Connection, face_id: int, name: str) -> int | None:
    """The person of a face, if that is its name: another may have the same."""
    query = text("SELECT person_id FROM face JOIN person USING (person_id) WHERE face_id = :id AND name = :name")
    found = db.execute(query, {"id": face_id, "name": name}).scalar()
    return None if found is None else int(found)


def _person(db: Connection, name: str) -> int | None:
    """The person of a name, also of one that the name was before it was changed in Sietch."""
    for query in (_BY_NAME, _BY_REGION):
        found = db.execute(text(query), {"name": name}).scalar()
        if found is not None:
            return int(found)
    return None


def _box(row: Any) -> BoundingBox:
    return BoundingBox(row.x, row.y, row.width, row.height)


def part(box: BoundingBox, width: int, height: int) -> BoundingBox:
    """A box in pixels of a picture as parts of its sides."""
    return BoundingBox(box.x / width, box.y / height, box.width / width, box.height / height)


def _holds(outer: BoundingBox, inner: BoundingBox) -> bool:
    """Whether the centre of a box lies in another."""
    across, down = inner.x + inner.width / 2 - outer.x, inner.y + inner.height / 2 - outer.y
    return 0 <= across <= outer.width and 0 <= down <= outer.height
