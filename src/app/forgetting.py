""" "Do not recognise me": everything by which a person is recognised goes at once, and nothing brings it back.

What Core keeps of the person's faces goes by `FaceCore.exclude_person`. Here goes what the app made of it: links of
regions that other programs wrote, tags, entries of albums that follow the person, what was told of it, small pictures
of the faces, and the steps of everybody's journal that touch any of these rows. Backups are files of their own: those
made before know the person until newer ones have taken their place.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Connection

from app import journal_forgetting
from app.thumbnail_files import ThumbnailFiles
from core.service import FaceCore
from core.types import BoundingBox

_FACES = """
    SELECT face_id, photo_id, content_hash, x, y, face.width, face.height FROM face
    LEFT JOIN photo USING (image_id) WHERE person_id = :person
"""

_TAGGED = "SELECT photo_id FROM tag WHERE person_id = :person"

_AMONG = "(SELECT value FROM json_each(:faces))"

_UNLINK = (
    # What a file says stays what the file says; it names nobody any more.
    f"""
    UPDATE region SET face_id = NULL, decision_id = NULL, person_id = NULL, settled = name
    WHERE face_id IN {_AMONG} OR person_id = :person
    """,
    """
    DELETE FROM album_photo WHERE is_auto_added = 1
    AND photo_id IN (SELECT value FROM json_each(:photos))
    AND album_id IN (SELECT album_id FROM album WHERE owner_id = :me AND kind = 'auto_faces')
    AND NOT EXISTS (
        SELECT 1 FROM photo JOIN face USING (image_id) JOIN claim ON claim.person_id = face.person_id
        WHERE photo.photo_id = album_photo.photo_id AND claim.profile_id = :me AND claim.state = 'held'
        AND face.person_id <> :person)
    """,
    """
    DELETE FROM notification WHERE json_extract(subject, '$.person_id') = :person OR (
        kind = 'found' AND profile_id = :me
        AND json_extract(subject, '$.photo_id') IN (SELECT value FROM json_each(:photos)))
    """,
)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was forgotten.

    Attributes:
        exclusion_id: Core's, by which the guard can be dropped.
        faces: how many there were.
        photo_ids: in which they were, or the person was tagged.
        pictures: content hash and box of each face, of which there may be a small picture.
    """

    exclusion_id: int
    faces: int
    photo_ids: tuple[int, ...]
    pictures: tuple[tuple[str, BoundingBox], ...]


def forget(db: Connection, core: FaceCore, me: int, person_id: int, guard: bool) -> Forgotten:
    """Forgets a person, in the caller's transaction; afterwards `FaceCore.scrub` is to be called."""
    rows = db.exec_driver_sql(_FACES, {"person": person_id}).all()
    photos = {row.photo_id for row in rows if row.photo_id is not None}
    photos |= set(db.exec_driver_sql(_TAGGED, {"person": person_id}).scalars())
    faces = [row.face_id for row in rows]
    values = {"person": person_id, "me": me, "faces": json.dumps(faces), "photos": json.dumps(sorted(photos))}
    for statement in _UNLINK:
        db.exec_driver_sql(statement, values)
    journal_forgetting.forget(
        db, journal_forgetting.Forgotten(face_ids=frozenset(faces), person_ids=frozenset({person_id})), whole=True
    )
    exclusion_id = core.exclude_person(person_id, guard, db)
    pictures = [
        (row.content_hash, BoundingBox(row.x, row.y, row.width, row.height)) for row in rows if row.content_hash
    ]
    return Forgotten(exclusion_id, len(faces), tuple(sorted(photos)), tuple(pictures))


def remove_pictures(small: ThumbnailFiles, done: Forgotten) -> None:
    """Small pictures of the faces go; a photo's own shows what the photo shows."""
    for content_hash, box in done.pictures:
        small.remove_face(content_hash, box)
