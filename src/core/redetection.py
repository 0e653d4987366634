"""An image that is detected anew: with another content, another threshold or another model.

Faces keep their ids, persons and decisions where they are found again: by their likeness, wherever in the picture, and
at the same place, unless the same model says that somebody else is there now. What was found by another model only
stays as it was, and is found again by its place alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from core import decisions, exclusion, records, vectors
from core.thresholds import Thresholds
from core.types import AnalyzedFace, BoundingBox, Embedding, Vectors


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
    thresholds: Thresholds | None,
    guarded: Mapping[int, int] | None = None,
) -> Redetected:
    """Makes `faces` the faces of the image.

    Args:
        image_id: of a stored image.
        scale: its width and height now over those at the last detection.
        faces: as `model` sees them now.
        model: that looked.
        thresholds: of the model; None where nobody knows what its similarities mean: then faces are found again by
            their place alone.
    """
    waiting = decisions.waiting(db, image_id)
    old = records.faces(db, face_ids=records.face_ids_of(db, image_id))
    places = {face.face_id: _scaled(face.box, scale) for face in old}
    stored = vectors.of(db, list(places))
    closed = exclusion.places(db, image_id, model)
    known = _of_model(stored, model) | closed.known()
    found = _found(places, known if thresholds else {}, faces, thresholds)
    ids = [
        _kept(db, found[row], face) if row in found else records.insert_face(db, image_id, face)
        for row, face in enumerate(faces)
    ]
    new = {face_id: face.detection.box for face_id, face in _new(ids, found, faces)}
    # Another model's faces are no less there because this one does not see them.
    gone = [face_id for face_id in places if face_id not in ids and (face_id in known or not stored.get(face_id))]
    vectors.delete(db, gone)
    persons = records.remove_faces(db, gone)
    nobody = _excluded(db, closed, image_id, scale, new, {ids[row]: each for row, each in (guarded or {}).items()})
    embed(db, ids, faces, nobody)
    decisions.follow(db, image_id, scale)
    decisions.reattach(db, waiting, {face_id: box for face_id, box in new.items() if face_id not in nobody})
    for face_id, person_id in decisions.confirmed(db, ids).items():
        records.assign(db, [face_id], person_id)
    free = frozenset(face.face_id for face in records.faces(db, face_ids=ids) if face.person_id is None)
    return Redetected(tuple(ids), free - nobody, persons)


def embed(db: Connection, face_ids: Sequence[int], faces: Sequence[AnalyzedFace], nobody: frozenset[int]) -> None:
    """Keeps what was seen in faces, but in those in which nobody is to be recognised: that teaches a guard at most."""
    pairs = list(zip(face_ids, faces, strict=True))
    kept = [(face_id, face.embedding) for face_id, face in pairs if face_id not in nobody]
    vectors.add(db, [face_id for face_id, _ in kept], [embedding for _, embedding in kept])
    for face_id, face in pairs:
        if face_id in nobody:
            exclusion.teach(db, face_id, face.embedding)


def _excluded(
    db: Connection,
    closed: exclusion.Places,
    image_id: int,
    scale: tuple[float, float],
    new: Mapping[int, BoundingBox],
    guarded: Mapping[int, int],
) -> frozenset[int]:
    """The faces of the image in which nobody is to be recognised: at excluded places, or new and known by a guard."""
    nobody = exclusion.follow(db, image_id, scale, closed, new)
    dropped = {face_id: each for face_id, each in guarded.items() if face_id in new and face_id not in nobody}
    for face_id, exclusion_id in dropped.items():
        exclusion.drop(db, exclusion_id, face_id)
    return nobody | dropped.keys()


def _kept(db: Connection, face_id: int, face: AnalyzedFace) -> int:
    records.update_face(db, face_id, face)
    vectors.delete(db, [face_id], face.embedding.model)
    return face_id


def _scaled(box: BoundingBox, scale: tuple[float, float]) -> BoundingBox:
    across, down = scale
    return BoundingBox(box.x * across, box.y * down, box.width * across, box.height * down)


def _of_model(stored: Mapping[int, Sequence[Embedding]], model: str) -> dict[int, Vectors]:
    return {face_id: each.vector for face_id, seen in stored.items() for each in seen if each.model == model}


def _new(
    ids: Sequence[int], found: Mapping[int, int], faces: Sequence[AnalyzedFace]
) -> Iterator[tuple[int, AnalyzedFace]]:
    """The faces that are none of the old ones."""
    return ((ids[row], face) for row, face in enumerate(faces) if row not in found)


_Pair = tuple[float, int, int]
"""How well they fit, an old face's id, a new face's row."""


def _found(
    places: Mapping[int, BoundingBox],
    known: Mapping[int, Vectors],
    faces: Sequence[AnalyzedFace],
    thresholds: Thresholds | None,
) -> dict[int, int]:
    """New face's row -> the old face that it is, each once.

    Who is clearly the same comes first: where one stood another stands in a picture that was cut or mirrored.
    Where likeness nearly ties, as of somebody who is in the picture twice, the place decides.
    """
    alike, there = list[_Pair](), list[_Pair]()
    for face_id, place in places.items():
        for row, face in enumerate(faces):
            overlap = face.detection.box.overlap(place)
            near = overlap >= decisions.SAME_PLACE
            vector = known.get(face_id)
            if vector is None or thresholds is None:
                there += [(overlap, face_id, row)] * near
                continue
            likeness = float(face.embedding.vector @ vector)
            if likeness >= thresholds.accept:
                alike.append((likeness + thresholds.margin * near, face_id, row))
            elif likeness >= thresholds.suggest and near:
                there.append((overlap, face_id, row))
    return _pairs(sorted(alike, key=_best) + sorted(there, key=_best))


def _best(pair: _Pair) -> tuple[float, int, int]:
    return -pair[0], pair[1], pair[2]


def _pairs(ranked: Iterable[_Pair]) -> dict[int, int]:
    """New face's row -> old face's id, each once, the first pairs first."""
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _, face_id, row in ranked:
        if row not in found and face_id not in taken:
            found[row] = face_id
            taken.add(face_id)
    return found
