"""A saved image is a file and its rows: both or neither, whatever goes wrong."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image
from sqlalchemy import text

from core import images
from core.database import Database
from core.errors import NotAnImage, NotFound
from core.http.problems import Refused
from core.http.settings import Settings
from core.http.uploads import Spool, Uploads, checked
from core.service import FaceCore
from tests import media, samples
from tests.core.faces import face, person
from tests.core.http.asking import ended, jpeg, ok, refused
from tests.core.http.conftest import serving


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "uploads"


@pytest.fixture
def uploads(core: FaceCore, folder: Path) -> Uploads:
    return Uploads(core, folder)


@pytest.fixture(scope="module")
def photo() -> bytes:
    return jpeg(samples.portrait(0))


def save(uploads: Uploads, photo: bytes, people: int = 2) -> tuple[str, list[int]]:
    seen = [face(person(number), x=10 + 120 * number) for number in range(people)]
    path, faces = uploads.save(photo, images.decode(photo), seen)
    return path, [each.face_id for each in faces]


def test_the_same_content_is_kept_once(uploads: Uploads, core: FaceCore, folder: Path, photo: bytes) -> None:
    assert save(uploads, photo) == save(uploads, photo)
    assert len(files(folder)) == len(core.images()) == 1


def test_when_the_database_refuses_no_file_stays(
    uploads: Uploads, database: Database, core: FaceCore, folder: Path, photo: bytes
) -> None:
    with database.write() as db:
        db.execute(text("CREATE TRIGGER full BEFORE INSERT ON vector BEGIN SELECT RAISE(ABORT, 'full'); END"))
    with pytest.raises(Exception, match="full"):
        save(uploads, photo)
    assert files(folder) == []
    assert (core.images(), core.faces()) == ([], [])
    with database.write() as db:
        db.execute(text("DROP TRIGGER full"))
    path, _ = save(uploads, photo)
    with database.write() as db:
        db.execute(text("CREATE TRIGGER full BEFORE INSERT ON face BEGIN SELECT RAISE(ABORT, 'full'); END"))
    with pytest.raises(Exception, match="full"):
        save(uploads, photo, people=3)
    assert files(folder) == [Path(path)]
    assert core.image(1).face_count == 2


@pytest.mark.parametrize(("number", "status"), [(errno.ENOSPC, 507), (errno.EROFS, 503)])
def test_when_the_disk_refuses_no_row_and_no_piece_of_a_file_stays(
    uploads: Uploads,
    core: FaceCore,
    folder: Path,
    photo: bytes,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    status: int,
) -> None:
    def fail(_: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(Refused) as refusal:
            save(uploads, photo)
    assert refusal.value.status == status
    assert files(folder) == []
    assert (core.images(), core.faces()) == ([], [])


def test_a_folder_that_may_not_be_looked_into_is_a_problem(
    uploads: Uploads, photo: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Path) -> bool:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "exists", fail)
    with pytest.raises(Refused, match="folder") as refusal:
        save(uploads, photo)
    assert refusal.value.status == 503


def test_the_file_goes_with_the_last_face(uploads: Uploads, core: FaceCore, folder: Path, photo: bytes) -> None:
    path, (first, second) = save(uploads, photo)
    uploads.remove_face(first, keep_person=False)
    assert files(folder) == [Path(path)]
    uploads.remove_face(second, keep_person=False)
    assert files(folder) == []
    assert core.images() == []
    with pytest.raises(NotFound):
        uploads.remove_face(second, keep_person=False)


def test_the_file_goes_with_the_image_and_persons_as_asked(
    uploads: Uploads, core: FaceCore, folder: Path, photo: bytes
) -> None:
    _, ids = save(uploads, photo)
    named, unnamed = (core.assign([each], None).person_id for each in ids)
    core.update_person(named, "Ada")
    core.update_person(unnamed, "Ben")
    uploads.remove_image(1, keep_persons=True)
    assert [each.name for each in core.persons()] == ["Ada", "Ben"]
    assert (files(folder), core.faces()) == ([], [])
    _, ids = save(uploads, photo)
    core.assign(ids[:1], named)
    uploads.remove_image(core.images()[0].image_id, keep_persons=False)
    assert [each.name for each in core.persons()] == ["Ben"]


def test_an_image_in_which_a_decision_waits_outlives_its_last_face(address: str) -> None:
    group = {"file": jpeg(samples.t1())}
    with httpx.Client(base_url=address, timeout=60) as client:
        *others, doubtful = sorted(
            ok(client.post("/detect", files=group))["faces"], key=lambda each: each["confidence"], reverse=True
        )
        person = ok(client.post("/faces/assign", json={"face_ids": [doubtful["face_id"]]}))["id"]
        # Now it is too doubtful to be found: what was decided of it waits.
        between = (others[-1]["confidence"] + doubtful["confidence"]) / 2
        found = ok(client.post("/detect", files=group, data={"min_confidence": str(between)}))
        assert [each["face_id"] for each in found["faces"]] == [each["face_id"] for each in others]
        refused(client.get(f"/faces/{doubtful['face_id']}"), 404)
        for each in others:
            ok(client.delete(f"/faces/{each['face_id']}"))

        (image,) = client.get("/images").json()
        assert (image["image_path"], image["face_count"]) == (found["image_path"], 0)
        assert Path(image["image_path"]).read_bytes() == group["file"]
        assert ok(client.get(f"/persons/{person}"))["faces"] == []
        again = ok(client.post("/detect", files=group))
        assert [image["id"]] == [each["id"] for each in client.get("/images").json()]
        (theirs,) = client.get("/faces", params={"person_id": person}).json()
        assert (theirs["bbox"], theirs["confirmed"]) == (doubtful["bbox"], True)
        assert theirs["id"] in [each["face_id"] for each in again["faces"]]


def test_a_file_that_is_not_ours_is_left_alone(uploads: Uploads, core: FaceCore, tmp_path: Path, photo: bytes) -> None:
    other = tmp_path / "holiday.jpg"
    other.write_bytes(photo)
    core.add_image(str(other), 100, 100, [face(person(0))])
    uploads.remove_face(1, keep_person=False)
    assert other.exists()
    assert core.images() == []


def test_a_spool_has_no_name_and_gives_back_what_it_got(folder: Path, tmp_path: Path) -> None:
    contents = [b"first", b"", bytes(range(256)) * 5000]
    spool = Spool(folder)
    for number, content in enumerate(contents):
        (tmp_path / "sent").write_bytes(content)
        with (tmp_path / "sent").open("rb") as file:
            assert spool.add(file, 1_000_000) == number
    assert files(folder) == []
    assert [spool.read(number) for number in (2, 0, 1)] == [contents[2][:1_000_000], contents[0], contents[1]]
    spool.close()


@pytest.fixture(scope="module")
def blocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A server whose upload folder is a file."""
    folder = tmp_path_factory.mktemp("blocked")
    (folder / "uploads").touch()
    with serving(folder) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def test_a_folder_that_cannot_be_written_is_a_problem_and_nothing_is_kept(blocked: httpx.Client, photo: bytes) -> None:
    refused(blocked.post("/detect", files={"file": photo}), 503, "folder")
    batch = ok(blocked.post("/detect/batch", files=[("files", photo), ("files", photo)]))
    assert [each["status"] for each in batch["results"]] == [503, 503]
    refused(blocked.post("/detect/batch", files={"files": photo}, params={"background": "true"}), 503, "folder")
    assert ok(blocked.get("/stats"))["total_faces"] == 0
    assert blocked.get("/images").json() == []
    assert len(ok(blocked.post("/detect", files={"file": photo}, data={"auto_save": "false"}))["faces"]) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_on_a_full_disk_a_request_is_refused_and_nothing_is_half_kept(tmp_path: Path, photo: bytes) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (1600, 1600, 3), np.uint8)
    large = jpeg(Image.fromarray(noise))
    assert len(large) > 1_500_000 > len(photo)
    with serving(tmp_path, largest_file=1_500_000) as address, httpx.Client(base_url=address, timeout=60) as client:
        # No room for the request itself.
        refused(client.post("/detect", files={"file": large}), 507, "full")
        # Room for each file of a job, and for all of them but the last bytes, which are written at the end.
        several = [("files", b"\xff\xd8\xff" + bytes(size)) for size in (1_000_000, 499_000, 3_000)]
        refused(client.post("/detect/batch", files=several, params={"background": "true"}), 507, "full")
        # Room for the file, but sooner or later none for its rows.
        for number in range(300):
            answer = client.post("/detect", files={"file": photo + bytes([number % 256, number // 256])})
            if answer.status_code != 200:
                break
        refused(answer, 503, "disk")
        job = ok(client.post("/detect/batch", files={"files": photo}, params={"background": "true"}), 202)
        assert [each["status"] for each in ended(client, job["id"])["result"]["results"]] == [503]
        kept = client.get("/images", params={"limit": 1000}).json()
        assert sorted(files(tmp_path / "uploads")) == sorted(Path(each["image_path"]) for each in kept)
        assert len(client.get("/faces", params={"limit": 1000}).json()) == number


@pytest.mark.parametrize("write", [media.heic, media.jxl, media.dng], ids=["heic", "jxl", "raw"])
def test_every_kind_of_picture_is_taken(write: Callable[[Image.Image], bytes]) -> None:
    photo = write(samples.portrait(0).resize((240, 320)))

    assert checked(photo, Settings()) == photo


def test_a_video_is_no_image(tmp_path: Path) -> None:
    film = media.film(tmp_path / "film.mp4", [samples.portrait(0).resize((240, 320))] * 3).read_bytes()

    with pytest.raises(NotAnImage, match="not an image"):
        checked(film, Settings())


def test_a_picture_that_claims_a_gigapixel_is_refused_over_http(tmp_path: Path) -> None:
    bomb = media.dng(Image.new("RGB", (480, 320)), scale=100)
    with serving(tmp_path) as address:
        answer = httpx.post(f"{address}/detect", files={"file": ("bomb.dng", bomb)}, timeout=60)
        assert httpx.get(f"{address}/health").status_code == 200
    assert answer.status_code == 413, answer.text
