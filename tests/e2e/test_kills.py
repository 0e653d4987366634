"""Killed at any moment, whatever changes a library as a whole leaves one that is whole."""

from __future__ import annotations

import pytest

from tests.benchmarks import kills


@pytest.mark.timeout(600)
def test_what_is_killed_leaves_the_library_whole() -> None:
    outcomes = kills.run(12, seed=3)
    assert [outcome for outcome in outcomes if outcome.faults] == []
    assert sum(outcome.killed for outcome in outcomes) >= 1, "a kill met the program at work"
