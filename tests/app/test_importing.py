"""The importer over real files: what becomes a photo, what is told as skipped, what is passed over."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image
from sqlalchemy import text

from app import worklist
from app.importing import BATCH, Imported, Importer, program_version
from app.library import Library
from core.images import MAX_FILE_BYTES
from tests.app.conftest import Opener, scan

HOSTILE = Path(__file__).parents[2] / ".." / "shared" / "data" / "hostile-synthetic"


@pytest.fixture
def library(open_library: Opener) -> Library:
    """An empty library whose Indexer rests: photos stay pending."""
    return open_library(resume=False)


def places(library: Library) -> dict[bytes, int]:
    """Every place that the library knows, with its photo."""
    with library.database.read() as db:
        return {bytes(path): photo_id for path, photo_id in db.execute(text("SELECT path, photo_id FROM place"))}


def rows(library: Library) -> list[tuple[object, ...]]:
    """Everything that importing writes."""
    with library.database.read() as db:
        tables = ("photo", "place", "skipped")
        return [tuple(row) for table in tables for row in db.execute(text(f"SELECT * FROM {table} ORDER BY 1"))]


def reasons(library: Library) -> dict[str, str]:
    """Skipped files by name."""
    return {skipped.path.name: skipped.reason for skipped in library.session.photos.skipped()}


def picture(path: Path, shade: int = 0, kind: str = "JPEG") -> Path:
    """A small picture; each shade is another photo."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (32, 24), (shade, shade // 2, 255 - shade)).save(path, kind)
    return path


def test_a_folder_is_read_with_all_below_it(library: Library, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    wanted = [picture(photos / name, number * 10) for number, name in enumerate(["a.jpg", "b/c.jpg", "b/d/e.jpg"])]
    assert scan(library, photos) == 3
    assert set(places(library)) == {os.fsencode(path) for path in wanted}


def test_a_single_file_can_be_added(library: Library, tmp_path: Path) -> None:
    wanted = picture(tmp_path / "photos" / "a.jpg")
    picture(tmp_path / "photos" / "b.jpg", 50)
    assert scan(library, wanted) == 1
    assert list(places(library)) == [os.fsencode(wanted)]


def test_importing_again_changes_nothing(library: Library, tmp_path: Path) -> None:
    picture(tmp_path / "photos" / "a.jpg")
    (tmp_path / "photos" / "b.jpg").write_text("no picture")
    (tmp_path / "photos" / "c.jpg").symlink_to(tmp_path / "nowhere")
    assert scan(library, tmp_path / "photos") == 1
    before = rows(library)
    assert scan(library, tmp_path / "photos") == 0
    assert scan(library, tmp_path / "photos" / "a.jpg") == 0
    assert rows(library) == before


def test_known_files_are_not_even_opened(library: Library, tmp_path: Path) -> None:
    path = picture(tmp_path / "photos" / "a.jpg")
    scan(library, tmp_path / "photos")
    status = path.stat()
    path.write_bytes(bytes(status.st_size))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    before = rows(library)
    scan(library, tmp_path / "photos")
    assert rows(library) == before


def test_a_touched_file_of_the_same_content_is_the_same_photo(library: Library, tmp_path: Path) -> None:
    path = picture(tmp_path / "a.jpg")
    scan(library, path)
    os.utime(path, (1_000_000_000, 1_000_000_000))
    before = places(library)
    assert scan(library, path) == 0
    assert places(library) == before


def test_the_same_file_in_two_places_is_one_photo(library: Library, tmp_path: Path) -> None:
    first = picture(tmp_path / "photos" / "a.jpg")
    second = tmp_path / "photos" / "copies" / "b.jpg"
    second.parent.mkdir()
    shutil.copy2(first, second)
    assert scan(library, tmp_path / "photos") == 1
    photo_ids = places(library)
    assert set(photo_ids) == {os.fsencode(first), os.fsencode(second)}
    assert len(set(photo_ids.values())) == 1


def test_a_photo_is_found_at_its_other_place_when_one_is_gone(library: Library, tmp_path: Path) -> None:
    first = picture(tmp_path / "a.jpg")
    second = Path(shutil.copy2(first, tmp_path / "b.jpg"))
    scan(library, first)
    scan(library, second)
    (photo_id,) = set(places(library).values())
    assert library.session.photos.get(photo_id).path == first
    first.unlink()
    assert library.session.photos.get(photo_id).path == second
    assert library.session.photos.get(photo_id).available
    second.unlink()
    assert not library.session.photos.get(photo_id).available


def test_hidden_folders_are_left_out(library: Library, tmp_path: Path) -> None:
    picture(tmp_path / "photos" / ".thumbnails" / "a.jpg")
    picture(tmp_path / "photos" / "._b.jpg", 20)
    wanted = picture(tmp_path / "photos" / ".c.jpg", 40)
    assert scan(library, tmp_path / "photos") == 1
    assert list(places(library)) == [os.fsencode(wanted)]


def test_a_hidden_folder_that_was_asked_for_is_read(library: Library, tmp_path: Path) -> None:
    picture(tmp_path / ".private" / "a.jpg")
    assert scan(library, tmp_path / ".private") == 1


def test_the_library_does_not_import_its_own_caches(library: Library, tmp_path: Path) -> None:
    picture(library.folder / "cache" / "photos" / "ab" / "thumbnail.jpg")
    wanted = picture(tmp_path / "a.jpg", 30)
    assert scan(library, tmp_path) == 1
    assert list(places(library)) == [os.fsencode(wanted)]


def test_a_library_among_its_photos_imports_these_alone(library: Library, tmp_path: Path) -> None:
    picture(library.folder / "cache" / "photos" / "ab" / "thumbnail.jpg")
    wanted = picture(library.folder / "a.jpg", 30)
    assert scan(library, library.folder) == 1
    assert scan(library, library.folder / "cache") == 0
    assert list(places(library)) == [os.fsencode(wanted)]


def test_links_that_lead_in_circles_end(library: Library, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    picture(photos / "a" / "b.jpg")
    (photos / "a" / "up").symlink_to(photos, target_is_directory=True)
    (photos / "self").symlink_to(photos / "self")
    assert scan(library, photos) == 1
    assert library.session.counts().skipped == 1
    assert "symbolic links" in reasons(library)["self"]


def test_a_link_to_a_photo_is_that_photo(library: Library, tmp_path: Path) -> None:
    target = picture(tmp_path / "elsewhere" / "a.jpg")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "link.jpg").symlink_to(target)
    assert scan(library, tmp_path / "photos") == 1
    assert scan(library, tmp_path / "elsewhere") == 0


@pytest.mark.parametrize(
    "name",
    [
        b"new\nline.jpg",
        b"invalid \xff\xfe utf-8.jpg",
        b"quote'\"name.jpg",
        b"%s%n%d.jpg",
        b"-rf.jpg",
        b"trailing dot..jpg",
        b"[red]markup[bold].jpg",
        "имя 写真 📷.jpg".encode(),
        b"a" * 251 + b".jpg",
        b" .jpg",
    ],
)
def test_awkward_names_are_photos_like_any_other(library: Library, tmp_path: Path, name: bytes) -> None:
    path = picture(tmp_path / "photos" / "plain.jpg")
    awkward = os.path.join(os.fsencode(path.parent), name)
    try:
        os.rename(path, awkward)
    except OSError as error:
        pytest.skip(f"this file system refuses the name: {error}")
    assert scan(library, path.parent) == 1
    photo_id = places(library)[awkward]
    photo = library.session.photos.get(photo_id)
    assert os.fsencode(photo.path) == awkward
    assert photo.available
    assert library.session.photos.image(photo_id).shape == (24, 32, 3)


def test_an_archive_of_awkward_names(library: Library, tmp_path: Path) -> None:
    if not HOSTILE.is_dir():
        pytest.skip("the shared test data is not there")
    with tarfile.open(HOSTILE / "awkward-names.tar") as archive:
        archive.extractall(tmp_path / "photos", filter="data")
        count = len(archive.getnames())
    scan(library, tmp_path / "photos")
    assert len(places(library)) == count
    assert reasons(library) == {}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.jpg", b"", "The file is empty."),
        ("text.jpg", b"certainly no picture", "The file is not a picture."),
        ("drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "The file is not a picture."),
        ("film.mp4", b"certainly no film", "The file is not a video."),
        ("layers.psd", b"8BPS\0\1", "Pictures of this kind (PSD) cannot be opened by this version of Sietch."),
        ("film.mkv", b"", "The file is empty."),
        ("film.mts", b"\0\0\0\0G", "Videos of this kind (MTS) cannot be opened by this version of Sietch."),
        ("phone.heic", b"\0\0\0\x18ftypqwer", "The file is not a picture."),
        ("camera.nef", b"certainly no raw file", "The file is not a picture."),
        ("modern.jxl", b"\xff\xd9", "The file is not a picture."),
    ],
)
def test_what_promises_a_picture_and_is_none_is_skipped_with_the_reason(
    library: Library, tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / name).write_bytes(content)
    assert scan(library, tmp_path / "photos") == 0
    assert reasons(library) == {name: reason}
    assert library.session.counts().skipped == 1


@pytest.mark.parametrize("name", ["notes.txt", "Thumbs.db", "photo.xmp", "no suffix", "album.pdf"])
@pytest.mark.parametrize("content", [b"BM is how a bitmap begins, and this text", b"\xff\x0a is how JPEG XL may begin"])
def test_what_promises_no_picture_is_passed_over(library: Library, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / name).write_bytes(content)
    assert scan(library, tmp_path / "photos") == 0
    assert reasons(library) == {}


def test_what_was_named_itself_is_told_whatever_it_is(library: Library, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "empty").write_text("")
    os.mkfifo(tmp_path / "pipe")
    for name in ("notes.txt", "empty", "pipe", "nowhere.jpg"):
        scan(library, tmp_path / name)
    assert reasons(library) == {
        "notes.txt": "The file is not a picture.",
        "empty": "The file is empty.",
        "pipe": "This is not a file.",
        "nowhere.jpg": "The file cannot be read: No such file or directory.",
    }


def test_what_was_passed_over_with_its_folder_is_told_when_it_is_named(library: Library, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    picture(photos / "a.jpg")
    for name in ("notes.txt", "a.jpg.xmp", ".picasa.ini", ".hidden"):
        (photos / name).write_text("x")
    scan(library, photos)
    assert reasons(library) == {}
    for name in ("notes.txt", "a.jpg.xmp", ".picasa.ini", ".hidden"):
        scan(library, photos / name)
    told = {
        "notes.txt": "The file is not a picture.",
        ".hidden": "The file is not a picture.",
        "a.jpg.xmp": "The file is no picture. What it tells is read with the photo beside it.",
        ".picasa.ini": "The file is no picture. What it tells is read with the photo beside it.",
    }
    assert reasons(library) == told
    scan(library, photos)
    assert reasons(library) == told
    for name in told:
        (photos / name).unlink()
    scan(library, photos)
    assert reasons(library) == {}


def test_a_picture_is_known_by_its_content_not_its_name(library: Library, tmp_path: Path) -> None:
    picture(tmp_path / "photos" / "a.heic")
    picture(tmp_path / "photos" / "b", 30)
    picture(tmp_path / "photos" / "c.png", 60)
    picture(tmp_path / "photos" / "d.jpg", 90, "PNG")
    assert scan(library, tmp_path / "photos") == 4
    assert reasons(library) == {}


def test_a_dangling_link_is_told_and_looked_at_again(library: Library, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "link.jpg").symlink_to(tmp_path / "later.jpg")
    scan(library, tmp_path / "photos")
    assert reasons(library) == {"link.jpg": "The file cannot be read: No such file or directory."}
    picture(tmp_path / "later.jpg")
    assert scan(library, tmp_path / "photos") == 1
    assert reasons(library) == {}


def test_a_file_that_became_a_picture_is_no_longer_skipped(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"")
    scan(library, tmp_path)
    assert "a.jpg" in reasons(library)
    picture(tmp_path / "a.jpg")
    assert scan(library, tmp_path) == 1
    assert reasons(library) == {}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_told_and_read_when_it_may(library: Library, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    picture(photos / "closed" / "a.jpg")
    secret = picture(photos / "secret.jpg", 40)
    secret.chmod(0)
    (photos / "closed").chmod(0)
    try:
        assert scan(library, photos) == 0
        assert reasons(library) == {
            "closed": "The folder cannot be read.",
            "secret.jpg": "The file cannot be read: Permission denied.",
        }
    finally:
        (photos / "closed").chmod(0o755)
        secret.chmod(0o644)
    assert scan(library, photos) == 2
    assert reasons(library) == {}


def test_a_refusal_by_another_version_is_looked_at_again(library: Library, tmp_path: Path) -> None:
    path = picture(tmp_path / "a.jpg")
    status = path.stat()
    with library.database.write() as db:
        row = {"path": os.fsencode(path), "size": status.st_size, "modified_ns": status.st_mtime_ns}
        columns = "(path, reason, refused_by, size, modified_ns)"
        statement = text(f"INSERT INTO skipped {columns} VALUES (:path, 'x', :by, :size, :modified_ns)")
        db.execute(statement, row | {"by": program_version()})
    assert scan(library, path) == 0
    with library.database.write() as db:
        db.execute(text("UPDATE skipped SET refused_by = '0.0.1'"))
    assert scan(library, path) == 1
    assert reasons(library) == {}


def test_a_scan_that_is_stopped_keeps_what_it_has_and_goes_on_the_next_time(library: Library, tmp_path: Path) -> None:
    for number in range(BATCH + 20):
        picture(tmp_path / "photos" / f"{number:03}.jpg", number * 3)
    told: list[Imported] = []
    importer = Importer(library.database, library.folder)
    importer.run(os.fsencode(tmp_path / "photos"), lambda: bool(told), told.append)
    assert sum(imported.waiting for imported in told) == len(places(library)) == BATCH
    assert scan(library, tmp_path / "photos") == 20
    assert len(places(library)) == BATCH + 20


def test_the_refused_are_counted(library: Library, tmp_path: Path) -> None:
    picture(tmp_path / "photos" / "a.jpg")
    (tmp_path / "photos" / "b.jpg").write_text("no picture")
    (tmp_path / "photos" / "c.txt").write_text("nobody expects a picture")
    told: list[Imported] = []
    importer = Importer(library.database, library.folder)
    importer.run(os.fsencode(tmp_path / "photos"), lambda: False, told.append)
    assert told == [Imported(waiting=1, refused=1)]


def test_photos_are_imported_in_the_order_of_their_names(library: Library, tmp_path: Path) -> None:
    wanted = [tmp_path / name for name in ("a.jpg", "z.jpg", "b/a.jpg", "b/c/a.jpg", "d/a.jpg")]
    for number, path in enumerate(reversed(wanted)):
        picture(path, number * 20)
    scan(library, tmp_path)
    assert [os.fsdecode(path) for path in sorted(places(library), key=places(library).__getitem__)] == [
        str(path) for path in wanted
    ]


def indexed_photos(library: Library, folder: Path, count: int) -> list[Path]:
    """Pictures 0.jpg, 1.jpg, ... that the library takes for indexed."""
    paths = [picture(folder / f"{number:03}.jpg", number * 2) for number in range(count)]
    scan(library, folder)
    with library.database.write() as db:
        db.execute(text("UPDATE photo SET state = 'indexed', indexed_at = '2026-01-01'"))
    return paths


def hashes(library: Library) -> dict[int, str]:
    """The content of every photo."""
    with library.database.read() as db:
        return {row.photo_id: row.content_hash for row in db.execute(text("SELECT * FROM photo"))}


def test_exchanged_names_survive_scans_that_are_stopped_anywhere(library: Library, tmp_path: Path) -> None:
    paths = indexed_photos(library, tmp_path / "photos", BATCH + 40)
    before, content = hashes(library), [path.read_bytes() for path in paths]
    for path, other in zip(paths, reversed(content), strict=True):
        path.write_bytes(other)
    importer = Importer(library.database, library.folder)
    for allowed in (4, 70, 20, 5):
        questions = iter([False] * allowed)
        assert not importer.run(os.fsencode(tmp_path / "photos"), lambda: next(questions, True), lambda _: None)  # noqa: B023
    assert scan(library, tmp_path / "photos") == 0
    assert hashes(library) == before
    assert list(places(library).values()) == sorted(before, reverse=True)


def test_an_edit_is_settled_at_the_end_of_the_scan_that_was_stopped(library: Library, tmp_path: Path) -> None:
    first, second = indexed_photos(library, tmp_path / "photos", 2)
    before = hashes(library)
    first.write_bytes(first.read_bytes() + b"tags")
    told: list[Imported] = []
    importer = Importer(library.database, library.folder)
    questions = iter([False] * 2)
    assert not importer.run(os.fsencode(tmp_path / "photos"), lambda: next(questions, True), told.append)
    # It waits, but not to be indexed: it may be that its content is only another name for what comes next.
    assert (library.session.counts().pending, worklist.waiting(library.database, 0, 10)) == (1, [])
    # Edited once more before the next scan.
    first.write_bytes(first.read_bytes() + b"more tags")
    assert importer.run(os.fsencode(tmp_path / "photos"), lambda: False, told.append)
    assert sum(imported.waiting for imported in told) == library.session.counts().pending == 1
    assert places(library) == {os.fsencode(path): number for path, number in zip((first, second), before, strict=True)}
    (waiting,) = worklist.waiting(library.database, 0, 10)
    assert (waiting.photo_id, waiting.content_hash) == (
        places(library)[os.fsencode(first)],
        hashlib.sha256(first.read_bytes()).hexdigest(),
    )


def test_an_edit_that_was_cancelled_is_an_edit_the_next_time(library: Library, tmp_path: Path) -> None:
    path, _ = indexed_photos(library, tmp_path / "photos", 2)
    before = places(library)
    path.write_bytes(path.read_bytes() + b"tags")
    questions = iter([False] * 2)
    run = Importer(library.database, library.folder).run
    assert not run(os.fsencode(tmp_path / "photos"), lambda: next(questions, True), lambda _: None)
    worklist.forget_waiting(library.database)
    assert (places(library), library.session.counts().pending) == (before, 0)
    assert scan(library, tmp_path / "photos") == 1
    assert places(library) == before


def test_one_of_two_copies_that_is_edited_is_a_photo_of_its_own(library: Library, tmp_path: Path) -> None:
    (path,) = indexed_photos(library, tmp_path / "photos", 1)
    copy = Path(shutil.copy(path, tmp_path / "photos" / "copy.jpg"))
    assert scan(library, tmp_path / "photos") == 0
    copy.write_bytes(copy.read_bytes() + b"tags")
    assert scan(library, tmp_path / "photos") == 1
    assert len(set(places(library).values())) == len(hashes(library)) == 2


def test_a_photo_that_was_overwritten_before_it_was_indexed_leaves_nothing(library: Library, tmp_path: Path) -> None:
    first, second = picture(tmp_path / "a.jpg"), picture(tmp_path / "b.jpg", 50)
    assert scan(library, tmp_path) == 2
    shutil.copy(first, second)
    assert scan(library, tmp_path) == -1, "one less waits"
    assert library.session.counts().pending == len(hashes(library)) == 1


@pytest.mark.parametrize("nanoseconds", [2**63 + 10**18, -(2**63) - 10**18])
def test_a_time_that_no_clock_shows_is_no_obstacle(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nanoseconds: int
) -> None:
    path = picture(tmp_path / "a.jpg")
    picture(tmp_path / "b.jpg", 50)

    def broken_clock(where: bytes) -> object:
        status = os.stat(where)
        times = {"st_mtime_ns": nanoseconds} if where == os.fsencode(path) else {"st_mtime_ns": status.st_mtime_ns}
        return SimpleNamespace(st_mode=status.st_mode, st_size=status.st_size, **times)

    # The module's own `os`: the rest of the process keeps its clock.
    monkeypatch.setattr("app.scanning.os", SimpleNamespace(**{**vars(os), "stat": broken_clock}))
    assert Importer(library.database, library.folder).run(os.fsencode(tmp_path), lambda: False, lambda _: None)
    before = rows(library)
    assert Importer(library.database, library.folder).run(os.fsencode(tmp_path), lambda: False, lambda _: None)
    assert rows(library) == before
    assert len(places(library)) == 2


def test_a_file_that_is_too_large_is_refused_without_reading_it(library: Library, tmp_path: Path) -> None:
    path = picture(tmp_path / "a.jpg")
    os.truncate(path, MAX_FILE_BYTES + 1)
    started = time.monotonic()
    assert scan(library, tmp_path) == 0
    assert time.monotonic() - started < 0.5
    assert reasons(library) == {"a.jpg": "The file is larger than 1 GB, more than Sietch opens as a picture."}


def test_a_large_file_does_not_delay_the_stop(library: Library, tmp_path: Path) -> None:
    path = picture(tmp_path / "a.jpg")
    os.truncate(path, 900_000_000)
    questions = iter([False] * 5)
    started = time.monotonic()
    run = Importer(library.database, library.folder).run
    assert not run(os.fsencode(tmp_path), lambda: next(questions, True), lambda _: None)
    assert time.monotonic() - started < 0.5
    assert places(library) == {}
