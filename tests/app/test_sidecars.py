"""Sidecars follow the library, the library follows sidecars, and no photo is ever written to."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from app.library import Library
from app.metadata import read
from tests import samples
from tests.app import xmp
from tests.app.conftest import Opener, index, until


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """The photos of the album, two of them turned by EXIF, in a folder of the test's own."""
    folder = samples.write_album(tmp_path / "photos")
    turn(samples.t1(), folder / "turned.jpg", 6)
    turn(samples.darker(samples.t1()), folder / "head-down.jpg", 3)
    return folder


def turn(image: samples.Image.Image, path: Path, orientation: int) -> None:
    """A photo that is stored turned, as cameras do, and is the same picture when it is shown."""
    from PIL import ExifTags, Image

    back = {6: Image.Transpose.ROTATE_90, 3: Image.Transpose.ROTATE_180}[orientation]
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    image.transpose(back).save(path, "JPEG", quality=92, exif=exif)


def hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".jpg", ".png"))
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def sidecars(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.xmp"))


def by_name(library: Library) -> dict[str, int]:
    return {path.name: photo_id for photo_id, path in library.session.photos.paths().items()}


def known(library: Library) -> dict[str, object]:
    """Everything of a library that is to outlive it: who is where, stars and words."""
    found: dict[str, object] = {}
    for name, photo_id in by_name(library).items():
        details = library.session.details.of(photo_id)
        faces = [(face.name, round(face.box.x), round(face.box.y)) for face in library.session.photos.faces(photo_id)]
        found[name] = (
            [face for face in faces if face[0]],
            details.rating,
            details.title,
            details.caption,
            details.keywords,
        )
    return found


def name_people(library: Library) -> None:
    """The people of the album get names, as a user gives them."""
    for number, person in enumerate(library.session.people.list()):
        if person.photo_count > 1:
            library.session.people.rename(person.person_id, f"Person {number} <&> Ø")


def test_a_library_made_anew_of_photos_and_sidecars_is_the_same(open_library: Opener, photos: Path) -> None:
    before = hashes(photos)
    library = open_library()
    index(library, photos)
    name_people(library)
    ids = by_name(library)
    library.session.details.rate([ids["group.jpg"], ids["coffee.jpg"]], 4)
    library.session.details.describe(ids["coffee.jpg"], title="Coffee", caption="Two\nlines", keywords=["cup", "Ærø"])
    faces = library.session.photos.faces(ids["turned.jpg"])
    library.core.assign([faces[0].face_id], library.core.create_person("Somebody else").person_id)
    report = library.sidecars.write()
    assert (report.left, report.problems) == (0, ())
    assert report.written == len(sidecars(photos)) > 5
    assert library.sidecars.due() == 0
    wanted, people = known(library), {person.name for person in library.session.people.list() if person.name}
    confirmed = sorted((face.box.x, face.confirmed) for face in library.core.faces() if face.person_id is not None)
    library.close()
    shutil.rmtree(library.folder)

    anew = open_library()
    index(anew, photos)
    assert known(anew) == wanted
    assert {person.name for person in anew.session.people.list() if person.name} == people
    named = {person.person_id for person in anew.session.people.list() if person.name}
    again = sorted((face.box.x, face.confirmed) for face in anew.core.faces() if face.person_id in named)
    assert [each for each in again if each[1]] == [each for each in confirmed if each[1]]
    assert anew.sidecars.due() == 0
    assert hashes(photos) == before


def test_exiftool_reads_the_same(open_library: Opener, photos: Path) -> None:
    exiftool = shutil.which("exiftool")
    if exiftool is None:
        pytest.skip("exiftool is not installed")
    library = open_library()
    index(library, photos)
    name_people(library)
    ids = by_name(library)
    library.session.details.rate(list(ids.values()), 3)
    library.session.details.describe(ids["turned.jpg"], caption="Zwölf & Ærø", keywords=["a", "b"])
    library.sidecars.write()
    for name, photo_id in ids.items():
        path = library.session.photos.get(photo_id).path
        done = subprocess.run([exiftool, "-json", "-struct", "-n", f"{path}.xmp"], capture_output=True, check=True)
        (found,) = json.loads(done.stdout)
        faces = [face for face in library.session.photos.faces(photo_id) if face.name]
        assert found["Rating"] == 3
        regions = found.get("RegionInfo", {}).get("RegionList", [])
        assert [region["Name"] for region in regions] == [face.name for face in faces]
        assert sorted(found.get("PersonInImage", [])) == sorted({face.name for face in faces})
        if name == "turned.jpg":
            assert (found["Description"], found["Subject"]) == ("Zwölf & Ærø", ["a", "b"])
            # Shown, it is 1280 wide; stored, its sides are changed, and what was left is above.
            assert found["RegionInfo"]["AppliedToDimensions"] == {"W": 886, "H": 1280, "Unit": "pixel"}
            areas = [region["Area"] for region in regions]
            assert [area["Y"] for area in areas] == sorted((area["Y"] for area in areas), reverse=True)


def test_a_photo_of_which_nothing_was_said_gets_no_sidecar(open_library: Opener, photos: Path) -> None:
    library = open_library()
    xmp.write(photos / "coffee.jpg.xmp", keywords=["cup"], rating=2)
    index(library, photos)
    assert library.sidecars.due() == 0
    assert library.sidecars.write().written == 0
    assert sidecars(photos) == ["coffee.jpg.xmp"]


def test_they_follow_by_themselves_only_where_it_is_wanted(open_library: Opener, photos: Path) -> None:
    library = open_library()
    index(library, photos)
    assert library.sidecars.wanted is False
    coffee = by_name(library)["coffee.jpg"]
    library.session.details.rate([coffee], 2)
    assert sidecars(photos) == []
    library.sidecars.want(True)
    until(lambda: sidecars(photos) == ["coffee.jpg.xmp"])
    name_people(library)
    until(lambda: len(sidecars(photos)) > 5)
    until(lambda: library.sidecars.due() == 0)
    library.session.details.rate([coffee], 5)
    until(lambda: read(b"", [photos / "coffee.jpg.xmp"]).rating == 5)
    library.close()
    again = open_library()
    assert again.sidecars.wanted is True
    assert again.indexer.wait(60)


def test_a_correction_goes_to_the_sidecar_and_stays(open_library: Opener, photos: Path) -> None:
    library = open_library()
    folder = photos / "one"
    samples.save(samples.t1(), folder / "group.jpg", datetime(2021, 5, 1, 10))
    xmp.write(folder / "group.jpg.xmp", [xmp.in_t1(0, "Ann"), xmp.in_t1(1, "Bob"), xmp.in_t1(2, "Cid")])
    index(library, folder)
    faces = library.session.photos.faces(1)
    eve = library.core.create_person("Eve")
    library.core.assign([faces[0].face_id], eve.person_id)
    bob = faces[1].person_id
    assert bob is not None
    library.core.reject([faces[1].face_id], bob)
    assert library.sidecars.write().written == 1
    found = read(folder / "group.jpg", [folder / "group.jpg.xmp"])
    assert sorted(region.name for region in found.regions) == ["Cid", "Eve"]
    assert 'crs:Exposure="+1.50"' in (folder / "group.jpg.xmp").read_text()
    index(library, folder)
    assert [face.name for face in library.session.photos.faces(1)][:3] == ["Eve", None, "Cid"]
    assert library.sidecars.due() == 0


def test_what_another_program_wrote_meanwhile_is_read_first(open_library: Opener, photos: Path) -> None:
    library = open_library()
    index(library, photos)
    coffee = by_name(library)["coffee.jpg"]
    library.session.details.rate([coffee], 2)
    path = xmp.write(photos / "coffee.jpg.xmp", keywords=["theirs"])
    report = library.sidecars.write()
    assert (report.written, report.left) == (0, 1)
    assert read(b"", [path]).keywords == ("theirs",)
    index(library, photos)
    assert library.sidecars.write().written == 1
    found = read(b"", [path])
    assert (found.keywords, found.rating) == (("theirs",), 2)


def test_a_sidecar_that_cannot_be_written_is_told_of_and_left(open_library: Opener, photos: Path) -> None:
    library = open_library()
    (photos / "coffee.jpg.xmp").write_text("this is no XMP")
    index(library, photos)
    library.session.details.rate([by_name(library)["coffee.jpg"]], 2)
    report = library.sidecars.write()
    assert report.written == 0
    assert report.problems == ("coffee.jpg.xmp is left as it is: it cannot be read as XMP (not well-formed).",)
    assert (photos / "coffee.jpg.xmp").read_text() == "this is no XMP"
    assert [path.name for path in photos.iterdir() if path.name.startswith(".sietch")] == []


def test_a_full_disk_leaves_the_sidecar_as_it_was(
    open_library: Opener, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = open_library()
    path = xmp.write(photos / "coffee.jpg.xmp", rating=1)
    before = path.read_bytes()
    index(library, photos)
    library.session.details.rate([by_name(library)["coffee.jpg"]], 2)

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert library.sidecars.write().problems == ("coffee.jpg.xmp cannot be written: No space left on device.",)
    assert path.read_bytes() == before
    assert sidecars(photos) == ["coffee.jpg.xmp"]
    assert [each.name for each in photos.iterdir() if each.name.endswith(".tmp")] == []
    monkeypatch.undo()
    assert library.sidecars.write().written == 1


_KILLED = """
import os, signal, sys
from pathlib import Path
from app.library import Library
with Library.open(Path(sys.argv[1]), resume=False) as library:
    os.fsync = lambda _descriptor: os.kill(os.getpid(), signal.SIGKILL)
    library.sidecars.write()
"""


def test_a_killed_process_leaves_nothing_that_the_next_one_does_not_take_away(
    open_library: Opener, photos: Path
) -> None:
    library = open_library()
    index(library, photos)
    library.session.details.rate([by_name(library)["coffee.jpg"]], 2)
    library.close()
    for _ in range(2):
        process = subprocess.run([sys.executable, "-c", _KILLED, str(library.folder)], check=False)
        assert process.returncode == -signal.SIGKILL
        assert len([each for each in photos.iterdir() if each.name.endswith(".tmp")]) == 1
        assert sidecars(photos) == []
    assert open_library(resume=False).sidecars.write().written == 1
    assert sidecars(photos) == ["coffee.jpg.xmp"]
    assert [each for each in photos.iterdir() if each.name.endswith(".tmp")] == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_closed_is_told_of(open_library: Opener, photos: Path) -> None:
    library = open_library()
    index(library, photos)
    library.session.details.rate([by_name(library)["coffee.jpg"]], 2)
    photos.chmod(0o555)
    try:
        report = library.sidecars.write()
    finally:
        photos.chmod(0o755)
    assert len(report.problems) == 1
    assert library.sidecars.due() == 1


def test_the_rights_of_a_sidecar_stay_and_new_ones_are_as_usual(open_library: Opener, photos: Path) -> None:
    library = open_library()
    xmp.write(photos / "coffee.jpg.xmp").chmod(0o640)
    index(library, photos)
    library.session.details.rate([by_name(library)["coffee.jpg"], by_name(library)["group.jpg"]], 2)
    assert library.sidecars.write().written == 2
    (photos / "usual").touch()
    assert stat.S_IMODE((photos / "coffee.jpg.xmp").stat().st_mode) == 0o640
    usual = stat.S_IMODE((photos / "usual").stat().st_mode)
    assert stat.S_IMODE((photos / "group.jpg.xmp").stat().st_mode) == usual


def test_reading_again_takes_what_files_tell(open_library: Opener, photos: Path) -> None:
    library = open_library()
    xmp.write(photos / "coffee.jpg.xmp", rating=3)
    index(library, photos)
    coffee = by_name(library)["coffee.jpg"]
    with library.database.write() as db:
        db.exec_driver_sql("UPDATE photo SET rating = NULL, told = NULL")
    library.sidecars.read()
    assert library.indexer.wait(60)
    assert library.session.details.of(coffee).rating == 3


def test_who_hides_stands_in_no_sidecar(open_library: Opener, photos: Path) -> None:
    library = open_library()
    folder = photos / "one"
    samples.save(samples.t1(), folder / "group.jpg", datetime(2021, 5, 1, 10))
    xmp.write(folder / "group.jpg.xmp", [xmp.in_t1(0, "Ann"), xmp.in_t1(1, "Bob")])
    index(library, folder)
    ann, bob, *_ = library.session.photos.faces(1)
    with library.database.write() as db:
        claim = "INSERT INTO claim (profile_id, person_id, state, is_hidden, made_at) VALUES (1, ?, ?, ?, '2024')"
        db.exec_driver_sql(claim, (ann.person_id, "held", 1))
        # Who only says "this is me", or is not agreed upon, hides nothing.
        db.exec_driver_sql(claim, (bob.person_id, "disputed", 1))
    assert library.sidecars.due() == 1
    assert library.sidecars.write().written == 1
    found = read(folder / "group.jpg", [folder / "group.jpg.xmp"])
    assert [region.name for region in found.regions] == ["Bob"]
    assert library.sidecars.due() == 0
    index(library, folder)
    # Its holder is told as before.
    assert [face.name for face in library.session.photos.faces(1)][:2] == ["Ann", "Bob"]
    with library.database.write() as db:
        db.exec_driver_sql("UPDATE claim SET is_hidden = 0")
    assert library.sidecars.write().written == 1
    found = read(folder / "group.jpg", [folder / "group.jpg.xmp"])
    assert sorted(region.name for region in found.regions) == ["Ann", "Bob"]
