"""Faces that were marked in other programs become faces of persons, once, and what is said in Sietch wins."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app import marking, worklist
from app.library import Library
from app.metadata import Region, RegionSource
from core.types import BoundingBox
from tests import samples
from tests.app import xmp
from tests.app.conftest import Opener, index


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """One photo of six people."""
    samples.save(samples.t1(), tmp_path / "photos" / "group.jpg", datetime(2021, 5, 1, 10))
    return tmp_path / "photos"


def names(library: Library, photo_id: int = 1) -> list[str | None]:
    """Whose the faces are, from left to right."""
    return [face.name for face in library.session.photos.faces(photo_id)]


def rewrite(photos: Path, *marked: xmp.Marked, later: int = 1) -> None:
    """The sidecar, written at another time than before."""
    path = xmp.write(photos / "group.jpg.xmp", marked)
    when = datetime(2022, 1, 1) + timedelta(minutes=later)
    os.utime(path, (when.timestamp(), when.timestamp()))


def confirmed(library: Library) -> dict[int, bool]:
    return {face.face_id: face.confirmed for face in library.core.faces()}


def test_marked_faces_get_their_names(library: Library, photos: Path) -> None:
    rewrite(photos, xmp.in_t1(0, "Ann"), xmp.in_t1(2, "Bob", grow=0.6), xmp.in_t1(5, "Cid"))
    index(library, photos)
    assert names(library) == ["Ann", None, "Bob", None, None, "Cid"]
    faces = library.session.photos.faces(1)
    assert [confirmed(library)[face.face_id] for face in faces] == [True, False, True, False, False, True]
    assert library.session.details.of(1).marked == ()


def test_a_person_who_is_there_is_found_by_name_and_the_same_name_is_one_person(library: Library, photos: Path) -> None:
    first = library.core.create_person("ann")
    rewrite(photos, xmp.in_t1(0, "Ann"))
    samples.save(samples.mirrored(samples.t1()), photos / "mirrored.jpg")
    name, x, y, width, height = xmp.in_t1(1, "Bob")
    xmp.write(photos / "mirrored.xmp", [(name, 1 - x - width, y, width, height)])
    index(library, photos)
    people = {person.name: person for person in library.session.people.list() if person.name}
    assert people["ann"].person_id == first.person_id
    assert set(people) == {"ann", "Bob"}


def test_a_region_without_a_face_waits_and_is_told_of(library: Library, photos: Path) -> None:
    rewrite(photos, ("Dog", 0.9, 0.9, 0.05, 0.05), xmp.in_t1(0, "Ann"))
    index(library, photos)
    (waiting,) = library.session.details.of(1).marked
    assert waiting.name == "Dog"
    assert waiting.box.x == pytest.approx(0.9 * 1280, abs=1)
    assert {person.name for person in library.session.people.list() if person.name} == {"Ann"}


def test_a_sidecar_that_comes_later_is_read_at_the_next_scan(library: Library, photos: Path) -> None:
    index(library, photos)
    assert names(library) == [None] * 6
    rewrite(photos, xmp.in_t1(3, "Dora"))
    index(library, photos)
    assert names(library) == [None, None, None, "Dora", None, None]
    indexed_at = photo_row(library)["indexed_at"]
    rewrite(photos, xmp.in_t1(3, "Dora Maar"), later=2)
    index(library, photos)
    assert names(library)[3] == "Dora Maar"
    assert photo_row(library)["indexed_at"] == indexed_at
    assert photo_row(library)["retell"] == 0


def photo_row(library: Library) -> dict[str, object]:
    with library.database.read() as db:
        return dict(db.exec_driver_sql("SELECT * FROM photo").one()._asdict())


def test_a_correction_in_sietch_outlives_every_reading(library: Library, photos: Path) -> None:
    rewrite(photos, xmp.in_t1(0, "Ann"), xmp.in_t1(1, "Bob"), xmp.in_t1(2, "Cid"))
    index(library, photos)
    faces = library.session.photos.faces(1)
    eve = library.core.create_person("Eve")
    library.core.assign([faces[0].face_id], eve.person_id)
    bob = faces[1].person_id
    assert bob is not None
    library.core.reject([faces[1].face_id], bob)
    for round_, third in enumerate(("Cid", "Dan", "Cid")):
        rewrite(photos, xmp.in_t1(0, "Ann"), xmp.in_t1(1, "Bob"), xmp.in_t1(2, third), later=round_ + 2)
        index(library, photos)
        assert names(library)[:3] == ["Eve", None, third]
    rewrite(photos, xmp.in_t1(0, "Anne"), xmp.in_t1(1, "Rob"), xmp.in_t1(2, "Cid"), later=9)
    index(library, photos)
    assert names(library)[:3] == ["Eve", None, "Cid"]


def test_a_renamed_or_merged_person_is_meant_by_the_old_name(library: Library, photos: Path) -> None:
    rewrite(photos, xmp.in_t1(0, "Ann"))
    index(library, photos)
    ann = library.session.photos.faces(1)[0].person_id
    assert ann is not None
    library.session.people.rename(ann, "Ann Lee")
    samples.save(samples.darker(samples.t1()), photos / "dark.jpg")
    xmp.write(photos / "dark.jpg.xmp", [xmp.in_t1(0, "Ann")])
    index(library, photos)
    assert [person.name for person in library.session.people.list() if person.name] == ["Ann Lee"]


def test_another_look_keeps_the_names(library: Library, photos: Path) -> None:
    rewrite(photos, xmp.in_t1(0, "Ann"), xmp.in_t1(2, "Bob"))
    index(library, photos)
    library.models.use("yunet_sface")
    assert library.indexer.wait(60)
    assert names(library)[0] == "Ann"
    assert "Bob" in names(library)


def test_a_region_finds_its_face_when_the_photo_is_seen_anew(open_library: Opener, photos: Path) -> None:
    library = open_library()
    index(library, photos)
    with library.database.write() as db:
        marking.keep(db, 1, [Region("Ann", 0.95, 0.95, 0.02, 0.02, RegionSource.MWG)])
        assert marking.settle(db, 1) == frozenset()
        assert marking.rows(db, 1)[0].settled is None
        name, x, y, width, height = xmp.in_t1(0, "Ann")
        marking.keep(db, 1, [Region(name, x, y, width, height, RegionSource.MWG)])
        assert len(marking.settle(db, 1)) >= 1
        assert marking.rows(db, 1)[0].settled == "Ann"
    assert names(library)[0] == "Ann"


def test_what_the_machine_had_recognised_stays_its_own_word(library: Library, photos: Path) -> None:
    index(library, photos)
    name, x, y, width, height = xmp.in_t1(0, "Ann")
    with library.database.write() as db:
        marking.keep(db, 1, [Region(name, x, y, width, height, RegionSource.MWG, automatic=True)])
        marking.settle(db, 1)
    assert names(library)[0] == "Ann"
    assert not any(confirmed(library).values())
    worklist.group(library.database, library.core, everything=True)
    assert names(library)[0] == "Ann"


def test_each_region_marks_one_face_and_the_closest_comes_first() -> None:
    box = BoundingBox(0.1, 0.1, 0.2, 0.2)
    near, far = BoundingBox(0.12, 0.1, 0.2, 0.2), BoundingBox(0.17, 0.1, 0.2, 0.2)
    assert marking.pairs({1: box}, {7: far, 8: near}) == {1: 8}
    assert marking.pairs({1: box, 2: near}, {7: box, 8: far}) == {1: 7, 2: 8}
    head = BoundingBox(0.0, 0.0, 0.5, 0.5)
    assert marking.pairs({1: head}, {7: BoundingBox(0.2, 0.2, 0.1, 0.1)}) == {1: 7}
    assert marking.pairs({1: head}, {7: BoundingBox(0.0, 0.0, 0.1, 0.1)}) == {}
