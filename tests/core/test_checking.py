"""What cannot be stored is refused by name before anything is written."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from core.errors import InvalidInput
from core.service import FaceCore
from core.types import AnalyzedFace, BoundingBox
from tests.core.faces import DIMENSION, face, person, seen

NAN, INFINITY = float("nan"), float("inf")

BOX = BoundingBox(10, 10, 100, 100)


def with_box(**sides: float) -> AnalyzedFace:
    good = face(person(1))
    return replace(good, detection=replace(good.detection, box=replace(BOX, **sides)))


def with_landmark(value: float) -> AnalyzedFace:
    good = face(person(1))
    landmarks = good.detection.landmarks.copy()
    landmarks[2, 1] = value
    return replace(good, detection=replace(good.detection, landmarks=landmarks))


def with_confidence(value: float) -> AnalyzedFace:
    good = face(person(1))
    return replace(good, detection=replace(good.detection, confidence=value))


def with_number(value: float) -> AnalyzedFace:
    vector = person(1).copy()
    vector[7] = value
    return face(vector)


WRONG: list[tuple[str, AnalyzedFace]] = [
    ("quality", face(person(1), quality=NAN)),
    ("quality", face(person(1), quality=INFINITY)),
    ("quality", face(person(1), quality=-0.1)),
    ("detection.confidence", with_confidence(NAN)),
    ("detection.confidence", with_confidence(1.5)),
    ("detection.box.x", with_box(x=NAN)),
    ("detection.box.y", with_box(y=-INFINITY)),
    ("detection.box.width", with_box(width=INFINITY)),
    ("detection.box.height", with_box(height=0)),
    ("detection.landmarks", with_landmark(NAN)),
    ("detection.landmarks", with_landmark(INFINITY)),
    ("embedding", with_number(NAN)),
    ("embedding", with_number(INFINITY)),
    ("embedding", face(np.zeros(DIMENSION, np.float32))),
    ("embedding", face(np.ones(DIMENSION // 4, np.float32))),
    ("embedding", face(np.ones((1, DIMENSION), np.float32))),
    ("embedding.model", face(person(1), model="another")),
]


def state(core: FaceCore) -> object:
    return core.stats(), core.images(), core.faces(), core.persons()


@pytest.mark.parametrize(("field", "wrong"), WRONG)
def test_what_cannot_be_stored_is_refused_and_nothing_is_half_done(
    core: FaceCore, field: str, wrong: AnalyzedFace
) -> None:
    image_id, (first, _) = core.add_image("old", 500, 500, [face(person(1)), face(person(2), x=200)])
    core.assign([first.face_id], None)
    before = state(core)
    faces = [face(seen(person(3))), wrong]
    told = rf"^faces\[1\]\.{re.escape(field)}:? "
    # The caller's own transaction goes on after it: there is nothing of it there either.
    with core.database.write() as db:
        for source in ("new", "old"):
            with pytest.raises(InvalidInput, match=told):
                core.add_image(source, 500, 500, faces, db)
        with pytest.raises(InvalidInput, match=told):
            core.redetect(image_id, "old, edited", 400, 400, faces, db)
    assert state(core) == before
    assert core.database.problems() == []


@pytest.mark.parametrize(("width", "height", "field"), [(0, 5, "width"), (NAN, 5, "width"), (5, -1, "height")])
def test_an_image_has_a_size(core: FaceCore, width: int, height: int, field: str) -> None:
    with pytest.raises(InvalidInput, match=f"^{field} "):
        core.add_image("new", width, height, [])
    assert core.images() == []


def test_the_embeddings_of_a_model_that_is_not_in_use_have_one_dimension(core: FaceCore) -> None:
    two = [face(person(1)[:128], model="another"), face(person(2)[:64], x=200, model="another")]
    with pytest.raises(InvalidInput, match=r"^faces\[1\]\.embedding: .*128 numbers"):
        core.add_image("new", 500, 500, two)
    assert core.stats().images == 0
