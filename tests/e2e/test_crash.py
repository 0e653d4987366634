"""Killed at any moment, `sietch index` goes on where it was and ends as if nothing had happened."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from app import worklist
from app.library import Library
from tests import samples
from tests.benchmarks.crash import SIETCH, index, index_with_kills, snapshot

PHOTOS, KILLS = 48, 4


@pytest.mark.timeout(600)
def test_a_run_that_was_killed_again_and_again_ends_like_an_undisturbed_one(tmp_path: Path) -> None:
    # Enough faces that people are made in the middle of the work too, not at its end alone.
    folder = samples.write_many(tmp_path / "photos", PHOTOS)
    (folder / "broken.jpg").write_bytes(next(folder.rglob("*.jpg")).read_bytes()[:500])
    (folder / "no picture.jpg").write_text("no picture")
    index(tmp_path / "calm", folder)
    went = index_with_kills(tmp_path / "shaken", folder, KILLS, PHOTOS, seed=7)
    # On a quick machine the program may be done before the later ones are due.
    assert went.kills >= 1, "a kill met the program at work"
    assert went.orphans == 0
    calm, shaken = snapshot(tmp_path / "calm"), snapshot(tmp_path / "shaken")
    assert calm.differences(shaken) == []
    assert len(calm.photos) == PHOTOS + 1
    assert len(calm.faces) >= 150
    assert len(set(calm.faces)) == len(calm.faces), "nothing stands twice"
    assert len(calm.people) >= 5
    assert len(calm.skipped) == 1
    # Once more, with nothing left to do.
    index(tmp_path / "shaken", folder)
    assert calm.differences(snapshot(tmp_path / "shaken")) == []


def test_a_change_of_models_that_was_killed_goes_on_and_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    photos = samples.write_portraits(tmp_path / "photos", 36)
    with Library.open(folder) as library:
        library.indexer.add([photos])
        assert library.indexer.wait(120)
        faces = {face.face_id for face in library.photos.all_faces()}
        person = library.people.list()[0]
        library.people.rename(person.person_id, "Ada")
    command = [*SIETCH, "--library", str(folder), "models", "use", "yunet_sface"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    with Library.open(folder, reading=True) as watcher:
        deadline = time.monotonic() + 120
        while worklist.unseen_count(watcher.database, "yunet_sface") > 30:
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(60)
        left = worklist.unseen_count(watcher.database, "yunet_sface")
        assert 0 < left <= 30, "it was in the middle"
        assert watcher.counts().photos == 36
        assert watcher.database.problems() == []
    with Library.open(folder) as library:
        assert library.models.current.name == "yunet_sface"
        assert library.indexer.wait(120)
        assert worklist.unseen_count(library.database, "yunet_sface") == 0
        assert {face.face_id for face in library.photos.all_faces()} >= faces
        assert library.people.get(person.person_id).name == "Ada"
        assert library.core.stats().vectors == {"buffalo_s": 36, "yunet_sface": 36}
