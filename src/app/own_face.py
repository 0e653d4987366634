"""The face that somebody shows when introducing himself: found in his photos, and looked for among the people.

Nothing is guessed. Where a photo shows nobody or several people, or the photos do not show the same one, the caller is
told so with the faces that were found, and asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, text

from app.errors import AppError
from app.privacy import Viewer, rule
from core.operations.looking import decoded
from core.service import FaceCore, Picture
from core.types import AnalyzedFace, BoundingBox, Verdict

_SAME_BOX = 0.5
"""Of a box that the caller was told: it is given back as it was, or as drawn on the screen."""

_OPEN_TO = """
    SELECT person.person_id FROM main.person AS person WHERE {rule}
    AND person.person_id NOT IN (SELECT person_id FROM main.claim WHERE state = 'held')
"""

_SEEN = """
    SELECT count(DISTINCT photo.photo_id) AS photos,
           (SELECT best.face_id FROM main.face AS best JOIN main.photo AS photo USING (image_id)
            WHERE best.person_id = :person AND photo.state <> 'trashed' AND ({rule})
            ORDER BY best.quality DESC, best.face_id LIMIT 1) AS face_id
    FROM main.face AS face JOIN main.photo AS photo USING (image_id)
    WHERE face.person_id = :person AND photo.state <> 'trashed' AND ({rule})
"""


class Unclear(StrEnum):
    """Why it is not known whose face is meant."""

    NOBODY = "nobody"
    SEVERAL = "several"
    DIFFERENT = "different"
    """The photos do not show the same person."""


class FaceUnclear(AppError):
    """Whose face is meant has to be asked.

    Attributes:
        why: what is unclear.
        picture: in which of the photos, from 0.
        boxes: the faces in it, from left to right, in pixels of the upright photo.
    """

    def __init__(self, why: Unclear, picture: int, boxes: Sequence[BoundingBox] = ()) -> None:
        self.why = why
        self.picture = picture
        self.boxes = tuple(boxes)
        super().__init__(_SENTENCES[why])


_SENTENCES = {
    Unclear.NOBODY: "No face was found in the photo. Choose one in which your face is larger and looks ahead.",
    Unclear.SEVERAL: "Several people are in the photo. Which of them are you?",
    Unclear.DIFFERENT: "The photos do not seem to show the same person. Which face is yours?",
}


@dataclass(frozen=True, slots=True)
class OwnFace:
    """A face in a photo of `width` times `height` pixels, and all boxes that were found there, from left to right."""

    face: AnalyzedFace
    width: int
    height: int
    boxes: tuple[BoundingBox, ...]


@dataclass(frozen=True, slots=True)
class Resembling:
    """Somebody in the library whom a face resembles.

    Attributes:
        name: None if nobody gave one.
        similarity: of the nearest face, -1 to 1.
        sure: clearly this person; otherwise a human should say.
        photo_count: photos with this person that the household sees.
        face_id: the best of the faces in them.
    """

    person_id: int
    name: str | None
    similarity: float
    sure: bool
    photo_count: int
    face_id: int | None


def found(
    core: FaceCore, pictures: Sequence[Picture], chosen: Mapping[int, BoundingBox] | None = None
) -> tuple[OwnFace, ...]:
    """The face of one person, in each of the pictures.

    Args:
        core: looks at the pictures.
        pictures: of one person.
        chosen: for pictures with several faces, by their place, the box of the one that is meant.

    Raises:
        FaceUnclear: it has to be asked.
        ImageError, ImageUnavailable: a picture cannot be read.
    """
    said = chosen or {}
    faces = [_only(core, number, picture, said.get(number)) for number, picture in enumerate(pictures)]
    accept = core.pack.thresholds.accept
    for number, own in enumerate(faces):
        # What somebody pointed at counts, however different it looks.
        unlike = any(_similarity(own, other) < accept for other in faces[:number])
        if unlike and number not in said:
            raise FaceUnclear(Unclear.DIFFERENT, number, own.boxes)
    return tuple(faces)


def resembling(db: Connection, core: FaceCore, faces: Sequence[OwnFace], viewer: Viewer) -> list[Resembling]:
    """The persons that nobody claimed, that a viewer may see and that the faces resemble, the likeliest first.

    Sure is whom every face that is clearly somebody is.
    """
    allowed = set(db.execute(text(_OPEN_TO.format(rule=rule("person", viewer)))).scalars())
    everybody = set(db.exec_driver_sql("SELECT person_id FROM person").scalars())
    nearest: dict[int, float] = {}
    sure: set[int] = set()
    for own in faces:
        for each in core.likely(own.face, everybody - allowed, db):
            nearest[each.person_id] = max(each.similarity, nearest.get(each.person_id, -1.0))
            if each.verdict is Verdict.ACCEPTED:
                sure.add(each.person_id)
    ranked = sorted(nearest, key=lambda person_id: (-nearest[person_id], person_id))
    return [
        _told(db, viewer, person_id, nearest[person_id], sure={person_id} == sure, core=core) for person_id in ranked
    ]


def photos_of(db: Connection, person_id: int, viewer: Viewer) -> list[int]:
    """The photos with a person that a viewer sees, the oldest first."""
    query = f"""
        SELECT photo.photo_id FROM main.photo AS photo
        WHERE photo.state <> 'trashed' AND ({rule("photo", viewer)}) AND (
            photo.image_id IN (SELECT image_id FROM main.face WHERE person_id = :person)
            OR photo.photo_id IN (SELECT photo_id FROM main.tag WHERE person_id = :person))
        ORDER BY photo.taken_at, photo.photo_id
    """
    return [int(each) for each in db.execute(text(query), {"person": person_id}).scalars()]


def _only(core: FaceCore, number: int, picture: Picture, box: BoundingBox | None) -> OwnFace:
    image = decoded(picture)
    faces = sorted(core.detect(image), key=lambda face: face.detection.box.x)
    boxes = tuple(face.detection.box for face in faces)
    if box is not None:
        faces = [face for face in faces if face.detection.box.overlap(box) >= _SAME_BOX]
        faces = sorted(faces, key=lambda face: -face.detection.box.overlap(box))[:1]
    if len(faces) != 1:
        raise FaceUnclear(Unclear.SEVERAL if boxes else Unclear.NOBODY, number, boxes)
    return OwnFace(faces[0], image.width, image.height, boxes)


def _similarity(own: OwnFace, other: OwnFace) -> float:
    return float(own.face.embedding.vector @ other.face.embedding.vector)


def _told(
    db: Connection, viewer: Viewer, person_id: int, similarity: float, *, sure: bool, core: FaceCore
) -> Resembling:
    row = db.execute(text(_SEEN.format(rule=rule("photo", viewer))), {"person": person_id}).one()
    name = core.person(person_id, db).name
    return Resembling(person_id, name, similarity, sure, int(row.photos), row.face_id)
