"""Whatever an operation is given that it cannot use, it says so by an error of Core's, and nothing is changed."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text

from core import schema
from core.database import Database
from core.errors import Conflict, CoreError, ImageError, ImageUnavailable, InvalidInput, NotFound
from core.images import DecodedImage
from core.models import ModelPack
from core.service import FaceCore, each
from core.types import BoundingBox, Clustering, Embedding, Group, Move
from tests.core.faces import face, person, seen

NAN, INFINITY = math.nan, math.inf
HALF_A_LETTER = "\udcff"
UNKNOWN = 999

IMAGE = DecodedImage(np.zeros((50, 50, 3), np.uint8), 50, 50, "PNG")
GOOD = face(person(1))
QUERY = GOOD.embedding
PLAN = Clustering((Group(1, (1,), 1, 1.0, False),), (), (), ())


def with_pixels(pixels: Any, **sides: Any) -> DecodedImage:
    return replace(IMAGE, pixels=pixels, **sides)


def with_detection(**values: Any) -> Any:
    return replace(GOOD, detection=replace(GOOD.detection, **values))


def with_box(**values: Any) -> Any:
    return with_detection(box=replace(GOOD.detection.box, **values))


NO_IDS: list[Any] = ["1", "", b"1", 1.0, 1.5, NAN, True, [1], {}, object(), 2**63, -(2**70), 10**5000, np.float64(1)]
NOT_WHOLE: list[Any] = [*NO_IDS, -1, np.int64(-1)]
NOT_COUNTS: list[Any] = [*NOT_WHOLE, 0]
NOT_SIMILARITIES: list[Any] = [None, "0.5", NAN, INFINITY, -INFINITY, 5, -1.1, 10**400, [0.5], True, 1j]
NO_PICTURES: list[Any] = [
    None, 5, "portrait.jpg", [], np.zeros((5, 5, 3), np.uint8), b"", b"hello", bytearray(b"x"), Path("/nowhere.jpg"),
    Path("/"), Path("a\0b"), Path("\ud800"), with_pixels(np.zeros((50, 50), np.uint8)),
    with_pixels(np.zeros((0, 50, 3), np.uint8)), with_pixels(np.zeros((50, 50, 4), np.uint8)),
    with_pixels(np.zeros((50, 50, 3))), with_pixels(None), with_pixels(IMAGE.pixels, width=0),
    with_pixels(IMAGE.pixels, height=2**70), with_pixels(IMAGE.pixels, height=1.5), with_pixels([[[1, 2, 3]]]),
]  # fmt: skip
NO_MODELS: list[Any] = [None, 5, "", "a\0", HALF_A_LETTER, "x" * 201]
NO_VECTORS: list[Any] = [None, "x", [], 5, np.ones(10_000), [1, "x"]]
NO_FACES: list[Any] = [
    None, 5, "faces", [None], [5], [QUERY], [replace(GOOD, detection=None)], [replace(GOOD, embedding=None)],
    [replace(GOOD, quality="x")], [replace(GOOD, quality=None)], [replace(GOOD, quality=NAN)],
    [with_detection(confidence="x")], [with_detection(box=None)], [with_detection(landmarks=None)],
    [with_detection(landmarks="x")], [with_detection(landmarks=[[1, 2], [3]])],
    [with_detection(landmarks=np.full((5, 2), "x"))], [with_box(x="x")], [with_box(x=10**400)], [with_box(width=None)],
    [with_box(width=NAN)], [with_box(width=0)],
    *([replace(GOOD, embedding=Embedding(QUERY.vector, wrong))] for wrong in NO_MODELS),
    *([replace(GOOD, embedding=Embedding(wrong, "another"))] for wrong in NO_VECTORS),
    [replace(GOOD, embedding=Embedding(np.ones(128), QUERY.model))], [GOOD, face(person(2), model="another")],
]  # fmt: skip
NO_QUERIES: list[Any] = [
    None, 5, "x", QUERY.vector, *(Embedding(vector, QUERY.model) for vector in (
        None, 5, "x", [], [[1.0]], [[1], [1, 2]], np.zeros(512), np.full(512, NAN), np.ones(511), np.full(512, "x"),
        np.full(512, 1j), [10**400] * 512,
    )),
    Embedding(np.ones(10_000), "another"), *(Embedding(QUERY.vector, wrong) for wrong in NO_MODELS),
]  # fmt: skip
NO_NAMES: list[Any] = [5, b"Ada", [], HALF_A_LETTER, "a\0b", "x" * 201]
NO_NOTES: list[Any] = [
    5,
    "x",
    [1],
    {"a": NAN},
    {"a": object()},
    {"a": HALF_A_LETTER},
    {1: 1, "a": 1},
    {"a": "x" * 65536},
]
NO_BOXES: list[Any] = [5, "x", [None], [(1, 2, 3, 4)], [BoundingBox(NAN, 1, 1, 1)], [BoundingBox("x", 1, 1, 1)]]  # type: ignore[arg-type]
NO_PLANS: list[Any] = [
    None, 5, replace(PLAN, moves=(Move(1, None, 1),)), replace(PLAN, moves=(Move(1, None, -1),)),
    replace(PLAN, moves=(Move("x", None, 0),)),  # type: ignore[arg-type]
]  # fmt: skip
NO_LISTS: list[Any] = [None, 5, "12", b"12"]
NO_ID_LISTS: list[Any] = [*NO_LISTS, [], [1, 1], [1, np.int64(1)], [UNKNOWN], *([1, wrong] for wrong in NO_IDS)]
LEFT_OUT: list[Any] = [*NO_LISTS, *([1, wrong] for wrong in NO_IDS)]
"""Where faces that are not there are left out."""

ONE: list[Any] = [None, *NO_IDS, UNKNOWN, 0, -1]

CONFIDENCES = [wrong for wrong in NOT_SIMILARITIES if wrong is not None] + [-0.5]
LIMITS: dict[str, list[Any]] = {"limit": [None, *NOT_COUNTS, 4097], "threshold": NOT_SIMILARITIES}
PAGE = {"skip": [None, *NOT_WHOLE], "limit": NOT_COUNTS}
SIDES = {"width": [None, *NOT_COUNTS, NAN, 2**31], "height": [None, *NOT_COUNTS, 2**31]}
TEXTLESS = [None, 5, b"x", Path("x"), []]
PAIRLESS = [None, 5, "x", (1,), (1, 2, 3)]

Wrong = Mapping[str, Sequence[Any]]

OPERATIONS: dict[str, tuple[dict[str, Any], Wrong]] = {
    "detect": ({"image": IMAGE}, {"image": NO_PICTURES, "min_confidence": CONFIDENCES}),
    "detect_all": (
        {"pictures": [b""]},
        {"pictures": [*NO_LISTS, *([wrong] for wrong in NO_PICTURES)], "min_confidence": CONFIDENCES},
    ),
    "recognize": ({"image": IMAGE}, {"image": NO_PICTURES, "boxes": NO_BOXES}),
    "recognize_all": (
        {},
        {"pictures": [*NO_LISTS, *([wrong] for wrong in PAIRLESS), *([(IMAGE, wrong)] for wrong in NO_BOXES)]},
    ),
    "recognize_crop": ({}, {"image": NO_PICTURES}),
    "recognize_crops": ({}, {"pictures": [*NO_LISTS, *([wrong] for wrong in NO_PICTURES)]}),
    "save": (
        {"source": "new", "image": IMAGE},
        {"source": TEXTLESS, "image": NO_PICTURES, "min_confidence": CONFIDENCES},
    ),
    "save_all": (
        {"pictures": [("new", IMAGE)]},
        {
            "pictures": [*NO_LISTS, *([wrong] for wrong in PAIRLESS), *([("new", wrong)] for wrong in NO_PICTURES)],
            "min_confidence": CONFIDENCES,
        },
    ),
    "add_image": (
        {"source": "new", "width": 500, "height": 500, "faces": [GOOD]},
        {"source": TEXTLESS, **SIDES, "faces": NO_FACES},
    ),
    "redetect": (
        {"image_id": 1, "source": "new", "width": 500, "height": 500, "faces": [GOOD]},
        {"image_id": ONE, "source": [*TEXTLESS, "other"], **SIDES, "faces": NO_FACES},
    ),
    "remove_image": ({}, {"image_id": ONE}),
    "set_aside": ({}, {"image_ids": NO_ID_LISTS}),
    "bring_back": ({}, {"image_ids": NO_ID_LISTS}),
    "images": ({}, PAGE),
    "image": ({}, {"image_id": ONE}),
    "search": ({"query": QUERY}, {"query": NO_QUERIES, **LIMITS}),
    "search_all": ({"queries": [QUERY]}, {"queries": [*NO_LISTS, *([wrong] for wrong in NO_QUERIES)], **LIMITS}),
    "search_face": ({"face_id": 1}, {"face_id": ONE, **LIMITS, "limit": [*LIMITS["limit"], 4096]}),
    "search_faces": ({"face_ids": [1]}, {"face_ids": [*NO_LISTS, *([wrong] for wrong in ONE)], **LIMITS}),
    "search_image": ({"image": IMAGE}, {"image": NO_PICTURES, **LIMITS}),
    "search_images": ({"pictures": [IMAGE]}, {"pictures": [*NO_LISTS, *([wrong] for wrong in NO_PICTURES)], **LIMITS}),
    "search_among": (
        {"query": QUERY, "face_ids": [1]},
        {"query": NO_QUERIES, "face_ids": LEFT_OUT, "limit": LIMITS["limit"]},
    ),
    "likely": ({"face": GOOD}, {"face": [None, 5, "x", QUERY], "excluded": [5, "12", *LEFT_OUT[4:]]}),
    "compare": (
        {"face_ids": [1], "other_ids": [2]},
        {"face_ids": LEFT_OUT, "other_ids": LEFT_OUT, "threshold": LIMITS["threshold"]},
    ),
    "exclude": ({}, {"face_ids": NO_ID_LISTS}),
    "exclude_person": ({}, {"person_id": ONE}),
    "drop_guard": ({}, {"exclusion_id": ONE}),
    "exclusions": ({}, {}),
    "scrub": ({}, {}),
    "embeddings_of": ({}, {"face_ids": NO_ID_LISTS}),
    "cluster": ({}, {"after": NO_IDS}),
    "cluster_dbscan": (
        {},
        {
            "face_ids": [wrong for wrong in NO_ID_LISTS if wrong is not None],
            "eps": ["x", NAN, INFINITY, 0, -1, 2.5, [1], 10**400],
            "min_samples": [None, *NOT_COUNTS],
        },
    ),
    "apply": ({}, {"plan": NO_PLANS}),
    "why": ({}, {"face_id": ONE}),
    "suggestions": ({}, {"face_ids": NO_ID_LISTS}),
    "persons": ({}, PAGE),
    "person": ({}, {"person_id": ONE}),
    "create_person": ({}, {"name": NO_NAMES, "metadata": NO_NOTES}),
    "update_person": ({"person_id": 1}, {"person_id": ONE, "name": NO_NAMES, "metadata": [None, *NO_NOTES]}),
    "delete_person": ({}, {"person_id": ONE}),
    "merge": ({"source_ids": [2], "target_id": 1}, {"source_ids": [*NO_ID_LISTS, [1]], "target_id": ONE}),
    "split": ({"person_id": 1, "face_ids": [1]}, {"person_id": ONE, "face_ids": [*NO_ID_LISTS, [2]]}),
    "assign": ({"face_ids": [1], "person_id": 1}, {"face_ids": NO_ID_LISTS, "person_id": [*NO_IDS, UNKNOWN, 0]}),
    "reject": ({"face_ids": [1], "person_id": 1}, {"face_ids": NO_ID_LISTS, "person_id": ONE}),
    "not_same": ({"person_id": 1, "other_id": 2}, {"person_id": [*ONE, 2], "other_id": ONE}),
    "faces": ({}, {"person_id": [*NO_IDS, UNKNOWN, 0], **PAGE}),
    "face": ({}, {"face_id": ONE}),
    "note_face": ({"face_id": 1, "metadata": {}}, {"face_id": ONE, "metadata": [None, *NO_NOTES]}),
    "delete_faces": ({}, {"face_ids": NO_ID_LISTS}),
    "use": ({}, {"pack": [None, 5, "buffalo_s"]}),
}

CASES = [(name, field) for name, (_, wrong) in OPERATIONS.items() for field in wrong]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, pack: ModelPack) -> Iterator[FaceCore]:
    """Two persons, one of them with two faces, and a decision."""
    database = Database(tmp_path_factory.mktemp("bad") / "core.sqlite", schema.metadata, 1)
    core = FaceCore(database, pack)
    core.add_image("old", 500, 500, [face(person(1)), face(person(2), x=200)])
    core.add_image("other", 500, 500, [face(seen(person(1)))])
    core.assign([1, 3], None)
    core.assign([2], None)
    core.reject([2], 1)
    yield core
    database.close()


def rows(core: FaceCore) -> dict[str, list[Any]]:
    with core.database.read() as db:
        return {name: list(db.execute(text(f"SELECT * FROM {name}")).all()) for name in schema.metadata.tables}


def is_refused(core: FaceCore, name: str, arguments: Mapping[str, Any]) -> bool:
    try:
        done = getattr(core, name)(**arguments)
    except CoreError as error:
        str(error).encode()
        return True
    return isinstance(done, list) and len(done) == 1 and isinstance(done[0], CoreError)


def test_every_operation_is_tried() -> None:
    public = {name for name, _ in inspect.getmembers(FaceCore, inspect.isfunction) if not name.startswith("_")}
    assert public == {*OPERATIONS, "stats"}
    for name, (good, wrong) in OPERATIONS.items():
        takes = set(inspect.signature(getattr(FaceCore, name)).parameters)
        flags = {"self", "connection", "dry_run", "keep_name", "keep_persons", "guard"}
        assert takes - flags == {*good, *wrong}, name


@pytest.mark.parametrize(("name", "field"), CASES)
def test_what_cannot_be_used_is_refused_and_nothing_is_changed(kept: FaceCore, name: str, field: str) -> None:
    good, wrong = OPERATIONS[name]
    before, pack = rows(kept), kept.pack
    for value in wrong[field]:
        assert is_refused(kept, name, {**good, field: value}), value
    assert rows(kept) == before
    assert kept.pack is pack


def test_the_errors_are_of_the_kind_that_is_promised(kept: FaceCore) -> None:
    promised: dict[type[CoreError], list[Any]] = {
        NotFound: [lambda: kept.remove_image(UNKNOWN), lambda: kept.face(-1), lambda: kept.suggestions([UNKNOWN])],
        InvalidInput: [lambda: kept.face(2**70), lambda: each(kept.face, None)],  # type: ignore[arg-type]
        Conflict: [lambda: kept.redetect(1, "other", 5, 5, [])],
        ImageUnavailable: [lambda: kept.detect(Path("a\0b"))],
        ImageError: [lambda: kept.detect(b"")],
    }
    for kind, calls in promised.items():
        for call in calls:
            with pytest.raises(kind):
                call()


def test_numbers_of_numpy_are_numbers(core: FaceCore) -> None:
    box = BoundingBox(*np.array([10, 10, 100, 100], np.float32))
    given = replace(
        GOOD, detection=replace(GOOD.detection, box=box, confidence=np.float32(0.5)), quality=np.float32(0.5)
    )
    image_id, faces = core.add_image("new", np.int64(500), np.int32(400), [given])  # type: ignore[arg-type]
    ids = np.array([face.face_id for face in faces])
    assert core.image(np.int64(image_id)).width == 500  # type: ignore[arg-type]
    assert (core.face(ids[0]).box, core.face(ids[0]).quality) == (BoundingBox(10, 10, 100, 100), 0.5)
    someone = core.assign(ids, None)  # type: ignore[arg-type]
    assert core.faces(np.int64(someone.person_id), limit=np.uint8(5)) == [core.face(ids[0])]  # type: ignore[arg-type]
    assert core.search(QUERY, np.int64(5), np.float32(0.1))[0].face.face_id == ids[0]  # type: ignore[arg-type]
    assert core.database.problems() == []


NAMES = ["IMG_\udcff.jpg", "\ud83d\ude00", "a\0b", "\0" + "dcff", "\udcff\0dcff", "\\udcff", "", "grüße.jpg"]


def test_a_file_may_have_a_name_that_is_not_utf8(core: FaceCore) -> None:
    ids = [core.add_image(name, 500, 500, [])[0] for name in NAMES]
    assert [image.source for image in core.images()] == NAMES
    assert [core.add_image(name, 500, 500, [GOOD])[0] for name in NAMES] == ids
    assert [face.source for face in core.faces()] == NAMES
    core.redetect(ids[0], "b\udcfe", 500, 500, [GOOD])
    assert core.image(ids[0]).source == core.faces()[0].source == "b\udcfe"


def test_the_file_of_such_a_name_is_read(core: FaceCore, tmp_path: Path) -> None:
    path = tmp_path / "picture \udcff.png"
    try:
        path.write_bytes(b"no picture")
    except OSError:
        pytest.skip("this system has no such names")
    with pytest.raises(ImageError):
        core.save(str(path), path)


def test_the_widest_vector_that_can_be_stored(core: FaceCore) -> None:
    wide = replace(GOOD, embedding=Embedding(np.ones(8192, np.float32), "another"))
    core.add_image("new", 500, 500, [wide])
    assert core.stats().vectors == {"another": 1}
