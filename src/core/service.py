"""FaceCore: the operations of the face engine over one database.

An image walks: pixels -> `engine` (detection, alignment, embedding, quality) -> `add_image`, which stores its faces
with their vectors and gives each face to the person it clearly is. What belongs to nobody waits for `cluster`, which
makes persons of the faces that resemble one another.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import Connection

from core import assignment, images, records, vectors
from core.database import Database
from core.detection import MIN_CONFIDENCE
from core.engine import FaceEngine
from core.errors import InvalidInput, NotFound
from core.models import ModelPack
from core.types import AnalyzedFace, BoundingBox, Clustering, Embedding, Face, Match, Person, Stats

MIN_OVERLAP = 0.3
"""A given box and a detection that overlap (intersection over union) at least this much are the same face."""

MAX_NAME = 200


class FaceCore:
    """Detect, recognise, search, cluster and keep persons. Safe to use from several threads.

    Methods that take `connection` join the caller's transaction on the same `Database` when one is given.
    """

    def __init__(self, database: Database, pack: ModelPack) -> None:
        self.database = database
        self.pack = pack
        self._engine: FaceEngine | None = None
        self._opening = threading.Lock()

    @property
    def engine(self) -> FaceEngine:
        """The engine in this process, opened at first use."""
        with self._opening:
            if self._engine is None:
                self._engine = FaceEngine(self.pack)
            return self._engine

    def detect(self, image: Path | bytes, min_confidence: float = MIN_CONFIDENCE) -> list[AnalyzedFace]:
        """The faces of an image, the most confident first; nothing is stored.

        Raises:
            ImageError, ImageUnavailable: the image cannot be read.
        """
        data = images.read_file(image) if isinstance(image, Path) else image
        return self.engine.analyze(images.decode(data), min_confidence)

    def recognize(self, image: Path | bytes, boxes: Sequence[BoundingBox] | None = None) -> list[Embedding | None]:
        """Embeddings of the faces in given boxes, None where a box holds no face; of all faces without boxes.

        Raises:
            ImageError, ImageUnavailable: the image cannot be read.
        """
        found = self.detect(image)
        if boxes is None:
            return [face.embedding for face in found]
        return [_embedding_in(box, found) for box in boxes]

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
            source: what the caller calls the image; each only once.
            width: of the upright original, in pixels.
            height: likewise.

        Returns:
            The image's id and its faces in the order given.
        """
        with self._writing(connection) as db:
            image_id = records.insert_image(db, source, width, height)
            face_ids = [records.insert_face(db, image_id, face) for face in faces]
            vectors.add(db, face_ids, [face.embedding for face in faces])
            assignment.match_image(db, list(zip(face_ids, faces, strict=True)))
            return image_id, records.faces(db, face_ids=face_ids)

    def remove_image(self, image_id: int, connection: Connection | None = None) -> frozenset[int]:
        """Removes an image with its faces and vectors, and the persons without a name who were in no other.

        Returns:
            The persons who were in it.
        """
        with self._writing(connection) as db:
            vectors.delete(db, records.face_ids_of(db, image_id))
            return records.remove_image(db, image_id)

    def search(
        self, query: Embedding, limit: int = 10, threshold: float = -1.0, connection: Connection | None = None
    ) -> list[Match]:
        """The stored faces most similar to an embedding, the most similar first.

        Args:
            limit: 1 to `core.vectors.MAX_NEIGHBOURS`.
            threshold: least cosine similarity.

        Raises:
            InvalidInput: a limit or an embedding that cannot be used.
        """
        if not 1 <= limit <= vectors.MAX_NEIGHBOURS:
            raise InvalidInput(f"The limit has to be between 1 and {vectors.MAX_NEIGHBOURS}.")
        with self._reading(connection) as db:
            near = [pair for pair in vectors.nearest(db, query, limit) if pair[1] >= threshold]
            faces = {face.face_id: face for face in records.faces(db, face_ids=[face_id for face_id, _ in near])}
        return [Match(faces[face_id], similarity) for face_id, similarity in near]

    def cluster(self, dry_run: bool = False, connection: Connection | None = None) -> Clustering:
        """Groups the faces that belong to nobody: some join an existing person, others become new persons.

        Args:
            dry_run: report what would be done and change nothing.
        """
        with self._reading(connection) as db:
            plan = assignment.plan_groups(db, self.pack)
        return plan if dry_run else self.apply(plan, connection)

    def apply(self, plan: Clustering, connection: Connection | None = None) -> Clustering:
        """Does what a dry run of `cluster` planned, but for faces that were given to somebody, or removed, since.

        Planning takes seconds in a large library and needs no transaction that writes; this takes a moment.

        Returns:
            The plan as it was done, with the ids of the new persons.
        """
        with self._writing(connection) as db:
            return assignment.apply_groups(db, plan)

    def persons(self, connection: Connection | None = None) -> list[Person]:
        """Everybody, by id."""
        with self._reading(connection) as db:
            return records.persons(db)

    def person(self, person_id: int, connection: Connection | None = None) -> Person:
        """One person.

        Raises:
            NotFound: there is no such person.
        """
        with self._reading(connection) as db:
            found = records.person(db, person_id)
        if found is None:
            raise _no_person(person_id)
        return found

    def faces(self, person_id: int | None = None, connection: Connection | None = None) -> list[Face]:
        """All faces by id, or those of one person.

        Raises:
            NotFound: there is no such person.
        """
        with self._reading(connection) as db:
            if person_id is not None:
                self.person(person_id, db)
            return records.faces(db, person_id)

    def rename(self, person_id: int, name: str | None, connection: Connection | None = None) -> None:
        """Names a person; None or a blank name removes it, and with it a person who has no faces.

        Raises:
            NotFound: there is no such person.
            InvalidInput: the name is too long.
        """
        clean = " ".join((name or "").split()) or None
        if clean and len(clean) > MAX_NAME:
            raise InvalidInput(f"A name may have at most {MAX_NAME} characters.")
        with self._writing(connection) as db:
            if not records.rename_person(db, person_id, clean):
                raise _no_person(person_id)

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


def _no_person(person_id: int) -> NotFound:
    return NotFound(f"There is no person {person_id}.")


def _embedding_in(box: BoundingBox, faces: Sequence[AnalyzedFace]) -> Embedding | None:
    best = max(faces, key=lambda face: face.detection.box.overlap(box), default=None)
    if best is None or best.detection.box.overlap(box) < MIN_OVERLAP:
        return None
    return best.embedding
