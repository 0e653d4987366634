"""Batches of `FaceCore`: for each item its result or its error, and one that fails harms none of the others."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from core import images
from core.errors import CoreError, ImageTooLarge, InvalidInput, NotAnImage, NotFound
from core.service import FaceCore, each
from core.types import BoundingBox, Embedding
from tests import samples
from tests.core import faces


def jpeg(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=92)
    return file.getvalue()


def errors(results: list[object]) -> list[type[object] | None]:
    return [type(result) if isinstance(result, CoreError) else None for result in results]


def test_many_images_are_recognised_and_searched_for(core: FaceCore) -> None:
    group, portrait = jpeg(samples.t1()), jpeg(samples.portrait(2))
    core.save("group", group)
    box = BoundingBox(*samples.FACES_IN_T1[2])
    nowhere = BoundingBox(0, 0, 5, 5)
    seen = core.recognize_all([(group, [box, nowhere]), (b"no image", None), (portrait, None)])
    assert errors(seen) == [None, NotAnImage, None]
    assert [len(result) for result in seen if isinstance(result, list)] == [2, 1]
    crops = core.recognize_crops([portrait, jpeg(samples.scenery()), b""])
    assert errors(crops) == [None, InvalidInput, NotAnImage]

    found = core.search_images([portrait, b""], limit=1)
    assert errors(found) == [None, NotAnImage]
    assert isinstance(found[0], list)
    assert found[0][0][0].similarity > 0.6


def test_many_embeddings_and_faces_are_searched_for(core: FaceCore) -> None:
    people = [faces.person(number) for number in range(2)]
    stored = [
        core.add_image(f"{at}", 400, 300, [faces.face(who)])[1][0]
        for at, who in enumerate([*people, faces.seen(people[0])])
    ]
    queries = [
        Embedding(people[1], core.pack.name),
        Embedding(np.full(512, np.nan, np.float32), core.pack.name),
        Embedding(people[0], core.pack.name),
    ]
    found = core.search_all(queries, limit=1)
    assert errors(found) == [None, InvalidInput, None]
    assert [result[0].face.face_id for result in found if isinstance(result, list)] == [2, 1]
    near = core.search_faces([stored[0].face_id, 999], limit=1)
    assert errors(near) == [None, NotFound]
    assert isinstance(near[0], list)
    assert near[0][0].face.face_id == stored[2].face_id


def test_any_operation_can_be_done_for_many(core: FaceCore) -> None:
    made = [core.create_person(name) for name in ("Ada", "Ben")]
    done = each(core.delete_person, [made[0].person_id, 999, made[1].person_id, made[0].person_id])
    assert errors(done) == [None, NotFound, None, NotFound]
    assert core.persons() == []


def test_images_are_listed_with_the_number_of_their_faces(core: FaceCore) -> None:
    core.add_image("a", 400, 300, [faces.face(faces.person(0)), faces.face(faces.person(1), x=200)])
    core.add_image("b", 40, 30, [])
    assert [(each.source, each.width, each.face_count) for each in core.images()] == [("a", 400, 2), ("b", 40, 0)]
    assert [each.source for each in core.images(skip=1, limit=5)] == ["b"]
    assert core.image(1).height == 300
    with pytest.raises(NotFound, match="no image 3"):
        core.image(3)


def test_a_caller_may_bound_pixels_below_what_core_opens() -> None:
    picture = jpeg(Image.new("RGB", (2000, 1000)))
    assert images.decode(picture, max_pixels=2_000_000).width == 2000
    with pytest.raises(ImageTooLarge, match="1 megapixels"):
        images.decode(picture, max_pixels=1_999_999)
