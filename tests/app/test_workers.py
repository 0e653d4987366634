"""The worker processes: what they see, and what they survive."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import psutil
import pytest

from app import analysis
from app.errors import Unfinished, WorkersLost
from app.thumbnail_files import ThumbnailFiles
from app.workers import AHEAD, Workers
from app.worklist import Waiting
from core import images
from core.errors import DamagedImage, ImageTooLarge, ImageUnavailable, NotAnImage
from core.images import DecodedImage
from core.models import ModelPack
from tests import samples
from tests.app.conftest import Pipe


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the workers keep small pictures."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def workers(pack: ModelPack, cache: Path) -> Iterator[Workers]:
    """Workers that give a photo six seconds; they survive what the tests do to them."""
    with Workers(pack, ThumbnailFiles(cache), seconds_per_photo=12) as started:
        yield started


def photo(path: Path, content_hash: str | None = None) -> Waiting:
    """A file as a photo that waits."""
    content = content_hash or hashlib.sha256(path.read_bytes()).hexdigest()
    return Waiting(1, content, (os.fsencode(path),))


def never() -> bool:
    return False


def stuck(pipe: Pipe) -> Waiting:
    """A photo that holds its worker for ever."""
    return photo(pipe.path, "0" * 64)


def test_a_photo_is_analysed_and_its_small_pictures_kept(workers: Workers, cache: Path, tmp_path: Path) -> None:
    path = samples.save(samples.portrait(3), tmp_path / "a.jpg")
    seen = workers.result(workers.submit(photo(path)), never)
    assert seen is not None
    assert (seen.width, seen.height) == samples.portrait(3).size
    assert seen.format == "JPEG"
    assert len(seen.faces) == 1
    content_hash = photo(path).content_hash
    assert len(list((cache / "photos").rglob(f"{content_hash}.jpg"))) == 1
    assert len(list((cache / "faces").rglob(f"{content_hash}-*.jpg"))) == 1


def test_what_cannot_be_read_is_told_by_its_kind(workers: Workers, tmp_path: Path) -> None:
    path = samples.save(samples.scenery(), tmp_path / "a.jpg")
    damaged, text = tmp_path / "damaged.png", tmp_path / "text.jpg"
    damaged.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    text.write_text("no picture")
    gone = Waiting(1, "0" * 64, (os.fsencode(tmp_path / "gone.jpg"),))
    nowhere = Waiting(1, "0" * 64, ())
    for waiting, kind in (
        (photo(damaged), DamagedImage),
        (photo(text), NotAnImage),
        (photo(path, "0" * 64), ImageUnavailable),
        (gone, ImageUnavailable),
        (nowhere, ImageUnavailable),
    ):
        with pytest.raises(kind):
            workers.result(workers.submit(waiting), never)


def test_a_photo_is_read_from_its_second_place_when_the_first_is_gone(workers: Workers, tmp_path: Path) -> None:
    path = samples.save(samples.portrait(0), tmp_path / "a.jpg")
    there = photo(path)
    moved = Waiting(1, there.content_hash, (os.fsencode(tmp_path / "gone.jpg"), *there.paths))
    assert workers.result(workers.submit(moved), never) is not None


def test_a_photo_that_takes_too_long_is_given_up_and_the_next_one_is_analysed(workers: Workers, tmp_path: Path) -> None:
    future = workers.submit(stuck(Pipe(tmp_path / "pipe.jpg")))
    with pytest.raises(Unfinished, match="took more than 12 seconds"):
        workers.result(future, never)
    path = samples.save(samples.portrait(0), tmp_path / "a.jpg")
    assert workers.result(workers.submit(photo(path)), never) is not None


def test_a_photo_that_kills_its_worker_is_given_up_and_the_next_one_is_analysed(
    pack: ModelPack, processes: Callable[[], list[psutil.Process]], tmp_path: Path
) -> None:
    with Workers(pack, ThumbnailFiles(tmp_path / "cache")) as workers:
        # One for each worker: all are at work when they die.
        pipes = [Pipe(tmp_path / f"{number}.jpg") for number in range(workers.window // AHEAD)]
        futures = [workers.submit(stuck(pipe)) for pipe in pipes]
        for pipe in pipes:
            pipe.wait_for_reader()
        for process in processes():
            process.kill()
        for future in futures:
            with pytest.raises(Unfinished, match="crashed its decoder"):
                workers.result(future, never)
        path = samples.save(samples.portrait(0), tmp_path / "a.jpg")
        assert workers.result(workers.submit(photo(path)), never) is not None


def test_workers_that_die_without_a_photo_are_no_photos_fault(
    pack: ModelPack, processes: Callable[[], list[psutil.Process]], tmp_path: Path
) -> None:
    path = samples.save(samples.portrait(0), tmp_path / "a.jpg")
    with Workers(pack, ThumbnailFiles(tmp_path / "cache")) as workers:
        assert workers.result(workers.submit(photo(path)), never) is not None
        for process in processes():
            process.kill()
        time.sleep(0.5)
        with pytest.raises(WorkersLost, match="can be resumed"):
            workers.result(workers.submit(photo(path)), never)


def test_too_little_memory_is_no_photos_fault(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(_data: bytes, **_options: object) -> DecodedImage:
        try:
            raise MemoryError
        except MemoryError as error:
            raise ImageTooLarge("There is not enough memory to open the picture.") from error

    monkeypatch.setattr(images, "decode", exhausted)
    with pytest.raises(MemoryError):
        analysis._decoded(b"")
    future: Future[analysis.PhotoAnalysis] = Future()
    future.set_exception(MemoryError())
    with pytest.raises(Unfinished, match="not enough memory"):
        workers.result(future, never)


def test_waiting_ends_when_the_work_is_stopped_and_no_process_stays(
    pack: ModelPack, processes: Callable[[], list[psutil.Process]], tmp_path: Path
) -> None:
    with Workers(pack, ThumbnailFiles(tmp_path / "cache")) as workers:
        assert processes() == [], "none is started before the first photo"
        pipe = Pipe(tmp_path / "pipe.jpg")
        future = workers.submit(stuck(pipe))
        pipe.wait_for_reader()
        started = processes()
        assert workers.result(future, lambda: True) is None
    psutil.wait_procs(started, timeout=10)
    assert not [process for process in started if process.is_running()]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds what a process may hold")
def test_a_decoder_that_asks_for_too_much_memory_gets_none() -> None:
    code = (
        "from app.analysis import MAX_WORKER_BYTES, prepare_worker\n"
        "import numpy\n"
        "prepare_worker()\n"
        "numpy.ones(500_000_000, 'u1')\n"
        "try:\n"
        "    numpy.ones(MAX_WORKER_BYTES, 'u1')\n"
        "except MemoryError:\n"
        "    print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "refused\n"
