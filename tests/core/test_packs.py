"""Two packs over one database: each sees the faces, and nothing that one saw is compared with what the other did."""

from __future__ import annotations

import numpy as np
import pytest

from core import images
from core.engine import FaceEngine
from core.errors import InvalidInput, NotFound
from core.models import ModelPack
from core.service import FaceCore
from core.types import AnalyzedFace, Embedding, Face, Verdict
from tests import samples
from tests.core.test_service import jpeg

CHANGES = {"plain": lambda image: image, "mirrored": samples.mirrored, "darker": samples.darker}

Portraits = dict[str, tuple[int, int, list[AnalyzedFace]]]


def portraits(engine: FaceEngine) -> Portraits:
    """What an engine sees in the portraits of three people, by the name of the picture."""
    found = {}
    for who in range(3):
        for name, change in CHANGES.items():
            picture = change(samples.portrait(who))
            seen = engine.analyze(images.decode(jpeg(picture)))
            found[f"{who} {name}"] = (picture.width, picture.height, seen)
    return found


@pytest.fixture(scope="module")
def first(engine: FaceEngine) -> Portraits:
    """By the default pack."""
    return portraits(engine)


@pytest.fixture(scope="module")
def second(other_engine: FaceEngine) -> Portraits:
    """By the permissive pack."""
    return portraits(other_engine)


def store(core: FaceCore, seen: Portraits, *names: str) -> list[Face]:
    """Stores the pictures of that name, or all."""
    return [
        face
        for name, (width, height, faces) in seen.items()
        if not names or name in names
        for face in core.add_image(name, width, height, faces)[1]
    ]


@pytest.fixture
def both(core: FaceCore, first: Portraits, second: Portraits, other_pack: ModelPack) -> FaceCore:
    """Core that both packs have filled; the permissive one is in use."""
    store(core, first)
    core.cluster()
    core.use(other_pack)
    store(core, second)
    return core


def test_both_see_each_face_and_it_stays_one_face(core: FaceCore, both: FaceCore) -> None:
    stats = core.stats()
    assert (stats.images, stats.faces, stats.persons) == (9, 9, 3)
    assert stats.vectors == {"buffalo_s": 9, "yunet_sface": 9}
    assert core.database.problems() == []


def test_ids_persons_and_decisions_stay(
    core: FaceCore, first: Portraits, second: Portraits, pack: ModelPack, other_pack: ModelPack
) -> None:
    store(core, first)
    core.cluster()
    ada, ben = core.faces()[0], core.faces()[3]
    assert ada.person_id is not None and ben.person_id is not None
    core.update_person(ada.person_id, "Ada")
    core.assign([ada.face_id], ada.person_id)
    core.reject([ben.face_id], ben.person_id)
    before = [(face.face_id, face.person_id, face.confirmed) for face in core.faces()]
    for other, seen in ((other_pack, second), (pack, first), (other_pack, second)):
        core.use(other)
        store(core, seen)
        assert [(face.face_id, face.person_id, face.confirmed) for face in core.faces()] == before
    core.cluster()
    assert core.person(ada.person_id).name == "Ada"
    assert core.face(ada.face_id).confirmed
    assert core.face(ben.face_id).person_id != ben.person_id
    assert core.why(ada.face_id).verdict is Verdict.CONFIRMED


def test_a_search_compares_with_the_vectors_of_its_own_model(
    both: FaceCore, first: Portraits, second: Portraits
) -> None:
    for seen in (first, second):
        query = seen["0 plain"][2][0].embedding
        found = both.search(query, limit=100)
        assert len(found) == 9
        # Another number of numbers would be an error, another model's a similarity by chance.
        assert [match.face.source[0] for match in found[:3]] == ["0"] * 3
        assert found[0].similarity == pytest.approx(1, abs=1e-5)


def test_each_pack_matches_with_its_own_vectors_and_thresholds(
    both: FaceCore, first: Portraits, second: Portraits, pack: ModelPack, other_pack: ModelPack, engine: FaceEngine
) -> None:
    people = {face.source[0]: face.person_id for face in both.faces()}
    smaller = samples.smaller(samples.portrait(1))
    found = both.detect(jpeg(smaller))
    assert found[0].embedding.model == other_pack.name
    (face,) = both.add_image("1 smaller", smaller.width, smaller.height, found)[1]
    assert face.person_id == people["1"]
    told = both.why(face.face_id)
    assert (told.accept, told.suggest) == (other_pack.thresholds.accept, other_pack.thresholds.suggest)
    both.use(pack)
    # The default pack did not see it: there is nothing to compare, until it does.
    assert both.why(face.face_id).nearest == ()
    with pytest.raises(NotFound, match="not seen by the model buffalo_s"):
        both.embeddings_of([face.face_id])
    again = both.save("1 smaller", jpeg(smaller)).faces
    assert [(each.face_id, each.person_id) for each in again] == [(face.face_id, face.person_id)]
    assert both.why(face.face_id).accept == pack.thresholds.accept


def test_grouping_anew_with_the_other_pack_finds_the_same_people(both: FaceCore, pack: ModelPack) -> None:
    before = {face.face_id: face.person_id for face in both.faces()}
    for _ in range(2):
        assert both.cluster().moves == ()
        both.use(pack)
    assert {face.face_id: face.person_id for face in both.faces()} == before


def test_who_was_seen_only_in_part_is_not_taken_apart(
    core: FaceCore, first: Portraits, second: Portraits, other_pack: ModelPack
) -> None:
    store(core, first)
    core.cluster()
    before = {face.face_id: face.person_id for face in core.faces()}
    core.use(other_pack)
    store(core, second, "0 plain", "1 mirrored")
    assert core.cluster().moves == ()
    assert {face.face_id: face.person_id for face in core.faces()} == before


def test_dbscan_has_the_distance_of_the_pack(both: FaceCore) -> None:
    eps = both.pack.thresholds.dbscan_eps
    assert both.cluster_dbscan(dry_run=True) == both.cluster_dbscan(eps=eps, dry_run=True)


def test_another_content_is_what_no_model_has_seen(both: FaceCore, second: Portraits) -> None:
    face = next(each for each in both.faces() if each.source == "0 plain")
    width, height, seen = second["0 plain"]
    (now,), _ = both.redetect(face.image_id, "0 edited", width, height, seen)
    assert now.face_id == face.face_id
    assert both.stats().vectors == {"buffalo_s": 8, "yunet_sface": 9}


def test_a_vector_of_the_wrong_length_is_refused(both: FaceCore) -> None:
    with pytest.raises(InvalidInput, match="128 numbers"):
        both.search(Embedding(np.ones(64, np.float32), both.pack.name))
    with pytest.raises(InvalidInput, match="not a direction"):
        both.search(Embedding(np.zeros(128, np.float32), both.pack.name))
