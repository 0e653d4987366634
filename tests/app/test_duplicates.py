"""Copies are shown together, the best first; the others go to the trash in one step, and a no is remembered."""

from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image, ImageFilter
from sqlalchemy import text

from app.duplicates import best
from app.errors import NotFound
from app.library import Library
from app.types import DuplicatePhoto, LibraryChanged
from tests import samples
from tests.app.conftest import Opener, Witness, index, until
from tests.app.test_stacks import jpeg, raw


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three photos, two of them with copies; not to be changed."""
    made = tmp_path_factory.mktemp("copies")
    people, pilot = samples.t1(), samples.astronaut()
    samples.save(people.resize((640, 443), Image.Resampling.LANCZOS), made / "a small people.jpg", quality=60)
    samples.save(people, made / "people.jpg")
    samples.save(people, made / "people again.jpg", quality=40)
    samples.save(pilot, made / "pilot.jpg")
    samples.save(pilot.filter(ImageFilter.GaussianBlur(1)), made / "z soft pilot.jpg", quality=99)
    samples.save(samples.scenery(), made / "coffee.jpg")
    samples.save(samples.mirrored(pilot), made / "mirrored.jpg")
    return made


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Path:
    """A closed library of them; not to be changed."""
    place = tmp_path_factory.mktemp("kept") / "library"
    with Library.open(place) as library:
        index(library, folder)
    return place


@pytest.fixture
def library(open_library: Opener, kept: Path, tmp_path: Path) -> Library:
    return open_library(shutil.copytree(kept, tmp_path / "copy"), resume=False)


def names(library: Library) -> list[list[str]]:
    return [[photo.path.name for photo in group.photos] for group in library.session.duplicates.list()]


def ids(library: Library, number: int) -> list[int]:
    return [photo.photo_id for photo in library.session.duplicates.list()[number].photos]


PEOPLE = ["people.jpg", "people again.jpg", "a small people.jpg"]


def test_copies_are_together_and_the_best_is_first(library: Library) -> None:
    groups = names(library)
    assert groups[0] == PEOPLE
    assert all("coffee.jpg" not in group and "mirrored.jpg" not in group for group in groups)
    first = library.session.duplicates.list()[0].photos[0]
    assert (first.width, first.height, first.format, first.trashed) == (1280, 886, "JPEG", False)
    assert first.size == first.path.stat().st_size


def photo(number: int, width: int, sharpness: float, size: int) -> DuplicatePhoto:
    return DuplicatePhoto(number, Path("x"), width, 100, size, "JPEG", datetime(2020, 1, 1), sharpness)


def test_the_best_is_the_largest_then_the_sharpest_then_the_heaviest() -> None:
    assert best([photo(1, 200, 5, 5), photo(2, 300, 1, 1)]).photo_id == 2
    assert best([photo(1, 300, 100, 5), photo(2, 300, 20, 9)]).photo_id == 1
    assert best([photo(1, 300, 100, 5), photo(2, 300, 80, 9)]).photo_id == 2
    assert best([photo(2, 300, 100, 5), photo(1, 300, 100, 5)]).photo_id == 1


def test_the_best_is_there_and_has_its_raw_file() -> None:
    gone, small = replace(photo(1, 300, 9, 9), missing=True), photo(2, 200, 5, 5)
    assert best([gone, small]) == small
    assert best([gone, replace(gone, photo_id=3, width=200)]) == gone
    assert best([photo(1, 300, 9, 9), replace(small, raw=True)]).photo_id == 2
    assert best([replace(gone, raw=True), small]) == small


def test_one_whose_file_is_gone_is_not_what_is_kept(open_library: Opener, tmp_path: Path) -> None:
    library, folder = open_library(), tmp_path / "photos"
    samples.save(samples.t1(), folder / "large.jpg")
    samples.save(samples.t1().resize((640, 443), Image.Resampling.LANCZOS), folder / "small.jpg")
    index(library, folder)
    ((large, small),) = (ids(library, 0),)
    (folder / "large.jpg").unlink()
    for _ in ("before a scan noticed it", "after"):
        assert ids(library, 0) == [small, large]
        with pytest.raises(NotFound, match="is not there"):
            library.session.duplicates.resolve([large], [small])
        index(library, folder)
    assert library.session.trash.list() == []
    assert library.session.duplicates.resolve([small], [large]) == (large,)


def test_a_shot_with_its_raw_file_is_kept_before_a_larger_export(open_library: Opener, tmp_path: Path) -> None:
    library, folder = open_library(), tmp_path / "photos"
    shot = samples.portrait(0).resize((480, 640))
    raw(folder / "IMG_1.DNG", shot)
    jpeg(folder / "IMG_1.JPG", shot)
    shot.resize((960, 1280), Image.Resampling.LANCZOS).save(folder / "export.jpg", quality=99)
    index(library, folder)
    assert names(library) == [["IMG_1.JPG", "export.jpg"]]


def test_the_others_go_in_one_step_and_come_back_in_one(library: Library) -> None:
    before = names(library)
    keep, *others = ids(library, 0)
    moved = library.session.duplicates.resolve([keep], others)
    assert moved == tuple(others)
    assert PEOPLE not in names(library)
    assert {each.photo_id for each in library.session.trash.list()} == set(others)
    library.session.trash.restore(moved)
    assert names(library) == before


def test_nothing_is_moved_without_one_that_stays(library: Library) -> None:
    group = ids(library, 0)
    for keep, others in (([], group), (group[:1], group), ([4000], group)):
        with pytest.raises(NotFound):
            library.session.duplicates.resolve(keep, others)
    library.session.trash.put(group[:1])
    with pytest.raises(NotFound, match="not in the library"):
        library.session.duplicates.resolve(group[:1], group[1:])
    assert len(library.session.trash.list()) == 1


def test_a_no_is_remembered_and_can_be_taken_back(library: Library, kept: Path) -> None:
    before = names(library)
    group = ids(library, 0)
    witness = Witness(library)
    library.session.duplicates.set_apart(group)
    assert names(library) == before[1:]
    assert witness.changes == [LibraryChanged(frozenset(group))]
    with Library.open(library.folder, resume=False) as again:
        assert names(again) == before[1:]
    library.session.journal.undo()
    library.session.duplicates.set_apart(group[1:])
    assert names(library)[0] == ["people.jpg", "people again.jpg"], "two who are apart are in no group together"
    with pytest.raises(NotFound):
        library.session.duplicates.set_apart([group[0], 4000])


def test_older_photos_get_theirs_in_the_background(library: Library, open_library: Opener) -> None:
    before = names(library)
    with library.database.write() as db:
        rows = db.execute(text("SELECT * FROM fingerprint ORDER BY photo_id")).all()
        db.execute(text("DELETE FROM fingerprint"))
    assert names(library) == []
    witness = Witness(library)
    assert library.fingerprints.fill() == len(rows)
    assert witness.changes == [LibraryChanged(duplicates=True)]
    with library.database.read() as db:
        assert db.execute(text("SELECT * FROM fingerprint ORDER BY photo_id")).all() == rows
    assert library.fingerprints.fill() == 0
    assert names(library) == before


def test_the_background_ends_with_the_library(library: Library, open_library: Opener, tmp_path: Path) -> None:
    with library.database.write() as db:
        db.execute(text("UPDATE fingerprint SET content_hash = 'as it was before it was edited'"))
    library.close()
    opened = open_library(library.folder)
    until(lambda: len(names(opened)) > 0)
    opened.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "fingerprints" and thread.is_alive()]


def test_what_is_out_of_reach_waits(library: Library, folder: Path) -> None:
    shutil.rmtree(library.folder / "cache")
    with library.database.write() as db:
        db.execute(text("UPDATE fingerprint SET content_hash = ''"))
        db.execute(text("UPDATE place SET path = CAST('/nowhere/' || place_id AS BLOB) WHERE photo_id % 2 = 0"))
        there = db.execute(text("SELECT count(*) FROM photo WHERE photo_id % 2 = 1")).scalar()
    assert library.fingerprints.fill() == there
    assert library.fingerprints.fill() == 0
