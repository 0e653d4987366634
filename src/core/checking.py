"""What a caller gives is looked at before anything is done: then nothing is ever left half done.

Every operation takes what it was given through one of these; what comes back is of the plain type that the database and
the models take. `InvalidInput` names what was wrong, as in `faces[2].quality`.
"""

from __future__ import annotations

import math
import operator
import re
import reprlib
from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Any, TypeVar

import numpy as np

from core import vectors
from core.errors import InvalidInput
from core.images import DecodedImage
from core.models import ModelPack
from core.types import AnalyzedFace, BoundingBox, Clustering, Detection, Embedding

_Kind = TypeVar("_Kind")

MOST = 2**63 - 1
"""The largest whole number that the database holds."""

MOST_SIDE = 2**31 - 1
"""Of an image, in pixels: no format that Core reads can say more."""

MOST_LETTERS = 200
"""Of a model's name."""

UNSTORABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
"""What no name may hold: it ends a text, breaks a line, or is half a letter."""


def whole(name: str, value: object, least: int = -MOST - 1, most: int = MOST) -> int:
    """A whole number of any type, NumPy's too."""
    try:
        found = None if isinstance(value, bool) else operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        found = None
    _require(found is not None and least <= found <= most, name, f"a whole number, {least} to {most}", value)
    assert found is not None
    return found


def number(name: str, value: object, least: float = -math.inf, most: float = math.inf) -> float:
    """A finite number of any type."""
    try:
        found = float(value) if isinstance(value, Real) and not isinstance(value, bool) else math.nan
    except OverflowError:
        found = math.nan
    bounds = "finite" if math.isinf(least) else f"between {least:g} and {most:g}"
    _require(math.isfinite(found) and least <= found <= most, name, bounds, value)
    return found


def ids(name: str, values: object) -> list[int]:
    """At least one id, and each only once."""
    found = [whole(f"{name}[{index}]", value) for index, value in enumerate(items(name, values))]
    if not found or len(set(found)) != len(found):
        raise InvalidInput(f"{name}: give at least one, and each only once.")
    return found


def items(name: str, values: object) -> list[Any]:
    """Many of anything."""
    _require(isinstance(values, Iterable) and not isinstance(values, str | bytes), name, "a list", values)
    return list(values)  # type: ignore[call-overload, no-any-return]


def pair(name: str, value: object) -> tuple[Any, Any]:
    """Two things that belong together."""
    found = items(name, value)
    _require(len(found) == 2, name, "a pair", value)
    return found[0], found[1]


def page(skip: object, limit: object) -> tuple[int, int | None]:
    """How many to leave out, and how many to give; None for all."""
    return whole("skip", skip, 0), None if limit is None else whole("limit", limit, 1)


def is_a(name: str, value: object, kind: type[_Kind]) -> _Kind:
    """A value of that type."""
    if not isinstance(value, kind):
        raise InvalidInput(f"{name} has to be a {kind.__name__}, not {_shown(value)}.")
    return value


def confidence(value: object) -> float | None:
    """`min_confidence` of an operation."""
    return None if value is None else number("min_confidence", value, 0, 1)


def picture(image: DecodedImage) -> DecodedImage:
    """Pixels that a detector can look at."""
    pixels: Any = image.pixels
    is_rgb = isinstance(pixels, np.ndarray) and pixels.dtype == np.uint8 and pixels.ndim == 3 and pixels.shape[2] == 3
    _require(
        is_rgb and pixels.size > 0,
        "image.pixels",
        "uint8 [height, width, 3], not empty",
        getattr(pixels, "shape", None),
    )
    _sides("image.", image.width, image.height)
    return image


def boxes(given: object) -> list[BoundingBox]:
    """Boxes at any place."""
    found = [is_a(f"boxes[{index}]", each, BoundingBox) for index, each in enumerate(items("boxes", given))]
    return [_box(f"boxes[{index}]", box) for index, box in enumerate(found)]


def query(given: object, pack: ModelPack) -> Embedding:
    """An embedding to search for: the pack's own, or another model's among its own."""
    found = is_a("query", given, Embedding)
    _name("query.model", found.model)
    _unit("query", found, pack.dimension if found.model == pack.name else None)
    return found


def plan(given: object) -> Clustering:
    """What a dry run returned."""
    found = is_a("plan", given, Clustering)
    for index, move in enumerate(found.moves):
        whole(f"plan.moves[{index}].face_id", move.face_id)
        if move.after is not None:
            whole(f"plan.moves[{index}].after", move.after, 0, len(found.groups) - 1)
    return found


def seen(size: tuple[object, object], faces: object, pack: ModelPack) -> tuple[tuple[int, int], Sequence[AnalyzedFace]]:
    """An image's width and height, and what one model saw in it, that can be stored.

    Args:
        size: width and height of the image.
        faces: all by one model.
        pack: in use: embeddings of its model have its dimension; those of another's have one dimension among them.
    """
    sides = _sides("", *size)
    found = [is_a(f"faces[{index}]", face, AnalyzedFace) for index, face in enumerate(items("faces", faces))]
    dimension = None
    for index, face in enumerate(found):
        name = f"faces[{index}]"
        _check_face(name, face)
        model, first = face.embedding.model, found[0].embedding.model
        _require(model == first, f"{name}.embedding.model", f"{first}, as of faces[0]", model)
        dimension = pack.dimension if model == pack.name else dimension
        dimension = len(_unit(f"{name}.embedding", face.embedding, dimension))
    return sides, found


def _sides(prefix: str, width: object, height: object) -> tuple[int, int]:
    return whole(f"{prefix}width", width, 1, MOST_SIDE), whole(f"{prefix}height", height, 1, MOST_SIDE)


def _check_face(name: str, face: AnalyzedFace) -> None:
    detection = is_a(f"{name}.detection", face.detection, Detection)
    box = _box(f"{name}.detection.box", is_a(f"{name}.detection.box", detection.box, BoundingBox))
    for side in ("width", "height"):
        value = getattr(box, side)
        _require(value > 0, f"{name}.detection.box.{side}", "above 0", value)
    _check_landmarks(f"{name}.detection.landmarks", detection.landmarks)
    number(f"{name}.detection.confidence", detection.confidence, 0, 1)
    number(f"{name}.quality", face.quality, 0, 1)
    _name(f"{name}.embedding.model", is_a(f"{name}.embedding", face.embedding, Embedding).model)


def _check_landmarks(name: str, given: object) -> None:
    landmarks = _array(given)
    _require(landmarks.shape == (5, 2), name, "numbers of shape (5, 2)", landmarks.shape)
    _require(bool(np.isfinite(landmarks).all()), name, "finite", landmarks.tolist())


def _array(given: object) -> np.ndarray[Any, np.dtype[Any]]:
    """Numbers, or an empty array where there is anything else."""
    try:
        found = np.asarray(given)
    except (ValueError, TypeError):
        return np.empty(0)
    return found if found.dtype.kind in "fiu" else np.empty(0)


def _box(name: str, box: BoundingBox) -> BoundingBox:
    return BoundingBox(*(number(f"{name}.{side}", getattr(box, side)) for side in ("x", "y", "width", "height")))


def _unit(name: str, embedding: Embedding, dimension: int | None) -> Any:
    try:
        return vectors.checked(embedding.vector, dimension)
    except InvalidInput as error:
        raise InvalidInput(f"{name}: {error}") from error


def _name(name: str, model: object) -> None:
    is_name = isinstance(model, str) and 0 < len(model) <= MOST_LETTERS and not UNSTORABLE.search(model)
    _require(is_name, name, f"a name of 1 to {MOST_LETTERS} letters", model)


def _require(holds: bool, field: str, wanted: str, found: object) -> None:
    if not holds:
        raise InvalidInput(f"{field} has to be {wanted}, not {_shown(found)}.")


def _shown(value: object) -> str:
    try:
        return reprlib.repr(value)
    except ValueError:  # Python writes no whole number of more than a few thousand digits
        return f"a {type(value).__name__}"
