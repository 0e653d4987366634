"""Photos from a card: whole, verified, by date, once; whatever happens, nothing half done and no original touched."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from app import copied_files, copying, holdings
from app.copying import Copier
from app.errors import AppError
from app.library import Library
from app.ownership import Visibility
from app.shots import PATTERN, folder_for, shots
from app.types import CopyProgress, CopyReport, CopyRequest, CopyResult
from tests import house, samples
from tests.app.conftest import Drives, Opener, Witness, scan, until

DAY = datetime(2021, 5, 1, 10)


class Card:
    """A card with photos, films, sidecars and things that are none of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        first = folder / "DCIM" / "100"
        samples.save(samples.astronaut(), first / "IMG_1.JPG", DAY)
        samples.save(samples.scenery(), first / "IMG_2.JPG", datetime(2021, 5, 2, 10))
        (first / "IMG_1.CR2").write_bytes(b"II*\0" + b"raw" * 100)
        (first / "IMG_1.xmp").write_text("<xmp>both</xmp>")
        (first / "IMG_1.JPG.xmp").write_text("<xmp>the jpeg</xmp>")
        (first / "IMG_2.AAE").write_text("<edit/>")
        (first / "MVI_3.MP4").write_bytes(b"\0\0\0\x18ftypmp42" + b"film" * 100)
        (first / "MVI_3.THM").write_bytes(b"small")
        (first / "index.ctg").write_bytes(b"of the camera")
        (first / "._IMG_1.JPG").write_bytes(b"of the system")
        for path in first.iterdir():
            os.utime(path, (1_600_000_000.5, 1_600_000_001.25))
        # Another camera that counts from 1, and a copy of the first photo.
        samples.save(samples.darker(samples.astronaut()), folder / "DCIM" / "101" / "IMG_1.JPG", DAY)
        shutil.copy2(first / "IMG_1.JPG", folder / "DCIM" / "101" / "same.JPG")

    def files(self) -> dict[str, tuple[bytes, int]]:
        return tree(self.folder)


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file below a folder: content and time."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns) for path in found}


@pytest.fixture
def card(tmp_path: Path) -> Card:
    return Card(tmp_path / "card")


@pytest.fixture
def library(open_library: Opener) -> Library:
    return open_library(resume=False)


@pytest.fixture
def to(tmp_path: Path) -> Path:
    return tmp_path / "Photos"


Run = Callable[..., CopyReport]


@pytest.fixture
def run(library: Library, card: Card, to: Path) -> Run:
    """Copies the card, or a part of it, and checks that it is as it was."""

    def copy(source: Path | None = None, pattern: str = PATTERN, dry_run: bool = False, stop: int = -1) -> CopyReport:
        before, asked = card.files(), iter(range(10**9))
        request = CopyRequest(source or card.folder, to, pattern)
        told: list[CopyProgress] = []
        report = library.copying.copier.run(request, lambda: next(asked) >= stop >= 0, told.append, dry_run)
        assert card.files() == before
        assert not list(to.rglob(f"*{copied_files.PART.decode()}"))
        return report

    return copy


def count(report: CopyReport) -> tuple[int, int, int]:
    return tuple(len(report.of(each)) for each in (CopyResult.COPIED, CopyResult.SKIPPED, CopyResult.FAILED))  # type: ignore[return-value]


WHOLE = {
    "2021/2021-05-01/IMG_1.CR2",
    "2021/2021-05-01/IMG_1.JPG",
    "2021/2021-05-01/IMG_1.JPG.xmp",
    "2021/2021-05-01/IMG_1.xmp",
    "2021/2021-05-01/IMG_1 (2).JPG",
    "2021/2021-05-02/IMG_2.AAE",
    "2021/2021-05-02/IMG_2.JPG",
    "2020/2020-09-13/MVI_3.MP4",
    "2020/2020-09-13/MVI_3.THM",
}


def test_everything_arrives_by_date_with_its_time_and_sidecars(
    run: Run, card: Card, to: Path, library: Library
) -> None:
    report = run()
    assert count(report) == (5, 1, 0)
    assert report.stopped is None
    copied, originals = tree(to), card.files()
    assert set(copied) == WHOLE
    for each in report.files:
        if each.target and each.result is not CopyResult.SKIPPED:
            assert copied[str(each.target.relative_to(to))] == originals[str(each.source.relative_to(card.folder))]
    (twice,) = report.of(CopyResult.SKIPPED)
    assert (twice.source.name, twice.reason) == ("same.JPG", "It is on the card twice.")
    assert library.copying.copier.folder() == to
    assert library.copying.copier.unfinished() is None


def test_again_it_copies_nothing(run: Run, to: Path, library: Library) -> None:
    run()
    before = tree(to)
    report = run()
    assert count(report) == (0, 6, 0)
    reasons = [each.reason for each in report.of(CopyResult.SKIPPED)]
    assert reasons.count("It is there already.") == 5
    scan(library, to)
    report = run()
    assert count(report) == (0, 6, 0)
    reasons = [each.reason for each in report.of(CopyResult.SKIPPED)]
    assert reasons.count("It is in the library already.") == 6
    assert tree(to) == before


def test_what_is_in_the_trash_does_not_come_back(run: Run, to: Path, library: Library, card: Card) -> None:
    scan(library, card.folder)
    photo_id = library.session.photos.at(card.folder / "DCIM" / "100" / "IMG_2.JPG")
    library.session.trash.put([photo_id])
    reasons = {each.source.name: each.reason for each in run().of(CopyResult.SKIPPED)}
    assert reasons["IMG_2.JPG"] == "It is in the trash."
    assert not list(to.rglob("IMG_2*")), "nor does its sidecar"


def test_a_name_that_is_taken_gets_a_number_for_the_whole_shot(run: Run, to: Path) -> None:
    there = to / "2021" / "2021-05-01"
    there.mkdir(parents=True)
    (there / "IMG_1.xmp").write_text("of another photo")
    run()
    names = {path.name for path in there.iterdir()}
    assert {"IMG_1 (2).JPG", "IMG_1 (2).CR2", "IMG_1 (2).xmp", "IMG_1 (2).JPG.xmp", "IMG_1.JPG"} <= names
    assert (there / "IMG_1.xmp").read_text() == "of another photo"


def test_a_dry_run_tells_exactly_what_copying_does(run: Run, to: Path) -> None:
    planned = run(dry_run=True)
    assert planned.dry_run
    assert not to.exists()
    done = run()
    media = [each for each in done.files if each.result is not CopyResult.SIDECAR]
    assert list(planned.files) == media
    assert count(run(dry_run=True)) == (0, 6, 0)


def test_cancelled_anywhere_the_next_import_does_the_rest(run: Run, to: Path, tmp_path: Path) -> None:
    run()
    whole = tree(to)
    shutil.rmtree(to)
    stop, stops = 0, 0
    while True:
        report = run(stop=stop)
        if report.stopped is None:
            break
        assert report.stopped == "The import was stopped."
        stops += 1
        for path in to.rglob("*.xmp") if to.exists() else ():
            stem = path.name.split(".")[0]
            assert list(path.parent.glob(f"{stem}.JPG")) or list(path.parent.glob(f"{stem}.CR2")), "no sidecar alone"
        stop += 3
    assert stops > 5
    assert tree(to) == whole
    assert count(run()) == (0, 6, 0)


def test_one_file_alone_and_another_pattern(run: Run, card: Card, to: Path) -> None:
    report = run(card.folder / "DCIM" / "101" / "IMG_1.JPG", "{year}-{month}")
    assert list(tree(to)) == ["2021-05/IMG_1.JPG"]
    assert count(report) == (1, 0, 0)


@pytest.mark.parametrize(
    ("pattern", "folder"),
    [(PATTERN, "2021/2021-05-01"), ("", ""), ("{year}", "2021"), ("all/{day}.{month}", "all/01.05")],
)
def test_patterns(pattern: str, folder: str) -> None:
    assert folder_for(pattern, DAY) == folder


@pytest.mark.parametrize("pattern", ["{camera}", "../{year}", "/{year}", "{year", "{}", "{year.real}", "{year!x}"])
def test_patterns_that_lead_nowhere_are_refused(pattern: str, run: Run, to: Path) -> None:
    with pytest.raises(AppError):
        run(pattern=pattern)
    assert not to.exists()


def test_what_makes_no_sense_is_refused(run: Run, library: Library, card: Card, to: Path, tmp_path: Path) -> None:
    with pytest.raises(AppError, match="Put the card in"):
        run(tmp_path / "no card")
    (to / "inside").mkdir(parents=True)
    for source in (to, to / "inside"):
        with pytest.raises(AppError, match="in your photo folder already"):
            run(source)
    (tmp_path / "file").write_text("")
    with pytest.raises(AppError, match="cannot be made"):
        library.copying.run(CopyRequest(card.folder, tmp_path / "file" / "Photos", PATTERN))


def test_the_photo_folder_may_lie_in_what_is_copied(library: Library, tmp_path: Path) -> None:
    card = Card(tmp_path / "home")
    request = CopyRequest(card.folder, card.folder / "Photos", PATTERN)
    report = library.copying.copier.run(request, lambda: False, lambda _told: None)
    assert count(report) == (5, 1, 0)
    report = library.copying.copier.run(request, lambda: False, lambda _told: None)
    assert count(report) == (0, 6, 0)


def test_a_file_that_cannot_be_read_fails_alone(
    run: Run, card: Card, to: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def block(descriptor: int, real: Callable[[int], bytes] = copied_files._block) -> bytes:
        data = real(descriptor)
        if data.startswith(b"\0\0\0\x18ftypmp42"):
            raise copied_files.Unreadable("The file cannot be read: Input/output error.")
        return data

    monkeypatch.setattr(copied_files, "_block", block)
    report = run()
    assert count(report) == (4, 1, 1)
    (failed,) = report.of(CopyResult.FAILED)
    assert (failed.source.name, failed.reason) == ("MVI_3.MP4", "The file cannot be read: Input/output error.")
    assert not (to / "2020" / "2020-09-13" / "MVI_3.THM").exists(), "its sidecar has nothing to lie beside"


def test_what_the_disk_did_not_keep_is_no_copy(run: Run, to: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copied_files, "digest", lambda _path, _stopped: "another")
    report = run(dry_run=False)
    assert count(report) == (0, 0, 6 + 4), "nor are the sidecars"
    assert "did not keep" in report.of(CopyResult.FAILED)[0].reason
    assert tree(to) == {}


def test_a_card_that_is_taken_out_ends_it_with_a_sentence(run: Run, card: Card, to: Path, library: Library) -> None:
    away, asked = card.folder.with_name("in the pocket"), iter(range(10**9))

    def taken_out() -> bool:
        if next(asked) == 12:
            os.rename(card.folder, away)
            card.folder.mkdir()
        return False

    report = library.copying.copier.run(CopyRequest(card.folder, to, PATTERN), taken_out, lambda _told: None)
    assert report.stopped is not None and "not there any more. Put the card in again" in report.stopped
    assert library.copying.copier.unfinished() == CopyRequest(card.folder, to, PATTERN)
    card.folder.rmdir()
    os.rename(away, card.folder)
    assert run().stopped is None
    assert set(tree(to)) == WHOLE


def test_a_name_that_is_taken_meanwhile_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_text("mine")
    target.write_text("yours")
    for links in (True, False):
        if not links:

            def refuse(_one: object, _other: object) -> None:
                raise OSError(errno.EPERM, "this drive knows no links")

            monkeypatch.setattr(os, "link", refuse)
        with pytest.raises(FileExistsError):
            copied_files.copy(os.fsencode(source), os.fsencode(target), lambda: False)
        assert target.read_text() == "yours"
    target.unlink()
    copied_files.copy(os.fsencode(source), os.fsencode(target), lambda: False)
    assert target.read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_a_killed_import_leaves_nothing_half_done(library: Library, card: Card, to: Path, run: Run) -> None:
    """Really killed, at every write of a block."""
    library.close()
    script = """
import os, signal, sys
from pathlib import Path
from app import copied_files
from app.library import Library
from app.types import CopyRequest
left = int(sys.argv[4])
real = copied_files._block
def block(descriptor):
    global left
    left -= 1
    left == 0 and os.kill(os.getpid(), signal.SIGKILL)
    return real(descriptor)
copied_files._block = block
with Library.open(Path(sys.argv[1]), resume=False) as library:
    library.copying.run(CopyRequest(Path(sys.argv[2]), Path(sys.argv[3]), "{year}/{year}-{month}-{day}"))
"""
    originals = {content for content, _ in card.files().values()}
    for moment in (2, 3, 4, 3):
        arguments = [str(library.folder), str(card.folder), str(to), str(moment)]
        done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, check=False, timeout=60)
        assert done.returncode < 0, done.stderr
        for name, (content, _) in tree(to).items():
            assert name.endswith(copied_files.PART.decode()) or content in originals
        with Library.open(library.folder, resume=False) as opened:
            assert opened.copying.copier.unfinished() == CopyRequest(card.folder, to, PATTERN)
    with Library.open(library.folder, resume=False) as opened:
        opened.copying.run(CopyRequest(card.folder, to, PATTERN))
    assert set(tree(to)) == WHOLE


@pytest.mark.skipif(not sys.platform.startswith("linux") or os.geteuid() != 0, reason="needs a small disk of its own")
def test_a_full_disk_ends_it_with_a_sentence_and_nothing_half_done(
    run: Run, library: Library, card: Card, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=80k", "none", str(disk)], check=False).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        request = CopyRequest(card.folder, disk / "Photos", PATTERN)
        report = library.copying.copier.run(request, lambda: False, lambda _told: None)
        assert report.stopped is not None and "is full. Make room" in report.stopped
        assert library.copying.copier.unfinished() == request
        originals = {content for content, _ in card.files().values()}
        assert all(content in originals for content, _ in tree(disk).values())
        subprocess.run(["mount", "-o", "remount,size=8m", str(disk)], check=True)
        assert library.copying.copier.run(request, lambda: False, lambda _told: None).stopped is None
        assert set(tree(disk / "Photos")) == WHOLE
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_in_the_background_it_tells_how_far_it_is_and_adds_what_arrived(
    open_library: Opener, card: Card, to: Path, tmp_path: Path
) -> None:
    library = open_library(tmp_path / "at work")
    witness = Witness(library)
    assert library.copying.start(CopyRequest(card.folder, to, PATTERN))
    assert library.copying.wait(60)
    assert library.indexer.wait(60)
    (report,) = [event for event in witness.events if isinstance(event, CopyReport)]
    assert count(report) == (5, 1, 0)
    told = [event for event in witness.events if isinstance(event, CopyProgress)]
    assert [event.total for event in told if event.busy] == [6] * (len(told) - 1)
    assert not told[-1].busy
    assert library.session.counts().photos == 3
    assert all(
        to in library.session.photos.get(each).path.parents for each in library.session.photos.timeline().photo_ids
    )


def test_the_program_ends_in_the_middle_and_may_go_on(
    open_library: Opener, card: Card, to: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = open_library(tmp_path / "at work", resume=False)
    request = CopyRequest(card.folder, to, PATTERN)

    def closing(_path: bytes, _target: bytes, stopped: Callable[[], bool]) -> str:
        while not stopped():
            time.sleep(0.01)
        raise copied_files.Cancelled("The import was stopped.")

    monkeypatch.setattr(copying.copied_files, "copy", closing)
    library.copying.start(request)
    until(lambda: library.copying.copier.unfinished() is not None)
    assert not library.copying.start(request), "one at a time"
    library.close()
    with Library.open(tmp_path / "at work", resume=False) as again:
        assert again.copying.copier.unfinished() == request
        again.copying.copier.forget_unfinished()
        assert again.copying.copier.unfinished() is None
        assert Copier(again.database).folder() == to


def test_shots_keep_their_files_together(card: Card, to: Path) -> None:
    found = {shot.stem: shot for shot in shots(os.fsencode(card.folder / "DCIM" / "100"), os.fsencode(to))}
    assert set(found) == {b"IMG_1", b"IMG_2", b"MVI_3"}
    assert len(found[b"IMG_1"].media) == 2
    assert len(found[b"IMG_1"].sidecars) == 2


def test_what_the_library_only_remembers_is_copied(library: Library, run: Run, card: Card, tmp_path: Path) -> None:
    folder = tmp_path / "library's own"
    shutil.copytree(card.folder / "DCIM" / "101", folder)
    scan(library, folder)
    assert [each.reason for each in run().of(CopyResult.SKIPPED)].count("It is in the library already.") == 3
    shutil.rmtree(tmp_path / "Photos")
    (folder / "same.JPG").unlink()
    report = run()
    assert {each.target.name for each in report.of(CopyResult.COPIED) if each.target} >= {"IMG_1.JPG", "IMG_2.JPG"}
    assert [each.source.name for each in report.of(CopyResult.SKIPPED)] == ["IMG_1.JPG", "same.JPG"]


def test_a_card_whose_photos_were_added_in_place_is_copied(library: Library, run: Run, card: Card) -> None:
    scan(library, card.folder)
    report = run()
    assert {each.reason for each in report.of(CopyResult.SKIPPED)} == {"It is on the card twice."}
    assert count(report) == (5, 1, 0)


def test_what_is_on_a_drive_that_is_away_is_in_the_library(
    open_library: Opener, card: Card, drives: Drives, tmp_path: Path
) -> None:
    library = open_library(resume=False, mounts=drives.mounts)
    point = drives.put_in("archive", tmp_path / "media" / "archive")
    shutil.copy2(card.folder / "DCIM" / "100" / "IMG_2.JPG", point)
    scan(library, point)
    drives.take_out("archive")
    library.volumes.refresh()
    request = CopyRequest(card.folder / "DCIM" / "100" / "IMG_2.JPG", tmp_path / "Photos", PATTERN)
    report = library.copying.copier.run(request, lambda: False, lambda _progress: None)
    assert count(report) == (0, 1, 0)


@pytest.mark.parametrize("pattern", [PATTERN, ""])
def test_a_target_whose_drive_went_is_not_written_beside_it(
    library: Library, card: Card, to: Path, pattern: str
) -> None:
    """Where a drive was mounted an empty folder stays: what is copied there is on another disk."""

    def take_out(progress: CopyProgress) -> None:
        if progress.done == 3:
            to.rename(to.with_name("the drive"))
            to.mkdir()

    report = library.copying.copier.run(CopyRequest(card.folder, to, pattern), lambda: False, take_out)
    assert report.stopped is not None and "Connect its drive" in report.stopped
    assert list(to.iterdir()) == []
    assert library.copying.copier.unfinished() == report.request


def test_what_somebody_else_keeps_private_is_copied_and_seen_by_both(library: Library, card: Card, to: Path) -> None:
    """To skip it would tell that it is there."""
    first, anna = house.first(library), house.add_profile(library, "Anna")
    request = CopyRequest(card.folder, to, PATTERN, asked_by=1)
    assert library.copying.run(request).of(CopyResult.COPIED)
    scan(library, to)
    photo_ids = list(first.photos.paths())
    first.sharing.show_to(photo_ids, Visibility.PRIVATE)
    assert not library.copying.run(request).of(CopyResult.COPIED)
    assert anna.photos.paths() == {}
    theirs = to.with_name("hers")
    hers = library.copying.run(replace(request, to=theirs, asked_by=anna.viewer.profile_id))
    assert all(each.reason != holdings.IN_LIBRARY for each in hers.of(CopyResult.SKIPPED))
    assert len(hers.of(CopyResult.COPIED)) == len(photo_ids)
    scan(library, theirs)
    assert list(anna.photos.paths()) == photo_ids
    assert not any(each.own for each in anna.sharing.of_all(photo_ids))


def test_an_import_that_came_to_no_end_is_its_own_profiles(library: Library, card: Card, to: Path) -> None:
    library.copying.copier.remember(CopyRequest(card.folder, to, PATTERN, asked_by=7))
    assert library.copying.copier.unfinished() == CopyRequest(card.folder, to, PATTERN, asked_by=7)
