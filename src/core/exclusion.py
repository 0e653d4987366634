"""People who are not to be recognised: faces at some places of some images that stay boxes, and nothing more.

An exclusion holds the places of faces that a human wants nobody to be recognised in. A face there has no vector, no
person and no decision, and gets none when its image is detected anew, by whichever model: like a decision, an excluded
place outlives its face, follows the size of the image, and waits for a face that is found there again.

A place says nothing of new images. For that an exclusion may keep a *guard*: for each model one direction, the mean of
what it saw in the excluded faces. Guards lie in a table of their own that nothing but this module reads. A new face
that clearly resembles one, and nobody known more, becomes another excluded place. Without a guard nothing is kept of
how somebody looks, and whoever appears in a new image is somebody unknown.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, text

from core import decisions, vectors
from core.database import add_row
from core.search import VectorSearch
from core.types import AnalyzedFace, BoundingBox, Embedding, Exclusion, Vectors

RECOGNISABLE = "NOT EXISTS (SELECT 1 FROM excluded WHERE excluded.face_id = face.face_id)"
"""An SQL condition over the table `face`: nobody said that it is not to be recognised."""

_AT_ONCE = 1000
"""Faces in one statement: SQLite takes a limited number of values."""

_AMONG = "face_id IN (SELECT value FROM json_each(:ids))"

_PLACES = f"""
    INSERT INTO excluded (exclusion_id, image_id, face_id, x, y, width, height, by_guard)
    SELECT :exclusion, image_id, face_id, x, y, width, height, :by_guard FROM face WHERE {_AMONG}
    ON CONFLICT (face_id) DO NOTHING
"""

_SCALE = """
    UPDATE excluded SET x = x * :across, y = y * :down, width = width * :across, height = height * :down
    WHERE image_id = :id AND face_id IS NULL
"""

_FOLLOW = """
    UPDATE excluded SET x = face.x, y = face.y, width = face.width, height = face.height
    FROM face WHERE face.face_id = excluded.face_id AND excluded.image_id = :id
"""

_ATTACH = "UPDATE excluded SET face_id = :face, x = :x, y = :y, width = :w, height = :h WHERE excluded_id = :id"

_TEACHABLE = """
    SELECT excluded.exclusion_id, guard.faces, guard.embedding FROM excluded JOIN exclusion USING (exclusion_id)
    LEFT JOIN guard ON guard.exclusion_id = exclusion.exclusion_id AND guard.model = :model
    WHERE excluded.face_id = :face AND guarded AND NOT by_guard AND coalesce(guard.faces, 0) <
        (SELECT count(*) FROM excluded AS other WHERE other.exclusion_id = excluded.exclusion_id AND NOT other.by_guard)
"""
"""The guard that a face may teach: until each of the places has taught it once."""

_PERSON_OF = f"SELECT face_id FROM face WHERE person_id IS NOT NULL AND {_AMONG}"

_LIST = """
    SELECT exclusion_id, guarded, made_at, (SELECT count(*) FROM excluded AS each
           WHERE each.exclusion_id = exclusion.exclusion_id) AS places,
           (SELECT json_group_array(model) FROM guard WHERE guard.exclusion_id = exclusion.exclusion_id) AS models
    FROM exclusion ORDER BY exclusion_id
"""


@dataclass(frozen=True, slots=True)
class Places:
    """The excluded places of one image, before it is detected anew.

    Attributes:
        faces: face id -> its exclusion.
        waiting: excluded id -> place, where no face is.
        guards: exclusion -> what the model in question saw of it.
    """

    faces: dict[int, int]
    waiting: dict[int, BoundingBox]
    guards: dict[int, Vectors]

    def known(self) -> dict[int, Vectors]:
        """Face id -> what it looks like, as far as a guard tells."""
        return {face_id: self.guards[each] for face_id, each in self.faces.items() if each in self.guards}


def exclude(db: Connection, face_ids: Collection[int], guarded: bool) -> int:
    """Nobody is recognised in these faces any more: vectors, persons and decisions of them go; the exclusion's id."""
    row = {"guarded": int(guarded), "made_at": datetime.now(UTC).isoformat(timespec="seconds")}
    exclusion_id = add_row(db, "exclusion", row)
    ids = {"ids": json.dumps(sorted(face_ids))}
    if guarded:
        _keep_guards(db, exclusion_id, face_ids)
    _strip(db, face_ids)
    db.execute(text(_PLACES), ids | {"exclusion": exclusion_id, "by_guard": 0})
    return exclusion_id


def among(db: Connection, face_ids: Collection[int]) -> frozenset[int]:
    """Those of the faces in which nobody is to be recognised."""
    query = f"SELECT face_id FROM excluded WHERE {_AMONG}"
    return frozenset(db.exec_driver_sql(query, {"ids": json.dumps(list(face_ids))}).scalars())


def places(db: Connection, image_id: int, model: str) -> Places:
    """What is excluded in an image, as it is now."""
    query = "SELECT * FROM excluded WHERE image_id = :id ORDER BY excluded_id"
    rows = db.exec_driver_sql(query, {"id": image_id}).all()
    faces = {row.face_id: row.exclusion_id for row in rows if row.face_id is not None}
    waiting = {row.excluded_id: _box(row) for row in rows if row.face_id is None}
    return Places(faces, waiting, dict(_guards(db, model)) if rows else {})


def follow(
    db: Connection,
    image_id: int,
    scale: tuple[float, float],
    before: Places,
    new: Mapping[int, BoundingBox],
) -> frozenset[int]:
    """After a new detection of an image: excluded places are where their faces are, or wait for one.

    Args:
        image_id: the image.
        scale: its new width and height over the old ones.
        before: as `places` told it before the detection.
        new: boxes of the faces that are new in it.

    Returns:
        The faces of the image in which nobody is to be recognised.
    """
    values = {"id": image_id, "across": scale[0], "down": scale[1]}
    db.exec_driver_sql(_SCALE, values)
    db.exec_driver_sql(_FOLLOW, values)
    taken = set[int]()
    for excluded_id, place in before.waiting.items():
        there = BoundingBox(place.x * scale[0], place.y * scale[1], place.width * scale[0], place.height * scale[1])
        overlaps = {face_id: box.overlap(there) for face_id, box in new.items() if face_id not in taken}
        best = max(overlaps, key=lambda each: overlaps[each], default=None)
        if best is not None and overlaps[best] >= decisions.SAME_PLACE:
            taken.add(best)
            box = new[best]
            row = {"id": excluded_id, "face": best, "x": box.x, "y": box.y, "w": box.width, "h": box.height}
            db.exec_driver_sql(_ATTACH, row)
    query = "SELECT face_id FROM excluded WHERE image_id = :id AND face_id IS NOT NULL"
    return frozenset(db.exec_driver_sql(query, {"id": image_id}).scalars())


def teach(db: Connection, face_id: int, embedding: Embedding) -> None:
    """What a model sees in an excluded face goes into the exclusion's guard, if it has guards, and is not kept."""
    row = db.exec_driver_sql(_TEACHABLE, {"face": face_id, "model": embedding.model}).first()
    if row is not None:
        count = row.faces or 0
        seen = np.frombuffer(row.embedding, np.float32) * count if count else np.zeros_like(embedding.vector)
        _put_guard(db, row.exclusion_id, embedding.model, seen + embedding.vector, count + 1)


def recognised(db: Connection, search: VectorSearch, faces: Sequence[AnalyzedFace]) -> dict[int, int]:
    """Rows of faces that are clearly somebody with a guard -> the exclusion.

    It asks of the guard what is asked of a person's nearest face (`Thresholds.accept`), and that nobody known is
    nearer: a sister is not to vanish with her brother.
    """
    guards = _guards(db, search.pack.name)
    if not guards:
        return {}
    directions, accept = np.stack([vector for _, vector in guards]), search.pack.thresholds.accept
    found = {}
    for row, face in enumerate(faces):
        if face.embedding.model != search.pack.name:
            continue
        likeness = directions @ face.embedding.vector
        best = int(likeness.argmax())
        if likeness[best] >= accept and not _known_nearer(db, search, face.embedding, float(likeness[best])):
            found[row] = guards[best][0]
    return found


def drop(db: Connection, exclusion_id: int, face_id: int) -> None:
    """A new face that a guard knew is an excluded place, too."""
    db.execute(text(_PLACES), {"ids": json.dumps([face_id]), "exclusion": exclusion_id, "by_guard": 1})


def drop_guards(db: Connection, exclusion_id: int) -> bool:
    """Nothing is kept of how somebody looks any more; whether there is such an exclusion."""
    db.exec_driver_sql("DELETE FROM guard WHERE exclusion_id = :id", {"id": exclusion_id})
    query = "UPDATE exclusion SET guarded = 0 WHERE exclusion_id = :id"
    return db.exec_driver_sql(query, {"id": exclusion_id}).rowcount > 0


def exclusions(db: Connection) -> list[Exclusion]:
    """All of them, the oldest first."""
    return [
        Exclusion(
            row.exclusion_id,
            datetime.fromisoformat(row.made_at),
            row.places,
            bool(row.guarded),
            tuple(json.loads(row.models)),
        )
        for row in db.exec_driver_sql(_LIST)
    ]


def _strip(db: Connection, face_ids: Collection[int]) -> None:
    """Everything by which faces are recognised goes; the pages that held it are overwritten."""
    ids = {"ids": json.dumps(sorted(face_ids))}
    before = db.exec_driver_sql("PRAGMA secure_delete").scalar_one()
    db.exec_driver_sql("PRAGMA secure_delete = ON").close()
    ordered = sorted(face_ids)
    for start in range(0, len(ordered), _AT_ONCE):
        vectors.delete(db, ordered[start : start + _AT_ONCE])
    db.execute(text(f"DELETE FROM aside_vector WHERE {_AMONG}"), ids)
    decisions.forget(db, face_ids)
    db.execute(text(f"UPDATE face SET person_id = NULL, metadata = '{{}}' WHERE {_AMONG}"), ids)
    db.exec_driver_sql(f"PRAGMA secure_delete = {int(before):d}").close()


def _keep_guards(db: Connection, exclusion_id: int, face_ids: Collection[int]) -> None:
    sums: dict[str, tuple[Vectors, int]] = {}
    for embedding in _embeddings(db, sorted(face_ids)):
        total, count = sums.get(embedding.model, (np.zeros_like(embedding.vector), 0))
        sums[embedding.model] = (total + embedding.vector, count + 1)
    for model, (total, count) in sums.items():
        _put_guard(db, exclusion_id, model, total, count)


def _embeddings(db: Connection, face_ids: Sequence[int]) -> list[Embedding]:
    """What all models saw in faces, those of images that are set aside among them."""
    found: list[Embedding] = []
    for start in range(0, len(face_ids), _AT_ONCE):
        part = face_ids[start : start + _AT_ONCE]
        found += [each for seen in vectors.of(db, part).values() for each in seen]
    query = text(f"SELECT model, embedding FROM aside_vector WHERE {_AMONG} ORDER BY aside_id")
    aside = db.execute(query, {"ids": json.dumps(list(face_ids))})
    return found + [Embedding(np.frombuffer(row.embedding, np.float32), row.model) for row in aside]


def _put_guard(db: Connection, exclusion_id: int, model: str, total: Vectors, count: int) -> None:
    unit = vectors.checked(total, len(total))
    row = {"id": exclusion_id, "model": model, "faces": count, "embedding": unit.tobytes()}
    columns = "(exclusion_id, model, faces, embedding) VALUES (:id, :model, :faces, :embedding)"
    db.exec_driver_sql(f"INSERT OR REPLACE INTO guard {columns}", row)


def _guards(db: Connection, model: str) -> list[tuple[int, Vectors]]:
    query = "SELECT exclusion_id, embedding FROM guard WHERE model = :model ORDER BY exclusion_id"
    rows = db.exec_driver_sql(query, {"model": model}).all()
    return [(row.exclusion_id, np.frombuffer(row.embedding, np.float32)) for row in rows]


def _known_nearer(db: Connection, search: VectorSearch, embedding: Embedding, likeness: float) -> bool:
    near = [face_id for face_id, _ in search.nearest(db, embedding, vectors.MAX_NEIGHBOURS, likeness)]
    return bool(near and db.execute(text(_PERSON_OF), {"ids": json.dumps(near)}).first())


def _box(row: Any) -> BoundingBox:
    return BoundingBox(row.x, row.y, row.width, row.height)
