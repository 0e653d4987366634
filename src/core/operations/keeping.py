"""Keeping images with their faces: saved, detected anew, removed, listed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from core import aside, assignment, checking, decisions, exclusion, records, redetection, vectors
from core.errors import Conflict, CoreError, NotFound
from core.operations.base import Operations, PackInUse, each
from core.operations.looking import Picture, decoded
from core.types import AnalyzedFace, Face, Image, Saved


class Keeping(Operations):
    """Images and the faces in them."""

    def save(self, source: str, image: Picture, min_confidence: float | None = None) -> Saved:
        """Detects the faces of an image and stores them.

        Args:
            source: what the caller calls the image. The same again is a new detection of it: faces that are found again
                keep their ids, persons and decisions. Any text, a file name that is not UTF-8 among it.
            image: its file, the bytes of one, or its pixels.
            min_confidence: as of `detect`.
        """
        using, name, least = self._in_use, checking.is_a("source", source, str), checking.confidence(min_confidence)
        picture = decoded(image)
        found = using.engine.analyze(picture, least)
        size, seen = checking.seen((picture.width, picture.height), found, using.pack)
        with self.database.write() as db:
            image_id, faces = _stored(db, using, name, size, seen)
        return Saved(image_id, tuple(faces), tuple(seen))

    def save_all(
        self, pictures: Sequence[tuple[str, Picture]], min_confidence: float | None = None
    ) -> list[Saved | CoreError]:
        """`save` for many images: for each what was stored, or the error that it raised."""
        return each(lambda picture: self.save(*checking.pair("picture", picture), min_confidence), pictures)

    def add_image(
        self,
        source: str,
        width: int,
        height: int,
        faces: Sequence[AnalyzedFace],
        connection: Connection | None = None,
    ) -> tuple[int, list[Face]]:
        """Stores an image with its faces and vectors, and gives each face to the person it clearly is.

        Faces that another model saw than the one in use are stored, and given to nobody.

        Args:
            source: what the caller calls the image; a known one is detected anew (see `redetect`).
            width: of the upright original, in pixels.
            height: likewise.

        Returns:
            The image's id and its faces in the order given.

        Raises:
            InvalidInput: a number is not finite or out of its range, an embedding has another dimension than its model,
                or the faces are of several models; it names the field.
        """
        using, name = self._in_use, checking.is_a("source", source, str)
        size, seen = checking.seen((width, height), faces, using.pack)
        with self._writing(connection) as db:
            return _stored(db, using, name, size, seen)

    def redetect(
        self,
        image_id: int,
        source: str,
        width: int,
        height: int,
        faces: Sequence[AnalyzedFace],
        connection: Connection | None = None,
    ) -> tuple[list[Face], frozenset[int]]:
        """Stores what is seen in an image now: another content, or another model.

        Faces at the same place, or that resemble an old one, keep their ids, persons and decisions; the rest of the old
        ones go. A decision whose face is not found waits for it. What only another model saw stays while the image is
        called the same: another `source` is another content, of which that model saw nothing.

        Returns:
            The faces in the order given, and the persons who lost one.

        Raises:
            NotFound: there is no such image.
            Conflict: another image is called so.
            InvalidInput: as `add_image`.
        """
        using, name, wanted = self._in_use, checking.is_a("source", source, str), checking.whole("image_id", image_id)
        size, seen = checking.seen((width, height), faces, using.pack)
        with self._writing(connection) as db:
            return _redetected(db, using, wanted, name, size, seen)

    def remove_image(
        self, image_id: int, connection: Connection | None = None, keep_persons: bool = False
    ) -> frozenset[int]:
        """Removes an image with its faces and vectors, and the persons who were in no other.

        Args:
            keep_persons: those who have a name, a note or a decision stay.

        Returns:
            The persons who were in it.

        Raises:
            NotFound: there is no such image.
        """
        wanted = checking.whole("image_id", image_id)
        with self._writing(connection) as db:
            if records.image(db, wanted) is None:
                raise _no_image(wanted)
            vectors.delete(db, records.face_ids_of(db, wanted))
            waited_for, rejected = decisions.forget_image(db, wanted)
            gone = records.remove_image(db, wanted)
            records.remove_empty(db, gone | waited_for, keep_touched=keep_persons)
            records.remove_empty(db, rejected)
            return gone

    def set_aside(self, image_ids: Collection[int], connection: Connection | None = None) -> frozenset[int]:
        """Nothing in these images is searched, matched, grouped or counted until they are brought back.

        Ids, faces, vectors, persons and decisions are kept as they are.

        Returns:
            The persons who are in them.
        """
        those = checking.ids("image_ids", image_ids)
        with self._writing(connection) as db:
            _require_images(db, those)
            return aside.set_aside(db, those)

    def bring_back(self, image_ids: Collection[int], connection: Connection | None = None) -> frozenset[int]:
        """The images are as they were before they were set aside; the persons who are in them."""
        those = checking.ids("image_ids", image_ids)
        with self._writing(connection) as db:
            _require_images(db, those)
            return aside.bring_back(db, those)

    def images(self, skip: int = 0, limit: int | None = None) -> list[Image]:
        """What was saved, by id."""
        first, most = checking.page(skip, limit)
        with self.database.read() as db:
            return records.images(db, skip=first, limit=most)

    def image(self, image_id: int, connection: Connection | None = None) -> Image:
        """One saved image."""
        wanted = checking.whole("image_id", image_id)
        with self._reading(connection) as db:
            found = records.images(db, wanted)
        if not found:
            raise _no_image(wanted)
        return found[0]


def _require_images(db: Connection, image_ids: Collection[int]) -> None:
    for image_id in image_ids:
        if records.image(db, image_id) is None:
            raise _no_image(image_id)


def _no_image(image_id: int) -> NotFound:
    return NotFound(f"There is no image {image_id}.")


def _stored(
    db: Connection, using: PackInUse, source: str, size: tuple[int, int], faces: Sequence[AnalyzedFace]
) -> tuple[int, list[Face]]:
    image_id = records.image_id_of(db, source)
    if image_id is not None:
        return image_id, _redetected(db, using, image_id, source, size, faces)[0]
    image_id = records.insert_image(db, source, *size)
    guarded = exclusion.recognised(db, using.search, faces)
    face_ids = [records.insert_face(db, image_id, face) for face in faces]
    for row, exclusion_id in guarded.items():
        exclusion.drop(db, exclusion_id, face_ids[row])
    nobody = frozenset(face_ids[row] for row in guarded)
    redetection.embed(db, face_ids, faces, nobody)
    return image_id, _matched(db, using, image_id, face_ids, faces, frozenset(face_ids) - nobody)


def _redetected(
    db: Connection,
    using: PackInUse,
    image_id: int,
    source: str,
    size: tuple[int, int],
    faces: Sequence[AnalyzedFace],
) -> tuple[list[Face], frozenset[int]]:
    before, named = records.image(db, image_id), records.image_id_of(db, source)
    if before is None:
        raise _no_image(image_id)
    if named not in (None, image_id):
        raise Conflict(f"The image {named} is called so already.")
    records.update_image(db, image_id, source, *size)
    scale = (size[0] / max(before.width, 1), size[1] / max(before.height, 1))
    model = faces[0].embedding.model if faces else using.pack.name
    if named is None:
        vectors.delete_others(db, records.face_ids_of(db, image_id), model)
    thresholds = using.pack.thresholds if model == using.pack.name else None
    guarded = exclusion.recognised(db, using.search, faces)
    done = redetection.redetect(db, image_id, scale, faces, model, thresholds, guarded)
    stored = _matched(db, using, image_id, done.face_ids, faces, done.free)
    records.remove_empty(db, done.persons)
    return stored, done.persons


def _matched(
    db: Connection,
    using: PackInUse,
    image_id: int,
    face_ids: Sequence[int],
    faces: Sequence[AnalyzedFace],
    free: Collection[int],
) -> list[Face]:
    """The faces of an image, once the free ones are given to the persons they clearly are."""
    pairs = zip(face_ids, faces, strict=True)
    new = [(face_id, face.embedding, face.quality) for face_id, face in pairs if face_id in free]
    assignment.match_faces(db, using.search, image_id, new)
    stored = {face.face_id: face for face in records.faces(db, face_ids=face_ids)}
    return [stored[face_id] for face_id in face_ids]
