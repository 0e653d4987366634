"""The Indexer at work on real photographs: progress, pause, cancel, errors, and files that change or vanish."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
import pytest
from sqlalchemy import text
from sqlcipher3 import dbapi2

from app.library import Library
from app.thumbnail_files import ThumbnailFiles
from app.types import IndexPhase, IndexProgress, PhotoState
from app.workers import AHEAD, Workers
from core.errors import ImageUnavailable
from tests import samples
from tests.app.conftest import TIMEOUT, Opener, Pipe, Witness, index, scan, until
from tests.app.test_importing import picture


def photo_id(library: Library, path: Path) -> int:
    """The photo at a place."""
    query = text("SELECT photo_id FROM place WHERE path = :path")
    with library.database.read() as db:
        return int(db.execute(query, {"path": os.fsencode(path)}).scalar_one())


def content(library: Library) -> list[tuple[object, ...]]:
    """Everything that matters of photos and faces, and who is with whom, without ids."""
    with library.database.read() as db:
        faces = db.execute(
            text(
                "SELECT photo.content_hash, face.x, face.y, face.width, face.height, face.person_id, face.quality "
                "FROM photo LEFT JOIN face USING (image_id) ORDER BY 1, 2, 3"
            )
        ).all()
    return [tuple(row) for row in faces]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixteen photos; not to be changed."""
    return samples.write_portraits(tmp_path_factory.mktemp("many"), 16)


@pytest.fixture
def folder(album: Path, tmp_path: Path) -> Path:
    """Three photos of one person and one of nobody, to be changed at will."""
    shutil.copytree(album / "space", tmp_path / "photos")
    shutil.copy(album / "coffee.jpg", tmp_path / "photos")
    return tmp_path / "photos"


@pytest.fixture(scope="module")
def indexed_once(tmp_path_factory: pytest.TempPathFactory, album: Path) -> Path:
    """The same photos and a closed library of them; not to be changed."""
    root = tmp_path_factory.mktemp("indexed once")
    shutil.copytree(album / "space", root / "photos")
    shutil.copy2(album / "coffee.jpg", root / "photos")
    with Library.open(root / "library") as library:
        index(library, root / "photos")
    return root


@pytest.fixture
def moved(indexed_once: Path, tmp_path: Path) -> Path:
    """A copy of both for each test, to be changed at will: the library knows its photos where they are now."""
    root = tmp_path / "moved"
    shutil.copytree(indexed_once, root)
    with Library.open(root / "library", resume=False) as library, library.database.write() as db:
        for place_id, path in db.execute(text("SELECT place_id, path FROM place")).all():
            now = path.replace(os.fsencode(indexed_once), os.fsencode(root))
            db.execute(text("UPDATE place SET path = :now WHERE place_id = :id"), {"now": now, "id": place_id})
    return root


@pytest.fixture
def photos(moved: Path) -> Path:
    """The photos of `known`."""
    return moved / "photos"


@pytest.fixture
def known(open_library: Opener, moved: Path) -> Library:
    """A library that knows `photos`, its Indexer at work."""
    return open_library(moved / "library")


def test_an_album_becomes_people_and_tells_how_it_goes(library: Library, folder: Path) -> None:
    (folder / "broken.jpg").write_bytes((folder / "astronaut.jpg").read_bytes()[:300])
    (folder / "no picture.jpg").write_text("no picture")
    witness = Witness(library)
    index(library, folder)

    assert (library.session.counts().photos, library.session.counts().faces, library.session.counts().people) == (
        4,
        3,
        1,
    )
    assert (library.session.counts().pending, library.session.counts().skipped) == (0, 2)
    assert {skipped.path.name for skipped in library.session.photos.skipped()} == {"broken.jpg", "no picture.jpg"}
    assert all(skipped.reason.endswith(".") for skipped in library.session.photos.skipped())

    last = witness.progress[-1]
    assert (last.phase, last.done, last.total, last.skipped, last.error) == (IndexPhase.IDLE, 5, 5, 2, None)
    assert last == library.indexer.progress
    phases = {progress.phase for progress in witness.progress}
    assert {IndexPhase.SCANNING, IndexPhase.INDEXING, IndexPhase.GROUPING} <= phases
    assert [each.done for each in witness.progress] == sorted(each.done for each in witness.progress)
    assert all(each.done <= each.total for each in witness.progress)

    photos, people = (
        set(library.session.photos.timeline().photo_ids),
        {each.person_id for each in library.session.people.list()},
    )
    assert photos <= {each for change in witness.changes for each in change.photo_ids}
    assert people <= {each for change in witness.changes for each in change.person_ids}
    assert any(change.skipped for change in witness.changes)


def test_indexing_again_changes_nothing(known: Library, photos: Path) -> None:
    before = content(known)
    index(known, photos)
    index(known, photos / "astronaut.jpg")
    assert content(known) == before
    assert known.indexer.progress == IndexProgress(IndexPhase.IDLE)


def test_a_copy_elsewhere_changes_nothing(known: Library, photos: Path, tmp_path: Path) -> None:
    before = content(known)
    shutil.copytree(photos, tmp_path / "copies")
    index(known, tmp_path / "copies")
    assert content(known) == before


def test_pause_stops_and_resume_goes_on(library: Library, many: Path) -> None:
    library.indexer.add([many])
    until(lambda: library.indexer.progress.done >= 2)
    library.indexer.pause()
    assert library.indexer.progress.phase is IndexPhase.PAUSED
    assert library.indexer.progress.seconds_left is None
    time.sleep(0.5)
    done = library.indexer.progress.done
    time.sleep(0.5)
    assert library.indexer.progress.done == done < 16
    assert not library.indexer.wait(0.1)
    library.indexer.resume()
    assert library.indexer.wait(TIMEOUT)
    assert (library.indexer.progress.done, library.indexer.progress.total) == (16, 16)
    assert library.session.counts().photos == 16


def test_pause_while_nothing_is_done_does_not_stop_what_comes(library: Library, folder: Path) -> None:
    library.indexer.pause()
    assert library.indexer.progress.phase is IndexPhase.IDLE
    index(library, folder)
    assert library.session.counts().photos == 4


def test_pause_and_resume_in_quick_succession_lose_nothing(library: Library, many: Path) -> None:
    library.indexer.add([many])
    for _ in range(20):
        library.indexer.pause()
        library.indexer.resume()
    assert library.indexer.wait(TIMEOUT)
    assert library.session.counts().photos == 16


def test_cancel_keeps_what_is_indexed_and_forgets_what_waits(library: Library, many: Path) -> None:
    library.indexer.add([many])
    until(lambda: library.indexer.progress.done >= 2)
    library.indexer.cancel()
    assert library.indexer.wait(TIMEOUT)
    progress = library.indexer.progress
    assert progress.phase is IndexPhase.IDLE
    assert 2 <= progress.done == progress.total < 16
    assert library.session.counts().photos == progress.done
    assert library.session.counts().pending == 0
    kept = set(library.session.photos.timeline().photo_ids)
    index(library, many)
    assert library.session.counts().photos == 16
    assert kept <= set(library.session.photos.timeline().photo_ids)


def test_a_paused_work_can_be_cancelled(library: Library, many: Path) -> None:
    library.indexer.add([many])
    until(lambda: library.indexer.progress.done >= 1)
    library.indexer.pause()
    library.indexer.cancel()
    assert library.indexer.wait(TIMEOUT)
    assert library.indexer.progress.phase is IndexPhase.IDLE
    assert library.session.counts().pending == 0


def test_what_is_added_after_a_cancel_is_indexed(library: Library, many: Path, folder: Path) -> None:
    library.indexer.add([many])
    until(lambda: library.indexer.progress.total > 0)
    library.indexer.cancel()
    library.indexer.add([folder])
    assert library.indexer.wait(TIMEOUT)
    assert library.session.counts().pending == 0
    assert photo_id(library, folder / "astronaut.jpg") in library.session.photos.timeline().photo_ids


@pytest.mark.parametrize("say", ["pause", "cancel"])
def test_what_is_said_during_the_last_grouping_does_not_stop_the_next_work(
    library: Library, folder: Path, tmp_path: Path, say: str
) -> None:
    def listener(event: object) -> None:
        if isinstance(event, IndexProgress) and event.phase is IndexPhase.GROUPING:
            getattr(library.indexer, say)()

    unsubscribe = library.events.subscribe(listener)
    library.indexer.add([folder])
    until(lambda: library.session.counts().people == 1)
    unsubscribe()
    library.indexer.resume()
    assert library.indexer.wait(TIMEOUT)
    index(library, samples.save(samples.portrait(0), tmp_path / "one more.jpg"))
    assert library.session.counts().photos == 5
    assert library.indexer.progress.phase is IndexPhase.IDLE


def test_more_can_be_added_while_the_work_goes_on(library: Library, many: Path, folder: Path) -> None:
    library.indexer.add([many])
    until(lambda: library.indexer.progress.done >= 1)
    library.indexer.add([folder, folder])
    assert library.indexer.wait(TIMEOUT)
    assert library.session.counts().photos == 20
    assert (library.indexer.progress.done, library.indexer.progress.total) == (20, 20)


def test_adding_nothing_is_nothing(library: Library, folder: Path) -> None:
    index(library)
    assert library.indexer.progress == IndexProgress(IndexPhase.IDLE)
    index(library, folder)
    assert library.session.counts().photos == 4


def test_many_threads_may_add_at_once(library: Library, many: Path) -> None:
    threads = [threading.Thread(target=library.indexer.add, args=([part],)) for part in sorted(many.iterdir())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert library.indexer.wait(TIMEOUT)
    assert library.session.counts().photos == 16


def test_a_library_in_use_pauses_the_work_and_resume_goes_on(
    monkeypatch: pytest.MonkeyPatch, open_library: Opener, folder: Path
) -> None:
    # How long SQLite waits for another program: twenty seconds are long for a test.
    monkeypatch.setattr("core.database.BUSY_SECONDS", 0.3)
    library = open_library()
    other = dbapi2.connect(str(library.folder / "library.sqlite"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    library.indexer.add([folder])
    assert library.indexer.wait(TIMEOUT)
    assert library.indexer.progress.phase is IndexPhase.PAUSED
    assert library.indexer.progress.error is not None and "another program" in library.indexer.progress.error
    other.execute("ROLLBACK")
    other.close()
    library.indexer.resume()
    assert library.indexer.progress.error is None
    assert library.indexer.wait(TIMEOUT)
    assert library.session.counts().photos == 4


def test_an_error_in_the_middle_pauses_the_work_and_resume_goes_on(
    monkeypatch: pytest.MonkeyPatch, open_library: Opener, many: Path
) -> None:
    monkeypatch.setattr("core.database.BUSY_SECONDS", 0.3)
    library = open_library()
    library.indexer.add([many])
    until(lambda: library.indexer.progress.done >= 2)
    other = dbapi2.connect(str(library.folder / "library.sqlite"), isolation_level=None, timeout=10)
    other.execute("BEGIN IMMEDIATE")
    assert library.indexer.wait(TIMEOUT)
    assert library.indexer.progress.error is not None
    other.execute("ROLLBACK")
    other.close()
    library.indexer.resume()
    assert library.indexer.wait(TIMEOUT)
    assert library.indexer.progress.error is None
    assert (library.indexer.progress.done, library.indexer.progress.total) == (16, 16)
    assert library.session.counts().photos == 16


def test_files_that_kill_their_workers_twice_are_refused_and_the_others_are_indexed(
    open_library: Opener, tmp_path: Path, processes: Callable[[], list[psutil.Process]]
) -> None:
    photos = samples.write_portraits(tmp_path / "photos", 12)
    with open_library(resume=False) as library:
        assert scan(library, photos) == 12
        workers = Workers(library.core.pack, ThumbnailFiles(tmp_path)).window // AHEAD
    # One for each worker, in the place of photos that were imported.
    pipes = [Pipe(path) for path in sorted(photos.rglob("*.jpg"))[:workers]]
    library = open_library()
    for pipe in pipes:
        pipe.wait_for_reader()
    for process in processes():
        process.kill()
    assert library.indexer.wait(TIMEOUT)
    assert library.indexer.progress.error is None
    skipped = {skipped.path: skipped.reason for skipped in library.session.photos.skipped()}
    assert skipped == {pipe.path: "Opening the file crashed its decoder." for pipe in pipes}
    assert (library.session.counts().photos, library.session.counts().pending) == (12 - len(pipes), len(pipes))
    library.close()
    # Once can be the fault of the moment, such as a full memory; twice is theirs.
    again = [Pipe(pipe.path) for pipe in pipes]
    library = open_library()
    for pipe in again:
        pipe.wait_for_reader()
    for process in processes():
        process.kill()
    assert library.indexer.wait(TIMEOUT)
    assert (library.session.counts().photos, library.session.counts().pending) == (12 - len(pipes), 0)
    assert library.session.counts().skipped == len(pipes)


def test_workers_that_end_without_reason_pause_the_work_and_resume_goes_on(
    library: Library, many: Path, processes: Callable[[], list[psutil.Process]]
) -> None:
    library.indexer.add([many])
    # Long before they are ready for a photo.
    until(lambda: bool(processes()))
    while not library.indexer.wait(0.01):
        for process in processes():
            process.kill()
    assert "can be resumed" in str(library.indexer.progress.error)
    library.indexer.resume()
    assert library.indexer.wait(TIMEOUT)
    assert (library.session.counts().photos, library.session.counts().skipped) == (16, 0)


def test_photos_that_vanish_before_they_are_read_wait_for_their_return(
    open_library: Opener, folder: Path, tmp_path: Path
) -> None:
    with open_library(resume=False) as library:
        scan(library, folder)
    folder.rename(tmp_path / "unplugged")
    library = open_library()
    assert library.indexer.wait(TIMEOUT)
    assert (library.indexer.progress.done, library.indexer.progress.skipped) == (4, 4)
    assert library.session.counts().pending == 4
    assert {skipped.reason for skipped in library.session.photos.skipped()} == {
        "The file cannot be read: No such file or directory."
    }
    (tmp_path / "unplugged").rename(folder)
    new = samples.save(samples.portrait(0), tmp_path / "new.jpg")
    index(library, new)
    assert library.session.counts().photos == 5
    assert library.session.photos.skipped() == []
    progress = library.indexer.progress
    assert progress.done == progress.total == 5


def test_a_photo_that_vanished_is_counted_once_however_often_the_work_pauses(
    open_library: Opener, many: Path, tmp_path: Path
) -> None:
    gone = samples.save(samples.portrait(0), tmp_path / "gone.jpg")
    with open_library(resume=False) as library:
        scan(library, gone, many)
    gone.unlink()
    library = open_library()
    for done in (2, 4):
        until(lambda done=done: library.indexer.progress.done >= done)  # type: ignore[misc]
        library.indexer.pause()
        library.indexer.resume()
    assert library.indexer.wait(TIMEOUT)
    progress = library.indexer.progress
    assert (progress.done, progress.total, progress.skipped) == (17, 17, 1)
    assert library.session.counts().pending == 1


def test_an_edited_photo_is_the_same_photo_with_other_faces(known: Library, photos: Path) -> None:
    path = photos / "astronaut.jpg"
    photo, person = photo_id(known, path), known.session.people.list()[0]
    known.session.people.rename(person.person_id, "Pilot")
    old = known.session.photos.faces(photo)

    samples.save(samples.smaller(samples.astronaut()), path)
    witness = Witness(known)
    index(known, photos)

    assert photo_id(known, path) == photo
    assert known.session.photos.get(photo).width == 384
    assert (known.session.counts().photos, known.session.counts().faces, known.session.counts().people) == (4, 3, 1)
    (face,) = known.session.photos.faces(photo)
    assert face.name == "Pilot"
    assert face.box.overlap(old[0].box) < 0.9
    assert photo in {each for change in witness.changes for each in change.photo_ids}
    assert known.database.problems() == []


def test_names_survive_when_every_photo_of_a_person_is_edited_at_once(known: Library, photos: Path) -> None:
    person = known.session.people.list()[0]
    known.session.people.rename(person.person_id, "Pilot")
    for path in photos.glob("astronaut*.jpg"):
        # As programs do that write tags into photos: the picture stays, the file is another one.
        path.write_bytes(path.read_bytes() + b"tags")
    index(known, photos)
    assert known.session.counts().photos == 4
    (after,) = known.session.people.list()
    assert (after.person_id, after.name, after.face_count) == (person.person_id, "Pilot", 3)
    assert known.core.stats().vectors == {known.core.pack.name: 3}


def test_a_photo_overwritten_with_a_copy_of_another_keeps_its_people(known: Library, photos: Path) -> None:
    before = content(known)
    path, original = photos / "astronaut-dark.jpg", (photos / "astronaut-dark.jpg").read_bytes()
    overwritten = photo_id(known, path)
    witness = Witness(known)
    shutil.copy(photos / "astronaut.jpg", path)
    index(known, photos)
    assert content(known) == before
    assert photo_id(known, photos / "astronaut.jpg") == photo_id(known, path)
    assert overwritten in {each for change in witness.changes for each in change.photo_ids}
    lost = known.session.photos.get(overwritten)
    assert (lost.path, lost.available) == (path, False)
    assert known.session.photos.paths()[overwritten] == path
    with pytest.raises(ImageUnavailable):
        known.session.photos.image(overwritten)
    # Its content is met again, under another name.
    (photos / "zoo.jpg").write_bytes(original)
    index(known, photos)
    assert content(known) == before
    assert known.session.photos.get(overwritten).path == photos / "zoo.jpg"
    assert known.session.photos.get(overwritten).available


def renumber(photos: Path, order: Sequence[int]) -> None:
    """Gives every photo the name of another: the first gets that of number `order[0]`, and so on."""
    paths = sorted(photos.iterdir())
    contents = [path.read_bytes() for path in paths]
    for number, old in zip(order, contents, strict=True):
        paths[number].write_bytes(old)


@pytest.mark.parametrize("order", [(3, 2, 1, 0), (1, 2, 3, 0), (1, 0, 2, 3)])
def test_photos_that_exchange_their_names_are_the_same_photos(
    known: Library, photos: Path, order: tuple[int, ...]
) -> None:
    known.session.people.rename(known.session.people.list()[0].person_id, "Pilot")
    before = content(known)
    old = [photo_id(known, path) for path in sorted(photos.iterdir())]
    renumber(photos, order)
    index(known, photos)
    paths = sorted(photos.iterdir())
    assert [photo_id(known, paths[number]) for number in order] == old
    assert content(known) == before
    assert known.session.people.list()[0].name == "Pilot"
    assert known.session.counts().pending == 0


def test_a_photo_put_in_front_moves_all_names_and_no_faces(known: Library, photos: Path) -> None:
    before = content(known)
    paths = sorted(photos.iterdir())
    last = paths[-1].read_bytes()
    renumber(photos, (1, 2, 3, 0))
    (photos / "zoo.jpg").write_bytes(last)
    samples.save(samples.scenery(), paths[0])
    index(known, photos)
    assert known.session.counts().photos == 5
    assert set(before) <= set(content(known))
    assert photo_id(known, paths[0]) == max(known.session.photos.timeline().photo_ids)


def test_an_edit_is_settled_after_photos_that_cannot_be_read(known: Library, photos: Path, tmp_path: Path) -> None:
    with known.database.write() as db:
        db.execute(text("UPDATE photo SET state = 'pending', content_hash = 'gone' WHERE photo_id = 4"))
    path = photos / "astronaut.jpg"
    path.write_bytes(path.read_bytes() + b"tags")
    index(known, samples.write_portraits(tmp_path / "more", 2), photos)
    assert known.session.photos.get(photo_id(known, path)).state is PhotoState.INDEXED


def test_an_edit_that_is_taken_back_leaves_everything_as_it_was(known: Library, photos: Path) -> None:
    path = photos / "astronaut.jpg"
    before, original = content(known), path.read_bytes()
    path.write_bytes(original + b"tags")
    scan(known, photos)
    path.write_bytes(original)
    index(known, photos)
    assert [row[:5] for row in content(known)] == [row[:5] for row in before]
    assert known.session.counts().people == 1


def test_a_photo_that_is_damaged_by_an_edit_is_told_and_comes_back_when_it_is_repaired(
    known: Library, photos: Path
) -> None:
    path = photos / "astronaut.jpg"
    original, photo = path.read_bytes(), photo_id(known, path)
    path.write_bytes(original[:300])
    index(known, photos)
    assert known.session.photos.get(photo).state is PhotoState.UNREADABLE
    assert [skipped.path for skipped in known.session.photos.skipped()] == [path]
    assert photo not in known.session.photos.timeline().photo_ids
    path.write_bytes(original)
    index(known, photos)
    assert known.session.photos.get(photo).state is PhotoState.INDEXED
    assert known.session.counts().photos == 4
    assert known.session.counts().people == 1


def test_photos_refused_by_another_version_are_tried_again(open_library: Opener, folder: Path) -> None:
    with open_library(resume=False) as library:
        scan(library, folder)
        with library.database.write() as db:
            db.execute(text("UPDATE photo SET state = 'unreadable', reason = 'x', refused_by = '0.0.1'"))
    library = open_library()
    assert library.indexer.wait(TIMEOUT)
    assert library.session.counts().photos == 4
    assert library.session.photos.skipped() == []


def test_grouping_that_was_cut_off_is_made_up_for_at_the_next_opening(open_library: Opener, moved: Path) -> None:
    with Library.open(moved / "library", resume=False) as library, library.database.write() as db:
        db.execute(text("UPDATE face SET person_id = NULL"))
        db.execute(text("DELETE FROM person"))
        db.execute(text("DELETE FROM setting"))
    again = open_library(moved / "library")
    assert again.indexer.wait(TIMEOUT)
    assert again.session.counts().people == 1


def test_two_programs_on_one_library_index_every_photo_once(open_library: Opener, many: Path, tmp_path: Path) -> None:
    one, other = open_library(tmp_path / "shared"), open_library(tmp_path / "shared")
    one.indexer.add([many])
    other.indexer.add([many])
    assert one.indexer.wait(TIMEOUT) and other.indexer.wait(TIMEOUT)
    assert one.session.counts() == other.session.counts()
    assert one.session.counts().photos == 16
    assert one.indexer.progress.error is None and other.indexer.progress.error is None
    faces = [(face.photo_id, face.box) for face in one.session.photos.all_faces()]
    assert len(faces) == len(set(faces))


def test_originals_are_not_touched_and_a_listener_that_fails_stops_nothing(library: Library, folder: Path) -> None:
    def states() -> dict[Path, tuple[int, int, bytes]]:
        return {
            path: (path.stat().st_mtime_ns, path.stat().st_mode, path.read_bytes())
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    def fail(_event: object) -> None:
        raise RuntimeError("a listener's own trouble")

    before = states()
    library.events.subscribe(fail)
    index(library, folder)
    assert library.session.counts().photos == 4
    assert states() == before


def test_a_folder_that_is_renamed_before_its_photos_were_read(library: Library, tmp_path: Path) -> None:
    picture(tmp_path / "photos" / "a" / "1.jpg")
    library.folders.remember([tmp_path / "photos"])
    scan(library, tmp_path / "photos")
    (tmp_path / "photos" / "a").rename(tmp_path / "photos" / "b")
    library.indexer.retell()
    assert library.indexer.wait(TIMEOUT)
    assert [skipped.path.name for skipped in library.session.photos.skipped()] == ["1.jpg"]
    library.watcher.look()
    assert library.indexer.wait(TIMEOUT)
    assert library.session.counts().photos == 1 and library.session.photos.skipped() == []
