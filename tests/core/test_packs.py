"""Two packs over one database: each sees the faces, and nothing that one saw is compared with what the other did."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection

from core import images, vectors
from core.engine import FaceEngine
from core.errors import InvalidInput, NotFound
from core.images import DecodedImage
from core.models import ModelPack
from core.search import VectorSearch
from core.service import FaceCore
from core.types import AnalyzedFace, Embedding, Face, Vectors, Verdict
from tests import samples
from tests.core.faces import face, person, unit
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


def beside(direction: Vectors, similarity: float) -> Vectors:
    """A direction that resembles another by just so much."""
    other = np.roll(direction, 1)
    other = unit(other - (other @ direction) * direction)
    return unit(similarity * direction + np.sqrt(1 - similarity**2) * other)


def doubtful(pack: ModelPack, other_pack: ModelPack) -> float:
    """A similarity that is enough to the default pack and means little to the other one."""
    enough, similarity = pack.thresholds.accept + pack.thresholds.margin, other_pack.thresholds.accept - 0.03
    assert enough < similarity
    return similarity


def known_to_the_other(core: FaceCore, pack: ModelPack, other_pack: ModelPack) -> tuple[Face, Vectors]:
    """Somebody whom the other pack saw, while the default pack is in use; and how that pack saw the face."""
    core.use(other_pack)
    direction = unit(np.random.default_rng(5).normal(size=other_pack.dimension))
    (ada,) = core.add_image("ada", 500, 500, [face(direction, model=other_pack.name)])[1]
    core.assign([ada.face_id], None)
    core.use(pack)
    return core.face(ada.face_id), direction


def test_a_face_that_another_model_saw_is_not_judged_by_this_one_s_thresholds(
    core: FaceCore, pack: ModelPack, other_pack: ModelPack
) -> None:
    ada, direction = known_to_the_other(core, pack, other_pack)
    alike = beside(direction, doubtful(pack, other_pack))
    (stored,) = core.add_image("ben", 500, 500, [face(alike, model=other_pack.name)])[1]
    assert stored.person_id is None
    (again,) = core.add_image("ben", 500, 500, [face(alike, model=other_pack.name)])[1]
    assert (again.face_id, again.person_id) == (stored.face_id, None)
    # The same face again would be certain to the model that saw it: this one does not ask.
    assert core.add_image("ada 2", 500, 500, [face(direction, model=other_pack.name)])[1][0].person_id is None
    assert core.face(ada.face_id).confirmed


def test_faces_that_the_model_has_not_seen_are_not_waited_for(
    core: FaceCore, pack: ModelPack, other_pack: ModelPack
) -> None:
    ids = [core.add_image(f"ada {seed}", 500, 500, [face(person(seed))])[1][0].face_id for seed in (0, 1)]
    ada, direction = known_to_the_other(core, pack, other_pack)
    core.assign(ids, ada.person_id)
    core.use(other_pack)
    # Near enough to the one that it has seen, and not so near that no third face is asked.
    alike = beside(direction, other_pack.thresholds.accept + 0.01)
    (stored,) = core.add_image("ada later", 500, 500, [face(alike, model=other_pack.name)])[1]
    assert stored.person_id == ada.person_id


def test_a_face_elsewhere_in_an_image_is_not_found_again_by_another_model_s_likeness(
    core: FaceCore, pack: ModelPack, other_pack: ModelPack
) -> None:
    ada, direction = known_to_the_other(core, pack, other_pack)
    elsewhere = face(beside(direction, doubtful(pack, other_pack)), x=300, model=other_pack.name)
    (now,), lost = core.redetect(ada.image_id, "ada", 500, 500, [elsewhere])
    assert (now.face_id == ada.face_id, now.person_id, lost) == (False, None, {ada.person_id})


def test_a_pack_that_comes_into_use_during_a_save_does_not_judge_it(
    core: FaceCore, other_pack: ModelPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    core.save("1", jpeg(samples.portrait(1)))
    core.save("1 darker", jpeg(samples.darker(samples.portrait(1))))
    core.cluster()
    strict = replace(other_pack, thresholds=replace(other_pack.thresholds, accept=0.999))
    analyze = FaceEngine.analyze

    def changed_meanwhile(engine: FaceEngine, image: DecodedImage, least: float | None = None) -> list[AnalyzedFace]:
        found = analyze(engine, image, least)
        core.use(strict)
        return found

    monkeypatch.setattr(FaceEngine, "analyze", changed_meanwhile)
    (seen,) = core.save("1 mirrored", jpeg(samples.mirrored(samples.portrait(1)))).faces
    assert core.pack == strict
    # It ends with the model that it began with: that one knows who it is.
    assert seen.person_id == core.faces()[0].person_id is not None


def test_a_search_ends_with_the_pack_that_it_began_with(
    core: FaceCore, pack: ModelPack, other_pack: ModelPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    (stored,) = core.save("1", jpeg(samples.portrait(1))).faces
    used: list[str] = []
    nearest, of = VectorSearch.nearest, vectors.of

    def noted(search: VectorSearch, db: Connection, *arguments: Any) -> list[tuple[int, float]]:
        used.append(search.pack.name)
        return nearest(search, db, *arguments)

    def changed_meanwhile(db: Connection, face_ids: list[int]) -> dict[int, list[Embedding]]:
        core.use(other_pack)
        return of(db, face_ids)

    monkeypatch.setattr(VectorSearch, "nearest", noted)
    monkeypatch.setattr(vectors, "of", changed_meanwhile)
    assert core.search_face(stored.face_id) == []
    assert used == [pack.name]
