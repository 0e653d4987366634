"""Images: their faces are found and kept; an image that is removed takes its file and its faces along."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Response, UploadFile

from core.http import batches, looking, messages
from core.http.context import Clock, Context
from core.http.problems import responses
from core.http.progress import Progress
from core.http.routes.jobs import ACCEPTED, accepted
from core.http.routes.parameters import (
    FORM,
    AutoSave,
    Background,
    Confidence,
    Files,
    KeepKnown,
    Limit,
    OneFile,
    Skip,
    Webhook,
)
from core.http.uploads import Spool


def router(context: Context) -> APIRouter:
    """The endpoints about images."""
    routes = APIRouter(tags=["images"])
    _detecting(routes, context)
    _saved(routes, context)
    return routes


def _detecting(routes: APIRouter, context: Context) -> None:
    @routes.post("/detect", dependencies=FORM, responses=responses())
    def detect(file: OneFile, min_confidence: Confidence = None, auto_save: AutoSave = True) -> messages.Detected:
        """Finds the faces of an image; with `auto_save` they are stored, and given to the persons they clearly are."""
        clock = Clock()
        with context.busy.place():
            sent = batches.sent_alone(file, context.settings)
            faces, path = looking.detect(context, sent, min_confidence, auto_save)
        return messages.Detected(faces=faces, image_path=path, processing_time_ms=clock.milliseconds)

    @routes.post(
        "/detect/batch", dependencies=FORM, response_model=messages.DetectedBatch, responses=responses() | ACCEPTED
    )
    def detect_batch(
        files: Files,
        min_confidence: Confidence = None,
        auto_save: AutoSave = True,
        background: Background = False,
        webhook: Webhook = None,
    ) -> messages.DetectedBatch | Response:
        """Finds the faces of many images; for each its faces or its error. With `background` it is a job."""
        if background or webhook:
            return _later(context, files, min_confidence, auto_save, webhook)
        with context.busy.place():
            sent = batches.sent(files, context.settings)
            return looking.detect_all(context, sent, min_confidence, auto_save, Progress())


def _later(
    context: Context, files: list[UploadFile], min_confidence: float | None, auto_save: bool, webhook: str | None
) -> Response:
    """`detect_batch` as a job: the files are put aside on the disk until it has seen them."""
    if webhook:
        context.webhooks.check(webhook)
    context.jobs.check_room()
    spool = Spool(context.settings.upload_path)
    try:
        sent = batches.put_aside(files, spool, context.settings)
        work = partial(looking.detect_all, context, sent, min_confidence, auto_save)
        job = context.jobs.submit("detect_batch", len(sent), work, webhook, spool.close)
    except BaseException:
        spool.close()
        raise
    return accepted(job)


def _saved(routes: APIRouter, context: Context) -> None:
    @routes.get("/images", responses=responses())
    def images(skip: Skip = 0, limit: Limit = 100) -> list[messages.ImageOut]:
        """Lists the saved images; by id."""
        return [messages.ImageOut.of(each) for each in context.core.images(skip, limit)]

    @routes.get("/images/{image_id}", responses=responses(404))
    def image(image_id: messages.PathId) -> messages.ImageOut:
        """One saved image."""
        return messages.ImageOut.of(context.core.image(image_id))

    @routes.delete("/images/{image_id}", responses=responses(404))
    def delete(image_id: messages.PathId, keep_person: KeepKnown = False) -> messages.Done:
        """Deletes an image; its file, its faces and their vectors go, and persons who are left without a face."""
        context.uploads.remove_image(image_id, keep_person)
        return messages.Done(message=f"The image {image_id} was deleted.")
