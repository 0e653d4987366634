"""What files tell of a photo is kept beside it, follows the files, and what the user writes stands."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from app.errors import InvalidDetail, NotFound
from app.library import Library
from app.types import PhotoDetails
from tests import samples
from tests.app import xmp
from tests.app.conftest import Opener, Witness, index


def written(folder: Path, name: str = "coffee.jpg") -> Path:
    """A photo of nobody, with all that a camera knows."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Canon", "Canon EOS 600D"
    exif.get_ifd(ExifTags.IFD.Exif).update(
        {
            ExifTags.Base.DateTimeOriginal: "2021:05:01 10:11:12",
            ExifTags.Base.OffsetTimeOriginal: "+02:00",
            ExifTags.Base.ExposureTime: 0.008,
            ExifTags.Base.FNumber: 5.6,
            ExifTags.Base.ISOSpeedRatings: 400,
            ExifTags.Base.FocalLength: 50.0,
            ExifTags.Base.Flash: 1,
            ExifTags.Base.LensModel: "EF50mm f/1.8",
        }
    )
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (54.0, 53.0, 30.0), 3: "E", 4: (10.0, 24.0, 36.0)})
    samples.scenery().save(path, "JPEG", exif=exif)
    return path


def sidecar(photo: Path, minute: int, marked: Sequence[xmp.Marked] = (), **said: object) -> None:
    """A sidecar that is written anew at a time of its own."""
    path = xmp.write(photo.with_name(f"{photo.name}.xmp"), marked, **said)  # type: ignore[arg-type]
    when = (datetime(2022, 1, 1) + timedelta(minutes=minute)).timestamp()
    os.utime(path, (when, when))


def test_everything_that_the_camera_knows_is_kept(library: Library, tmp_path: Path) -> None:
    photo = written(tmp_path / "photos")
    sidecar(photo, 0, rating=4, title="Coffee", keywords=["cup", "table"])
    index(library, tmp_path / "photos")
    assert library.session.photos.get(1).taken_at == datetime(2021, 5, 1, 10, 11, 12)
    found = library.session.details.of(1)
    assert found.position == pytest.approx((54.891667, 10.41), abs=1e-6)
    assert found == PhotoDetails(
        photo_id=1,
        zone_minutes=120,
        camera="Canon EOS 600D",
        lens="EF50mm f/1.8",
        exposure_seconds=0.008,
        aperture=5.6,
        iso=400,
        focal_length=50.0,
        flash=True,
        position=found.position,
        place=found.place,
        rating=4,
        title="Coffee",
        keywords=("cup", "table"),
    )
    assert library.session.photos.skipped() == []


def test_a_sidecar_that_comes_or_changes_is_followed(library: Library, tmp_path: Path) -> None:
    photo = written(tmp_path / "photos")
    other = written(tmp_path / "photos", "coffee.jpg.jpg")
    index(library, tmp_path / "photos")
    assert library.session.details.of(1).rating is None
    sidecar(photo, 1, rating=3)
    index(library, tmp_path / "photos")
    assert library.session.details.of(1).rating == 3
    sidecar(photo, 2, rating=5)
    witness = Witness(library)
    index(library, tmp_path / "photos")
    assert library.session.details.of(1).rating == 5
    assert frozenset({1}) in [change.photo_ids for change in witness.changes]
    sidecar(photo, 3)
    index(library, tmp_path / "photos")
    assert library.session.details.of(1).rating is None
    assert other.exists() and library.session.photos.skipped() == []


def test_a_sidecar_that_is_gone_takes_nothing_away(library: Library, tmp_path: Path) -> None:
    photo = written(tmp_path / "photos")
    sidecar(photo, 1, [("Ada", 0.0, 0.0, 0.05, 0.05)], rating=3, title="Cup", keywords=["a", "b"])
    index(library, tmp_path / "photos")
    before = library.session.details.of(1)
    assert [each.name for each in before.marked] == ["Ada"]
    photo.with_name("coffee.jpg.xmp").unlink()
    index(library, tmp_path / "photos")
    assert library.session.details.of(1) == before
    # What is told anew counts, as ever.
    sidecar(photo, 2, keywords=["c"])
    index(library, tmp_path / "photos")
    assert (library.session.details.of(1).rating, library.session.details.of(1).keywords) == (3, ("c",))


def test_a_sidecar_of_sietch_that_is_gone_takes_nothing_away(library: Library, tmp_path: Path) -> None:
    photo = written(tmp_path / "photos")
    xmp.write(photo.with_suffix(".xmp"), keywords=["theirs"])
    index(library, tmp_path / "photos")
    library.session.details.rate([1], 4)
    library.session.details.describe(1, caption="Ours", keywords=["theirs", "ours"])
    assert library.sidecars.write().written == 1
    before = library.session.details.of(1)
    photo.with_name("coffee.jpg.xmp").unlink()
    index(library, tmp_path / "photos")
    assert library.session.details.of(1) == before
    assert library.sidecars.write().written == 1
    assert photo.with_name("coffee.jpg.xmp").exists()


def test_a_sidecar_beside_any_place_of_a_photo_tells_of_it(library: Library, tmp_path: Path) -> None:
    written(tmp_path / "photos" / "first")
    second = written(tmp_path / "photos" / "second")
    sidecar(second, 1, rating=3)
    index(library, tmp_path / "photos")
    assert len(library.session.photos.paths()) == 1
    assert library.session.details.of(1).rating == 3
    third = written(tmp_path / "photos" / "third")
    sidecar(third, 2, rating=5)
    index(library, tmp_path / "photos")
    # The one that was written last is believed.
    assert library.session.details.of(1).rating == 5
    sidecar(second, 3, rating=1)
    index(library, tmp_path / "photos")
    assert library.session.details.of(1).rating == 1


def test_a_folder_that_is_gone_does_not_keep_another_from_being_written_to(library: Library, tmp_path: Path) -> None:
    first = written(tmp_path / "photos")
    second = written(tmp_path / "others")
    sidecar(second, 1, rating=3)
    index(library, tmp_path / "photos", tmp_path / "others")
    (tmp_path / "others").rename(tmp_path / "elsewhere")
    sidecar(first, 2, title="Cup")
    index(library, tmp_path / "photos")
    assert (library.session.details.of(1).rating, library.session.details.of(1).title) == (3, "Cup")
    library.session.details.rate([1], 4)
    assert library.sidecars.write().written == 1


def test_a_place_beside_a_sidecar_that_was_there_before_is_read(library: Library, tmp_path: Path) -> None:
    written(tmp_path / "photos" / "first")
    second = tmp_path / "photos" / "second" / "coffee.jpg"
    second.parent.mkdir()
    sidecar(second, 1, rating=3)
    index(library, tmp_path / "photos")
    assert library.session.details.of(1).rating is None
    written(tmp_path / "photos" / "second")
    index(library, tmp_path / "photos")
    assert library.session.details.of(1).rating == 3


def test_a_drive_that_is_not_connected_takes_no_sidecar_away(library: Library, tmp_path: Path) -> None:
    photo = written(tmp_path / "photos")
    sidecar(photo, 1, rating=3)
    index(library, tmp_path / "photos")
    (tmp_path / "photos").rename(tmp_path / "elsewhere")
    index(library, tmp_path / "photos")
    assert library.session.details.of(1).rating == 3
    with library.database.read() as db:
        assert db.exec_driver_sql("SELECT (SELECT count(*) FROM sidecar), retell FROM photo").one() == (1, 0)


def test_a_scan_that_finds_nothing_new_reads_no_sidecar(library: Library, tmp_path: Path) -> None:
    photo = written(tmp_path / "photos")
    sidecar(photo, 1, rating=3)
    index(library, tmp_path / "photos")
    witness = Witness(library)
    index(library, tmp_path / "photos")
    assert all(not change.photo_ids for change in witness.changes)


def test_picasas_file_is_followed(library: Library, tmp_path: Path) -> None:
    written(tmp_path / "photos")
    written(tmp_path / "photos" / "deeper")
    index(library, tmp_path / "photos")
    (tmp_path / "photos" / ".picasa.ini").write_text("[coffee.jpg]\nkeywords=cup\n")
    index(library, tmp_path / "photos")
    assert library.session.details.of(1).keywords == ("cup",)


def test_what_the_user_writes_stands_until_the_file_tells_something_new(library: Library, tmp_path: Path) -> None:
    photo = written(tmp_path / "photos")
    sidecar(photo, 1, rating=3, title="Cup", keywords=["a"])
    index(library, tmp_path / "photos")
    library.session.details.rate([1], 5)
    library.session.details.describe(1, title="  My   cup ", caption="Two\nlines", keywords=["b", " b ", "", "c"])
    sidecar(photo, 2, rating=3, title="Cup", keywords=["a", "d"])
    index(library, tmp_path / "photos")
    found = library.session.details.of(1)
    assert (found.rating, found.title, found.caption) == (5, "My cup", "Two\nlines")
    assert found.keywords == ("a", "d")
    sidecar(photo, 3, rating=1, title="Cup", keywords=["a", "d"])
    index(library, tmp_path / "photos")
    assert library.session.details.of(1).rating == 1
    library.session.details.rate([1], None)
    sidecar(photo, 4, rating=1, title="Cup", keywords=["a"])
    index(library, tmp_path / "photos")
    assert library.session.details.of(1).rating is None


def test_what_cannot_be_kept_is_refused_whole(library: Library, tmp_path: Path) -> None:
    written(tmp_path / "photos")
    index(library, tmp_path / "photos")
    with pytest.raises(InvalidDetail):
        library.session.details.rate([1], 6)
    with pytest.raises(InvalidDetail):
        library.session.details.describe(1, title="fine", caption="x" * 20_000)
    with pytest.raises(InvalidDetail):
        library.session.details.describe(1, keywords=["x" * 300])
    with pytest.raises(NotFound):
        library.session.details.rate([1, 99], 3)
    with pytest.raises(NotFound):
        library.session.details.of(99)
    assert library.session.details.of(1).rating is None
    assert library.session.details.of(1).title == ""


def test_photos_of_an_older_version_are_read_anew_when_the_library_is_opened(
    open_library: Opener, tmp_path: Path
) -> None:
    photo = written(tmp_path / "photos")
    sidecar(photo, 1, rating=3)
    library = open_library()
    index(library, tmp_path / "photos")
    with library.database.write() as db:
        db.exec_driver_sql("UPDATE photo SET retell = 1, told = NULL, rating = NULL, model = NULL")
    library.close()
    library = open_library()
    assert library.indexer.wait(60)
    assert library.session.details.of(1).rating == 3
    assert library.session.details.of(1).camera == "Canon EOS 600D"


def test_a_photo_that_is_not_there_now_is_read_another_time(open_library: Opener, tmp_path: Path) -> None:
    photo = written(tmp_path / "photos")
    library = open_library()
    index(library, tmp_path / "photos")
    with library.database.write() as db:
        db.exec_driver_sql("UPDATE photo SET retell = 1, model = NULL")
    library.close()
    photo.rename(tmp_path / "elsewhere.jpg")
    library = open_library()
    assert library.indexer.wait(60)
    assert library.indexer.progress.error is None
    library.close()
    (tmp_path / "elsewhere.jpg").rename(photo)
    library = open_library()
    assert library.indexer.wait(60)
    assert library.session.details.of(1).camera == "Canon EOS 600D"
