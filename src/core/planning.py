"""Makes persons of faces: a plan that says exactly what would change (`core.applying` carries it out).

What humans decided comes first. A person about whom somebody said anything (a name, a decision) keeps the faces it has:
grouping may add to it and never takes away. All other persons are the machine's own, and are made anew from the best
grouping of all faces; each keeps its id with the group that holds most of its faces.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from core import applying, matching, vectors
from core.decisions import Said
from core.models import ModelPack
from core.search import VectorSearch
from core.thresholds import Thresholds
from core.types import Clustering, Embedding, Group, Move, Vectors

_NOBODY = -1

_ROUNDING = 1e-5
"""Products of the same two unit vectors differ by less, whatever they are computed along with."""

_COLUMNS = """
    SELECT face_id, image_id, coalesce(person_id, -1), quality FROM face
    WHERE face_id IN (SELECT value FROM json_each(:ids)) ORDER BY face_id
"""


@dataclass(frozen=True, slots=True)
class _Faces:
    """Columns of faces, by id: unit vectors [n, dimension], images, persons (or `_NOBODY`), qualities."""

    ids: NDArray[np.int64]
    vectors: Vectors
    images: NDArray[np.int64]
    persons: NDArray[np.int64]
    qualities: NDArray[np.float64]

    def chosen(self, which: NDArray[np.bool_]) -> _Faces:
        return _Faces(
            self.ids[which], self.vectors[which], self.images[which], self.persons[which], self.qualities[which]
        )


def plan_people(db: Connection, pack: ModelPack) -> Clustering:
    """The best grouping of all faces. Takes seconds in a large library; changes nothing."""
    faces = _load(db, pack, f"face.quality >= {pack.thresholds.join_quality}")
    return _plan(db, faces, Said.read(db), pack)


def plan_new(db: Connection, search: VectorSearch, after: int) -> Clustering:
    """Groups the free faces with an id above `after` with one another and with the free faces near them.

    It costs one search for each of them, not a grouping of all.
    """
    pack = search.pack
    good = f"face.person_id IS NULL AND face.quality >= {pack.thresholds.join_quality}"
    new = _load(db, pack, f"{good} AND face.face_id > {after:d}")
    near = {
        face_id
        for vector in new.vectors
        for face_id, _ in search.nearest(db, Embedding(vector, pack.name), matching.NEIGHBOURS, pack.thresholds.suggest)
    }
    ids = ",".join(str(face_id) for face_id in sorted(near | set(new.ids.tolist())))
    faces = _load(db, pack, f"{good} AND face.face_id IN ({ids})")
    return _plan(db, faces, Said.read(db), pack)


def plan_dbscan(
    db: Connection, pack: ModelPack, face_ids: Collection[int] | None, eps: float, min_samples: int
) -> Clustering:
    """DBSCAN as asked for, over the faces given or over all; labels are exactly DBSCAN's.

    A group whose faces are one person, or nobody, stays or joins that person. Of a group with faces of several persons
    those stay whom a human touched; the others become a new person, or join the touched one where there is only one.
    DBSCAN may hold two faces of one image for one person; but none joins a person who has a face in its image that is
    not in the group, as one that a human confirmed and DBSCAN calls noise.
    """
    from core import clustering

    faces = _load(db, pack, "1")
    if face_ids is not None:
        faces = faces.chosen(np.isin(faces.ids, np.fromiter(face_ids, np.int64)))
    said = Said.read(db)
    labels = clustering.cluster(faces.vectors, eps, min_samples)
    fixed = np.isin(faces.persons, list(said.touched))
    owners: dict[int, int | None] = {}
    for label in range(int(labels.max(initial=_NOBODY)) + 1):
        members = labels == label
        there = set(faces.persons[members].tolist()) - {_NOBODY}
        human = there & said.touched
        owners[label] = next(iter(human)) if len(human) == 1 else next(iter(there)) if len(there) == 1 else None
    return _difference(db, pack, faces, labels, owners, fixed | (labels == _NOBODY), said)


def _load(db: Connection, pack: ModelPack, where: str) -> _Faces:
    ids, embeddings = vectors.load(db, pack.name, pack.dimension, where)
    rows = db.execute(text(_COLUMNS), {"ids": json.dumps(ids.tolist())})
    columns = np.array([tuple(row) for row in rows], np.float64).reshape(-1, 4)
    return _Faces(ids, embeddings, columns[:, 1].astype(np.int64), columns[:, 2].astype(np.int64), columns[:, 3])


def _people(faces: _Faces, said: Said, thresholds: Thresholds) -> NDArray[np.int64]:
    # Loaded at the first grouping: SciPy takes a second to import, and no window should wait for it.
    from core import grouping

    seeds = np.where(np.isin(faces.persons, list(said.touched)), faces.persons, _NOBODY)
    labels = grouping.people(faces.vectors, faces.images, faces.qualities, seeds, thresholds=thresholds)
    # Whom a human knows by a single face is somebody, too.
    single = (labels == _NOBODY) & (seeds != _NOBODY)
    labels[single] = labels.max(initial=_NOBODY) + 1 + np.unique(seeds[single], return_inverse=True)[1]
    return labels


def _plan(db: Connection, faces: _Faces, said: Said, pack: ModelPack) -> Clustering:
    """The difference that the best grouping makes. Faces that a human said are not a group's person form their own."""
    labels = _people(faces, said, pack.thresholds)
    fixed = np.isin(faces.persons, list(said.touched))
    owners = _owners(faces, labels, said.touched)
    refused = _refused(db, pack, faces, labels, owners, said)
    if refused.any():
        apart = _people(faces.chosen(refused), said, pack.thresholds)
        labels = labels.copy()
        labels[refused] = np.where(apart == _NOBODY, _NOBODY, apart + labels.max() + 1)
        owners = _owners(faces, labels, said.touched)
    # Who resembles nobody may resemble what this model has not seen yet.
    fixed |= (labels == _NOBODY) & np.isin(faces.persons, _partly_seen(db, pack))
    return _difference(db, pack, faces, labels, owners, fixed, said)


def _refused(
    db: Connection,
    pack: ModelPack,
    faces: _Faces,
    labels: NDArray[np.int64],
    owners: dict[int, int | None],
    said: Said,
) -> NDArray[np.bool_]:
    """Faces that do not become their group's person.

    A human said so of them, or of a face they resemble more, which is what `core.matching` calls an objection; or the
    person has a face in their image that was not looked at: a poor one, or one that only another model saw.
    """
    people = np.array([_NOBODY if owners[label] is None else owners[label] for label in range(len(owners))] + [_NOBODY])
    targets = people[labels]
    refused = np.zeros(len(faces.ids), bool)
    joining = np.flatnonzero((targets != _NOBODY) & (faces.persons != targets))
    held = _unseen(db, faces, targets[joining])
    for row in joining.tolist():
        person_id = int(targets[row])
        is_said = person_id in said.rejected.get(int(faces.ids[row]), ())
        refused[row] = is_said or (person_id, int(faces.images[row])) in held
    where = "face.face_id IN (SELECT face_id FROM decision WHERE kind = 'rejected')"
    against, likeness = vectors.load(db, pack.name, pack.dimension, where)
    for person_id in set(targets[joining].tolist()):
        objects = np.array([person_id in said.rejected[face_id] for face_id in against.tolist()], bool)
        if objects.any():
            rows = joining[targets[joining] == person_id]
            own = faces.vectors[faces.persons == person_id]
            to_person = (faces.vectors[rows] @ own.T).max(axis=1, initial=-1)
            refused[rows] |= (faces.vectors[rows] @ likeness[objects].T).max(axis=1) >= to_person - _ROUNDING
    return refused


def _unseen(db: Connection, faces: _Faces, persons: NDArray[np.int64]) -> frozenset[tuple[int, int]]:
    """Pairs of one of the persons and an image where they have a face that is none of `faces`."""
    looked_at = frozenset(faces.ids.tolist())
    query = text(
        "SELECT face_id, person_id, image_id FROM face WHERE person_id IN (SELECT value FROM json_each(:persons))"
    )
    rows = db.execute(query, {"persons": json.dumps(np.unique(persons).tolist())})
    return frozenset((row.person_id, row.image_id) for row in rows if row.face_id not in looked_at)


def _partly_seen(db: Connection, pack: ModelPack) -> list[int]:
    """Persons with a face of which there is no vector of this model."""
    query = text(
        "SELECT DISTINCT person_id FROM face WHERE person_id IS NOT NULL AND NOT EXISTS "
        "(SELECT 1 FROM vector WHERE vector.face_id = face.face_id AND vector.model = :model)"
    )
    return list(db.execute(query, {"model": pack.name}).scalars())


def _owners(faces: _Faces, labels: NDArray[np.int64], touched: frozenset[int]) -> dict[int, int | None]:
    """Each group's person: the touched one in it, else the one most of whose faces it holds; None for a new one."""
    owners: dict[int, int | None] = dict.fromkeys(range(int(labels.max(initial=_NOBODY)) + 1))
    common = Counter(pair for pair in zip(labels.tolist(), faces.persons.tolist(), strict=True) if _NOBODY not in pair)
    kept: set[int] = set()
    for (label, person_id), _ in sorted(common.items(), key=lambda each: (-each[1], each[0][1], each[0][0])):
        if person_id in touched:
            owners[label] = person_id
    human = {label for label, person_id in owners.items() if person_id is not None}
    for (label, person_id), _ in sorted(common.items(), key=lambda each: (-each[1], each[0][1], each[0][0])):
        if person_id not in touched and person_id not in kept and label not in human and owners[label] is None:
            owners[label] = person_id
            kept.add(person_id)
    return owners


def _difference(
    db: Connection,
    pack: ModelPack,
    faces: _Faces,
    labels: NDArray[np.int64],
    owners: dict[int, int | None],
    fixed: NDArray[np.bool_],
    said: Said,
) -> Clustering:
    """The plan that brings each face to its group's person, but for the fixed ones and for what humans rejected."""
    groups: list[Group] = []
    moves: list[Move] = []
    refused = _refused(db, pack, faces, labels, owners, said)
    for label, owner in sorted(owners.items()):
        rows = np.flatnonzero(labels == label)
        free = rows[~fixed[rows] & ~refused[rows]].tolist()
        moving = [row for row in free if owner is None or faces.persons[row] != owner]
        moves += [Move(int(faces.ids[row]), _person(faces, row), len(groups)) for row in moving]
        groups.append(_group(faces, rows, owner))
    lonely = np.flatnonzero((labels == _NOBODY) & ~fixed & (faces.persons != _NOBODY))
    moves += [Move(int(faces.ids[row]), _person(faces, row), None) for row in lonely.tolist()]
    moves = applying.standing(db, groups, moves)
    groups = _founded(faces, groups, moves)
    noise = tuple(faces.ids[labels == _NOBODY].tolist())
    return Clustering(tuple(groups), tuple(moves), _dissolved(db, groups, moves, said.touched), noise)


def _person(faces: _Faces, row: int) -> int | None:
    person_id = int(faces.persons[row])
    return None if person_id == _NOBODY else person_id


def _group(faces: _Faces, rows: NDArray[np.intp], owner: int | None) -> Group:
    from core import clustering

    best, mean = clustering.representative(faces.vectors[rows])
    ids = tuple(faces.ids[rows].tolist())
    return Group(owner, ids, ids[best], mean, owner is None)


def _founded(faces: _Faces, groups: Sequence[Group], moves: Sequence[Move]) -> list[Group]:
    """The groups, but those that make nobody new, as of people whom humans hold apart, with the commonest of them."""
    joined = {move.after for move in moves}
    whose = dict(zip(faces.ids.tolist(), faces.persons.tolist(), strict=True))
    found = []
    for index, group in enumerate(groups):
        if group.is_new and index not in joined:
            counts = Counter(whose[face_id] for face_id in group.face_ids if whose[face_id] != _NOBODY)
            common = counts.most_common(1)[0][0] if counts else None
            found.append(replace(group, person_id=common, is_new=False))
        else:
            found.append(group)
    return found


def _dissolved(db: Connection, groups: list[Group], moves: Iterable[Move], touched: frozenset[int]) -> tuple[int, ...]:
    """The persons whom the moves leave without a face."""
    left = Counter(move.before for move in moves if move.before is not None)
    joined = {groups[move.after].person_id for move in moves if move.after is not None}
    counts = db.execute(
        text(
            "SELECT person_id, count(*) FROM face WHERE person_id IN (SELECT value FROM json_each(:ids)) "
            "GROUP BY person_id ORDER BY person_id"
        ),
        {"ids": json.dumps(list(left))},
    )
    return tuple(
        person_id
        for person_id, count in counts
        if left[person_id] == count and person_id not in touched and person_id not in joined
    )
