"""FaceCore: the operations of the face engine over one database.

An image walks: pixels -> `engine` (detection, alignment, embedding, quality) -> `add_image`, which stores its faces
with their vectors and gives each face to the person it clearly is. What belongs to nobody waits for `cluster`, which
makes persons of the faces that resemble one another. What a human says of faces and persons is kept as a decision, and
no operation of the machine contradicts one.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection

from core import assignment, images, persons, planning, records, redetection, vectors
from core.database import Database
from core.errors import CoreError, InvalidInput, NotFound
from core.models import ModelPack
from core.search import VectorSearch
from core.types import (
    UNCHANGED,
    AnalyzedFace,
    BoundingBox,
    Clustering,
    Embedding,
    Explanation,
    Face,
    Image,
    Match,
    Merge,
    Metadata,
    Person,
    Saved,
    Stats,
    Suggestion,
    Unchanged,
)

if TYPE_CHECKING:
    from core.engine import FaceEngine

MIN_OVERLAP = 0.3
"""A given box and a detection that overlap (intersection over union) at least this much are the same face."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

Picture = Path | bytes | images.DecodedImage
"""An image: its file, the bytes of one, or its pixels."""


class FaceCore:
    """Detect, recognise, search, cluster and keep persons. Safe to use from several threads.

    Every change is one transaction. Methods that take `connection` join the caller's transaction on the same `Database`
    when one is given. What is not found raises `NotFound`, what cannot be used `InvalidInput`, what contradicts what is
    there `Conflict`; then nothing was changed.
    """

    def __init__(self, database: Database, pack: ModelPack) -> None:
        self.database = database
        self.pack = pack
        self._search = VectorSearch(database, pack)
        self._engine: FaceEngine | None = None
        self._opening = threading.Lock()

    @property
    def engine(self) -> FaceEngine:
        """The engine in this process, opened at first use."""
        with self._opening:
            if self._engine is None:
                # Imported where it is used: a program that leaves photos to its workers does without onnxruntime.
                from core.engine import FaceEngine

                self._engine = FaceEngine(self.pack)
            return self._engine

    def use(self, pack: ModelPack) -> None:
        """Works with another pack from now on; what others saw stays, and is not compared with what this one sees."""
        with self._opening:
            self.pack = pack
            self._search = VectorSearch(self.database, pack)
            self._engine = None

    @property
    def is_loaded(self) -> bool:
        """Whether the models are in memory."""
        return self._engine is not None

    # Images

    def detect(self, image: Picture, min_confidence: float | None = None) -> list[AnalyzedFace]:
        """The faces of an image, the most confident first; nothing is stored.

        Args:
            image: to look at.
            min_confidence: 0 to 1; by default the detector's usual threshold.

        Raises:
            ImageError, ImageUnavailable: the image cannot be read.
        """
        return self.engine.analyze(_decoded(image), min_confidence)

    def detect_all(
        self, pictures: Sequence[Picture], min_confidence: float | None = None
    ) -> list[list[AnalyzedFace] | CoreError]:
        """`detect` for many images: for each its faces, or the error that it raised."""
        return each(partial(self.detect, min_confidence=min_confidence), pictures)

    def save(self, source: str, image: Picture, min_confidence: float | None = None) -> Saved:
        """Detects the faces of an image and stores them.

        Args:
            source: what the caller calls the image. The same again is a new detection of it: faces that are found again
                keep their ids, persons and decisions.
        """
        decoded = _decoded(image)
        seen = self.engine.analyze(decoded, min_confidence)
        image_id, faces = self.add_image(source, decoded.width, decoded.height, seen)
        return Saved(image_id, tuple(faces), tuple(seen))

    def save_all(
        self, pictures: Sequence[tuple[str, Picture]], min_confidence: float | None = None
    ) -> list[Saved | CoreError]:
        """`save` for many images: for each what was stored, or the error that it raised."""
        return each(lambda picture: self.save(*picture, min_confidence), pictures)

    def recognize(self, image: Picture, boxes: Sequence[BoundingBox] | None = None) -> list[Embedding | None]:
        """Embeddings of the faces in given boxes, None where a box holds no face; of all faces without boxes."""
        found = self.detect(image)
        if boxes is None:
            return [face.embedding for face in found]
        return [_embedding_in(box, found) for box in boxes]

    def recognize_all(
        self, pictures: Sequence[tuple[Picture, Sequence[BoundingBox] | None]]
    ) -> list[list[Embedding | None] | CoreError]:
        """`recognize` for many images, each with its boxes: for each its embeddings, or the error that it raised."""
        return each(lambda picture: self.recognize(*picture), pictures)

    def recognize_crop(self, image: Picture) -> Embedding:
        """The embedding of the largest face in a picture that was cut around one.

        Raises:
            InvalidInput: there is no face in it.
        """
        found = self.detect(image)
        if not found:
            raise InvalidInput("There is no face in the picture.")
        return max(found, key=lambda face: face.detection.box.area).embedding

    def recognize_crops(self, pictures: Sequence[Picture]) -> list[Embedding | CoreError]:
        """`recognize_crop` for many pictures: for each its embedding, or the error that it raised."""
        return each(self.recognize_crop, pictures)

    def add_image(
        self,
        source: str,
        width: int,
        height: int,
        faces: Sequence[AnalyzedFace],
        connection: Connection | None = None,
    ) -> tuple[int, list[Face]]:
        """Stores an image with its faces and vectors, and gives each face to the person it clearly is.

        Args:
            source: what the caller calls the image; a known one is detected anew (see `redetect`).
            width: of the upright original, in pixels.
            height: likewise.

        Returns:
            The image's id and its faces in the order given.
        """
        with self._writing(connection) as db:
            image_id = records.image_id_of(db, source)
            if image_id is not None:
                return image_id, self.redetect(image_id, source, width, height, faces, db)[0]
            image_id = records.insert_image(db, source, width, height)
            face_ids = [records.insert_face(db, image_id, face) for face in faces]
            vectors.add(db, face_ids, [face.embedding for face in faces])
            return image_id, self._matched(db, image_id, face_ids, faces, frozenset(face_ids))

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
        """
        with self._writing(connection) as db:
            before = records.image(db, image_id)
            if before is None:
                raise NotFound(f"There is no image {image_id}.")
            records.update_image(db, image_id, source, width, height)
            scale = (width / max(before.width, 1), height / max(before.height, 1))
            model = faces[0].embedding.model if faces else self.pack.name
            if before.source != source:
                vectors.delete_others(db, records.face_ids_of(db, image_id), model)
            done = redetection.redetect(db, image_id, scale, faces, model, self.pack.thresholds.accept)
            stored = self._matched(db, image_id, done.face_ids, faces, done.free)
            records.remove_empty(db, done.persons)
            return stored, done.persons

    def _matched(
        self,
        db: Connection,
        image_id: int,
        face_ids: Sequence[int],
        faces: Sequence[AnalyzedFace],
        free: Collection[int],
    ) -> list[Face]:
        """The faces of an image, once the free ones are given to the persons they clearly are."""
        pairs = zip(face_ids, faces, strict=True)
        new = [(face_id, face.embedding, face.quality) for face_id, face in pairs if face_id in free]
        assignment.match_faces(db, self._search, image_id, new)
        stored = {face.face_id: face for face in records.faces(db, face_ids=face_ids)}
        return [stored[face_id] for face_id in face_ids]

    def remove_image(
        self, image_id: int, connection: Connection | None = None, keep_persons: bool = False
    ) -> frozenset[int]:
        """Removes an image with its faces and vectors, and the persons who were in no other.

        Args:
            keep_persons: those who have a name, a note or a decision stay.

        Returns:
            The persons who were in it.
        """
        with self._writing(connection) as db:
            vectors.delete(db, records.face_ids_of(db, image_id))
            gone = records.remove_image(db, image_id)
            records.remove_empty(db, gone, keep_touched=keep_persons)
            return gone

    def images(self, skip: int = 0, limit: int | None = None) -> list[Image]:
        """What was saved, by id."""
        with self.database.read() as db:
            return records.images(db, skip=skip, limit=limit)

    def image(self, image_id: int, connection: Connection | None = None) -> Image:
        """One saved image."""
        with self._reading(connection) as db:
            found = records.images(db, image_id)
        if not found:
            raise NotFound(f"There is no image {image_id}.")
        return found[0]

    # Search

    def search(
        self, query: Embedding, limit: int = 10, threshold: float = -1.0, connection: Connection | None = None
    ) -> list[Match]:
        """The stored faces most similar to an embedding, the most similar first.

        Args:
            limit: 1 to `core.vectors.MAX_NEIGHBOURS`.
            threshold: least cosine similarity.
        """
        if not 1 <= limit <= vectors.MAX_NEIGHBOURS:
            raise InvalidInput(f"The limit has to be between 1 and {vectors.MAX_NEIGHBOURS}.")
        with self._reading(connection) as db:
            near = self._search.nearest(db, query, limit, threshold)
            faces = {face.face_id: face for face in records.faces(db, face_ids=[face_id for face_id, _ in near])}
        return [Match(faces[face_id], similarity) for face_id, similarity in near]

    def search_face(self, face_id: int, limit: int = 10, threshold: float = -1.0) -> list[Match]:
        """The other faces most similar to a stored one."""
        with self.database.read() as db:
            embedding = self.embeddings_of([face_id], db)[face_id]
            most = min(limit + 1, vectors.MAX_NEIGHBOURS)
            found = self.search(embedding, most, threshold, db)
        return [match for match in found if match.face.face_id != face_id][:limit]

    def search_image(self, image: Picture, limit: int = 10, threshold: float = -1.0) -> list[list[Match]]:
        """For each face in an image, in the order of `detect`, the stored faces most similar to it."""
        return [self.search(face.embedding, limit, threshold) for face in self.detect(image)]

    def search_all(
        self, queries: Sequence[Embedding], limit: int = 10, threshold: float = -1.0
    ) -> list[list[Match] | CoreError]:
        """`search` for many embeddings: for each its matches, or the error that it raised."""
        return each(partial(self.search, limit=limit, threshold=threshold), queries)

    def search_faces(
        self, face_ids: Sequence[int], limit: int = 10, threshold: float = -1.0
    ) -> list[list[Match] | CoreError]:
        """`search_face` for many faces."""
        return each(partial(self.search_face, limit=limit, threshold=threshold), face_ids)

    def search_images(
        self, pictures: Sequence[Picture], limit: int = 10, threshold: float = -1.0
    ) -> list[list[list[Match]] | CoreError]:
        """`search_image` for many images."""
        return each(partial(self.search_image, limit=limit, threshold=threshold), pictures)

    def embeddings_of(self, face_ids: Collection[int], connection: Connection | None = None) -> dict[int, Embedding]:
        """The embeddings of stored faces by this pack's model.

        Raises:
            NotFound: a face is missing, or this pack's model did not see it.
        """
        with self._reading(connection) as db:
            persons.faces(db, face_ids)
            stored = vectors.of(db, list(face_ids))
        ours = {face_id: each for face_id in stored for each in stored[face_id] if each.model == self.pack.name}
        for face_id in face_ids:
            if face_id not in ours:
                raise NotFound(f"The face {face_id} was not seen by the model {self.pack.name}.")
        return ours

    # Grouping

    def cluster(
        self, dry_run: bool = False, connection: Connection | None = None, after: int | None = None
    ) -> Clustering:
        """Makes persons of faces: the best grouping that is known.

        Args:
            dry_run: report exactly what would be done and change nothing.
            after: group only free faces with a greater id, with one another and with the free faces near them: a search
                for each instead of a grouping of all.
        """
        with self._reading(connection) as db:
            plan = planning.plan_people(db, self.pack) if after is None else planning.plan_new(db, self._search, after)
        return plan if dry_run else self.apply(plan, connection)

    def cluster_dbscan(
        self,
        face_ids: Collection[int] | None = None,
        eps: float | None = None,
        min_samples: int = 2,
        dry_run: bool = False,
    ) -> Clustering:
        """Exact DBSCAN with the cosine distance over the faces named, or over all.

        A group that is one person stays that person; another becomes a new one. Faces that humans gave to somebody
        stay with them.

        Args:
            eps: largest distance of neighbours, above 0 and at most 2; by default the pack's own.
            min_samples: faces within it, the face itself included, that make a core point.
        """
        distance = self.pack.thresholds.dbscan_eps if eps is None else eps
        if not (0 < distance <= 2) or min_samples < 1:
            raise InvalidInput("eps has to be above 0 and at most 2, and min_samples at least 1.")
        with self.database.read() as db:
            if face_ids is not None:
                persons.faces(db, face_ids)
            plan = planning.plan_dbscan(db, self.pack, face_ids, distance, min_samples)
        return plan if dry_run else self.apply(plan)

    def apply(self, plan: Clustering, connection: Connection | None = None) -> Clustering:
        """Does what a dry run planned, but for faces that were given to somebody, or removed, since.

        Planning takes seconds in a large library and needs no transaction that writes; this takes a moment.

        Returns:
            The plan as it was done, with the ids of the new persons.
        """
        with self._writing(connection) as db:
            return planning.apply(db, plan)

    # Persons and faces

    def persons(self, skip: int = 0, limit: int | None = None, connection: Connection | None = None) -> list[Person]:
        """Everybody, by id."""
        with self._reading(connection) as db:
            return records.persons(db, skip, limit)

    def person(self, person_id: int, connection: Connection | None = None) -> Person:
        """One person."""
        with self._reading(connection) as db:
            return persons.get(db, person_id)

    def create_person(self, name: str | None = None, metadata: Metadata | None = None) -> Person:
        """A person without a face yet."""
        with self.database.write() as db:
            return persons.create(db, name, metadata)

    def update_person(
        self,
        person_id: int,
        name: str | Unchanged | None = UNCHANGED,
        metadata: Metadata | Unchanged = UNCHANGED,
        connection: Connection | None = None,
    ) -> Person:
        """Names a person, or notes something of it; None or a blank name removes the name.

        Without name, note, decision and faces the person goes; it is told of as it was last.
        """
        with self._writing(connection) as db:
            before = persons.get(db, person_id)
            persons.update(db, person_id, name, metadata)
            return records.person(db, person_id) or before

    def delete_person(self, person_id: int) -> None:
        """A person goes, with what was decided of it; its faces are nobody's."""
        with self.database.write() as db:
            persons.delete(db, person_id)

    def merge(
        self, source_ids: Sequence[int], target_id: int, keep_name: bool = True, connection: Connection | None = None
    ) -> Merge:
        """All faces and decisions of some persons go to another one; the sources are removed.

        Args:
            keep_name: the target keeps its name; otherwise it takes the first of the sources'.
        """
        with self._writing(connection) as db:
            return persons.merge(db, source_ids, target_id, keep_name)

    def split(self, person_id: int, face_ids: Collection[int]) -> Person:
        """Some faces of a person are somebody else: the new person."""
        with self.database.write() as db:
            return persons.split(db, person_id, face_ids)

    def assign(self, face_ids: Collection[int], person_id: int | None) -> Person:
        """A human says whose these faces are; None makes a new person."""
        with self.database.write() as db:
            return persons.assign(db, face_ids, person_id)

    def reject(self, face_ids: Collection[int], person_id: int) -> None:
        """A human says that these faces are not this person."""
        with self.database.write() as db:
            persons.reject(db, face_ids, person_id)

    def not_same(self, person_id: int, other_id: int) -> None:
        """A human says that two persons are not the same."""
        with self.database.write() as db:
            persons.separate(db, person_id, other_id)

    def faces(
        self,
        person_id: int | None = None,
        skip: int = 0,
        limit: int | None = None,
        connection: Connection | None = None,
    ) -> list[Face]:
        """All faces by id, or those of one person."""
        with self._reading(connection) as db:
            if person_id is not None:
                persons.get(db, person_id)
            return records.faces(db, person_id, skip=skip, limit=limit)

    def face(self, face_id: int, connection: Connection | None = None) -> Face:
        """One face."""
        with self._reading(connection) as db:
            return persons.faces(db, [face_id])[0]

    def note_face(self, face_id: int, metadata: Metadata) -> Face:
        """Notes something of a face."""
        with self.database.write() as db:
            persons.note_face(db, face_id, metadata)
            return persons.faces(db, [face_id])[0]

    def delete_faces(
        self, face_ids: Collection[int], keep_persons: bool = False, connection: Connection | None = None
    ) -> None:
        """Faces go with their vectors, and the persons who are left without one.

        Args:
            keep_persons: the persons stay.
        """
        with self._writing(connection) as db:
            persons.delete_faces(db, face_ids, keep_persons)

    def why(self, face_id: int) -> Explanation:
        """Why a face is, or is not, somebody."""
        with self.database.read() as db:
            return assignment.explain(db, self._search, face_id)

    def suggestions(self, face_ids: Collection[int]) -> list[Suggestion]:
        """The free faces among these that are likely somebody, the likeliest first: a human should say."""
        with self.database.read() as db:
            return assignment.suggestions(db, self._search, face_ids)

    def stats(self, connection: Connection | None = None) -> Stats:
        """Counts over everything."""
        with self._reading(connection) as db:
            return records.stats(db)

    @contextlib.contextmanager
    def _writing(self, connection: Connection | None) -> Iterator[Connection]:
        with contextlib.nullcontext(connection) if connection else self.database.write() as db:
            yield db

    @contextlib.contextmanager
    def _reading(self, connection: Connection | None) -> Iterator[Connection]:
        with contextlib.nullcontext(connection) if connection else self.database.read() as db:
            yield db


def each(operation: Callable[[_Item], _Result], items: Iterable[_Item]) -> list[_Result | CoreError]:
    """Any operation for many items, as in `each(core.delete_person, [3, 7])`; every item is a transaction of its own.

    Returns:
        For each item its result, or the error that it raised.
    """
    return [_or_error(operation, item) for item in items]


def _decoded(image: Picture) -> images.DecodedImage:
    if isinstance(image, images.DecodedImage):
        return image
    return images.decode(images.read_file(image) if isinstance(image, Path) else image)


def _or_error(operation: Callable[[_Item], _Result], item: _Item) -> _Result | CoreError:
    try:
        return operation(item)
    except CoreError as error:
        return error


def _embedding_in(box: BoundingBox, faces: Sequence[AnalyzedFace]) -> Embedding | None:
    best = max(faces, key=lambda face: face.detection.box.overlap(box), default=None)
    if best is None or best.detection.box.overlap(box) < MIN_OVERLAP:
        return None
    return best.embedding
