"""Several files of one shot are one photo, in whatever order they come."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import text

from app.errors import NotFound
from app.library import Library
from app.ownership import Visibility
from app.types import PhotoState, Role
from core import video
from tests import house, media, samples
from tests.app.conftest import TIMEOUT, index
from tests.core.test_formats import DATA
from tests.core.test_video import scenes


def raw(path: Path, picture: Image.Image | None = None) -> Path:
    shot = picture or samples.portrait(0).resize((480, 640))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(media.dng(Image.new("RGB", shot.size), preview=shot))
    return path


def jpeg(path: Path, picture: Image.Image | None = None, taken: str = "2021:05:06 07:08:09") -> Path:
    shot = picture or samples.portrait(0).resize((480, 640))
    path.parent.mkdir(parents=True, exist_ok=True)
    shot.save(path, quality=92, exif=media.exif(1, taken))
    return path


def the_photo(library: Library) -> int:
    """The one that is shown."""
    (photo,) = library.session.photos.timeline().photo_ids
    return int(photo)


def names(library: Library, photo_id: int) -> dict[str, Role]:
    return {os.path.basename(os.fsdecode(each.path)): each.role for each in library.session.photos.get(photo_id).beside}


@pytest.mark.parametrize("first", ["raw", "jpeg", "together"])
def test_a_raw_file_stands_behind_its_jpeg(library: Library, tmp_path: Path, first: str) -> None:
    folder = tmp_path / "photos"
    writers = {"raw": [raw, jpeg], "jpeg": [jpeg, raw], "together": [raw, jpeg]}[first]
    for write in writers:
        write(folder / f"IMG_1.{'DNG' if write is raw else 'JPG'}")
        if first != "together":
            index(library, folder)
    index(library, folder)

    photo = the_photo(library)
    assert library.session.photos.get(photo).path.name == "IMG_1.JPG"
    assert names(library, photo) == {"IMG_1.DNG": Role.RAW}
    assert library.session.photos.timeline().raw == {photo} and library.session.photos.timeline().live == frozenset()
    assert (
        library.session.counts().photos == 1
        and library.session.counts().faces == 1
        and library.session.counts().pending == 0
    )
    assert library.session.counts().skipped == 0


def test_a_raw_file_of_another_second_is_a_photo_of_its_own(library: Library, tmp_path: Path) -> None:
    raw(tmp_path / "photos" / "IMG_1.DNG")
    jpeg(tmp_path / "photos" / "IMG_1.JPG", taken="2019:01:01 00:00:00")
    index(library, tmp_path / "photos")

    assert library.session.counts().photos == 2
    assert library.session.photos.timeline().raw == frozenset()


@pytest.mark.parametrize("other", ["other/IMG_1.JPG", "IMG_10.JPG", "IMG_1.edited.JPG"])
def test_a_file_of_another_folder_or_name_is_not_beside_it(library: Library, tmp_path: Path, other: str) -> None:
    raw(tmp_path / "photos" / "IMG_1.DNG")
    jpeg(tmp_path / "photos" / other)
    index(library, tmp_path / "photos")

    assert library.session.counts().photos == 2


@pytest.mark.parametrize("still", [".HEIC", ".JPG"])
@pytest.mark.parametrize("moving", ["IMG_2.MOV", "IMG_2_HEVC.MOV", "IMG_2.mp4"])
def test_a_live_photo_is_one_photo_that_moves(library: Library, tmp_path: Path, still: str, moving: str) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    picture = samples.portrait(0).resize((480, 640))
    (folder / f"IMG_2{still}").write_bytes(media.heic(picture) if still == ".HEIC" else media.jpeg(picture))
    made = media.film(folder / moving.lower(), [picture] * 20)
    made.rename(folder / moving)
    index(library, folder)

    photo = the_photo(library)
    assert library.session.photos.get(photo).moves and library.session.photos.get(photo).video is None
    assert names(library, photo) == {moving: Role.LIVE}
    assert library.session.photos.timeline().live == {photo}
    assert library.session.counts().faces == 1
    assert library.session.thumbnails.moving(photo) == folder / moving


def test_a_long_video_of_the_same_name_is_somebodys_film(library: Library, tmp_path: Path) -> None:
    jpeg(tmp_path / "photos" / "party.jpg")
    media.film(tmp_path / "photos" / "party.mp4", scenes(30))
    index(library, tmp_path / "photos")

    assert library.session.counts().photos == 2


def test_a_raw_file_whose_faces_a_human_named_stays(library: Library, tmp_path: Path) -> None:
    for number in range(2):
        raw(tmp_path / "photos" / f"IMG_{number}.DNG", samples.portrait(0).resize((480 + 32 * number, 640)))
    index(library, tmp_path / "photos")
    (person,) = library.session.people.list()
    library.session.people.rename(person.person_id, "Ada")
    jpeg(tmp_path / "photos" / "IMG_0.JPG")
    index(library, tmp_path / "photos")

    assert library.session.counts().photos == 3
    assert [each.name for each in library.session.people.list()] == ["Ada"]


def test_another_look_and_another_scan_change_nothing(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    raw(folder / "IMG_1.DNG")
    jpeg(folder / "IMG_1.JPG")
    index(library, folder)
    before = the_photo(library)
    index(library, folder)
    library.models.use("yunet_sface")
    assert library.indexer.wait(60)

    assert the_photo(library) == before
    assert names(library, before) == {"IMG_1.DNG": Role.RAW}


def test_a_renamed_folder_keeps_stacks_together(library: Library, tmp_path: Path) -> None:
    raw(tmp_path / "photos" / "a" / "IMG_1.DNG")
    jpeg(tmp_path / "photos" / "a" / "IMG_1.JPG")
    index(library, tmp_path / "photos")
    (tmp_path / "photos" / "a").rename(tmp_path / "photos" / "b")
    index(library, tmp_path / "photos")

    assert names(library, the_photo(library)) == {"IMG_1.DNG": Role.RAW}
    assert library.session.photos.get(the_photo(library)).available


def test_what_stood_behind_a_photo_that_is_gone_stands_for_itself(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    raw(folder / "IMG_1.DNG")
    jpeg(folder / "IMG_1.JPG")
    index(library, folder)
    photo = the_photo(library)
    with library.database.write() as db:
        db.execute(text("DELETE FROM photo WHERE photo_id = :id"), {"id": photo})
    (folder / "IMG_1.JPG").unlink()
    index(library, folder)

    assert library.session.photos.get(the_photo(library)).path.name == "IMG_1.DNG"
    assert library.session.photos.get(the_photo(library)).state is PhotoState.INDEXED


def test_a_motion_photo_moves_and_its_video_is_taken_out(library: Library, tmp_path: Path) -> None:
    film = media.film(tmp_path / "film.mp4", scenes(2)).read_bytes()
    photo = jpeg(tmp_path / "photos" / "MVIMG_1.jpg").read_bytes() + b"MotionPhoto_Data" + film
    (tmp_path / "photos" / "MVIMG_1.jpg").write_bytes(photo)
    index(library, tmp_path / "photos")

    number = the_photo(library)
    assert library.session.photos.get(number).moves and library.session.photos.timeline().live == {number}
    taken_out = library.session.thumbnails.moving(number)
    assert taken_out.read_bytes() == film
    assert video.look_through(taken_out).seconds == pytest.approx(2.0, abs=0.2)
    assert (tmp_path / "photos" / "MVIMG_1.jpg").read_bytes() == photo
    assert not list(library.folder.rglob("*.mp4")), "in an encrypted library it would be readable there"
    library.close()
    assert not taken_out.exists()


@pytest.mark.skipif(not DATA.exists(), reason="the shared photographs are not here")
def test_photographs_of_phones_that_move(library: Library) -> None:
    index(library, DATA / "metadata-pigallery2" / "live_photo", DATA / "library-immich" / "formats" / "motionphoto")

    timeline = library.session.photos.timeline()
    assert len(timeline.photo_ids) == len(timeline.live) == 2


def test_in_the_trash_a_shot_is_one_photo_and_goes_as_one(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    files = {jpeg(folder / "IMG_1.JPG"), raw(folder / "IMG_1.DNG")}
    index(library, folder)
    photo = the_photo(library)
    assert library.session.trash.put([photo]) == (photo,)
    (listed,) = library.session.trash.list()
    assert set(listed.paths) == files
    assert list(library.session.trash.timeline().photo_ids) == [photo]
    index(library, folder)
    assert not library.session.photos.timeline().photo_ids and library.session.counts().pending == 0

    assert library.session.trash.restore([photo]) == (photo,)
    assert the_photo(library) == photo
    assert names(library, photo) == {"IMG_1.DNG": Role.RAW}

    library.session.trash.put([photo])
    sent: list[bytes] = []

    def send(path: bytes) -> None:
        sent.append(path)
        os.unlink(path)

    library.session.trash._send = send
    removal = library.session.trash.empty()
    assert removal.photo_ids == (photo,) and set(removal.files) == files == {Path(os.fsdecode(each)) for each in sent}
    with library.database.read() as db:
        assert db.execute(text("SELECT count(*) FROM photo")).scalar_one() == 0


@pytest.fixture
def shared(library: Library, tmp_path: Path) -> tuple[Path, Path]:
    """A raw file in two folders, in each of them beside another picture: the one it stands behind, and the other."""
    folders = tmp_path / "photos" / "card", tmp_path / "photos" / "chosen"
    for number, folder in enumerate(folders):
        raw(folder / "IMG_1.DNG")
        jpeg(folder / "IMG_1.JPG", samples.portrait(number).resize((480, 640)))
    index(library, tmp_path / "photos")
    first, other = (folder / "IMG_1.JPG" for folder in folders)
    return (first, other) if names(library, library.session.photos.at(first)) else (other, first)


def test_a_raw_file_beside_another_picture_does_not_go_to_the_trash(
    library: Library, shared: tuple[Path, Path], tmp_path: Path
) -> None:
    leader, other = (library.session.photos.at(path) for path in shared)
    before = library.session.photos.get(leader)
    library.session.trash._send = os.unlink
    library.session.trash.put([leader])
    assert [each.paths for each in library.session.trash.list()] == [(shared[0],)]
    library.session.trash.restore([leader])
    assert library.session.photos.get(leader) == before
    library.session.trash.put([leader])
    assert library.session.trash.empty().files == (shared[0],)
    assert library.indexer.wait(60)
    assert the_photo(library) == other
    assert len(library.session.photos.get(other).beside) == 2
    assert len(list(tmp_path.rglob("*.DNG"))) == 2


@pytest.mark.parametrize("by_undo", [False, True])
def test_what_came_while_its_picture_was_in_the_trash_stands_behind_it_again(
    library: Library, tmp_path: Path, by_undo: bool
) -> None:
    folder = tmp_path / "photos"
    path = raw(folder / "IMG_1.DNG")
    photo = library_of_one(library, jpeg(folder / "IMG_1.JPG"))
    library.session.trash.put([photo])
    path.write_bytes(path.read_bytes() + b"described by another program")
    index(library, folder)
    assert library.session.photos.get(the_photo(library)).path == path
    if by_undo:
        library.session.journal.undo()
    else:
        library.session.trash.restore([photo])
    assert the_photo(library) == photo
    assert names(library, photo) == {"IMG_1.DNG": Role.RAW}
    assert library.session.trash.list() == []

    # The picture alone goes again: the file that came stands for itself, and is looked at.
    _ = library.session.journal.redo() if by_undo else library.session.journal.undo()
    assert [each.paths for each in library.session.trash.list()] == [(folder / "IMG_1.JPG",)]
    assert library.indexer.wait(60)
    assert library.session.photos.get(the_photo(library)).path == path


def library_of_one(library: Library, path: Path) -> int:
    """Indexes the folder of a photo; the one that is shown."""
    index(library, path.parent)
    return the_photo(library)


def test_it_goes_when_both_pictures_go(library: Library, shared: tuple[Path, Path], tmp_path: Path) -> None:
    library.session.trash._send = os.unlink
    library.session.trash.put([library.session.photos.at(path) for path in shared])
    library.session.trash.empty()
    assert list((tmp_path / "photos").rglob("*.*")) == []
    assert library.session.counts().photos == library.session.counts().trashed == 0


def test_what_stands_behind_a_picture_that_becomes_damaged_comes_forward(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    raw(folder / "IMG_1.DNG")
    whole = jpeg(folder / "IMG_1.JPG").read_bytes()
    index(library, folder)
    (folder / "IMG_1.JPG").write_bytes(whole[:700])
    index(library, folder)
    assert library.session.photos.get(the_photo(library)).path.name == "IMG_1.DNG"
    (folder / "IMG_1.JPG").write_bytes(whole)
    index(library, folder)
    assert names(library, the_photo(library)) == {"IMG_1.DNG": Role.RAW}


def test_a_raw_file_that_becomes_one_of_another_second_stands_for_itself(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    path = raw(folder / "IMG_1.DNG")
    jpeg(folder / "IMG_1.JPG")
    index(library, folder)
    path.write_bytes(path.read_bytes().replace(b"2021:05:06", b"2022:05:06"))
    index(library, folder)
    still, alone = library.session.photos.at(folder / "IMG_1.JPG"), library.session.photos.at(path)
    assert set(library.session.photos.timeline().photo_ids) == {still, alone}
    assert names(library, still) == {}
    library.session.trash.put([still])
    assert the_photo(library) == alone


def test_a_shot_of_two_owners_is_two_photos(library: Library, tmp_path: Path) -> None:
    anna = house.add_profile(library, "Anna")
    first = house.first(library)
    library.indexer.add([raw(tmp_path / "photos" / "IMG_1.DNG")], anna.viewer.profile_id)
    assert library.indexer.wait(TIMEOUT)
    library.indexer.add([jpeg(tmp_path / "photos" / "IMG_1.JPG")], first.viewer.profile_id)
    assert library.indexer.wait(TIMEOUT)
    assert len(first.photos.timeline().photo_ids) == len(anna.photos.timeline().photo_ids) == 2
    assert first.photos.timeline().raw == frozenset()


def test_a_file_that_comes_later_is_seen_by_whoever_sees_its_photo(library: Library, tmp_path: Path) -> None:
    anna, ben = house.add_profile(library, "Anna"), house.add_profile(library, "Ben")
    first = house.first(library)
    index(library, jpeg(tmp_path / "photos" / "IMG_1.JPG"))
    (photo,) = first.photos.timeline().photo_ids
    first.sharing.show_to([photo], Visibility.SHARED, [anna.viewer.profile_id])
    behind = raw(tmp_path / "photos" / "IMG_1.DNG")
    index(library, behind)
    assert [each.role for each in first.photos.get(photo).beside] == [Role.RAW]
    assert anna.photos.get(anna.photos.at(behind)).state is PhotoState.STACKED
    with pytest.raises(NotFound):
        ben.photos.at(behind)
