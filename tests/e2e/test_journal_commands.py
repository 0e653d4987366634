"""What was done is listed, undone and redone from the command line, each time by another process's library."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.library import Library
from tests.app import made_up
from tests.e2e.test_keeping_commands import Sietch, sietch  # noqa: F401  (a fixture)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A closed library of made up photos, in which three things were done."""
    folder = tmp_path / "library"
    made_up.make(folder)
    with Library.open(folder, resume=False) as opened:
        opened.session.people.rename(1, "Anna")
        opened.session.details.rate([1, 2], 4)
        opened.session.people.merge(2, [1])
    return folder


def test_steps_are_listed_undone_and_redone(sietch: Sietch, library: Path) -> None:  # noqa: F811
    assert [line.split(maxsplit=3)[3].rstrip() for line in sietch("journal").out.splitlines()[1:]] == [
        "Made one person of two",
        "Rated 2 photos",
        "Gave a person the name Anna",
    ]
    done = sietch("undo")
    assert (done.code, done.out) == (0, "Undone: Made one person of two.\n")
    listed = sietch("journal", "--limit", 2, "--json").json
    assert [(each["step_id"], each["told"], each["undone"]) for each in listed] == [
        (3, "Made one person of two", True),
        (2, "Rated 2 photos", False),
    ]
    assert listed[1]["subject"] == {"photos": 2}
    assert sietch("redo").out == "Done again: Made one person of two.\n"
    nothing = sietch("redo")
    assert (nothing.code, nothing.err) == (1, "sietch: There is nothing to redo.\n")


def test_what_builds_on_a_step_is_named_first(sietch: Sietch, library: Path) -> None:  # noqa: F811
    refused = sietch("undo", 1)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == (
        "sietch: What was done later builds on this: 3 (Made one person of two). To take that with it: --with-later.\n"
    )
    taken = sietch("undo", 1, "--with-later", "--json").json
    assert [each["step_id"] for each in taken["steps"]] == [3, 1]
    assert all(each["undone"] for each in taken["steps"])
    assert taken["left_out"] == 0
    assert sietch("undo", 1).err == "sietch: Step 1 is undone already.\n"
    assert sietch("undo", 99).err == "sietch: There is no step 99.\n"


def test_what_became_of_it_since_is_told(sietch: Sietch, library: Path) -> None:  # noqa: F811
    with Library.open(library, resume=False) as opened, opened.database.write() as db:
        db.exec_driver_sql("UPDATE photo SET rating = 1 WHERE photo_id = 2")
    told = sietch("undo", 2).out
    assert told == "Undone: Rated 2 photos.\nWhat has changed since stays as it is: 1.\n"
