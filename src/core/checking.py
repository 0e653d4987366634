"""What a caller gives to be kept is looked at before anything is written: then nothing is ever left half done."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from core import vectors
from core.errors import InvalidInput
from core.models import ModelPack
from core.types import AnalyzedFace


def check_seen(size: tuple[int, int], faces: Sequence[AnalyzedFace], pack: ModelPack) -> None:
    """Whether an image and what one model saw in it can be stored.

    Args:
        size: width and height of the image.
        faces: all by one model.
        pack: in use: embeddings of its model have its dimension; those of another's have one dimension among them.

    Raises:
        InvalidInput: they cannot; it names the field, as in `faces[2].quality`.
    """
    for name, side in zip(("width", "height"), size, strict=True):
        _require(math.isfinite(side) and side >= 1, name, "at least 1", side)
    for number, face in enumerate(faces):
        _check_face(f"faces[{number}]", face)
        model, first = face.embedding.model, faces[0].embedding
        _require(model == first.model, f"faces[{number}].embedding.model", f"{first.model}, as of faces[0]", model)
        try:
            vectors.checked(face.embedding.vector, pack.dimension if model == pack.name else np.size(first.vector))
        except InvalidInput as error:
            raise InvalidInput(f"faces[{number}].embedding: {error}") from error


def _check_face(name: str, face: AnalyzedFace) -> None:
    box, landmarks = face.detection.box, np.asarray(face.detection.landmarks)
    for side in ("x", "y", "width", "height"):
        value = getattr(box, side)
        _require(math.isfinite(value), f"{name}.detection.box.{side}", "finite", value)
    for side in ("width", "height"):
        value = getattr(box, side)
        _require(value > 0, f"{name}.detection.box.{side}", "above 0", value)
    field = f"{name}.detection.landmarks"
    _require(landmarks.shape == (5, 2), field, "of shape (5, 2)", landmarks.shape)
    _require(bool(np.isfinite(landmarks).all()), field, "finite", landmarks.tolist())
    for field, value in (("detection.confidence", face.detection.confidence), ("quality", face.quality)):
        # Not true of NaN either.
        _require(0 <= value <= 1, f"{name}.{field}", "between 0 and 1", value)


def _require(holds: bool, field: str, wanted: str, found: object) -> None:
    if not holds:
        raise InvalidInput(f"{field} has to be {wanted}, not {found}.")
