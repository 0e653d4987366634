"""People who are not to be recognised: nothing of their faces is left, and nothing is made of them again."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import text

from core.database import Database
from core.errors import Conflict, NotFound
from core.models import ModelPack
from core.service import FaceCore
from core.types import AnalyzedFace, Embedding, Face
from tests.core.faces import between, face, person, seen
from tests.whole import contents

WIDE, TALL = 1000, 800
ANN, BEN = 1, 2


def add(core: FaceCore, source: str, *faces: AnalyzedFace) -> list[Face]:
    return core.add_image(source, WIDE, TALL, list(faces))[1]


@pytest.fixture
def ann(core: FaceCore) -> int:
    """Five images of two people who have names; the person of the first."""
    for number in range(5):
        add(core, f"{number}", face(seen(person(ANN), seed=number)), face(seen(person(BEN), seed=number), x=400))
    core.cluster()
    first, second = (each.person_id for each in core.persons())
    core.update_person(first, "Ann")
    core.update_person(second, "Ben")
    core.assign([core.faces(first)[0].face_id], first)
    core.reject([core.faces(second)[0].face_id], first)
    return first


def faces_of(core: FaceCore, x: float = 10) -> list[Face]:
    return [each for each in core.faces() if each.box.x == x]


def embeddings(database: Database) -> int:
    """Vectors, wherever they are."""
    with database.read() as db:
        count = "SELECT (SELECT count(*) FROM vector_512) + (SELECT count(*) FROM aside_vector)"
        assert (
            db.execute(text("SELECT count(*) FROM vector_512")).scalar()
            == db.execute(text("SELECT count(*) FROM vector WHERE dimension = 512")).scalar()
        )
        return int(db.execute(text(count)).scalar_one())


def near(core: FaceCore, who: int) -> list[int]:
    return [match.face.face_id for match in core.search(Embedding(person(who), core.pack.name), 50, 0.5)]


def left_of(database: Database, vectors: dict[int, bytes]) -> set[int]:
    """The faces of whose vectors any part is in the file or in what lies beside it: a page may hold half of one."""
    folder = database.path.parent
    held = b"".join(path.read_bytes() for path in sorted(folder.glob(f"{database.path.name}*")))
    parts = {each: [value[at : at + 64] for at in range(0, len(value), 64)] for each, value in vectors.items()}
    return {each for each, values in parts.items() if any(part in held for part in values)}


@pytest.mark.parametrize("guard", [True, False])
def test_nothing_is_left_in_the_file(core: FaceCore, database: Database, ann: int, guard: bool) -> None:
    every = core.embeddings_of([each.face_id for each in core.faces()])
    known = {face_id: each.vector.tobytes() for face_id, each in every.items()}
    hers = {each.face_id for each in core.faces(ann)}
    core.set_aside([core.faces(ann)[0].image_id])
    assert left_of(database, known) == set(known), "the test sees what there is to be seen"
    core.exclude_person(ann, guard)
    core.scrub()
    assert left_of(database, known) == set(known) - hers
    assert [each.person_id for each in faces_of(core)] == [None] * 5
    assert [each.name for each in core.persons()] == ["Ben"]
    assert not [row for row in contents(database)["decision"] if row[3] in hers or row[4] == ann]
    assert len(contents(database)["guard"]) == int(guard)


def test_the_guard_is_no_face_s_own_vector(core: FaceCore, database: Database, ann: int) -> None:
    (sum_of,) = [np.sum([each.vector for each in core.embeddings_of([f.face_id for f in core.faces(ann)]).values()], 0)]
    core.exclude_person(ann)
    (row,) = contents(database)["guard"]
    (stored,) = [np.frombuffer(each, np.float32) for each in row if isinstance(each, bytes)]
    assert stored @ (sum_of / np.linalg.norm(sum_of)) == pytest.approx(1, abs=1e-5)
    assert near(core, ANN) == [], "it is not found by any search"


@pytest.mark.parametrize("guard", [True, False])
def test_no_new_look_and_no_grouping_brings_anything_back(
    core: FaceCore, database: Database, ann: int, other_pack: ModelPack, guard: bool
) -> None:
    core.exclude_person(ann, guard)
    boxes = faces_of(core)
    count = embeddings(database)
    for number in range(5):
        add(core, f"{number}", face(seen(person(ANN), seed=50 + number)), face(seen(person(BEN), seed=number), x=400))
    core.cluster()
    assert embeddings(database) == count
    assert [(each.face_id, each.person_id) for each in faces_of(core)] == [(each.face_id, None) for each in boxes]
    # Another model, and a picture of another size.
    core.use(other_pack)
    other = [np.float32(1) * seen(person(9), seed=number)[:128] for number in range(5)]
    others = [vector / np.linalg.norm(vector) for vector in other]
    for each, vector in zip(boxes, others, strict=True):
        half = AnalyzedFace(face(vector, x=5).detection, Embedding(vector, other_pack.name), 0.9)
        object.__setattr__(half.detection, "box", type(half.detection.box)(5, 5, 50, 50))
        core.redetect(each.image_id, each.source, WIDE // 2, TALL // 2, [half])
    core.cluster()
    assert {row[2] for row in contents(database)["vector"]} == {"buffalo_s"}
    assert {each.person_id for each in core.faces() if each.face_id in {box.face_id for box in boxes}} == {None}
    models = [each.models for each in core.exclusions()]
    assert models == [("buffalo_s", other_pack.name) if guard else ()]


def test_a_face_that_was_not_found_for_a_while_is_known_by_its_place(
    core: FaceCore, database: Database, ann: int
) -> None:
    core.exclude_person(ann, guard=False)
    count = embeddings(database)
    add(core, "0", face(seen(person(BEN), seed=0), x=400))
    assert len(faces_of(core)) == 4
    (back, _) = add(core, "0", face(seen(person(ANN), seed=0), x=14), face(seen(person(BEN), seed=0), x=400))
    assert embeddings(database) == count
    with pytest.raises(Conflict):
        core.assign([back.face_id], None)


def test_with_a_guard_a_new_photo_shows_a_box(core: FaceCore, database: Database, ann: int) -> None:
    ben = core.faces()[1].person_id
    core.exclude_person(ann)
    count = embeddings(database)
    mine, his, new = add(
        core, "new", face(seen(person(ANN), seed=70)), face(seen(person(BEN), seed=70), x=400), face(person(7), x=700)
    )
    assert (mine.person_id, his.person_id, new.person_id) == (None, ben, None)
    assert embeddings(database) == count + 2
    assert core.exclusions()[0].places == 6
    add(core, "newer", face(seen(person(ANN), seed=71)))
    core.cluster()
    assert len(core.persons()) == 1


def test_without_one_a_new_photo_shows_somebody_unknown(core: FaceCore, database: Database, ann: int) -> None:
    core.exclude_person(ann, guard=False)
    for number in range(3):
        add(core, f"new {number}", face(seen(person(ANN), seed=70 + number)))
    core.cluster()
    assert [each.name for each in core.persons()] == ["Ben", None]


def test_a_guard_can_go(core: FaceCore, ann: int) -> None:
    number = core.exclude_person(ann)
    core.drop_guard(number)
    assert [(each.guarded, each.models) for each in core.exclusions()] == [(False, ())]
    for each in range(3):
        add(core, f"new {each}", face(seen(person(ANN), seed=70 + each)))
    core.cluster()
    assert len(core.persons()) == 2
    with pytest.raises(NotFound):
        core.drop_guard(number + 1)


def test_a_guard_takes_nobody_who_resembles_somebody_known_more(core: FaceCore, ann: int) -> None:
    """A sister, who resembles both herself and the one who is not to be recognised."""
    sister = between(person(ANN), person(5), 0.55)
    known = [add(core, f"sister {number}", face(seen(sister, seed=number)))[0].face_id for number in range(3)]
    hers = core.assign(known, None).person_id
    core.exclude_person(ann)
    likeness = float(person(ANN) @ seen(sister, seed=9))
    assert likeness > core.pack.thresholds.accept, "by the guard alone she would be taken"
    assert [each.person_id for each in add(core, "sister", face(seen(sister, seed=9)))] == [hers]
    assert [each.person_id for each in add(core, "both", face(seen(person(ANN), seed=99)))] == [None]
    assert core.exclusions()[0].places == 6


def test_who_stands_at_the_place_in_a_picture_that_was_cut_is_somebody_else(core: FaceCore, ann: int) -> None:
    ben = core.faces()[1].person_id
    core.exclude_person(ann)
    cut, away = add(core, "0", face(seen(person(BEN), seed=80)), face(seen(person(ANN), seed=80), x=400))
    assert (cut.person_id, away.person_id) == (ben, None)
    with pytest.raises(Conflict):
        core.assign([away.face_id], ben)


def test_single_faces_can_be_excluded(core: FaceCore, ann: int) -> None:
    first, *others = core.faces(ann)
    core.exclude([first.face_id], guard=False)
    assert core.person(ann).face_count == len(others)
    add(core, "unnamed", face(person(8)), face(seen(person(8), seed=1), x=500))
    core.exclude([each.face_id for each in core.faces()[-2:]], guard=False)
    assert near(core, 8) == []


def test_what_is_set_aside_comes_back_without(core: FaceCore, database: Database, ann: int) -> None:
    images = [each.image_id for each in core.faces(ann)]
    core.set_aside(images)
    core.exclude_person(ann)
    core.bring_back(images)
    assert len(near(core, BEN)) == 5
    assert near(core, ANN) == []


def test_the_places_go_with_their_images(core: FaceCore, database: Database, ann: int) -> None:
    images = {each.image_id for each in core.faces(ann)}
    core.exclude_person(ann, guard=False)
    for each in images:
        core.remove_image(each)
    assert contents(database)["excluded"] == []


def test_the_memory_of_the_search_is_emptied(core: FaceCore, database: Database, ann: int) -> None:
    search = core._in_use.search
    search.warm_up()
    assert search.size == 10
    core.exclude_person(ann)
    core.scrub()
    assert search.size == 0
    search.warm_up()
    assert search.size == 5
