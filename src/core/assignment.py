"""Gives faces to persons: new ones to the person they clearly are, the rest to new persons by clustering.

Both obey one rule: two faces in one image are two people.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from core import matching, records, vectors
from core.models import ModelPack
from core.types import AnalyzedFace, Clustering, Group, Vectors

_PERSONS_OF_FACES = "SELECT face_id, person_id, image_id FROM face WHERE person_id IS NOT NULL"
_FREE_FACES = "SELECT face_id, image_id FROM face WHERE person_id IS NULL"
_NOBODY = -1
_BLOCK = 256


@dataclass(frozen=True, slots=True)
class _Faces:
    """Columns of faces: ids, unit vectors [n, dimension], images, persons (or `_NOBODY`), qualities."""

    ids: NDArray[np.int64]
    vectors: Vectors
    images: NDArray[np.int64]
    persons: NDArray[np.int64]
    qualities: NDArray[np.float64]

    def chosen(self, which: NDArray[np.bool_]) -> _Faces:
        return _Faces(
            self.ids[which], self.vectors[which], self.images[which], self.persons[which], self.qualities[which]
        )


def match_image(db: Connection, faces: Sequence[tuple[int, AnalyzedFace]]) -> None:
    """Gives the new faces of one image to existing persons, the surest first, no person twice.

    Args:
        faces: stored face ids and what was seen of them.
    """
    near = {
        face_id: _known(db, vectors.nearest(db, face.embedding, matching.NEIGHBOURS))
        for face_id, face in faces
        if face.quality >= matching.JOIN_QUALITY
    }
    taken: set[int] = set()
    while near:
        choices = {face_id: matching.choose(each, frozenset(taken)) for face_id, each in near.items()}
        sure = [(choice.similarity, -face_id, choice.person_id) for face_id, choice in choices.items() if choice]
        if not sure:
            return
        _, negative, person_id = max(sure)
        records.assign(db, [-negative], person_id)
        taken.add(person_id)
        del near[-negative]


def plan_groups(db: Connection, pack: ModelPack) -> Clustering:
    """What grouping the faces that belong to nobody would change; changes nothing. Takes seconds in a large library.

    First those join who clearly are somebody; of the others the good ones found persons; then those join who clearly
    are one of the new.
    """
    every = _load(db, pack)
    free = every.chosen(every.persons == _NOBODY)
    joined = _clear(free, every.chosen(every.persons != _NOBODY))
    rest = free.chosen(~np.isin(free.ids, list(joined)))
    founders = rest.chosen(rest.qualities >= matching.FOUND_QUALITY)
    labels = _labels(founders)
    founded = replace(founders, persons=labels).chosen(labels != _NOBODY)
    late = _clear(rest.chosen(~np.isin(rest.ids, founded.ids)), founded)
    persons = dict(zip(founded.ids.tolist(), founded.persons.tolist(), strict=True)) | late
    groups = _groups(rest, persons)
    noise = tuple(face_id for face_id in rest.ids.tolist() if face_id not in persons)
    return Clustering(joined, groups, noise)


def apply_groups(db: Connection, plan: Clustering) -> Clustering:
    """Does what was planned, but for faces that were given to somebody, or removed, since.

    A face that was to join a person waits, too, when the person has gone since or has got another face in its image.

    Returns:
        The plan as it was done, with the ids of the new persons.
    """
    free = {row.face_id: row.image_id for row in db.execute(text(_FREE_FACES))}
    persons = set(db.execute(text("SELECT person_id FROM person")).scalars())
    holds = {(row.person_id, row.image_id) for row in db.execute(text(_PERSONS_OF_FACES))}
    joined = {
        face_id: person_id
        for face_id, person_id in plan.joined.items()
        if face_id in free and person_id in persons and (person_id, free[face_id]) not in holds
    }
    for face_id, person_id in joined.items():
        records.assign(db, [face_id], person_id)
    still = (group for group in plan.groups if free.keys() >= set(group.face_ids))
    return replace(plan, joined=joined, groups=tuple(records.create_person(db, group) for group in still))


def _known(db: Connection, near: list[tuple[int, float]]) -> list[matching.Neighbour]:
    ids = json.dumps([face_id for face_id, _ in near])
    query = text(f"{_PERSONS_OF_FACES} AND face_id IN (SELECT value FROM json_each(:ids))")
    person_of = {row.face_id: row.person_id for row in db.execute(query, {"ids": ids})}
    return [matching.Neighbour(each, person_of[each], similarity) for each, similarity in near if each in person_of]


def _load(db: Connection, pack: ModelPack) -> _Faces:
    """Every face that is good enough to join a person, whether it has one or not."""
    ids, embeddings = vectors.load(db, pack.name, pack.dimension, f"face.quality >= {matching.JOIN_QUALITY}")
    query = text("SELECT face_id, image_id, coalesce(person_id, :nobody), quality FROM face ORDER BY face_id")
    rows = np.array([tuple(row) for row in db.execute(query, {"nobody": _NOBODY})], np.float64).reshape(-1, 4)
    rows = rows[np.isin(rows[:, 0], ids)]
    return _Faces(ids, embeddings, rows[:, 1].astype(np.int64), rows[:, 2].astype(np.int64), rows[:, 3])


def _clear(faces: _Faces, known: _Faces) -> dict[int, int]:
    """Face id -> person, for the faces that clearly are one of the known persons, the surest first."""
    if not len(known.ids):
        return {}
    holds = set(zip(known.persons.tolist(), known.images.tolist(), strict=True))
    found = []
    for face_id, image_id, similarity in zip(
        faces.ids.tolist(), faces.images.tolist(), _rows(faces, known), strict=True
    ):
        near = _nearest(known, similarity)
        present = frozenset(each.person_id for each in near if (each.person_id, image_id) in holds)
        choice = matching.choose(near, present)
        if choice:
            found.append((-choice.similarity, face_id, image_id, choice.person_id))
    joined = {}
    for _, face_id, image_id, person_id in sorted(found):
        if (person_id, image_id) not in holds:
            holds.add((person_id, image_id))
            joined[face_id] = person_id
    return joined


def _rows(faces: _Faces, known: _Faces) -> Iterator[NDArray[np.float32]]:
    """The similarities of each face to all known ones. One product for many faces: memory bounds a single one."""
    for start in range(0, len(faces.ids), _BLOCK):
        yield from faces.vectors[start : start + _BLOCK] @ known.vectors.T


def _nearest(known: _Faces, similarity: NDArray[np.float32]) -> list[matching.Neighbour]:
    count = min(matching.NEIGHBOURS, len(known.ids))
    best = np.argpartition(-similarity, count - 1)[:count]
    return [
        matching.Neighbour(*values)
        for values in zip(
            known.ids[best].tolist(), known.persons[best].tolist(), similarity[best].tolist(), strict=True
        )
    ]


def _labels(faces: _Faces) -> NDArray[np.int64]:
    """The new person of each face, 0, 1, ..., or nobody."""
    # Loaded at the first grouping: SciPy takes a second to import, and no window should wait for it.
    from core import clustering

    return clustering.separate(faces.vectors, clustering.cluster(faces.vectors), faces.images)


def _groups(faces: _Faces, persons: dict[int, int]) -> tuple[Group, ...]:
    """The faces of each new person, by their labels."""
    from core import clustering

    labels = np.array([persons.get(face_id, _NOBODY) for face_id in faces.ids.tolist()], np.int64)
    groups = []
    for label in range(int(labels.max(initial=_NOBODY)) + 1):
        members = faces.chosen(labels == label)
        best, mean = clustering.representative(members.vectors)
        ids = tuple(members.ids.tolist())
        groups.append(Group(None, ids, ids[best], mean))
    return tuple(groups)
