"""What a profile should hear of: found in new photos, invited, a claim made or disputed, files that cannot be read.

A row holds ids alone; names and pictures are looked up when it is shown, through the viewer's own view, so that a
notification tells of nothing that its reader may not see any more. Being found, and a file that cannot be read, is a
row for each photo, which costs the Indexer one insertion; those of one day are shown as one.
"""

from __future__ import annotations

import builtins
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from app.privacy import View


class NotificationKind(StrEnum):
    """What it is about."""

    FOUND = "found"
    INVITED = "invited"
    CLAIMED = "claimed"
    DISPUTED = "disputed"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Notification:
    """One thing to hear of.

    Attributes:
        notification_id: of the latest row that is shown as this one.
        made_at: when that was made.
        photo_ids: in which the profile was found, the newest first.
        files: how many cannot be read.
        person_id: whom it is about; `person_name` may be None.
        album_id: to which somebody invites.
        by_name: who did it; empty where the profile has no name.
        decided: a dispute is over; for whom, says `by_name`.
    """

    notification_id: int
    kind: NotificationKind
    made_at: datetime
    is_read: bool
    photo_ids: tuple[int, ...] = ()
    files: int = 0
    person_id: int | None = None
    person_name: str | None = None
    album_id: int | None = None
    album_name: str | None = None
    by_name: str = ""
    decided: bool = False


WANTED = """
    NOT EXISTS (SELECT 1 FROM profile AS deaf, json_each(deaf.muted) AS off
                WHERE deaf.profile_id = {profile} AND off.value = {kind})
"""
"""An SQL condition: the profile wants to hear of that kind."""

_TOLD = f"""
    INSERT INTO notification (profile_id, kind, subject, made_at)
    SELECT profile_id, :kind, :subject, :now FROM profile WHERE profile_id = :profile
    AND {WANTED.format(profile=":profile", kind=":kind")}
"""

_DAY = "substr(notification.made_at, 1, 10)"

_SHOWN = f"""
    SELECT max(notification_id) AS notification_id, kind, max(notification.made_at) AS made_at,
           notification.read_at IS NOT NULL AS is_read,
           json_group_array(DISTINCT photo.photo_id) AS photo_ids, NULL AS files,
           NULL AS person_id, NULL AS person_name, NULL AS album_id, NULL AS album_name, '' AS by_name, 0 AS decided
    FROM notification JOIN photo ON photo.photo_id = json_extract(subject, '$.photo_id')
    WHERE kind = 'found' AND photo.state <> 'trashed' AND EXISTS (
        SELECT 1 FROM face JOIN claim ON claim.person_id = face.person_id
        WHERE face.image_id = photo.image_id AND claim.profile_id = notification.profile_id AND claim.state = 'held')
    GROUP BY {_DAY}, notification.read_at IS NOT NULL
    UNION ALL
    SELECT max(notification_id), kind, max(made_at), read_at IS NOT NULL, '[]', count(DISTINCT subject),
           NULL, NULL, NULL, NULL, '', 0
    FROM notification WHERE kind = 'unreadable' AND (
        EXISTS (SELECT 1 FROM photo WHERE photo.photo_id = json_extract(subject, '$.photo_id')
                AND photo.state = 'unreadable')
        OR EXISTS (SELECT 1 FROM skipped WHERE hex(skipped.path) = json_extract(subject, '$.path')))
    GROUP BY {_DAY}, read_at IS NOT NULL
    UNION ALL
    SELECT notification_id, notification.kind, made_at, read_at IS NOT NULL, '[]', NULL, NULL, NULL, album.album_id,
           album.name, profile.name, 0
    FROM notification JOIN album ON album.album_id = json_extract(subject, '$.album_id')
    JOIN profile ON profile.profile_id = json_extract(subject, '$.profile_id')
    WHERE notification.kind = 'invited'
    UNION ALL
    SELECT notification_id, kind, made_at, read_at IS NOT NULL, '[]', NULL, person.person_id, person.name, NULL, NULL,
           coalesce(profile.name, ''), coalesce(json_extract(subject, '$.decided'), 0)
    FROM notification JOIN person ON person.person_id = json_extract(subject, '$.person_id')
    LEFT JOIN profile ON profile.profile_id = json_extract(subject, '$.profile_id')
    WHERE kind IN ('claimed', 'disputed')
    ORDER BY 1 DESC
"""

_WITH_IT = f"""
    UPDATE notification SET read_at = :now WHERE profile_id = :me AND read_at IS NULL AND (
        notification_id = :id OR (kind IN ('found', 'unreadable') AND notification_id < :id AND EXISTS (
            SELECT 1 FROM notification AS shown WHERE shown.notification_id = :id AND shown.profile_id = :me
            AND shown.kind = notification.kind AND substr(shown.made_at, 1, 10) = {_DAY})))
"""
"""A row, and those that were shown as one with it."""


def notify(db: Connection, profile_id: int, kind: NotificationKind, /, **subject: object) -> None:
    """Tells a profile of something, unless it does not want to hear of that kind.

    Args:
        subject: ids by what they are of; names are looked up when it is shown.
    """
    values = {"profile": profile_id, "kind": kind, "subject": json.dumps(subject), "now": now()}
    db.exec_driver_sql(_TOLD, values)


class Notifications:
    """What one viewer should hear of."""

    def __init__(self, view: View) -> None:
        self._view = view

    def list(self, limit: int | None = None) -> builtins.list[Notification]:
        """The newest first; what they tell of and the viewer may not see any more is left out."""
        with self._view.read() as db:
            rows = db.exec_driver_sql(_SHOWN).all()
        return [_notification(row) for row in rows[:limit]]

    def unread(self) -> int:
        """How many of these were not read yet."""
        return sum(not each.is_read for each in self.list())

    def read(self, notification_id: int) -> None:
        """One was read."""
        with self._view.write() as db:
            db.exec_driver_sql(_WITH_IT, {"id": notification_id, "me": self._me, "now": now()})

    def read_all(self, until: int | None = None) -> None:
        """All were read, or those that were there with the one named."""
        query = "UPDATE notification SET read_at = :now WHERE profile_id = :me AND read_at IS NULL"
        more = "" if until is None else " AND notification_id <= :until"
        with self._view.write() as db:
            db.exec_driver_sql(query + more, {"me": self._me, "now": now(), "until": until})

    def clear(self) -> None:
        """None is kept."""
        with self._view.write() as db:
            db.exec_driver_sql("DELETE FROM notification WHERE profile_id = :me", {"me": self._me})

    def muted(self) -> frozenset[NotificationKind]:
        """The kinds of which the viewer does not want to hear."""
        query = "SELECT value FROM profile, json_each(muted) WHERE profile_id = :me"
        with self._view.read() as db:
            return frozenset(map(NotificationKind, db.exec_driver_sql(query, {"me": self._me}).scalars()))

    def mute(self, kind: NotificationKind, muted: bool = True) -> None:
        """The viewer wants not to hear of a kind any more, or again. What was told before stays."""
        with self._view.write() as db:
            query = "SELECT value FROM profile, json_each(muted) WHERE profile_id = :me"
            kinds = set(db.exec_driver_sql(query, {"me": self._me}).scalars()) - {kind}
            row = {"muted": json.dumps(sorted(kinds | ({kind} if muted else set()))), "me": self._me}
            db.exec_driver_sql("UPDATE profile SET muted = :muted WHERE profile_id = :me", row)

    @property
    def _me(self) -> int:
        return self._view.viewer.profile_id


def now() -> str:
    """UTC, as the database keeps it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _notification(row: Any) -> Notification:
    return Notification(
        row.notification_id,
        NotificationKind(row.kind),
        datetime.fromisoformat(row.made_at),
        bool(row.is_read),
        tuple(_newest(json.loads(row.photo_ids))),
        row.files or 0,
        row.person_id,
        row.person_name,
        row.album_id,
        row.album_name,
        row.by_name,
        bool(row.decided),
    )


def _newest(photo_ids: Iterable[int]) -> builtins.list[int]:
    return sorted(photo_ids, reverse=True)
