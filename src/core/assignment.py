"""Gives faces to persons: new ones to the person they clearly are, the rest to new persons by clustering.

Both obey one rule: two faces in one image are two people.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from core import matching, records, vectors
from core.models import ModelPack
from core.types import AnalyzedFace, Clustering, Group, Vectors

_PERSONS_OF_FACES = "SELECT face_id, person_id, image_id FROM face WHERE person_id IS NOT NULL"
_FREE_FACES = "SELECT face_id, image_id FROM face WHERE person_id IS NULL"


def match_image(db: Connection, faces: Sequence[tuple[int, AnalyzedFace]]) -> None:
    """Gives the new faces of one image to existing persons, the surest first, no person twice.

    Args:
        faces: stored face ids and what was seen of them.
    """
    near = {
        face_id: _known(db, vectors.nearest(db, face.embedding, matching.NEIGHBOURS))
        for face_id, face in faces
        if face.quality >= matching.MIN_QUALITY
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
    """What grouping the faces that belong to nobody would change; changes nothing. Takes seconds in a large library."""
    where = f"face.person_id IS NULL AND face.quality >= {matching.MIN_QUALITY}"
    face_ids, embeddings = vectors.load(db, pack.name, pack.dimension, where)
    image_ids = _images(db, face_ids)
    joined = _joined(db, pack, face_ids, embeddings, image_ids)
    rest = np.array([int(face_id) not in joined for face_id in face_ids], bool)
    groups = _groups(face_ids[rest], embeddings[rest], image_ids[rest])
    grouped = {face_id for group in groups for face_id in group.face_ids}
    noise = tuple(int(face_id) for face_id in face_ids[rest] if int(face_id) not in grouped)
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


def _images(db: Connection, face_ids: NDArray[np.int64]) -> NDArray[np.int64]:
    image_of = {row.face_id: row.image_id for row in db.execute(text(_FREE_FACES))}
    return np.array([image_of[int(face_id)] for face_id in face_ids], np.int64)


def _joined(
    db: Connection,
    pack: ModelPack,
    face_ids: NDArray[np.int64],
    embeddings: Vectors,
    image_ids: NDArray[np.int64],
) -> dict[int, int]:
    """Face id -> existing person, for those that clearly are somebody, the surest first."""
    known_ids, known = vectors.load(db, pack.name, pack.dimension, "face.person_id IS NOT NULL")
    if not len(known_ids):
        return {}
    rows = db.execute(text(_PERSONS_OF_FACES)).all()
    person_of = {row.face_id: row.person_id for row in rows}
    holds: dict[int, set[int]] = {}
    for row in rows:
        holds.setdefault(row.person_id, set()).add(row.image_id)
    found = []
    for face_id, embedding, image_id in zip(face_ids.tolist(), embeddings, image_ids.tolist(), strict=True):
        near = _nearest_known(known_ids, known @ embedding, person_of)
        present = frozenset(each.person_id for each in near if image_id in holds[each.person_id])
        choice = matching.choose(near, present)
        if choice:
            found.append((-choice.similarity, face_id, image_id, choice.person_id))
    joined = {}
    for _, face_id, image_id, person_id in sorted(found):
        if image_id not in holds[person_id]:
            holds[person_id].add(image_id)
            joined[face_id] = person_id
    return joined


def _nearest_known(
    known_ids: NDArray[np.int64], similarity: NDArray[np.float32], person_of: dict[int, int]
) -> list[matching.Neighbour]:
    count = min(matching.NEIGHBOURS, len(known_ids))
    best = np.argpartition(-similarity, count - 1)[:count]
    return [
        matching.Neighbour(face_id, person_of[face_id], value)
        for face_id, value in zip(known_ids[best].tolist(), similarity[best].tolist(), strict=True)
    ]


def _groups(face_ids: NDArray[np.int64], embeddings: Vectors, image_ids: NDArray[np.int64]) -> tuple[Group, ...]:
    # Loaded at the first grouping: SciPy takes a second to import, and no window should wait for it.
    from core import clustering

    labels = clustering.separate(embeddings, clustering.cluster(embeddings), image_ids)
    groups = []
    for label in range(int(labels.max(initial=-1)) + 1):
        members = np.flatnonzero(labels == label)
        best, mean = clustering.representative(embeddings[members])
        ids = tuple(face_ids[members].tolist())
        groups.append(Group(None, ids, ids[best], mean))
    return tuple(groups)
