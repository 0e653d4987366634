"""What is deleted is hidden, comes back exactly as it was, and only goes for ever where its file can go."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import text

from app import leaving, trash
from app.errors import NotFound
from app.library import Library
from app.types import Absence, PhotoState
from app.verifying import verify
from tests import samples
from tests.app.conftest import Opener, Witness, index, scan
from tests.whole import contents

COPY = "space/astronaut.jpg"
"""A photo of the album that lies in two places in these tests."""


class Killed(BaseException):
    """Stands for the end of the process: nothing of the program catches it."""


class SystemTrash:
    """A folder that takes files as the system's trash does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def __call__(self, path: bytes) -> None:
        os.rename(path, self.folder / f"{len(self.files):03} {os.path.basename(os.fsdecode(path))}")

    @property
    def files(self) -> list[Path]:
        return sorted(self.folder.iterdir())


@pytest.fixture
def own_album(tmp_path: Path, album: Path) -> Path:
    """The album, to be changed, with a second copy of one of its photos."""
    folder = shutil.copytree(album, tmp_path / "album")
    shutil.copy2(folder / COPY, folder / "copy of it.jpg")
    return folder


@pytest.fixture
def bin_(tmp_path: Path) -> SystemTrash:
    return SystemTrash(tmp_path / "system trash")


Maker = Callable[[Path], Library]


@pytest.fixture
def make(open_library: Opener, indexed_folder: Path, album: Path, own_album: Path, bin_: SystemTrash) -> Maker:
    """Makes libraries of the own album, without indexing it again."""

    def made(folder: Path) -> Library:
        shutil.copytree(indexed_folder, folder)
        library = open_library(folder, resume=False)
        with library.database.write() as db:
            for place_id, path in db.execute(text("SELECT place_id, path FROM place")).all():
                moved = own_album / Path(os.fsdecode(path)).relative_to(album)
                values = {"path": os.fsencode(moved), "id": place_id}
                db.execute(text("UPDATE place SET path = :path WHERE place_id = :id"), values)
        scan(library, own_album)
        library.session.trash._send = bin_
        return library

    return made


@pytest.fixture
def library(make: Maker, tmp_path: Path) -> Library:
    return make(tmp_path / "own library")


def number(library: Library, name: str) -> int:
    """The photo with that file."""
    return next(photo_id for photo_id, path in library.session.photos.paths().items() if str(path).endswith(name))


def everything(library: Library) -> tuple[object, ...]:
    """What screens show."""
    photos, people = library.session.photos, library.session.people
    return (
        photos.timeline(),
        photos.all_faces(),
        people.list(),
        library.session.counts(),
        photos.skipped(),
        library.core.stats(),
    )


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_it_comes_back_exactly_as_it_was(library: Library, own_album: Path) -> None:
    people = library.session.people.list()
    library.session.people.rename(people[0].person_id, "Ada")
    some = library.session.photos.all_faces()
    library.core.assign([some[0].face_id], people[1].person_id)
    library.core.reject([some[5].face_id], people[0].person_id)
    library.core.not_same(people[2].person_id, people[3].person_id)
    whole, seen = contents(library.database), everything(library)
    small, originals = files(library.folder / "cache"), files(own_album)
    photo_ids = list(library.session.photos.timeline().photo_ids)
    for chosen in (photo_ids[:1], photo_ids[2:7], photo_ids):
        assert library.session.trash.put(chosen) == tuple(chosen)
        assert contents(library.database) != whole
        assert library.session.trash.restore(chosen) == tuple(chosen)
        assert contents(library.database) == whole
        assert everything(library) == seen
    assert files(library.folder / "cache") == small
    assert files(own_album) == originals


def test_it_is_in_no_view(library: Library) -> None:
    timeline = library.session.photos.timeline()
    gone = [number(library, name) for name in ("group.jpg", "coffee.jpg", "pair.jpg")]
    people = {person.person_id: person for person in library.session.people.list()}
    library.session.trash.put(gone)
    left = library.session.photos.timeline()
    assert list(left.photo_ids) == [each for each in timeline.photo_ids if each not in gone]
    faces = library.session.photos.all_faces()
    assert faces and not {face.photo_id for face in faces} & set(gone)
    counts = library.session.counts()
    assert (counts.photos, counts.faces, counts.trashed) == (len(left.photo_ids), len(faces), 3)
    assert library.core.stats().faces == len(faces)
    for person in library.session.people.list():
        theirs = library.session.people.timeline(person.person_id).photo_ids
        assert not set(theirs) & set(gone)
        assert person.photo_count == len(theirs)
        assert person.face_count == len(library.session.people.faces(person.person_id))
        assert person.face_count < people[person.person_id].face_count or person == people[person.person_id]
        assert library.session.photos.face(person.cover_face_id or 0).photo_id not in gone
    for each in library.session.people.similar(library.session.photos.get(gone[0]).path, 50):
        assert not {face.photo_id for face, _ in each.matches} & set(gone)


def test_who_is_in_no_other_photo_is_not_shown_unless_named(library: Library) -> None:
    first, second, *_ = library.session.people.list()
    library.session.people.rename(first.person_id, "Ada")
    both = {
        *library.session.people.timeline(first.person_id).photo_ids,
        *library.session.people.timeline(second.person_id).photo_ids,
    }
    library.session.trash.put(both)
    shown = {person.person_id: person for person in library.session.people.list()}
    assert (shown[first.person_id].photo_count, shown[first.person_id].cover_face_id) == (0, None)
    assert second.person_id not in shown
    assert library.session.counts().people == len(shown)
    with pytest.raises(NotFound):
        library.session.people.get(second.person_id)
    library.session.people.group()
    library.session.trash.restore(both)
    assert library.session.people.get(second.person_id).photo_count == second.photo_count


def test_events_name_photos_and_people(library: Library) -> None:
    witness = Witness(library)
    photo_id = number(library, "group.jpg")
    persons = {face.person_id for face in library.session.photos.faces(photo_id)}
    library.session.trash.put([photo_id])
    library.session.trash.restore([photo_id])
    for change in witness.changes:
        assert change.photo_ids == {photo_id}
        assert change.person_ids == persons
    assert len(witness.changes) == 2


def test_it_is_listed_the_latest_first(library: Library, own_album: Path) -> None:
    twice, single = number(library, COPY), number(library, "coffee.jpg")
    library.session.trash.put([twice])
    library.session.trash.put([single])
    with library.database.write() as db:
        db.execute(
            text("UPDATE trash SET trashed_at = '2001-02-03T04:05:06+00:00' WHERE photo_id = :id"), {"id": twice}
        )
    latest, oldest = library.session.trash.list()
    assert latest.paths == (own_album / "coffee.jpg",)
    assert set(oldest.paths) == {own_album / COPY, own_album / "copy of it.jpg"}
    assert oldest.available
    timeline = library.session.trash.timeline()
    assert list(timeline.photo_ids) == [single, twice]
    assert (timeline.months[1].year, timeline.months[1].month) == (2001, 2)
    (own_album / "copy of it.jpg").unlink()
    assert not library.session.trash.list()[1].available


def test_its_grid_tells_what_is_not_there(library: Library, own_album: Path) -> None:
    single, overwritten, there = (number(library, name) for name in ("coffee.jpg", COPY, "pair.jpg"))
    library.session.trash.put([single, overwritten, there])
    (own_album / "coffee.jpg").unlink()
    for path in (COPY, "copy of it.jpg"):
        shutil.copy2(own_album / "group.jpg", own_album / path)
    scan(library, own_album)
    assert library.session.trash.timeline().absent == dict.fromkeys((single, overwritten), Absence.MISSING)
    library.session.trash.restore([overwritten])
    assert library.session.photos.timeline().absent == dict.fromkeys((single, overwritten), Absence.MISSING)


def test_nothing_moves_where_one_does_not_exist(library: Library) -> None:
    whole = contents(library.database)
    photo_id = number(library, "coffee.jpg")
    for action in (library.session.trash.put, library.session.trash.restore, library.session.trash.remove):
        with pytest.raises(NotFound, match="no photo 4000"):
            action([photo_id, 4000])
    with pytest.raises(NotFound, match="not in the trash"):
        library.session.trash.remove([photo_id])
    assert library.session.trash.restore([photo_id]) == ()
    assert contents(library.database) == whole
    assert library.session.trash.put([photo_id, photo_id]) == (photo_id,)
    assert library.session.trash.put([photo_id]) == ()


def test_a_scan_does_not_bring_it_back(library: Library, own_album: Path) -> None:
    photo_id = number(library, "coffee.jpg")
    library.session.trash.put([photo_id])
    whole = contents(library.database)
    assert scan(library, own_album) == 0
    assert contents(library.database) == whole
    # Nor does a scan that meets it again under another name: it is the same photo.
    os.rename(own_album / "coffee.jpg", own_album / "tea.jpg")
    assert scan(library, own_album) == 0
    assert library.session.counts().trashed == 1
    assert library.session.trash.list()[0].photo_id == photo_id


def test_what_is_edited_in_the_trash_is_a_photo_of_its_own(library: Library, own_album: Path) -> None:
    photo_id = number(library, "coffee.jpg")
    library.session.trash.put([photo_id])
    samples.save(samples.darker(samples.scenery()), own_album / "coffee.jpg")
    assert scan(library, own_album) == 1
    assert library.session.photos.get(photo_id).state is PhotoState.TRASHED
    new = number(library, "coffee.jpg")
    assert new != photo_id and library.session.photos.get(new).state is PhotoState.PENDING
    assert library.session.trash.empty().photo_ids == (photo_id,)
    assert (own_album / "coffee.jpg").exists()


def test_what_waits_goes_on_waiting_when_it_comes_back(open_library: Opener, own_album: Path, tmp_path: Path) -> None:
    library = open_library(tmp_path / "new", resume=False)
    scan(library, own_album)
    photo_id = number(library, "coffee.jpg")
    library.session.trash.put([photo_id])
    library.close()
    library = open_library(tmp_path / "new")
    assert library.indexer.wait(60)
    assert photo_id not in library.session.photos.timeline().photo_ids
    library.session.trash.restore([photo_id])
    assert library.indexer.wait(60)
    assert photo_id in library.session.photos.timeline().photo_ids


def test_emptied_it_is_in_the_trash_of_the_system(library: Library, own_album: Path, bin_: SystemTrash) -> None:
    twice, single = number(library, COPY), number(library, "coffee.jpg")
    people = {person.person_id for person in library.session.people.list()}
    named = library.session.photos.faces(twice)[0].person_id
    assert named is not None
    library.session.people.rename(named, "Ada")
    content = (own_album / COPY).read_bytes()
    library.session.trash.put([twice, single])
    done = library.session.trash.empty()
    assert set(done.photo_ids) == {twice, single}
    assert set(done.files) == {own_album / COPY, own_album / "copy of it.jpg", own_album / "coffee.jpg"}
    assert done.kept == ()
    assert [path.read_bytes() for path in bin_.files].count(content) == 2
    assert not any(path.exists() for path in done.files)
    assert library.session.trash.list() == []
    with pytest.raises(NotFound):
        library.session.photos.get(twice)
    assert {person.person_id for person in library.session.people.list()} == people
    assert library.session.people.get(named).name == "Ada"
    assert library.database.problems() == []
    assert len(list((library.folder / "cache" / "photos").rglob("*.jpg"))) == samples.ALBUM_PHOTOS - 2
    assert scan(library, own_album) == 0
    assert library.session.counts().trashed == 0


@pytest.mark.parametrize("hindrance", ["missing", "drive", "read-only", "folder", "changed", "refused"])
def test_what_cannot_go_stays_with_the_reason(
    library: Library, own_album: Path, bin_: SystemTrash, hindrance: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo_id = number(library, COPY)
    second = own_album / "space" / "astronaut.jpg"
    library.session.trash.put([photo_id])
    whole = contents(library.database)
    words = {"missing": "not there", "drive": "not there", "read-only": "write-protected", "changed": "has changed"}
    if hindrance == "missing":
        second.unlink()
    elif hindrance == "drive":
        os.rename(own_album / "space", own_album / "gone")
    elif hindrance == "read-only":
        second.chmod(0o444)
    elif hindrance == "folder":
        second.parent.chmod(0o555)
    elif hindrance == "changed":
        second.write_bytes(b"another")
    else:

        def refuse(path: bytes) -> None:
            raise OSError(13, "there is none on this drive")

        library.session.trash._send = refuse
    try:
        done = library.session.trash.empty()
    finally:
        second.parent.chmod(0o755) if second.parent.exists() else None
    (kept,) = done.kept
    assert done.photo_ids == () and done.files == () and bin_.files == []
    assert words.get(hindrance, "write-protected" if hindrance == "folder" else "there is none") in kept.reason
    assert library.session.trash.list()[0].reason == kept.reason
    assert (own_album / "copy of it.jpg").exists(), "none of them goes where one has to stay"
    library.session.trash.restore([photo_id])
    with library.database.write() as db:
        assert db.execute(text("SELECT count(*) FROM trash")).scalar() == 0
    whole["trash"] = []
    after = contents(library.database)
    assert {key: after[key] for key in ("face", "person", "place")} == {
        key: whole[key] for key in ("face", "person", "place")
    }


def test_a_sidecar_goes_after_the_last_file_that_it_tells_of(
    library: Library, own_album: Path, bin_: SystemTrash
) -> None:
    go = {"coffee.jpg.xmp", "coffee.xmp", "portraits/pair.jpg.xmp"}
    stay = {"coffee machine.xmp", "portraits/pair.xmp", "portraits/.picasa.ini"}
    for name in go | stay:
        (own_album / name).write_text("<x/>")
    (own_album / "portraits" / "pair.png").write_text("a file that shares one of them")
    scan(library, own_album)
    library.session.trash.put([number(library, "coffee.jpg"), number(library, "pair.jpg")])
    gone = {own_album / name for name in go | {"coffee.jpg", "portraits/pair.jpg"}}
    assert set(library.session.trash.empty().files) == gone
    assert {path.name[4:] for path in bin_.files} == {path.name for path in gone}
    with library.database.read() as db:
        known = {Path(os.fsdecode(path)) for path in db.execute(text("SELECT path FROM sidecar")).scalars()}
    assert known == {own_album / name for name in stay}
    assert all(path.exists() for path in known)


def test_a_sidecar_that_tells_of_a_missing_photo_stays(library: Library, own_album: Path) -> None:
    (own_album / "coffee.xmp").write_text("<x/>")
    shutil.copy2(own_album / "group.jpg", own_album / "coffee.png")
    scan(library, own_album)
    (own_album / "coffee.png").unlink()
    library.session.trash.put([number(library, "coffee.jpg")])
    assert library.session.trash.empty().files == (own_album / "coffee.jpg",)
    assert (own_album / "coffee.xmp").exists()


def test_one_file_under_two_names_of_its_folder_and_a_link_to_it_go_once(
    library: Library, own_album: Path, tmp_path: Path
) -> None:
    """As the system's trash is: it takes no link that leads nowhere."""
    gone: list[str] = []

    def send(path: bytes) -> None:
        if not os.path.exists(path):
            raise FileNotFoundError(2, "File not found")
        os.unlink(path)
        gone.append(os.path.basename(os.fsdecode(path)))

    (own_album / "z link.jpg").symlink_to(own_album / "coffee.jpg")
    (tmp_path / "other name").symlink_to(own_album)
    scan(library, own_album)
    scan(library, tmp_path / "other name")
    library.session.trash._send = send
    photo_id = number(library, "coffee.jpg")
    library.session.trash.put([photo_id])
    assert len(library.session.trash.list()[0].paths) == 4
    done = library.session.trash.empty()
    assert (done.kept, done.photo_ids) == ((), (photo_id,))
    assert gone == ["z link.jpg", "coffee.jpg"]


def test_missing_files_are_forgotten_when_asked(library: Library, own_album: Path, bin_: SystemTrash) -> None:
    twice, single = number(library, COPY), number(library, "coffee.jpg")
    library.session.trash.put([twice, single])
    (own_album / COPY).unlink()
    os.rename(own_album / "coffee.jpg", own_album / "elsewhere.jpg")
    done = library.session.trash.empty(forget_missing=True)
    assert set(done.photo_ids) == {twice, single}
    assert done.files == (own_album / "copy of it.jpg",)
    assert (own_album / "elsewhere.jpg").exists(), "what comes back is not touched"


def test_a_photo_without_a_place_can_go(library: Library, own_album: Path) -> None:
    photo_id = number(library, "coffee.jpg")
    shutil.copy2(own_album / "group.jpg", own_album / "coffee.jpg")
    scan(library, own_album)
    library.session.trash.put([photo_id])
    assert library.session.trash.list()[0].paths == (own_album / "coffee.jpg",)
    assert library.session.trash.empty().photo_ids == (photo_id,)
    assert (own_album / "coffee.jpg").exists()


def tracer(deadline: int, reached: list[str]) -> Callable[[FrameType, str, Any], Any]:
    """Ends the program at the n-th line of the trash's own modules."""
    own = {trash.__file__, leaving.__file__}

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        if frame.f_code.co_filename not in own:
            return None
        if event == "line":
            reached.append(f"{frame.f_code.co_name}:{frame.f_lineno}")
            if len(reached) == deadline:
                raise Killed
        return trace

    return trace


@pytest.fixture
def traced() -> Iterator[Callable[[Callable[[], object], int], list[str]]]:
    """Runs something up to the n-th line of the trash's modules; the lines that were reached."""
    before = sys.gettrace()

    def run(work: Callable[[], object], deadline: int) -> list[str]:
        reached: list[str] = []
        sys.settrace(tracer(deadline, reached))
        with contextlib.suppress(Killed):
            work()
        sys.settrace(before)
        return reached

    yield run
    sys.settrace(before)


def test_killed_at_any_line_nothing_is_lost_and_nothing_half_done(
    make: Maker,
    own_album: Path,
    bin_: SystemTrash,
    tmp_path: Path,
    traced: Callable[[Callable[[], object], int], list[str]],
) -> None:
    spare = shutil.copytree(own_album, tmp_path / "spare")
    template = make(tmp_path / "template")
    photo_id = number(template, COPY)
    whole = contents(template.database)
    template.session.trash.put([photo_id])
    template.close()
    undisturbed = shutil.copytree(tmp_path / "template", tmp_path / "undisturbed")
    with Library.open(undisturbed, resume=False) as library:
        library.session.trash._send = bin_
        order = traced(library.session.trash.empty, 0)
    lines = {line: number for number, line in enumerate(order, 1)}
    assert len(lines) > 40, "it is killed in the middle"
    # Each line when it is reached first and last: two files are on their way.
    for deadline in sorted({*lines.values(), *(order.index(line) + 1 for line in lines)}):
        for path in bin_.files:
            path.unlink()
        for name in (COPY, "copy of it.jpg"):
            shutil.copy2(spare / name, own_album / name)
        folder = tmp_path / f"library {deadline}"
        shutil.copytree(tmp_path / "template", folder)
        with Library.open(folder, resume=False) as library:
            # The files are on the disk or in the bin, whichever moment it is.
            library.session.trash._send = bin_
            reached = traced(library.session.trash.empty, deadline)
        assert len(reached) == deadline
        with Library.open(folder, resume=False) as library:
            assert library.database.problems() == []
            left = [path for path in (own_album / COPY, own_album / "copy of it.jpg") if path.exists()]
            assert len(left) + len(bin_.files) == 2, reached[-1]
            listed = library.session.trash.list()
            assert [path for each in listed for path in each.paths if listed] == sorted(left, key=str, reverse=True), (
                reached[-1]
            )
            if left:
                library.session.trash.restore([photo_id])
                after = contents(library.database)
                left_out: dict[str, list[tuple[object, ...]]] = {"place": [], "trash": [], "photo_words": []}
                assert after | left_out == whole | left_out, reached[-1]
                library.session.trash.put([photo_id])
                library.session.trash._send = bin_
                assert library.session.trash.empty().photo_ids == (photo_id,)
            assert len(bin_.files) == 2
            assert library.session.trash.list() == []
        assert "caches without photo" not in {flaw.kind for flaw in verify(folder)}, reached[-1]
        shutil.rmtree(folder)


def test_what_was_on_its_way_on_a_drive_that_is_gone_waits_for_it(library: Library, own_album: Path) -> None:
    photo_id = number(library, "coffee.jpg")
    library.session.trash.put([photo_id])

    def vanish(path: bytes) -> None:
        os.rename(own_album, own_album.with_name("unplugged"))
        raise Killed

    library.session.trash._send = vanish
    with pytest.raises(Killed):
        library.session.trash.empty()
    library.session.trash.recover()
    assert [each.photo_id for each in library.session.trash.list()] == [photo_id]
    os.rename(own_album.with_name("unplugged"), own_album)
    library.session.trash.recover()
    (listed,) = library.session.trash.list()
    assert listed.available
    library.session.trash.restore([photo_id])
    assert photo_id in library.session.photos.timeline().photo_ids


def test_the_trash_ends_with_the_program(library: Library, bin_: SystemTrash) -> None:
    photo_ids = list(library.session.photos.timeline().photo_ids)
    library.session.trash.put(photo_ids)

    def stop_at_the_second(path: bytes) -> None:
        bin_(path)
        if len(bin_.files) == 2:
            library.session.trash.stop()

    library.session.trash._send = stop_at_the_second
    done = library.session.trash.empty()
    assert 1 <= len(done.photo_ids) <= 2
    assert len(library.session.trash.list()) == len(photo_ids) - len(done.photo_ids)


def test_indexing_goes_on_beside_it(open_library: Opener, own_album: Path, tmp_path: Path) -> None:
    """Photos that are deleted while they are looked at stay deleted, and are looked at when they come back."""
    library = open_library(tmp_path / "new")
    library.indexer.add([own_album])
    gone: set[int] = set()
    while len(gone) < 4 and not library.indexer.wait(0.02):
        gone |= set(library.session.trash.put(list(library.session.photos.paths())[-2:]))
    assert library.indexer.wait(60) and library.indexer.progress.error is None
    assert not gone & set(library.session.photos.timeline().photo_ids)
    library.session.trash.restore(gone)
    assert library.indexer.wait(60)
    assert len(library.session.photos.timeline().photo_ids) == samples.ALBUM_PHOTOS
    index(library, own_album)
    assert library.database.problems() == []


SENDING = """
import os, signal, sys
from pathlib import Path
from app.library import Library
with Library.open(Path(sys.argv[1]), resume=False) as library:
    send, when = library.session.trash._send, sys.argv[2]
    def deadly(path):
        when == "before" and os.kill(os.getpid(), signal.SIGKILL)
        send(path)
        when == "after" and os.kill(os.getpid(), signal.SIGKILL)
    library.session.trash._send = deadly
    library.session.trash.empty()
"""


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="elsewhere the system's trash is not ours to look into"
)
@pytest.mark.parametrize("when", ["before", "after", "never"])
def test_the_real_trash_and_a_real_end(library: Library, own_album: Path, tmp_path: Path, when: str) -> None:
    photo_id = number(library, "coffee.jpg")
    library.session.trash.put([photo_id])
    library.close()
    # Where the home is on another drive than the files, the trash is at the root of theirs: here both are one place.
    environment = os.environ | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}
    command = [sys.executable, "-c", SENDING, str(library.folder), when]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == (0 if when == "never" else -signal.SIGKILL), done.stderr
    with Library.open(library.folder, resume=False) as opened:
        sent = list((tmp_path / "data" / "Trash" / "files").glob("*"))
        assert (own_album / "coffee.jpg").exists() == (when == "before")
        assert [path.name for path in sent] == ([] if when == "before" else ["coffee.jpg"])
        assert [each.photo_id for each in opened.session.trash.list()] == ([photo_id] if when == "before" else [])
        assert opened.database.problems() == []
