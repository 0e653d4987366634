"""Killed at any moment, `sietch index` goes on where it was and ends as if nothing had happened."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import samples
from tests.benchmarks.crash import index, index_with_kills, snapshot

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
