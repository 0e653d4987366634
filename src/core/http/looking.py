"""What is done with one image that was sent, and with many: read in its turn, decoded within bounds, looked at, kept.

Only so many images are in memory as may be worked on at the same time; those that wait lie on the disk.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from core import images
from core.errors import InvalidInput
from core.http import batches, messages
from core.http.batches import Sent
from core.http.context import Clock, Context
from core.http.progress import Progress
from core.types import BoundingBox


def detect(
    context: Context, file: Sent, min_confidence: float | None, auto_save: bool
) -> tuple[list[messages.DetectedFace], str | None]:
    """The faces of an image, and the path where it is kept with `auto_save`."""
    with context.busy.turn():
        data = file.read()
        image = _decoded(context, data)
        seen = context.core.detect(image, min_confidence)
        if not auto_save:
            return [messages.DetectedFace.of(face) for face in seen], None
        # Within the turn: while the database is busy, many images would be in memory, waiting to be saved.
        path, stored = context.uploads.save(data, image, seen)
    return [messages.DetectedFace.of(face, kept) for face, kept in zip(seen, stored, strict=True)], path


def detect_all(
    context: Context, files: Sequence[Sent], min_confidence: float | None, auto_save: bool, progress: Progress
) -> messages.DetectedBatch:
    """`detect` for many images; ends early when the progress says so."""
    clock = Clock()

    def one(file: Sent) -> messages.DetectedFile:
        faces, path = detect(context, file, min_confidence, auto_save)
        return messages.DetectedFile(filename=file.name, faces=faces, image_path=path)

    results = batches.outcomes(
        progress.over(files), one, lambda file, why: messages.DetectedFile(filename=file.name, **why)
    )
    return messages.DetectedBatch(
        results=results,
        total_faces_detected=sum(len(each.faces or ()) for each in results),
        processing_time_ms=clock.milliseconds,
        **batches.tally(results),
    )


def recognize(
    context: Context, file: Sent, boxes: Sequence[BoundingBox] | None, crop: bool
) -> list[list[float] | None]:
    """The embeddings of the faces in the boxes, of all faces, or of the one that was cut out."""
    with context.busy.turn():
        image = _decoded(context, file.read())
        found = [context.core.recognize_crop(image)] if crop else context.core.recognize(image, boxes)
    return [None if each is None else each.vector.tolist() for each in found]


def search(context: Context, file: Sent, limit: int, threshold: float) -> list[messages.SearchedFace]:
    """The faces of an image, each with the stored faces like it."""
    with context.busy.turn():
        seen = context.core.detect(_decoded(context, file.read()))
    return [messages.SearchedFace.of(face, context.core.search(face.embedding, limit, threshold)) for face in seen]


def boxes_of(text: str | None) -> list[BoundingBox] | None:
    """Boxes from JSON; None where none are given.

    Raises:
        InvalidInput: it is no JSON of boxes.
    """
    return None if _is_blank(text) else _boxes(_json(text))


def boxes_of_each(text: str | None, count: int) -> list[list[BoundingBox] | None]:
    """Boxes of many images from JSON: for each a list, or null.

    Raises:
        InvalidInput: it is no JSON of boxes, or not of so many images.
    """
    if _is_blank(text):
        return [None] * count
    given = _json(text)
    if not isinstance(given, list) or len(given) != count:
        raise InvalidInput(f"boxes: has to be a JSON list with one list, or null, for each of the {count} files.")
    return [None if each is None else _boxes(each) for each in given]


def _decoded(context: Context, data: bytes) -> images.DecodedImage:
    return images.decode(data, max_pixels=context.settings.max_megapixels * 1_000_000)


def _is_blank(text: str | None) -> bool:
    return text is None or not text.strip()


def _json(text: str | None) -> object:
    try:
        return json.loads(text or "")
    except (ValueError, RecursionError) as error:
        raise InvalidInput("boxes: is no JSON.") from error


def _boxes(given: object) -> list[BoundingBox]:
    try:
        if not isinstance(given, list):
            raise TypeError
        boxes = [BoundingBox(*(float(each[side]) for side in ("x", "y", "width", "height"))) for each in given]
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise InvalidInput('boxes: has to be JSON like [{"x": 1, "y": 2, "width": 3, "height": 4}].') from error
    if not all(math.isfinite(value) for box in boxes for value in (box.x, box.y, box.width, box.height)):
        raise InvalidInput("boxes: every number has to be finite.")
    return boxes
