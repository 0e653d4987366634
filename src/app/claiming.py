"""The rows of claims: what a profile said of a person, and what becomes of that when persons are merged.

A claim is a human's word about a person. Core, which knows nothing of claims, dissolves persons about whom nobody said
anything when people are made anew; a note on the person (`claimed`) tells it that somebody did.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from app.notifications import now
from core.errors import Conflict
from core.service import FaceCore

_NOTE = "claimed"

_ROWS = """
    SELECT claim.*, profile.name AS profile_name, person.name AS person_name
    FROM claim JOIN profile USING (profile_id) LEFT JOIN person USING (person_id)
    WHERE {where} ORDER BY claim.claim_id
"""

_PUT = """
    INSERT INTO claim (profile_id, person_id, state, made_at) VALUES (:profile, :person, :state, :now)
    ON CONFLICT (profile_id, person_id) DO UPDATE SET state = excluded.state, is_hidden = 0, no_album = 0,
    is_decided = 0, made_at = excluded.made_at
"""

_OF = "SELECT * FROM claim WHERE person_id IN (SELECT value FROM json_each(:ids)) ORDER BY claim_id"

_CARRIED = (
    "UPDATE OR IGNORE tag SET person_id = :target WHERE person_id = :source",
    "UPDATE album SET person_id = :target WHERE person_id = :source",
    "UPDATE region SET person_id = :target WHERE person_id = :source",
    """
    INSERT OR IGNORE INTO naming (person_id, profile_id)
    SELECT :target, profile_id FROM naming WHERE person_id = :source
    """,
)
"""What the app's tables say of a person, for the one that it is merged into."""


class ClaimState(StrEnum):
    """What a profile said of a person."""

    HELD = "held"
    """This is me."""
    DISPUTED = "disputed"
    """This is me, and somebody else said so before."""
    REFUSED = "refused"
    """This is not me."""


_STRONGEST = (ClaimState.HELD, ClaimState.DISPUTED, ClaimState.REFUSED)


@dataclass(frozen=True, slots=True)
class Claim:
    """What one profile said of one person.

    Attributes:
        person_name: None for a person without a name, or one that the viewer does not see.
        is_hidden: others are not shown this person.
        no_album: no album follows this person.
    """

    claim_id: int
    profile_id: int
    profile_name: str
    person_id: int
    person_name: str | None
    state: ClaimState
    is_hidden: bool
    no_album: bool
    made_at: datetime


def rows(db: Connection, where: str, **values: object) -> list[Claim]:
    """Claims, the oldest first.

    Args:
        where: an SQL condition over the table `claim`, without input of a user.
    """
    return [_claim(row) for row in db.exec_driver_sql(_ROWS.format(where=where), values)]


def of(db: Connection, profile_id: int, person_id: int) -> Claim | None:
    """What a profile said of a person."""
    found = rows(db, "profile_id = :profile AND person_id = :person", profile=profile_id, person=person_id)
    return found[0] if found else None


def holder(db: Connection, person_id: int) -> int | None:
    """The profile that holds a person."""
    query = "SELECT profile_id FROM claim WHERE person_id = :person AND state = 'held'"
    found = db.exec_driver_sql(query, {"person": person_id}).scalar()
    return None if found is None else int(found)


def held(db: Connection, profile_id: int) -> list[int]:
    """The persons that a profile holds, the first claimed first."""
    query = "SELECT person_id FROM claim WHERE profile_id = :profile AND state = 'held' ORDER BY claim_id"
    return list(db.exec_driver_sql(query, {"profile": profile_id}).scalars())


def put(db: Connection, core: FaceCore, profile_id: int, person_id: int, state: ClaimState) -> None:
    """A profile says something of a person, instead of what it said before."""
    db.exec_driver_sql(_PUT, {"profile": profile_id, "person": person_id, "state": state, "now": now()})
    note(db, core, person_id)


def remove(db: Connection, core: FaceCore, profile_id: int, person_id: int) -> None:
    """A profile says nothing of a person any more. Of several who did the only one left holds it then."""
    values = {"profile": profile_id, "person": person_id}
    db.exec_driver_sql("DELETE FROM claim WHERE profile_id = :profile AND person_id = :person", values)
    promote(db, person_id)
    note(db, core, person_id)


def promote(db: Connection, person_id: int) -> None:
    """Where nobody holds a person, the only one who would gets it: there is nothing to decide any more."""
    would = rows(db, "person_id = :person AND state <> 'refused'", person=person_id)
    if len(would) == 1:
        db.exec_driver_sql("UPDATE claim SET state = 'held' WHERE claim_id = :id", {"id": would[0].claim_id})


def note(db: Connection, core: FaceCore, person_id: int) -> None:
    """Lets Core know whether somebody said something of a person."""
    claimed = db.exec_driver_sql("SELECT 1 FROM claim WHERE person_id = :id LIMIT 1", {"id": person_id}).first()
    before = dict(core.person(person_id, db).metadata)
    after = {key: value for key, value in before.items() if key != _NOTE} | ({_NOTE: True} if claimed else {})
    if after != before:
        core.update_person(person_id, metadata=after, connection=db)


def carry_over(db: Connection, core: FaceCore, source_ids: Sequence[int], target_id: int) -> None:
    """What the app keeps of some persons is the one's into which they are about to be merged.

    To be called before `FaceCore.merge`, in its transaction: that removes the rows of the merged persons.

    Raises:
        Conflict: different profiles said of these persons that they are them; then nothing was changed.
    """
    claims = _claims(db, [*source_ids, target_id])
    holders = {each.profile_id for each in claims if each.state == ClaimState.HELD}
    if len(holders) > 1:
        raise Conflict("Two people of the house said “this is me”: they cannot be one person.")
    for source_id in source_ids:
        for statement in _CARRIED:
            db.exec_driver_sql(statement, {"source": source_id, "target": target_id})
    for profile_id in dict.fromkeys(each.profile_id for each in claims):
        _unite(db, [each for each in claims if each.profile_id == profile_id], target_id)
    note(db, core, target_id)


def _unite(db: Connection, claims: Sequence[Any], target_id: int) -> None:
    """The claims of one profile become one: what was said most strongly counts, and what was hidden stays hidden."""
    kept = min(claims, key=lambda each: (_STRONGEST.index(each.state), each.claim_id))
    for each in claims:
        if each is not kept:
            db.exec_driver_sql("DELETE FROM claim WHERE claim_id = :id", {"id": each.claim_id})
    same = [each for each in claims if each.state == kept.state]
    row = {"id": kept.claim_id, "person": target_id}
    row |= {key: max(getattr(each, key) for each in same) for key in ("is_hidden", "no_album")}
    change = "UPDATE claim SET person_id = :person, is_hidden = :is_hidden, no_album = :no_album WHERE claim_id = :id"
    db.exec_driver_sql(change, row)


def _claims(db: Connection, person_ids: Collection[int]) -> Sequence[Any]:
    return db.exec_driver_sql(_OF, {"ids": json.dumps(list(person_ids))}).all()


def _claim(row: Any) -> Claim:
    return Claim(
        row.claim_id,
        row.profile_id,
        row.profile_name,
        row.person_id,
        row.person_name,
        ClaimState(row.state),
        bool(row.is_hidden),
        bool(row.no_album),
        datetime.fromisoformat(row.made_at),
    )
