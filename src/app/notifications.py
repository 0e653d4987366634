"""What a profile should hear of."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import Connection

_TOLD = """
    INSERT INTO notification (profile_id, kind, subject, made_at) VALUES (:profile, :kind, :subject, :now)
"""


class NotificationKind(StrEnum):
    """What it is about."""

    FOUND = "found"
    INVITED = "invited"
    CLAIMED = "claimed"
    DISPUTED = "disputed"
    UNREADABLE = "unreadable"


def notify(db: Connection, profile_id: int, kind: NotificationKind, **subject: object) -> None:
    """Tells a profile of something.

    Args:
        subject: ids by what they are of; names are looked up when it is shown.
    """
    values = {"profile": profile_id, "kind": kind, "subject": json.dumps(subject)}
    db.exec_driver_sql(_TOLD, values | {"now": datetime.now(UTC).isoformat(timespec="seconds")})
