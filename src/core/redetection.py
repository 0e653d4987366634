"""An image that is detected anew: with another content, another threshold or another model.

Faces keep their ids, persons and decisions where they are found again: at the same place, or, in a picture that was cut
or turned, by their likeness. What was found by another model only stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from core import decisions, records, vectors
from core.types import AnalyzedFace, BoundingBox, Vectors


@dataclass(frozen=True, slots=True)
class Redetected:
    """The ids of the faces given, in their order; which of them are nobody's yet; and the persons who lost a face."""

    face_ids: tuple[int, ...]
    free: frozenset[int]
    persons: frozenset[int]


def redetect(
    db: Connection,
    image_id: int,
    scale: tuple[float, float],
    faces: Sequence[AnalyzedFace],
    model: str,
    likeness: float | None,
) -> Redetected:
    """Makes `faces` the faces of the image.

    Args:
        image_id: of a stored image.
        scale: its width and height now over those at the last detection.
        faces: as `model` sees them now.
        model: that looked.
        likeness: least similarity to an old face of the same model for a face at another place to be that one; None
            where nobody knows what the model's similarities mean: then faces are found again by their place alone.
    """
    old_ids = records.face_ids_of(db, image_id)
    old = {face.face_id: face for face in records.faces(db, face_ids=old_ids)}
    places = {face_id: _scaled(face.box, scale) for face_id, face in old.items()}
    stored = vectors.of(db, old_ids)
    same_model = {
        face_id: each.vector for face_id, embeddings in stored.items() for each in embeddings if each.model == model
    }
    alike = [] if likeness is None else _by_likeness(same_model, faces, likeness)
    found = _pairs(_by_place(places, faces) + alike)
    ids = [
        _kept(db, found[row], face) if row in found else records.insert_face(db, image_id, face)
        for row, face in enumerate(faces)
    ]
    vectors.add(db, ids, [face.embedding for face in faces])
    # Another model's faces are no less there because this one does not see them.
    gone = [face_id for face_id in old if face_id not in ids and (face_id in same_model or not stored.get(face_id))]
    vectors.delete(db, gone)
    persons = records.remove_faces(db, gone)
    now = {face.face_id: face.box for face in records.faces(db, face_ids=records.face_ids_of(db, image_id))}
    decisions.reattach(db, image_id, scale, now)
    for face_id, person_id in decisions.confirmed(db).items():
        if face_id in now:
            records.assign(db, [face_id], person_id)
    free = frozenset(face.face_id for face in records.faces(db, face_ids=ids) if face.person_id is None)
    return Redetected(tuple(ids), free, persons)


def _kept(db: Connection, face_id: int, face: AnalyzedFace) -> int:
    records.update_face(db, face_id, face)
    vectors.delete(db, [face_id], face.embedding.model)
    return face_id


def _scaled(box: BoundingBox, scale: tuple[float, float]) -> BoundingBox:
    across, down = scale
    return BoundingBox(box.x * across, box.y * down, box.width * across, box.height * down)


_Pair = tuple[float, int, int]
"""How alike, an old face's id, a new face's row."""


def _by_place(places: dict[int, BoundingBox], faces: Sequence[AnalyzedFace]) -> list[_Pair]:
    pairs = [
        (face.detection.box.overlap(place), face_id, row)
        for face_id, place in places.items()
        for row, face in enumerate(faces)
    ]
    return sorted((pair for pair in pairs if pair[0] >= decisions.SAME_PLACE), key=_surest)


def _by_likeness(known: dict[int, Vectors], faces: Sequence[AnalyzedFace], least: float) -> list[_Pair]:
    pairs = [
        (float(face.embedding.vector @ vector), face_id, row)
        for face_id, vector in known.items()
        for row, face in enumerate(faces)
    ]
    return sorted((pair for pair in pairs if pair[0] >= least), key=_surest)


def _surest(pair: _Pair) -> tuple[float, int, int]:
    return -pair[0], pair[1], pair[2]


def _pairs(ranked: Iterable[_Pair]) -> dict[int, int]:
    """New face's row -> old face's id, each once, the first pairs first."""
    found: dict[int, int] = {}
    for _, face_id, row in ranked:
        if row not in found and face_id not in found.values():
            found[row] = face_id
    return found
