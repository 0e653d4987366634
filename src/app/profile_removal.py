"""Removing a profile: its albums go, its photos pass to somebody else, its person stays, claimed by nobody."""

from __future__ import annotations

import json

from sqlalchemy import Connection

from app import auto_albums, claiming
from core.service import FaceCore

_OWN = "SELECT photo_id FROM photo WHERE owner_id = :id"
_DEFAULT = "SELECT visibility FROM profile WHERE profile_id = :id"

_MOVED = (
    # What the new owner put into albums when it was not theirs shows it to nobody.
    f"UPDATE album_photo SET added_by = NULL WHERE added_by = :to AND photo_id IN ({_OWN})",
    # What it added to albums of others stays there as it was: seen by their members.
    f"UPDATE album_photo SET added_by = :to WHERE added_by = :id AND photo_id IN ({_OWN})",
    # Who owns a photo need not be given it.
    f"DELETE FROM photo_share WHERE profile_id = :to AND photo_id IN ({_OWN})",
    # A lock is opened by its owner's password, which goes.
    "UPDATE photo SET visibility = 'private', locked = 0 WHERE owner_id = :id AND locked = 1",
    "UPDATE photo SET owner_id = :to WHERE owner_id = :id",
    # Photos that come into its folders are for the same eyes as before.
    f"UPDATE folder SET owner_id = :to, visibility = coalesce(visibility, ({_DEFAULT})) WHERE owner_id = :id",
    "UPDATE skipped SET owner_id = :to WHERE owner_id = :id",
    "UPDATE import_request SET owner_id = :to WHERE owner_id = :id",
)


def remove(db: Connection, core: FaceCore, profile_id: int, photos_to: int) -> tuple[frozenset[int], frozenset[int]]:
    """Removes a profile in the caller's transaction; albums, claims, favourites and the like go with its row.

    Returns:
        The photos that passed to somebody else, and the persons that it claimed.
    """
    values = {"id": profile_id, "to": photos_to}
    photos = frozenset(db.exec_driver_sql("SELECT photo_id FROM photo WHERE owner_id = :id", values).scalars())
    claimed = "SELECT person_id FROM claim WHERE profile_id = :id AND state <> 'refused'"
    persons = frozenset(db.exec_driver_sql(claimed, values).scalars())
    image = db.exec_driver_sql("SELECT image_id FROM profile WHERE profile_id = :id", values).scalar()
    for statement in _MOVED:
        db.exec_driver_sql(statement, values)
    # Names that it gave are shown to whoever sees the persons; somebody who is in no photo goes to the new owner.
    db.exec_driver_sql("UPDATE naming SET profile_id = :to WHERE profile_id = :id", values)
    db.exec_driver_sql("DELETE FROM profile WHERE profile_id = :id", values)
    if image is not None:
        core.remove_image(image, connection=db, keep_persons=True)
    there = "SELECT person_id FROM person WHERE person_id IN (SELECT value FROM json_each(:ids))"
    for each in db.exec_driver_sql(there, {"ids": json.dumps(sorted(persons))}).scalars():
        claiming.promote(db, each)
        claiming.note(db, core, each)
        holder = claiming.holder(db, each)
        if holder is not None:
            auto_albums.settle(db, holder)
    auto_albums.follow(db, photos)
    return photos, persons
