"""The FastAPI application: one function for each operation, over one `FaceCore`."""

from __future__ import annotations

import json
import math
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Depends, FastAPI, File, Form, Query, Request, Security, UploadFile
from fastapi.responses import HTMLResponse
from fastapi.security import APIKeyHeader

from core import images
from core.errors import CoreError, InvalidInput
from core.http import messages, problems, uploads
from core.http.problems import Refused, responses
from core.http.settings import Settings, is_loopback
from core.service import FaceCore
from core.types import UNCHANGED, BoundingBox, Clustering, Embedding

Skip = Annotated[int, Query(ge=0, le=2**62)]
Limit = Annotated[int, Query(ge=1, le=10_000)]
Confidence = Annotated[
    float | None, Form(ge=0, le=1, allow_inf_nan=False, description="By default the detector's usual threshold.")
]

_KEY = APIKeyHeader(name="X-API-Key", auto_error=False)

_ROOT = """<!doctype html><meta charset="utf-8"><title>Sietch Core</title>
<h1>Sietch Core</h1><p>For any OpenAPI viewer: <a href="openapi.json">openapi.json</a></p><ul>{operations}</ul>"""


class _Busy:
    """Bounds how many requests wait for the models: one works, some wait, more are refused."""

    def __init__(self, waiting: int) -> None:
        self._places = threading.BoundedSemaphore(waiting)
        self._work = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise Refused(429, "Too many requests are waiting for the face models. Try again in a moment.")
        try:
            with self._work:
                yield
        finally:
            self._places.release()


def create_app(core: FaceCore, settings: Settings, host: str = "127.0.0.1") -> FastAPI:
    """The application.

    Args:
        core: over the database to be served.
        settings: of the operator.
        host: the address that is served; requests under other names are refused where no key protects them.
    """
    app = FastAPI(
        title="Sietch Core",
        version=version("sietch"),
        description="Image in, faces and persons out.",
        docs_url=None,
        redoc_url=None,
        debug=False,
        # Nothing about this computer is told to anybody.
        telemetry={"auto_configure": False},
    )
    key = settings.core_api_key.get_secret_value() if settings.core_api_key else ""
    guard = [Depends(_keyed(key) if key else _named(host))]
    problems.install(app)
    busy = _Busy(settings.max_waiting)
    app.include_router(_health(core))
    for router in (_stats(core, settings), _images(core, settings, busy), _persons(core), _faces(core), _groups(core)):
        app.include_router(router, dependencies=guard)

    @app.get("/docs", include_in_schema=False, response_class=HTMLResponse)
    def docs() -> str:
        paths: dict[str, dict[str, Any]] = app.openapi()["paths"]
        lines = (f"<li><code>{method.upper()} {path}</code></li>" for path, each in paths.items() for method in each)
        return _ROOT.format(operations="".join(lines))

    return app


def _named(host: str) -> Callable[[Request], None]:
    """A page in a browser must not reach this computer under a name of its own: without a key, names are checked."""

    def check(request: Request) -> None:
        named = (request.url.hostname or "").strip("[]")
        if not is_loopback(named) and named not in (host, "testserver"):
            raise Refused(400, "This server answers only to the name of its own computer.")

    return check


def _keyed(key: str) -> Callable[..., None]:
    def check(request: Request, sent: Annotated[str | None, Security(_KEY)]) -> None:
        given = sent or request.headers.get("authorization", "").removeprefix("Bearer ")
        if not secrets.compare_digest(given.encode("utf-8", "surrogateescape"), key.encode()):
            raise Refused(401, "Send the server's key in the header X-API-Key.")

    return check


def _since(start: float) -> float:
    return round(1000 * (time.perf_counter() - start), 3)


def _health(core: FaceCore) -> APIRouter:
    router = APIRouter(tags=["server"], responses=responses())

    @router.get("/health")
    def health() -> messages.Health:
        """Whether the server works."""
        core.stats()
        return messages.Health(
            status="healthy",
            version=version("sietch"),
            database="connected",
            models_loaded=core.is_loaded,
            model=core.pack.name,
        )

    return router


def _stats(core: FaceCore, settings: Settings) -> APIRouter:
    router = APIRouter(tags=["server"], responses=responses())

    @router.get("/stats")
    def stats() -> messages.StatsOut:
        """Counts over everything."""
        counts = core.stats()
        assigned = counts.faces - counts.unassigned_faces
        return messages.StatsOut(
            total_persons=counts.persons,
            total_faces=counts.faces,
            total_unclustered_faces=counts.unassigned_faces,
            avg_faces_per_person=round(assigned / counts.persons, 4) if counts.persons else 0.0,
            largest_person_id=counts.largest_person_id,
            largest_person_face_count=counts.largest_person_faces,
            storage_used_mb=round(settings.database_path.stat().st_size / 1e6, 3),
        )

    return router


def _images(core: FaceCore, settings: Settings, busy: _Busy) -> APIRouter:
    router = APIRouter(tags=["images"], responses=responses(413, 415, 429))

    def looked_at(
        file: UploadFile, min_confidence: float | None, auto_save: bool
    ) -> tuple[list[messages.DetectedFace], str | None]:
        data = uploads.read(file, settings)
        with busy.turn():
            if not auto_save:
                return [messages.DetectedFace.of(face) for face in core.detect(data, min_confidence)], None
            # Decoded first: what is no image leaves no file.
            decoded = images.decode(data)
            path = str(uploads.keep(data, settings))
            saved = core.save(path, decoded, min_confidence)
        pairs = zip(saved.analyzed, saved.faces, strict=True)
        return [messages.DetectedFace.of(face, stored) for face, stored in pairs], path

    @router.post("/detect")
    def detect(
        file: Annotated[UploadFile, File()],
        min_confidence: Confidence = None,
        auto_save: Annotated[bool, Form()] = True,
    ) -> messages.Detected:
        """The faces of an image; with `auto_save` they are stored and given to the persons they clearly are."""
        start = time.perf_counter()
        faces, path = looked_at(file, min_confidence, auto_save)
        return messages.Detected(faces=faces, image_path=path, processing_time_ms=_since(start))

    @router.post("/detect/batch")
    def detect_batch(
        files: Annotated[list[UploadFile], File()],
        min_confidence: Confidence = None,
        auto_save: Annotated[bool, Form()] = True,
    ) -> messages.DetectedBatch:
        """The faces of many images; for each its faces or its error."""
        start = time.perf_counter()
        if len(files) > settings.max_batch:
            raise Refused(413, f"At most {settings.max_batch} files can be sent at once.")
        results = []
        for file in files:
            name = file.filename or ""
            try:
                faces, path = looked_at(file, min_confidence, auto_save)
                results.append(messages.DetectedFile(filename=name, faces=faces, image_path=path, status=200))
            except CoreError as error:
                status = problems.status_of(error)
                results.append(messages.DetectedFile(filename=name, error=str(error), status=status))
            except Refused as error:
                results.append(messages.DetectedFile(filename=name, error=str(error), status=error.status))
        done = [each for each in results if each.faces is not None]
        return messages.DetectedBatch(
            results=results,
            successful=len(done),
            failed=len(results) - len(done),
            total_faces_detected=sum(len(each.faces or ()) for each in done),
            processing_time_ms=_since(start),
        )

    @router.post("/recognize")
    def recognize(
        file: Annotated[UploadFile, File()],
        boxes: Annotated[str | None, Form(description='JSON: [{"x", "y", "width", "height"}, ...]')] = None,
        crop: Annotated[bool, Form(description="The image was cut around one face.")] = False,
    ) -> messages.Recognized:
        """The embeddings of given boxes (null where there is no face), of a crop, or of all faces."""
        start = time.perf_counter()
        given = _boxes(boxes)
        data = uploads.read(file, settings)
        with busy.turn():
            found = [core.recognize_crop(data)] if crop else core.recognize(data, given)
        vectors = [None if each is None else each.vector.tolist() for each in found]
        return messages.Recognized(embeddings=vectors, model=core.pack.name, processing_time_ms=_since(start))

    @router.post("/search")
    def search(request: messages.SearchRequest) -> messages.SearchResult:
        """The stored faces most similar to an embedding."""
        start = time.perf_counter()
        if len(request.embedding) != core.pack.dimension:
            raise InvalidInput(f"embedding: {core.pack.dimension} numbers are needed, not {len(request.embedding)}.")
        query = Embedding(np.array(request.embedding, np.float64), core.pack.name)
        matches = core.search(query, request.limit, request.threshold)
        return messages.SearchResult(
            matches=[messages.FoundFace.of(match) for match in matches],
            query_embedding_size=len(request.embedding),
            search_time_ms=_since(start),
        )

    return router


def _boxes(text: str | None) -> list[BoundingBox] | None:
    if text is None or not text.strip():
        return None
    try:
        boxes = [
            BoundingBox(*(float(each[side]) for side in ("x", "y", "width", "height"))) for each in json.loads(text)
        ]
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise InvalidInput('boxes: has to be JSON like [{"x": 1, "y": 2, "width": 3, "height": 4}].') from error
    if not all(math.isfinite(value) for box in boxes for value in (box.x, box.y, box.width, box.height)):
        raise InvalidInput("boxes: every number has to be finite.")
    return boxes


def _persons(core: FaceCore) -> APIRouter:
    router = APIRouter(tags=["persons"], responses=responses(404, 409))

    @router.get("/persons")
    def persons(skip: Skip = 0, limit: Limit = 100) -> list[messages.PersonOut]:
        """Persons by id."""
        return [messages.PersonOut.of(each) for each in core.persons(skip, limit)]

    @router.post("/persons", status_code=201)
    def create(request: messages.PersonIn) -> messages.PersonOut:
        """A person without a face yet."""
        return messages.PersonOut.of(core.create_person(request.name, request.metadata))

    @router.post("/persons/merge")
    def merge(request: messages.MergeRequest) -> messages.Merged:
        """All faces and decisions of some persons go to another, and the sources are removed."""
        keep, target = request.keep_name, request.target_person_id
        done = core.merge(request.source_person_ids, target, keep is not False)
        if isinstance(keep, str):
            core.update_person(target, keep)
        return messages.Merged(
            merged_person_id=done.person_id,
            faces_transferred=done.face_count,
            deleted_person_ids=list(done.removed_ids),
            message=f"{len(done.removed_ids)} persons were merged into {done.person_id}.",
        )

    @router.get("/persons/{person_id}")
    def person(person_id: messages.PathId) -> messages.PersonWithFaces:
        """A person and their faces."""
        faces = [messages.FaceOut.of(each) for each in core.faces(person_id)]
        return messages.PersonWithFaces(person=messages.PersonOut.of(core.person(person_id)), faces=faces)

    @router.get("/persons/{person_id}/faces")
    def faces(person_id: messages.PathId, skip: Skip = 0, limit: Limit = 100) -> list[messages.FaceOut]:
        """The faces of a person."""
        return [messages.FaceOut.of(each) for each in core.faces(person_id, skip, limit)]

    @router.put("/persons/{person_id}")
    def update(person_id: messages.PathId, request: messages.PersonIn) -> messages.PersonOut:
        """Another name or other metadata; what is left out stays."""
        given = request.model_fields_set
        metadata = request.metadata or {} if "metadata" in given else UNCHANGED
        name = request.name if "name" in given else UNCHANGED
        return messages.PersonOut.of(core.update_person(person_id, name, metadata))

    @router.delete("/persons/{person_id}")
    def delete(person_id: messages.PathId) -> messages.Done:
        """The person goes; its faces are nobody's."""
        core.delete_person(person_id)
        return messages.Done(message=f"The person {person_id} was deleted.")

    @router.post("/persons/{person_id}/split", status_code=201)
    def split(person_id: messages.PathId, request: messages.FaceIds) -> messages.PersonOut:
        """Some faces of a person are somebody else: the new person."""
        return messages.PersonOut.of(core.split(person_id, request.face_ids))

    @router.post("/persons/{person_id}/reject")
    def reject(person_id: messages.PathId, request: messages.FaceIds) -> messages.Done:
        """These faces are not this person, and never will be again by themselves."""
        core.reject(request.face_ids, person_id)
        return messages.Done(message=f"{len(request.face_ids)} faces are not person {person_id}.")

    @router.post("/persons/{person_id}/not-same/{other_id}")
    def not_same(person_id: messages.PathId, other_id: messages.PathId) -> messages.Done:
        """These two persons are not the same."""
        core.not_same(person_id, other_id)
        return messages.Done(message=f"The persons {person_id} and {other_id} are held apart.")

    return router


def _faces(core: FaceCore) -> APIRouter:
    router = APIRouter(tags=["faces"], responses=responses(404))

    @router.get("/faces")
    def faces(
        person_id: Annotated[int | None, Query(ge=1, le=2**62)] = None, skip: Skip = 0, limit: Limit = 100
    ) -> list[messages.FaceOut]:
        """Faces by id: all, or those of a person."""
        return [messages.FaceOut.of(each) for each in core.faces(person_id, skip, limit)]

    @router.post("/faces/assign")
    def assign(request: messages.AssignRequest) -> messages.PersonOut:
        """These faces are this person, or a new one; nothing automatic changes that."""
        return messages.PersonOut.of(core.assign(request.face_ids, request.person_id))

    @router.get("/faces/{face_id}")
    def face(face_id: messages.PathId) -> messages.FaceOut:
        """One face."""
        return messages.FaceOut.of(core.face(face_id))

    @router.delete("/faces/{face_id}")
    def delete(face_id: messages.PathId, keep_person: bool = False) -> messages.Done:
        """The face goes with its vector; so does a person who is left without one, unless `keep_person`."""
        core.delete_faces([face_id], keep_persons=keep_person)
        return messages.Done(message=f"The face {face_id} was deleted.")

    @router.get("/faces/{face_id}/why")
    def why(face_id: messages.PathId) -> messages.Why:
        """Why the face is, or is not, somebody."""
        return messages.Why.of(core.why(face_id))

    return router


def _groups(core: FaceCore) -> APIRouter:
    router = APIRouter(tags=["grouping"], responses=responses(404))

    @router.post("/cluster")
    def cluster(request: messages.ClusterRequest | None = None) -> messages.Clusters:
        """Groups the faces named, or all: exact DBSCAN, or with `mode` "people" the best grouping that is known."""
        start = time.perf_counter()
        asked = request or messages.ClusterRequest()
        if asked.mode == "people":
            done = core.cluster(asked.dry_run)
        else:
            done = core.cluster_dbscan(asked.face_ids, asked.eps, asked.min_samples, asked.dry_run)
        return _clusters(done, start)

    return router


def _clusters(done: Clustering, start: float) -> messages.Clusters:
    clusters = [
        messages.ClusterOut(
            cluster_id=index,
            person_id=group.person_id,
            face_ids=list(group.face_ids),
            face_count=len(group.face_ids),
            avg_similarity=group.mean_similarity,
            representative_face_id=group.representative_face_id,
        )
        for index, group in enumerate(done.groups)
    ]
    return messages.Clusters(
        clusters=clusters,
        noise_face_ids=list(done.noise),
        total_clusters=len(clusters),
        processing_time_ms=_since(start),
    )
