""" "This is me" from the command line, by two people of one house, over real faces; and what they hear of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.library import Library
from tests import house
from tests.e2e.test_keeping_commands import Sietch, album, sietch  # noqa: F401  (fixtures)


@pytest.fixture
def home(album: Path, tmp_path: Path) -> Path:  # noqa: F811
    """The library of the album, of Ada, who owns it, and Ben."""
    with Library.open(tmp_path / "library", resume=False) as library:
        library.session.me.change(name="Ada")
        house.add_profile(library, "Ben")
    return tmp_path


def test_said_disputed_and_decided(sietch: Sietch, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setenv("SIETCH_PROFILE", "Ada")
    first, second, *_ = (each["person_id"] for each in sietch("people", "--json").json)
    assert sietch("claim", "make", first, "--json").json["state"] == "held"
    assert sietch("claim", "refuse", second).out == f"Person {second} is not you.\n"
    assert [(each["person_id"], each["name"]) for each in sietch("claim", "list", "--json").json] == [(first, "Ada")]
    assert sietch("claim", "candidates", "--json").json == []
    sietch("claim", "hide", first)
    monkeypatch.setenv("SIETCH_PROFILE", "Ben")
    assert first not in [each["person_id"] for each in sietch("people", "--json").json]
    assert sietch("claim", "make", first).err == f"sietch: There is no person {first}.\n"
    monkeypatch.setenv("SIETCH_PROFILE", "Ada")
    sietch("claim", "show", first)
    monkeypatch.setenv("SIETCH_PROFILE", "Ben")
    assert "The library's owner decides" in sietch("claim", "make", first).out
    (mine,) = sietch("claim", "list", "--json").json
    assert sietch("claim", "decide", mine["claim_id"]).code == 1, "he does not own the library"
    monkeypatch.setenv("SIETCH_PROFILE", "Ada")
    assert "Ben also said “this is me” of Ada" in sietch("notifications", "--read").out
    assert [each["profile"] for each in sietch("claim", "disputes", "--json").json] == ["Ada", "Ben"]
    assert sietch("claim", "decide", mine["claim_id"], "--for", "Eve").code == 1
    assert sietch("claim", "decide", mine["claim_id"], "--for", "ben").out == "Decided.\n"
    assert sietch("claim", "list", "--json").json == []
    assert sietch("claim", "make", first).code == 1, "it was decided"
    assert all(not line.startswith("*") for line in sietch("notifications").out.splitlines() if "also said" in line)


def test_forgotten(sietch: Sietch, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setenv("SIETCH_PROFILE", "Ada")
    person = sietch("people", "--json").json[0]
    assert sietch("claim", "forget", person["person_id"], "--yes").code == 1, "nobody said that it is her"
    sietch("claim", "make", person["person_id"])
    assert sietch("claim", "no-album", person["person_id"]).code == 0
    assert [each["kind"] for each in sietch("album", "list", "--json").json] == []
    done = sietch("claim", "forget", person["person_id"], "--yes", "--json").json
    assert (done["faces"], len(done["photo_ids"])) == (person["faces"], person["photos"])
    assert person["person_id"] not in [each["person_id"] for each in sietch("people", "--json").json]
    assert sietch("undo").code == 1, "nothing is left that would bring it back"


def test_kinds_are_switched_off(sietch: Sietch, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setenv("SIETCH_PROFILE", "Ada")
    person_id = sietch("people", "--json").json[0]["person_id"]
    assert sietch("notifications", "--off", "weather").code == 2
    sietch("notifications", "--off", "claimed")
    monkeypatch.setenv("SIETCH_PROFILE", "Ben")
    sietch("claim", "make", person_id)
    monkeypatch.setenv("SIETCH_PROFILE", "Ada")
    assert "claimed" not in [each["kind"] for each in sietch("notifications", "--json").json]
    sietch("notifications", "--on", "claimed", "--clear")
    assert sietch("notifications", "--json").json == []
