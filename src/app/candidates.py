""" "Is this you?": persons that nobody claimed and that look like those that a profile holds, or like one face.

Faces are compared, not persons: of each person the best few that the viewer may see, so that every reason that is given
can be looked at. What a similarity means is the model's to say (`core.thresholds`).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from core.service import FaceCore
from core.thresholds import Thresholds
from core.types import Embedding

_OWN_FACES, _THEIR_FACES, _SHOWN = 24, 3, 3
"""Faces that are compared: of the profile's own persons together, of each other person; and pairs that are shown."""

_OWN = """
    SELECT face_id FROM face JOIN claim USING (person_id) JOIN photo USING (image_id)
    WHERE claim.profile_id = :me AND claim.state = 'held' AND photo.state <> 'trashed'
    ORDER BY quality DESC, face_id LIMIT :most
"""

_ASKED = """
    face.person_id IS NOT NULL AND photo.state <> 'trashed'
    AND face.person_id NOT IN (SELECT person_id FROM claim WHERE state <> 'refused' OR profile_id = :me)
    AND face.person_id NOT IN (SELECT beside.person_id FROM claim JOIN face AS mine ON mine.person_id = claim.person_id
        JOIN face AS beside ON beside.image_id = mine.image_id
        WHERE claim.profile_id = :me AND claim.state = 'held' AND beside.person_id IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM claim JOIN not_same ON claim.person_id IN (not_same.person_id, not_same.other_id)
        WHERE claim.profile_id = :me AND claim.state = 'held'
        AND face.person_id IN (not_same.person_id, not_same.other_id))
"""
"""Faces of persons of whom may be asked: nobody claimed them, this profile did not refuse them, no photo shows them
beside one of its persons, and nobody said that they are two."""

_THEIRS = f"""
    SELECT person_id, face_id FROM (
        SELECT face.person_id, face.face_id,
               row_number() OVER (PARTITION BY face.person_id ORDER BY face.quality DESC, face.face_id) AS place
        FROM face JOIN photo USING (image_id) WHERE {_ASKED}
    ) WHERE place <= {_THEIR_FACES:d}
"""

_AMONG = f"""
    SELECT face.person_id, face.face_id FROM face JOIN photo USING (image_id)
    WHERE {_ASKED} AND face.face_id IN (SELECT value FROM json_each(:ids))
"""

_PERSONS = """
    SELECT person.person_id, person.name, count(DISTINCT photo.photo_id) AS photos
    FROM person JOIN face USING (person_id) JOIN photo USING (image_id)
    WHERE person.person_id IN (SELECT value FROM json_each(:ids)) AND photo.state <> 'trashed' GROUP BY person.person_id
"""


@dataclass(frozen=True, slots=True)
class FacePair:
    """Two faces side by side; `own_face_id` is None for a face that is not in the library."""

    own_face_id: int | None
    face_id: int
    similarity: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person of whom the viewer is asked "Is this you?".

    Attributes:
        pairs: the reason: the most similar faces, best first.
        similarity: of the best pair, -1 to 1.
        is_sure: the faces are as similar as those of one person clearly are.
        accept: least similarity for that.
        suggest: least similarity at which is asked at all.
    """

    person_id: int
    name: str | None
    photo_count: int
    pairs: tuple[FacePair, ...]
    similarity: float
    is_sure: bool
    accept: float
    suggest: float


def of_held(db: Connection, core: FaceCore, me: int) -> list[Candidate]:
    """Who looks like the persons that a profile holds, best first.

    Args:
        db: a connection that sees what the viewer may see.
    """
    own = list(db.exec_driver_sql(_OWN, {"me": me, "most": _OWN_FACES}).scalars())
    theirs = {row.face_id: row.person_id for row in db.exec_driver_sql(_THEIRS, {"me": me})} if own else {}
    if not theirs:
        return []
    found = core.compare(own, list(theirs), core.pack.thresholds.suggest)
    pairs = ((theirs[each.other_id], FacePair(each.face_id, each.other_id, each.similarity)) for each in found)
    return _candidates(db, pairs, core.pack.thresholds)


def of_face(db: Connection, core: FaceCore, me: int, face: Embedding) -> list[Candidate]:
    """Who looks like a face that is not in the library, as `of_held`."""
    thresholds = core.pack.thresholds
    near = {match.face.face_id: match.similarity for match in core.search(face, _MOST, thresholds.suggest)}
    rows = db.exec_driver_sql(_AMONG, {"me": me, "ids": json.dumps(list(near))}).all()
    pairs = ((row.person_id, FacePair(None, row.face_id, near[row.face_id])) for row in rows)
    return _candidates(db, pairs, thresholds)


_MOST = 4096
"""Faces that one search finds at most."""


def _candidates(db: Connection, pairs: Iterable[tuple[int, FacePair]], thresholds: Thresholds) -> list[Candidate]:
    found: defaultdict[int, list[FacePair]] = defaultdict(list)
    for person_id, pair in pairs:
        found[person_id].append(pair)
    rows = db.exec_driver_sql(_PERSONS, {"ids": json.dumps(list(found))}).all()
    made = [_candidate(row.person_id, row.name, row.photos, found[row.person_id], thresholds) for row in rows]
    return sorted(made, key=lambda each: (-each.similarity, each.person_id))


def _candidate(
    person_id: int, name: str | None, photos: int, pairs: Sequence[FacePair], thresholds: Thresholds
) -> Candidate:
    best = sorted(pairs, key=lambda each: (-each.similarity, each.face_id))
    similarity = best[0].similarity
    sure = similarity >= thresholds.accept
    shown = tuple(best[:_SHOWN])
    return Candidate(person_id, name, photos, shown, similarity, sure, thresholds.accept, thresholds.suggest)
