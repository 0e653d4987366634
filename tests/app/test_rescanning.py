"""Scans of what is known already: what is opened, what moved, what is gone, and when the user is asked."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import sys
from pathlib import Path

import pytest
from PIL import ExifTags, Image
from sqlalchemy import text

from app.copied_files import PART
from app.errors import VolumeGone
from app.importing import Imported, Importer
from app.library import Library
from app.scanning import Scan
from app.types import Absence
from app.vanishing import MANY
from tests.app.conftest import Drives, Opener, scan
from tests.app.test_importing import hashes, indexed_photos, picture, places


@pytest.fixture
def library(open_library: Opener) -> Library:
    """An empty library whose Indexer rests."""
    return open_library(resume=False)


class Opened:
    """Counts the files that this process opens below a folder; an audit hook stays for the life of the process."""

    def __init__(self) -> None:
        self.below: str | None = None
        self.paths: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.below and event == "open" and isinstance(arguments[0], str | bytes):
            path = os.fsdecode(arguments[0])
            if path.startswith(self.below):
                self.paths.append(path)


@pytest.fixture(scope="module")
def hook() -> Opened:
    return Opened()


@pytest.fixture
def opened(hook: Opened, tmp_path: Path) -> Opened:
    hook.below, hook.paths = str(tmp_path / "photos"), []
    return hook


def describe(path: Path, sentence: str) -> None:
    """Writes a description into a file as another program does: the picture stays as it is, byte by byte."""
    data = path.read_bytes()
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = sentence
    block = exif.tobytes()
    segment = b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block
    path.write_bytes(data[:2] + segment + data[2:])
    with Image.open(io.BytesIO(path.read_bytes())) as image:
        assert image.getexif()[ExifTags.Base.ImageDescription] == sentence


def missing(library: Library) -> set[int]:
    return {photo for photo, absence in library.session.photos.timeline().absent.items() if absence is Absence.MISSING}


def look(library: Library, *folders: Path, accept: bool = False) -> Imported:
    """Looks through folders as the program does by itself; everything that came of it."""
    told: list[Imported] = []
    importer = Importer(library.database, library.folder, library.volumes)
    scans = [Scan(os.fsencode(folder), named=False) for folder in folders]
    assert importer.look(scans, lambda: False, told.append, accept)
    return Imported(
        sum(each.waiting for each in told),
        sum(each.refused for each in told),
        set().union(*(each.photo_ids for each in told)),
    )


def added(library: Library, folder: Path, count: int) -> list[Path]:
    """A folder of indexed photos that the user added."""
    paths = indexed_photos(library, folder, count)
    library.folders.remember([folder])
    return paths


def vanished(library: Library) -> int:
    (folder,) = library.folders.list()
    return folder.vanished


def test_a_scan_of_what_is_known_opens_no_file(library: Library, tmp_path: Path, opened: Opened) -> None:
    photos = tmp_path / "photos"
    indexed_photos(library, photos / "a", 3)
    (photos / "notes.txt").write_text("nobody expects a picture")
    (photos / "IMG_1.xmp").write_text("<x/>")
    (photos / "broken.jpg").write_text("a picture was expected")
    scan(library, photos)
    assert opened.paths
    opened.paths.clear()
    scan(library, photos)
    look(library, photos)
    assert opened.paths == []


def test_only_what_is_new_is_opened(library: Library, tmp_path: Path, opened: Opened) -> None:
    indexed_photos(library, tmp_path / "photos", 3)
    fresh = picture(tmp_path / "photos" / "new.jpg", 99)
    opened.paths.clear()
    assert scan(library, tmp_path / "photos") == 1
    assert opened.paths == [str(fresh)]


def test_what_is_passed_over_is_looked_at_again_by_another_version(library: Library, tmp_path: Path) -> None:
    picture(tmp_path / "photos" / "a.jpg")
    path = tmp_path / "photos" / "scan.dat"
    path.write_text("nothing yet")
    scan(library, tmp_path / "photos")
    with library.database.write() as db:
        assert db.execute(text("UPDATE passed SET passed_by = '0.0.1'")).rowcount == 1
    status = path.stat()
    path.write_bytes(picture(tmp_path / "other.jpg", 9).read_bytes())
    with library.database.write() as db:
        values = {"size": path.stat().st_size, "time": path.stat().st_mtime_ns}
        db.execute(text("UPDATE passed SET size = :size, modified_ns = :time"), values)
    assert scan(library, tmp_path / "photos") == 1
    with library.database.read() as db:
        assert db.execute(text("SELECT count(*) FROM passed")).scalar() == 0
    assert status.st_size != path.stat().st_size


def test_a_renamed_folder_keeps_every_photo(library: Library, tmp_path: Path) -> None:
    count = MANY * 2
    paths = added(library, tmp_path / "photos", 1) + indexed_photos(library, tmp_path / "photos" / "old", count)
    before = hashes(library)
    (tmp_path / "photos" / "old").rename(tmp_path / "photos" / "new")
    told = look(library, tmp_path / "photos")
    assert (told.waiting, hashes(library), missing(library), vanished(library)) == (0, before, set(), 0)
    assert len(places(library)) == len(paths)
    assert all(os.path.exists(path) for path in places(library))


def test_a_folder_that_moves_to_another_added_one_keeps_every_photo(library: Library, tmp_path: Path) -> None:
    indexed_photos(library, tmp_path / "one" / "trip", MANY * 2)
    indexed_photos(library, tmp_path / "two", 1)
    library.folders.remember([tmp_path / "one", tmp_path / "two"])
    before = hashes(library)
    (tmp_path / "one" / "trip").rename(tmp_path / "two" / "trip")
    look(library, tmp_path / "one", tmp_path / "two")
    assert (hashes(library), missing(library)) == (before, set())
    assert [folder.vanished for folder in library.folders.list()] == [0, 0]
    assert all(os.path.exists(path) for path in places(library))


def test_what_moved_and_was_described_elsewhere_is_the_same_photo(library: Library, tmp_path: Path) -> None:
    path, _ = added(library, tmp_path / "photos", 2)
    before = places(library)[os.fsencode(path)]
    moved = tmp_path / "photos" / "2026" / "garden.jpg"
    moved.parent.mkdir()
    path.rename(moved)
    describe(moved, "The garden")
    told = look(library, tmp_path / "photos")
    assert (told.waiting, told.photo_ids) == (1, {before})
    assert places(library)[os.fsencode(moved)] == before
    assert os.fsencode(path) not in places(library)
    assert hashes(library)[before] == hashlib.sha256(moved.read_bytes()).hexdigest()
    assert len(hashes(library)) == 2


def test_what_moved_and_was_described_is_found_in_another_folder(library: Library, tmp_path: Path) -> None:
    path, _ = indexed_photos(library, tmp_path / "one", 2)
    picture(tmp_path / "two" / "other.jpg", 77)
    before = places(library)[os.fsencode(path)]
    moved = path.rename(tmp_path / "two" / "garden.jpg")
    describe(moved, "The garden")
    # The folder from which it went is not looked at.
    look(library, tmp_path / "two")
    assert places(library)[os.fsencode(moved)] == before


def test_a_described_copy_is_a_photo_of_its_own(library: Library, tmp_path: Path) -> None:
    path, _ = added(library, tmp_path / "photos", 2)
    before = hashes(library)
    copy = Path(shutil.copy(path, tmp_path / "photos" / "copy.jpg"))
    describe(copy, "A copy")
    assert look(library, tmp_path / "photos").waiting == 1
    assert len(hashes(library)) == len(before) + 1
    assert hashes(library).items() >= before.items()


def test_a_deleted_file_leaves_its_photo_as_missing_until_it_is_back(library: Library, tmp_path: Path) -> None:
    path, _ = added(library, tmp_path / "photos", 2)
    photo_id = places(library)[os.fsencode(path)]
    kept = path.rename(tmp_path / "kept.jpg")
    assert look(library, tmp_path / "photos").photo_ids == {photo_id}
    assert missing(library) == {photo_id}
    assert library.session.photos.get(photo_id).absence is Absence.MISSING
    assert photo_id in library.session.photos.timeline().photo_ids
    assert library.folders.list()[0].missing == 1
    assert look(library, tmp_path / "photos").photo_ids == set()
    kept.rename(path)
    assert look(library, tmp_path / "photos").photo_ids == {photo_id}
    assert missing(library) == set()
    assert library.session.photos.get(photo_id).absence is None


def test_of_two_places_one_that_is_deleted_is_forgotten(library: Library, tmp_path: Path) -> None:
    (path,) = added(library, tmp_path / "photos", 1)
    copy = Path(shutil.copy2(path, tmp_path / "photos" / "copy.jpg"))
    look(library, tmp_path / "photos")
    assert len(places(library)) == 2
    path.unlink()
    look(library, tmp_path / "photos")
    assert list(places(library)) == [os.fsencode(copy)]
    assert missing(library) == set()


def test_when_many_go_at_once_nothing_changes_until_the_user_says_so(library: Library, tmp_path: Path) -> None:
    paths = added(library, tmp_path / "photos", MANY + 5)
    before = places(library)
    for path in paths[: MANY + 1]:
        path.unlink()
    for _ in range(2):
        assert look(library, tmp_path / "photos").photo_ids == set()
        assert (places(library), missing(library), vanished(library)) == (before, set(), MANY + 1)
    look(library, tmp_path / "photos", accept=True)
    assert (len(missing(library)), vanished(library)) == (MANY + 1, 0)
    assert places(library) == before


def test_the_question_goes_when_the_files_are_back(library: Library, tmp_path: Path) -> None:
    paths = added(library, tmp_path / "photos" / "trip", MANY + 1)
    library.folders.remember([tmp_path / "photos"])
    kept = paths[0].parent.rename(tmp_path / "kept")
    look(library, tmp_path / "photos")
    assert vanished(library) == MANY + 1
    kept.rename(paths[0].parent)
    look(library, tmp_path / "photos")
    assert (vanished(library), missing(library)) == (0, set())


def test_the_question_goes_when_they_are_found_elsewhere(library: Library, tmp_path: Path) -> None:
    paths = added(library, tmp_path / "photos", MANY + 1)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for path in paths:
        path.rename(elsewhere / path.name)
    look(library, tmp_path / "photos")
    assert vanished(library) == MANY + 1
    assert scan(library, elsewhere) == 0
    look(library, tmp_path / "photos")
    assert vanished(library) == 0
    assert len(places(library)) == MANY + 1


def test_a_folder_that_is_gone_altogether_changes_nothing(library: Library, tmp_path: Path) -> None:
    added(library, tmp_path / "photos", 3)
    before = places(library)
    (tmp_path / "photos").rename(tmp_path / "kept")
    look(library, tmp_path / "photos")
    assert (places(library), missing(library)) == (before, set())


def test_a_folder_that_was_renamed_and_added_anew_leaves_no_places_behind(library: Library, tmp_path: Path) -> None:
    added(library, tmp_path / "photos", MANY + 2)
    before = set(places(library).values())
    picture(tmp_path / "photos" / "in the trash.jpg", 250)
    scan(library, tmp_path / "photos")
    trashed = library.session.photos.at(tmp_path / "photos" / "in the trash.jpg")
    library.session.trash.put([trashed])
    renamed = (tmp_path / "photos").rename(tmp_path / "Photos")
    scan(library, renamed)
    found = places(library)
    assert len(found) == MANY + 3 and set(found.values()) == before | {trashed}
    assert {os.path.dirname(path) for path in found} == {os.fsencode(renamed)}
    assert library.session.trash.list()[0].available
    assert missing(library) == set()


def test_a_copy_in_a_folder_that_is_gone_stays_where_its_drive_is_away(
    open_library: Opener, tmp_path: Path, drives: Drives
) -> None:
    library = open_library(resume=False, mounts=drives.mounts)
    point = drives.put_in("card", tmp_path / "media" / "card")
    for folder in (point / "DCIM", tmp_path / "home"):
        picture(folder / "a.jpg")
        scan(library, folder)
        library.folders.remember([folder])
    drives.take_out("card")
    scan(library, tmp_path / "home")
    assert len(places(library)) == 2
    (tmp_path / "home").rename(tmp_path / "moved")
    drives.put_in("card", tmp_path / "media" / "card")
    scan(library, point)
    assert list(places(library)) == [os.fsencode(point / "DCIM" / "a.jpg")]


def test_a_file_whose_name_a_folder_has_now_is_missing(library: Library, tmp_path: Path) -> None:
    (path,) = added(library, tmp_path / "photos", 1)
    photo_id = library.session.photos.at(path)
    path.unlink()
    picture(path / "b.jpg", 90)
    look(library, tmp_path / "photos")
    assert missing(library) == {photo_id}
    assert len(places(library)) == 2


def test_a_photo_that_was_overwritten_with_something_else_is_missing(library: Library, tmp_path: Path) -> None:
    path, _ = added(library, tmp_path / "photos", 2)
    photo_id = places(library)[os.fsencode(path)]
    content = path.read_bytes()
    path.write_text("no picture any more")
    look(library, tmp_path / "photos")
    assert missing(library) == {photo_id}
    assert not library.session.photos.get(photo_id).available
    path.write_bytes(content)
    look(library, tmp_path / "photos")
    assert (missing(library), library.session.photos.get(photo_id).available) == (set(), True)


def test_what_went_before_it_was_ever_looked_at_is_forgotten(library: Library, tmp_path: Path) -> None:
    path = picture(tmp_path / "photos" / "a.jpg")
    scan(library, tmp_path / "photos")
    path.unlink()
    assert look(library, tmp_path / "photos").waiting == -1
    assert (places(library), library.session.counts().pending) == ({}, 0)


def test_a_damaged_file_that_went_is_not_told_of_any_more(library: Library, tmp_path: Path) -> None:
    path = picture(tmp_path / "photos" / "a.jpg")
    scan(library, tmp_path / "photos")
    with library.database.write() as db:
        db.execute(text("UPDATE photo SET state = 'unreadable', reason = 'It is damaged.'"))
    path.unlink()
    assert look(library, tmp_path / "photos").waiting == 0
    assert (places(library), library.session.photos.skipped()) == ({}, [])


def test_many_that_wait_and_went_at_once_wait_on(library: Library, tmp_path: Path) -> None:
    for number in range(MANY + 1):
        picture(tmp_path / "photos" / "trip" / f"{number}.jpg", number * 3)
    scan(library, tmp_path / "photos")
    library.folders.remember([tmp_path / "photos"])
    kept = (tmp_path / "photos" / "trip").rename(tmp_path / "kept")
    assert look(library, tmp_path / "photos").waiting == 0
    assert (library.session.counts().pending, vanished(library)) == (MANY + 1, MANY + 1)
    kept.rename(tmp_path / "photos" / "trip")
    look(library, tmp_path / "photos")
    assert (library.session.counts().pending, vanished(library)) == (MANY + 1, 0)


def test_a_flat_look_leaves_the_folders_below_alone(library: Library, tmp_path: Path) -> None:
    below = picture(tmp_path / "photos" / "below" / "b.jpg", 77)
    path, _ = added(library, tmp_path / "photos", 2)
    scan(library, tmp_path / "photos")
    photo_id = places(library)[os.fsencode(path)]
    path.unlink()
    below.unlink()
    importer = Importer(library.database, library.folder, library.volumes)
    importer.look([Scan(os.fsencode(tmp_path / "photos"), named=False, deep=False)], lambda: False, lambda _: None)
    assert missing(library) == {photo_id}


def test_a_flat_look_leaves_the_sidecars_below_alone(library: Library, tmp_path: Path) -> None:
    added(library, tmp_path / "photos", 1)
    for path in (tmp_path / "photos" / "000.jpg.xmp", tmp_path / "photos" / "below" / "b.jpg.xmp"):
        path.parent.mkdir(exist_ok=True)
        path.write_text("<x/>")
    scan(library, tmp_path / "photos")
    (tmp_path / "photos" / "000.jpg.xmp").unlink()
    told: list[Imported] = []
    importer = Importer(library.database, library.folder, library.volumes)
    for _ in range(2):
        importer.look([Scan(os.fsencode(tmp_path / "photos"), named=False, deep=False)], lambda: False, told.append)
    with library.database.read() as db:
        left = [Path(os.fsdecode(path)).name for path in db.execute(text("SELECT path FROM sidecar")).scalars()]
    assert left == ["b.jpg.xmp"]
    assert [each.sidecars for each in told] == [True, False]


def test_a_sidecar_that_is_as_it_was_is_not_asked_of_the_disk(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = added(library, tmp_path / "photos", 1)
    for name in ("000.jpg.xmp", ".picasa.ini"):
        (path.parent / name).write_text("<x/>")
    scan(library, path.parent)
    asked: list[object] = []
    stat = os.stat

    def listening(path: object, **options: object) -> os.stat_result:
        asked.append(path)
        return stat(path, **options)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(os, "stat", listening)
    scan(library, path.parent)
    assert not {os.path.basename(each) for each in asked if isinstance(each, bytes)} & {b"000.jpg.xmp", b".picasa.ini"}
    (path.parent / "000.jpg.xmp").write_text("<other/>")
    scan(library, path.parent)
    assert os.fsencode(path.parent / "000.jpg.xmp") in asked


def test_sidecars_on_a_drive_that_is_away_are_not_gone(open_library: Opener, tmp_path: Path, drives: Drives) -> None:
    library = open_library(resume=False, mounts=drives.mounts)
    point = drives.put_in("card", tmp_path / "media" / "card")
    picture(point / "a.jpg")
    for name in ("a.jpg.xmp", "notes.txt", "b.jpg"):
        (point / name).write_text("<x/>")
    scan(library, tmp_path / "media")
    before = known(library)
    assert [len(rows) for rows in before.values()] == [1, 1, 1]
    drives.take_out("card")
    scan(library, tmp_path / "media")
    assert known(library) == before
    drives.put_in("card", tmp_path / "media" / "card")
    (point / "a.jpg.xmp").unlink()
    told: list[Imported] = []
    importer = Importer(library.database, library.folder, library.volumes)
    importer.run(os.fsencode(tmp_path / "media"), lambda: False, told.append)
    assert known(library)["sidecar"] == [] and told[-1].sidecars


def known(library: Library) -> dict[str, list[bytes]]:
    """The files that are no photos, by the table that remembers them."""
    with library.database.read() as db:
        tables = ("sidecar", "passed", "skipped")
        return {table: list(db.execute(text(f"SELECT path FROM {table}")).scalars()) for table in tables}


def test_a_copy_that_an_import_is_writing_is_no_photo(library: Library, tmp_path: Path) -> None:
    path = picture(tmp_path / "photos" / "a.jpg")
    shutil.copy(path, path.with_name(f".0123456789abcdef{PART.decode()}"))
    assert scan(library, path.parent) == 1
    assert library.session.counts().pending == 1 and library.session.photos.skipped() == []
    with library.database.read() as db:
        assert [bytes(each) for each in db.execute(text("SELECT path FROM place")).scalars()] == [os.fsencode(path)]


def test_a_file_that_is_being_written_is_left_for_later(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = picture(tmp_path / "photos" / "a.jpg")

    def slow_hash(data: bytes) -> None:
        with open(path, "ab") as file:
            file.write(b"more")

    monkeypatch.setattr("app.scanning.picture_hash", slow_hash)
    assert scan(library, tmp_path / "photos") == 0
    assert "was being written" in library.session.photos.skipped()[0].reason
    monkeypatch.undo()
    assert scan(library, tmp_path / "photos") == 1
    assert library.session.photos.skipped() == []


def test_a_drive_that_goes_during_a_scan_changes_nothing(open_library: Opener, tmp_path: Path, drives: Drives) -> None:
    library = open_library(resume=False, mounts=drives.mounts)
    point = drives.put_in("card", tmp_path / "media" / "card")
    added(library, point, 4)
    picture(point / "new.jpg", 200)
    before = places(library)
    importer = Importer(library.database, library.folder, library.volumes)

    def stopped() -> bool:
        if point.exists() and any(point.iterdir()):
            drives.take_out("card")
        return False

    with pytest.raises(VolumeGone, match="card is not connected"):
        importer.look([Scan(os.fsencode(point), named=False)], stopped, lambda _: None)
    assert (places(library), library.session.photos.skipped(), missing(library)) == (before, [], set())
    assert set(library.session.photos.timeline().absent.values()) == {Absence.OFFLINE}
    drives.put_in("card", tmp_path / "elsewhere" / "card")
    library.volumes.refresh()
    assert library.session.photos.timeline().absent == {}
    assert look(library, tmp_path / "elsewhere" / "card").waiting == 1
