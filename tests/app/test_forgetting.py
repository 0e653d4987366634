""" "Do not recognise me": nothing is left by which somebody is recognised, and nothing brings it back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app import marking
from app.errors import NotFound, NothingToUndo
from app.journal import Action
from app.library import Library
from app.rows import checks
from tests import house, samples
from tests.app.conftest import TIMEOUT, Opener, index
from tests.whole import contents


@pytest.fixture
def library(indexed: Library, open_library: Opener) -> Library:
    """The library of the album, its Indexer at work."""
    folder = indexed.folder
    indexed.close()
    return open_library(folder)


@pytest.fixture
def pilot(library: Library) -> int:
    """The astronaut, whom somebody holds; she is alone in her three photos."""
    session = library.session
    (found,) = {
        face.person_id
        for photo_id, path in session.photos.paths().items()
        for face in session.photos.faces(photo_id)
        if path.name == "astronaut.jpg"
    }
    assert found is not None
    session.claims.claim(found)
    session.people.rename(found, "Eileen")
    library.core.assign([each.face_id for each in library.core.faces(found)][:1], found)
    return found


def vectors_of(library: Library, face_ids: set[int]) -> dict[int, bytes]:
    return {key: each.vector.tobytes() for key, each in library.core.embeddings_of(sorted(face_ids)).items()}


def left_of(library: Library, vectors: dict[int, bytes]) -> set[int]:
    """The faces of whose vectors a part is in the database or in what lies beside it."""
    held = b"".join(path.read_bytes() for path in library.folder.glob("library.sqlite*"))
    parts = {each: [value[at : at + 64] for at in range(0, len(value), 64)] for each, value in vectors.items()}
    return {each for each, values in parts.items() if any(part in held for part in values)}


def names(library: Library) -> list[str | None]:
    return [each.name for each in library.core.persons()]


def wait(library: Library) -> None:
    assert library.indexer.wait(TIMEOUT)
    assert library.indexer.progress.error is None


@pytest.mark.parametrize("guard", [True, False])
def test_nothing_is_left_anywhere(library: Library, pilot: int, guard: bool) -> None:
    session = library.session
    hers = {each.face_id for each in library.core.faces(pilot)}
    every = {each.face_id for each in library.core.faces()}
    vectors = vectors_of(library, every)
    assert left_of(library, vectors) == every
    photo_ids = set(session.people.timeline(pilot).photo_ids)
    session.trash.put([min(photo_ids)])
    with library.database.write() as db:
        other = {"photo": session.photos.timeline().photo_ids[-1], "person": pilot}
        db.exec_driver_sql("INSERT INTO tag (photo_id, person_id, tagged_at) VALUES (:photo, :person, '')", other)
    done = session.claims.do_not_recognise(pilot, guard)
    assert (done.faces, set(done.photo_ids)) == (3, photo_ids | {other["photo"]})
    assert left_of(library, vectors) == every - hers
    rows = contents(library.database)
    for table in ("decision", "tag", "claim", "naming"):
        assert rows[table] == []
    assert "Eileen" not in str(rows["person"])
    assert len(rows["guard"]) == int(guard)
    session.trash.restore([min(photo_ids)])
    assert left_of(library, vectors) == every - hers
    assert [row for row in rows["face"] if row[0] in hers and row[2] is not None] == []


def test_the_photos_stay_and_show_no_face(library: Library, pilot: int) -> None:
    session = library.session
    (photo_id, *_) = session.people.timeline(pilot).photo_ids
    (face,) = session.photos.faces(photo_id)
    session.claims.do_not_recognise(pilot)
    assert photo_id in session.photos.timeline().photo_ids
    assert session.photos.faces(photo_id) == []
    assert session.counts().faces == samples.ALBUM_FACES - 3
    for ask in (session.thumbnails.face, session.photos.face):
        with pytest.raises(NotFound):
            ask(face.face_id)
    assert library.core.face(face.face_id).person_id is None, "the box is there"


def test_its_holder_alone_may(library: Library, pilot: int) -> None:
    with pytest.raises(NotFound):
        house.add_profile(library, "Anna").claims.do_not_recognise(pilot)
    assert library.core.person(pilot).face_count == 3


@pytest.mark.parametrize("guard", [True, False])
def test_neither_a_new_look_nor_another_model_brings_it_back(library: Library, pilot: int, guard: bool) -> None:
    session = library.session
    hers = {each.face_id for each in library.core.faces(pilot)}
    session.claims.do_not_recognise(pilot, guard)
    with library.database.write() as db:
        db.exec_driver_sql("DELETE FROM look")
    library.indexer.renew()
    wait(library)
    session.people.group()
    library.models.use("yunet_sface")
    wait(library)
    session.people.group()
    library.models.use("buffalo_s")
    wait(library)
    rows = contents(library.database)
    excluded = {row[3] for row in rows["excluded"]}
    assert excluded >= hers
    assert not [row for row in rows["vector"] if row[1] in excluded]
    assert not [each for each in library.core.faces() if each.face_id in excluded and each.person_id is not None]
    pictures = [path.name for path in (session.photos.paths()[each] for each in session.photos.timeline().photo_ids)]
    assert len(pictures) == samples.ALBUM_PHOTOS
    assert len(session.people.list()) == 4
    models = {model for each in library.core.exclusions() for model in each.models}
    assert models == ({"buffalo_s", "yunet_sface"} if guard else set())
    with library.database.read() as db:
        assert [each.kind for each in checks(db) if each.find(db)] == [], (
            "nothing is amiss that would be looked at again"
        )


def turned(folder: Path, name: str) -> Path:
    """Another photo of her."""
    picture = samples.astronaut().rotate(4, resample=Image.Resampling.BICUBIC).crop((30, 10, 480, 460))
    return samples.save(picture, folder / name)


def test_with_a_guard_new_photos_show_nobody(library: Library, pilot: int, tmp_path: Path) -> None:
    session = library.session
    session.claims.do_not_recognise(pilot)
    index(library, turned(tmp_path / "new", "one.jpg"))
    newest = max(session.photos.timeline().photo_ids)
    assert session.photos.faces(newest) == []
    with library.database.read() as db:
        query = "SELECT by_guard FROM excluded JOIN photo USING (image_id) WHERE photo_id = :id"
        assert db.exec_driver_sql(query, {"id": newest}).scalars().all() == [1], "it is a box"
    assert len(session.people.list()) == 4
    assert session.notifications.list() == []


def test_without_one_they_show_somebody_unknown(library: Library, pilot: int, tmp_path: Path) -> None:
    session = library.session
    session.claims.do_not_recognise(pilot, guard=False)
    darker = samples.save(samples.darker(samples.astronaut().crop((0, 0, 500, 500))), tmp_path / "new" / "two.jpg")
    index(library, turned(tmp_path / "new", "one.jpg"), darker)
    assert len(session.people.list()) == 5
    assert names(library) == [None] * 5


def test_the_guard_takes_nobody_else(library: Library, pilot: int, tmp_path: Path) -> None:
    session = library.session
    before = {each.person_id for each in session.people.list()} - {pilot}
    session.claims.do_not_recognise(pilot)
    index(library, samples.save(samples.t1().crop((0, 0, 900, 886)), tmp_path / "new" / "group.jpg"))
    newest = max(session.photos.timeline().photo_ids)
    assert {each.person_id for each in session.photos.faces(newest)} == before


def test_a_name_in_a_file_names_nobody(library: Library, pilot: int) -> None:
    """Another program's region lies on her face: it is read again, and makes no person."""
    session = library.session
    (photo_id, *_) = session.people.timeline(pilot).photo_ids
    with library.database.write() as db:
        face = db.exec_driver_sql(
            "SELECT face_id, x / photo.width AS x, y / photo.height AS y, face.width / photo.width AS width, "
            "face.height / photo.height AS height FROM face JOIN photo USING (image_id) WHERE photo_id = :id",
            {"id": photo_id},
        ).one()
        row = face._asdict() | {"photo": photo_id, "person": pilot}
        db.exec_driver_sql(
            "INSERT INTO region (photo_id, name, x, y, width, height, source, automatic, face_id, person_id) "
            "VALUES (:photo, 'Eileen', :x, :y, :width, :height, 'mwg', 0, :face_id, :person)",
            row,
        )
    session.claims.do_not_recognise(pilot)
    with library.database.write() as db:
        db.exec_driver_sql("UPDATE region SET settled = NULL")
        marking.settle(db, photo_id)
    assert "Eileen" not in names(library)
    with library.database.read() as db:
        assert db.exec_driver_sql("SELECT face_id, person_id FROM region").all() == [(None, None)]


def test_small_pictures_of_the_face_go(library: Library, pilot: int) -> None:
    session = library.session
    for each in session.people.faces(pilot):
        session.thumbnails.face(each.face_id)
    before = {path for path in library.small.every() if "faces" in path.parts}
    session.claims.do_not_recognise(pilot)
    assert len({path for path in library.small.every() if "faces" in path.parts}) == len(before) - 3


def test_no_step_that_knew_her_is_left(library: Library, pilot: int) -> None:
    session, other = library.session, house.add_profile(library, "Anna")
    somebody = next(each.person_id for each in session.people.list() if each.person_id != pilot)
    faces = [each.face_id for each in session.people.faces(pilot)]
    other.people.assign(faces[:1], somebody)
    other.people.assign(faces[:1], pilot)
    other.people.reject(faces[1:2], somebody)
    session.people.rename(somebody, "Somebody")
    session.people.merge(somebody, [next(each.person_id for each in session.people.list() if each.name is None)])
    assert len(other.journal.list()) == 3
    session.claims.do_not_recognise(pilot)
    assert other.journal.list() == []
    assert [each.action for each in session.journal.list()] == [Action.MERGE_PERSONS, Action.RENAME_PERSON]
    people = len(session.people.list())
    session.journal.undo()
    session.journal.undo()
    assert len(session.people.list()) == people + 1
    with pytest.raises(NothingToUndo):
        session.journal.undo()
    rows = contents(library.database)
    assert "Eileen" not in str(rows)
    assert {row[2] for row in rows["face"] if row[0] in faces} == {None}
    assert {row[1] for row in rows["vector"]}.isdisjoint(faces)


def test_the_guard_is_a_mean_of_several(library: Library, pilot: int) -> None:
    faces = library.core.embeddings_of([each.face_id for each in library.core.faces(pilot)])
    mean = np.mean([each.vector for each in faces.values()], axis=0)
    library.session.claims.do_not_recognise(pilot)
    (row,) = contents(library.database)["guard"]
    stored = np.frombuffer(next(each for each in row if isinstance(each, bytes)), np.float32)
    assert float(stored @ mean) == pytest.approx(float(np.linalg.norm(mean)), abs=1e-5)
