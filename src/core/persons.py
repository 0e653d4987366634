"""What humans do with persons and faces: create, name, merge, split, confirm, reject, delete.

Everything here is a human's word and is kept as a decision (`core.decisions`); every function is one step of the
caller's transaction, and refuses before it changes anything.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, text

from core import checking, decisions, exclusion, records, vectors
from core.errors import Conflict, InvalidInput, NotFound
from core.types import UNCHANGED, Face, Merge, Metadata, Person, Unchanged

MAX_NAME = 200
MAX_METADATA = 65536
"""Characters of a name, and of a note as JSON."""

MAX_DEPTH = 64
"""Lists and objects within one another in a note: Pydantic, which the Core API answers with, gives up at 255."""


def get(db: Connection, person_id: int) -> Person:
    """One person.

    Raises:
        NotFound: there is no such person.
    """
    found = records.person(db, person_id)
    if found is None:
        raise NotFound(f"There is no person {person_id}.")
    return found


def faces(db: Connection, face_ids: Collection[int]) -> list[Face]:
    """Faces by their ids.

    Raises:
        NotFound: one of them is missing.
    """
    found = records.faces(db, face_ids=face_ids)
    missing = sorted(set(face_ids) - {face.face_id for face in found})
    if missing:
        raise NotFound(f"There is no face {missing[0]}.")
    return found


def create(db: Connection, name: str | None, metadata: Metadata | None) -> Person:
    """A person without a face yet."""
    return get(db, records.insert_person(db, clean_name(name), _json({} if metadata is None else metadata)))


def update(
    db: Connection, person_id: int, name: str | Unchanged | None = UNCHANGED, metadata: Metadata | Unchanged = UNCHANGED
) -> None:
    """Another name or note. Without name, note and faces the person goes."""
    get(db, person_id)
    if name is not UNCHANGED:
        records.update_person(db, person_id, name=clean_name(name))
    if metadata is not UNCHANGED:
        records.update_person(db, person_id, metadata=_json(metadata))
    records.remove_empty(db, [person_id])


def delete(db: Connection, person_id: int) -> None:
    """The person goes, with what was decided of it; its faces are nobody's."""
    get(db, person_id)
    records.remove_persons(db, [person_id])


def merge(db: Connection, source_ids: Sequence[int], target_id: int, keep_name: bool) -> Merge:
    """All faces and decisions of some persons go to another; the emptied ones are removed.

    Args:
        keep_name: the target keeps its name; otherwise it takes the first name of the sources. A target without a name
            takes one in either case.
    """
    if target_id in source_ids:
        raise InvalidInput("A person cannot be merged into itself.")
    target = get(db, target_id)
    sources = [get(db, source_id) for source_id in source_ids]
    names = [person.name for person in sources if person.name]
    if names and not (keep_name and target.name):
        records.update_person(db, target_id, name=names[0])
    for person in sources:
        records.assign(db, [face.face_id for face in records.faces(db, person.person_id)], target_id)
    decisions.transfer(db, source_ids, target_id)
    records.remove_persons(db, source_ids)
    # A face that is in the one only by the machine's opinion, and is not the other by a human's, is neither.
    refused = [face_id for face_id, persons in decisions.rejected(db).items() if target_id in persons]
    out = [face.face_id for face in records.faces(db, face_ids=refused) if face.person_id == target_id]
    records.assign(db, out, None)
    moved = sum(person.face_count for person in sources)
    return Merge(target_id, moved, tuple(source_ids))


def split(db: Connection, person_id: int, face_ids: Collection[int]) -> Person:
    """Some of a person's faces are somebody else: a new person, who is not the same as the old one.

    Raises:
        Conflict: a face is not this person's, or none would be left.
    """
    get(db, person_id)
    if any(face.person_id != person_id for face in faces(db, face_ids)):
        raise Conflict("Only faces of this person can be split off.")
    if len(face_ids) == len(records.faces(db, person_id)):
        raise Conflict("At least one face has to stay with this person.")
    new_id = records.insert_person(db)
    records.assign(db, face_ids, new_id)
    decisions.confirm(db, face_ids, new_id)
    decisions.separate(db, person_id, new_id)
    return get(db, new_id)


def assign(db: Connection, face_ids: Collection[int], person_id: int | None) -> Person:
    """A human says that the faces are this person, or a new one."""
    before = {face.person_id for face in faces(db, face_ids) if face.person_id is not None}
    if exclusion.among(db, face_ids):
        raise Conflict("One of these faces is of somebody who is not to be recognised.")
    target = records.insert_person(db) if person_id is None else get(db, person_id).person_id
    decisions.confirm(db, face_ids, target)
    records.assign(db, face_ids, target)
    records.remove_empty(db, before)
    return get(db, target)


def reject(db: Connection, face_ids: Collection[int], person_id: int) -> None:
    """A human says that the faces are not this person: who had them there has them no more."""
    get(db, person_id)
    theirs = [face.face_id for face in faces(db, face_ids) if face.person_id == person_id]
    decisions.reject(db, face_ids, person_id)
    records.assign(db, theirs, None)


def separate(db: Connection, person_id: int, other_id: int) -> None:
    """A human says that two persons are not the same."""
    if person_id == other_id:
        raise InvalidInput("A person is the same as itself.")
    get(db, person_id)
    get(db, other_id)
    decisions.separate(db, person_id, other_id)


def delete_faces(db: Connection, face_ids: Collection[int], keep_persons: bool) -> frozenset[int]:
    """Faces go with their vectors and decisions, and the persons who are left without one; the persons who had them."""
    faces(db, face_ids)
    said = decisions.forget(db, face_ids)
    vectors.delete(db, list(face_ids))
    persons = records.remove_faces(db, face_ids)
    if not keep_persons:
        records.remove_empty(db, persons, keep_touched=False)
        records.remove_empty(db, said)
    return persons


def note_face(db: Connection, face_id: int, metadata: Metadata) -> None:
    """Another note on a face."""
    faces(db, [face_id])
    db.execute(text("UPDATE face SET metadata = :note WHERE face_id = :id"), {"note": _json(metadata), "id": face_id})


def clean_name(name: str | None) -> str | None:
    """A name without surplus spaces; None where nothing is left.

    Raises:
        InvalidInput: no text, too long, or not text that can be stored.
    """
    clean = " ".join(checking.is_a("name", "" if name is None else name, str).split()) or None
    if clean and len(clean) > MAX_NAME:
        raise InvalidInput(f"A name may have at most {MAX_NAME} characters.")
    if clean and checking.UNSTORABLE.search(clean):
        raise InvalidInput("The name holds characters that cannot be stored.")
    return clean


def _json(metadata: Metadata) -> str:
    try:
        note = json.dumps(dict(metadata), allow_nan=False, ensure_ascii=False, sort_keys=True)
        note.encode()
        too_deep = _depth(metadata) > MAX_DEPTH
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"The metadata is no JSON object: {error}.") from error
    if len(note) > MAX_METADATA:
        raise InvalidInput(f"The metadata may have at most {MAX_METADATA:,} characters.")
    if too_deep:
        raise InvalidInput(f"The metadata may have at most {MAX_DEPTH} lists and objects within one another.")
    return note


def _depth(value: object) -> int:
    if not isinstance(value, Mapping | list | tuple):
        return 0
    inner = value.values() if isinstance(value, Mapping) else value
    return 1 + max(map(_depth, inner), default=0)
