"""Killed at any moment, whatever changes a library leaves one that is whole, and is done when it is begun again."""

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
from tests.benchmarks import kills
from tests.benchmarks.killed_libraries import OPERATIONS
from tests.program import SIETCH


@pytest.mark.timeout(600)
def test_what_is_killed_leaves_the_library_whole_and_ends_as_if_nothing_had_happened() -> None:
    names = ("import", "empty", "restore", "upgrade of version-1-first")
    outcomes = list(kills.run(len(names), 3, [each for each in OPERATIONS if each.name in names]))
    assert [outcome for outcome in outcomes if outcome.faults] == []
    assert sum(outcome.killed for outcome in outcomes) >= 1, "a kill met the program at work"


def test_a_change_of_models_that_was_killed_goes_on_and_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    photos = samples.write_portraits(tmp_path / "photos", 36)
    with Library.open(folder) as library:
        library.indexer.add([photos])
        assert library.indexer.wait(120)
        faces = {face.face_id for face in library.session.photos.all_faces()}
        person = library.session.people.list()[0]
        library.session.people.rename(person.person_id, "Ada")
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
        assert watcher.session.counts().photos == 36
        assert watcher.database.problems() == []
    with Library.open(folder) as library:
        assert library.models.current.name == "yunet_sface"
        assert library.indexer.wait(120)
        assert worklist.unseen_count(library.database, "yunet_sface") == 0
        assert {face.face_id for face in library.session.photos.all_faces()} >= faces
        assert library.session.people.get(person.person_id).name == "Ada"
        assert library.core.stats().vectors == {"buffalo_s": 36, "yunet_sface": 36}
