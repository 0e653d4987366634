"""Embeddings of faces whose place is known already, or of crops."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import WithJsonSchema

from core.http import batches, looking, messages
from core.http.batches import Sent
from core.http.context import Clock, Context
from core.http.problems import responses
from core.http.routes.parameters import FORM, Files, Flag, OneFile
from core.types import BoundingBox

_TEXT = WithJsonSchema({"type": "string"})
Boxes = Annotated[str | None, Form(description='JSON: [{"x", "y", "width", "height"}, ...]'), _TEXT]
BoxesOfEach = Annotated[
    str | None, Form(description="JSON: for each file such a list, or null for all its faces."), _TEXT
]
Crop = Annotated[Flag, Form(description="Each image was cut around one face.")]


def router(context: Context) -> APIRouter:
    """The endpoints that recognise."""
    routes = APIRouter(tags=["images"], responses=responses())

    @routes.post("/recognize", dependencies=FORM)
    def recognize(file: OneFile, boxes: Boxes = None, crop: Crop = False) -> messages.Recognized:
        """Embeddings of given boxes, of a crop, or of all faces; null where a box holds no face."""
        clock = Clock()
        given = looking.boxes_of(boxes)
        with context.busy.place():
            found = looking.recognize(context, batches.sent_alone(file, context.settings), given, crop)
        return messages.Recognized(
            embeddings=found, model=context.core.pack.name, processing_time_ms=clock.milliseconds
        )

    @routes.post("/recognize/batch", dependencies=FORM)
    def recognize_batch(files: Files, boxes: BoxesOfEach = None, crop: Crop = False) -> messages.RecognizedBatch:
        """Embeddings of faces in many images; for each its embeddings or its error."""
        clock = Clock()
        sent = batches.sent(files, context.settings)
        pairs = list(zip(sent, looking.boxes_of_each(boxes, len(sent)), strict=True))

        def one(pair: tuple[Sent, list[BoundingBox] | None]) -> messages.RecognizedFile:
            found = looking.recognize(context, *pair, crop)
            return messages.RecognizedFile(filename=pair[0].name, embeddings=found)

        with context.busy.place():
            results = batches.outcomes(
                pairs, one, lambda pair, why: messages.RecognizedFile(filename=pair[0].name, **why)
            )
        return messages.RecognizedBatch(
            results=results,
            model=context.core.pack.name,
            processing_time_ms=clock.milliseconds,
            **batches.tally(results),
        )

    return routes
