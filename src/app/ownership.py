"""Whose a new photo is, and who may see it: who asked for it, or whose folder it lies in."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from app.volumes import is_below


class Visibility(StrEnum):
    """Who may see a photo besides its owner."""

    PRIVATE = "private"
    SHARED = "shared"
    """The profiles that it is shared with."""
    HOUSEHOLD = "household"


class Ownership:
    """Tells of paths, by what folders and profiles say now. For one transaction."""

    def __init__(self, db: Connection) -> None:
        folders = db.exec_driver_sql("SELECT path, owner_id, visibility FROM folder").all()
        # The innermost first.
        self._folders: list[Any] = sorted(folders, key=lambda row: -len(row.path))
        profiles = db.exec_driver_sql("SELECT profile_id, visibility FROM profile ORDER BY is_owner DESC, profile_id")
        self._visibility: dict[int, str] = {row.profile_id: row.visibility for row in profiles}
        self._first = next(iter(self._visibility))

    def of(self, path: bytes, asked_by: int | None = None) -> tuple[int, str]:
        """The owner of a photo at a path, and its visibility.

        Args:
            asked_by: the profile that named the path; what a scan finds by itself belongs to whoever added the folder.
        """
        folder = next((each for each in self._folders if is_below(path, each.path)), None)
        of_folder = folder.owner_id if folder else None
        owner = next((each for each in (asked_by, of_folder) if each in self._visibility), self._first)
        stated = folder.visibility if folder and folder.owner_id == owner else None
        return owner, stated or self._visibility[owner]


def give_sight(db: Connection, photo_id: int, profile_id: int) -> None:
    """Who has the same file as somebody else sees that one's photo: it is one photo, and he has it anyway."""
    of_other = "SELECT visibility FROM photo WHERE photo_id = :photo AND owner_id <> :profile"
    values = {"photo": photo_id, "profile": profile_id}
    visibility = db.exec_driver_sql(of_other, values).scalar()
    if visibility is None or visibility == Visibility.HOUSEHOLD:
        return
    db.exec_driver_sql("INSERT OR IGNORE INTO photo_share (photo_id, profile_id) VALUES (:photo, :profile)", values)
    db.exec_driver_sql("UPDATE photo SET visibility = 'shared' WHERE photo_id = :photo", values)
