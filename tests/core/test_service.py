"""FaceCore over real photographs: from files to persons who can be named and searched."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import text

from core import images
from core.database import Database
from core.engine import FaceEngine
from core.errors import ImageUnavailable, InvalidInput, NotAnImage
from core.models import ModelPack
from core.service import FaceCore
from core.types import AnalyzedFace, BoundingBox, Embedding, Face
from core.vectors import MAX_NEIGHBOURS
from tests import samples

CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "as it is": lambda image: image,
    "mirrored": samples.mirrored,
    "darker": samples.darker,
    "smaller": samples.smaller,
}
EVERYBODY = range(6)
"""The people of `t1`; the fifth looks far to the side, and is recognised in every version of the same photo."""


def jpeg(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=92)
    return file.getvalue()


@pytest.fixture
def core(database: Database, any_pack: ModelPack) -> FaceCore:
    """Core over the empty database with each of the packs: what it promises does not depend on one."""
    return FaceCore(database, any_pack)


@pytest.fixture(scope="module")
def portraits(any_engine: FaceEngine) -> dict[tuple[int, str], AnalyzedFace]:
    """The face in each portrait, by the number of the person and by what was done to the picture."""
    found = {}
    for who in range(6):
        for name, change in CHANGES.items():
            (found[who, name],) = any_engine.analyze(images.decode(jpeg(change(samples.portrait(who)))))
    return found


def add(core: FaceCore, portraits: dict[tuple[int, str], AnalyzedFace], *changes: str) -> dict[int, list[Face]]:
    """Stores everybody's portraits with these changes; the faces by the number of the person."""
    stored: dict[int, list[Face]] = {}
    for (who, change), face in portraits.items():
        if change in changes:
            stored.setdefault(who, []).extend(core.add_image(f"{who} {change}.jpg", 200, 250, [face])[1])
    return stored


def persons_of(core: FaceCore, faces: list[Face]) -> set[int | None]:
    known = {each.face_id: each.person_id for each in core.faces()}
    return {known[each.face_id] for each in faces}


def everything(database: Database) -> list[object]:
    """Every row of every table of Core."""
    with database.read() as db:
        tables = ("image", "person", "face", "vector")
        return [db.execute(text(f"SELECT * FROM {table}")).all() for table in tables]


def test_portraits_become_the_people_they_show(core: FaceCore, portraits: dict[tuple[int, str], AnalyzedFace]) -> None:
    stored = add(core, portraits, "as it is", "mirrored", "darker")
    done = core.cluster()
    assert len(done.groups) == len(core.persons()) == len(EVERYBODY)
    people = [persons_of(core, stored[who]) for who in EVERYBODY]
    assert all(len(each) == 1 and None not in each for each in people)
    assert len(set.union(*people)) == len(EVERYBODY)

    later = add(core, portraits, "smaller")
    for who, expected in zip(EVERYBODY, people, strict=True):
        assert {face.person_id for face in later[who]} == expected
    again = core.cluster()
    assert again.moves == again.dissolved == ()
    assert [len(group.face_ids) for group in again.groups] == [4] * len(EVERYBODY)


def test_a_group_photo_is_matched_face_by_face(core: FaceCore, portraits: dict[tuple[int, str], AnalyzedFace]) -> None:
    stored = add(core, portraits, "mirrored", "darker")
    core.cluster()
    group = images.decode(jpeg(samples.t1()))
    seen = sorted(core.engine.analyze(group), key=lambda face: face.detection.box.x)
    _, faces = core.add_image("t1.jpg", group.width, group.height, seen)
    for who in EVERYBODY:
        assert {faces[who].person_id} == persons_of(core, stored[who])


def test_a_dry_run_changes_nothing_and_says_what_will_be_done(
    core: FaceCore, database: Database, portraits: dict[tuple[int, str], AnalyzedFace]
) -> None:
    add(core, portraits, "as it is", "mirrored", "smaller")
    before = everything(database)
    plan = core.cluster(dry_run=True)
    assert everything(database) == before
    assert core.cluster(dry_run=True) == plan
    assert {group.person_id for group in plan.groups} == {None}

    done = core.apply(plan)
    assert [group.face_ids for group in done.groups] == [group.face_ids for group in plan.groups]
    assert [group.mean_similarity for group in done.groups] == [group.mean_similarity for group in plan.groups]
    assert (done.moves, done.dissolved, done.noise) == (plan.moves, plan.dissolved, plan.noise)
    for group in done.groups:
        assert group.person_id is not None
        assert tuple(face.face_id for face in core.faces(group.person_id)) == group.face_ids


def test_the_same_face_twice_in_one_picture_is_never_one_person(core: FaceCore) -> None:
    portrait = samples.portrait(2)
    collage = Image.new("RGB", (2 * portrait.width, portrait.height))
    collage.paste(portrait, (0, 0))
    collage.paste(samples.mirrored(portrait), (portrait.width, 0))
    for name in ("one", "two"):
        found = core.detect(jpeg(collage))
        assert len(found) == 2
        core.add_image(name, collage.width, collage.height, found)
    core.cluster()
    core.cluster()
    given = [(face.image_id, face.person_id) for face in core.faces() if face.person_id]
    assert len(given) == len(set(given))
    assert len(core.persons()) == 2
    assert all(each.face_count == each.image_count == 2 for each in core.persons())


def test_detecting_takes_a_file_or_its_bytes_and_stores_nothing(core: FaceCore, astronaut: Path) -> None:
    (face,) = core.detect(astronaut)
    assert core.detect(astronaut.read_bytes()) == [face]
    assert core.detect(astronaut, min_confidence=0.99) == []
    assert core.stats().faces == 0
    with pytest.raises(ImageUnavailable):
        core.detect(astronaut.with_name("gone.png"))
    with pytest.raises(NotAnImage):
        core.detect(b"Dear diary")


def test_recognising_gives_an_embedding_for_each_box(core: FaceCore, t1: Path) -> None:
    everybody = core.recognize(t1)
    assert len(everybody) == 6
    boxes = [BoundingBox(*box) for box in samples.FACES_IN_T1]
    chosen = core.recognize(t1, [boxes[2], BoundingBox(600, 700, 50, 50), boxes[0]])
    assert chosen[1] is None
    first, _, last = chosen
    assert first is not None
    assert last is not None
    assert float(first.vector @ last.vector) < 0.4
    assert sum(np.allclose(first.vector, each.vector) for each in everybody if each) == 1
    assert core.recognize(t1, []) == []


def test_what_is_stored_comes_back(core: FaceCore, portraits: dict[tuple[int, str], AnalyzedFace]) -> None:
    seen = [portraits[0, "as it is"], portraits[5, "darker"]]
    image_id, faces = core.add_image("somewhere/a b.jpg", 300, 200, seen)
    assert core.faces() == faces
    for face, expected in zip(faces, seen, strict=True):
        assert (face.image_id, face.source, face.person_id) == (image_id, "somewhere/a b.jpg", None)
        assert face.box == expected.detection.box
        assert face.confidence == expected.detection.confidence
        assert face.quality == expected.quality
        assert face.detected_at.tzinfo is not None
    empty_id, nobody = core.add_image("nobody.jpg", 1, 1, [])
    assert empty_id != image_id
    assert nobody == []


def test_an_image_that_is_stored_again_keeps_what_is_found_again(
    core: FaceCore, portraits: dict[tuple[int, str], AnalyzedFace]
) -> None:
    image_id, (first,) = core.add_image("a", 100, 100, [portraits[0, "as it is"]])
    again_id, (again,) = core.add_image("a", 100, 100, [portraits[0, "as it is"]])
    assert (again_id, replace(again, detected_at=first.detected_at)) == (image_id, first)
    assert (core.stats().images, core.stats().faces, core.stats().vectors) == (1, 1, {core.pack.name: 1})


def test_the_callers_transaction_takes_everything_with_it(
    core: FaceCore, database: Database, portraits: dict[tuple[int, str], AnalyzedFace]
) -> None:
    def add_and_fail() -> None:
        with database.write() as db:
            core.add_image("a", 1, 1, [portraits[2, "as it is"]], db)
            core.add_image("b", 1, 1, [portraits[2, "mirrored"]], db)
            (group,) = core.cluster(connection=db).groups
            core.update_person(group.person_id or 0, "Ada", connection=db)
            assert core.person(group.person_id or 0, db).name == "Ada"
            assert core.stats(db).images == 2
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        add_and_fail()
    stats = core.stats()
    assert (stats.images, stats.faces, stats.persons, stats.vectors) == (0, 0, 0, {})
    assert core.search(portraits[0, "as it is"].embedding) == []


def test_searching_finds_the_most_similar_first(core: FaceCore, portraits: dict[tuple[int, str], AnalyzedFace]) -> None:
    stored = add(core, portraits, "as it is", "mirrored", "darker")
    query = portraits[3, "smaller"].embedding
    matches = core.search(query, limit=100)
    similarities = [match.similarity for match in matches]
    assert len(matches) == 18
    assert similarities == sorted(similarities, reverse=True)
    assert {match.face.face_id for match in matches[:3]} == {face.face_id for face in stored[3]}
    assert similarities[2] > 0.6 > similarities[3]
    assert core.search(query, limit=100, threshold=0.6) == matches[:3]
    assert core.search(query, limit=2) == matches[:2]
    assert core.search(query, threshold=1.0) == []


def test_a_search_that_makes_no_sense_is_refused(
    core: FaceCore, portraits: dict[tuple[int, str], AnalyzedFace]
) -> None:
    add(core, portraits, "as it is")
    query = portraits[0, "as it is"].embedding
    for limit in (0, -1, MAX_NEIGHBOURS + 1):
        with pytest.raises(InvalidInput, match="limit"):
            core.search(query, limit)
    with pytest.raises(InvalidInput, match="not a direction"):
        core.search(Embedding(np.zeros(core.pack.dimension, np.float32), core.pack.name))
    assert core.search(Embedding(query.vector, "another model")) == []


def test_an_engine_is_opened_once_for_all_threads(core: FaceCore) -> None:
    with ThreadPoolExecutor(4) as pool:
        engines = list(pool.map(lambda _: core.engine, range(8)))
    assert all(each is engines[0] for each in engines)
