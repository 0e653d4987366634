"""`sietch album` as it is typed."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.library import Library
from app.session import Session
from tests import house, samples
from tests.e2e.test_commands import Sietch, sietch
from ui.cli import album as commands

__all__ = ["sietch"]


@pytest.fixture
def library(tmp_path: Path, indexed_folder: Path) -> Path:
    """The folder of the library that the commands use by default."""
    return Path(shutil.copytree(indexed_folder, tmp_path / "empty library"))


@pytest.fixture
def photos(library: Path) -> list[int]:
    with Library.open(library, resume=False) as opened:
        return list(opened.session.photos.timeline().photo_ids)


def inside(sietch: Sietch, name: str) -> list[int]:
    return [each["photo_id"] for each in sietch("album", "show", name, "--json").json["photos"]]


def test_an_album_is_made_filled_and_shown(sietch: Sietch, photos: list[int], library: Path) -> None:
    assert "There are no albums yet." in sietch("album", "list").out
    a, b, c, *_ = photos
    made = sietch("album", "create", "Trip", a, b, "--description", "By the sea", "--json").json
    assert made == [
        {
            "album_id": 1,
            "kind": "personal",
            "name": "Trip",
            "description": "By the sea",
            "private": True,
            "owner": "",
            "role": "owner",
            "photo_count": 2,
            "cover_id": a,
            "query": None,
        }
    ]
    assert sietch("album", "list", "--json").json == made
    with Library.open(library, resume=False) as opened:
        path = opened.session.photos.get(c).path
    assert sietch("album", "add", "trip", path).code == 0
    assert inside(sietch, "1") == [a, b, c]
    shown = sietch("album", "show", "Trip").out
    assert "Trip: 3 photos, album" in shown
    assert "By the sea" in shown
    assert path.name in shown.replace("\n", "")


def test_an_album_is_changed_and_deleted(sietch: Sietch, photos: list[int]) -> None:
    a, b, c, *_ = photos
    sietch("album", "create", "Trip", a, b, c)
    assert sietch("album", "rename", "Trip", "Journey", "--json").json[0]["name"] == "Journey"
    assert sietch("album", "describe", "Journey", "Long ago", "--json").json[0]["description"] == "Long ago"
    assert sietch("album", "cover", "Journey", b, "--json").json[0]["cover_id"] == b
    assert sietch("album", "cover", "Journey", "--json").json[0]["cover_id"] == a
    assert sietch("album", "private", "Journey", "--off", "--json").json[0]["private"] is False
    assert sietch("album", "private", "Journey", "--json").json[0]["private"] is True
    sietch("album", "order", "Journey", c, "--before", a)
    assert inside(sietch, "Journey") == [c, a, b]
    sietch("album", "order", "Journey", c)
    assert inside(sietch, "Journey") == [a, b, c]
    assert sietch("album", "remove", "Journey", a, "--json").json[0]["photo_count"] == 2
    sietch("album", "create", "Other")
    sietch("album", "order", "Other", "--before", "Journey")
    assert [each["name"] for each in sietch("album", "list", "--json").json] == ["Other", "Journey"]
    assert "Deleted the album Other" in sietch("album", "delete", "Other").out
    assert sietch("album", "delete", "Journey", "--json").json == {"album_id": 1}
    assert sietch("stats", "--json").json["photos"] == len(photos)


def test_new_files_are_imported_into_an_album(sietch: Sietch, library: Path, tmp_path: Path) -> None:
    path = samples.save(samples.portrait(4), tmp_path / "new" / "portrait.jpg")
    sietch("album", "create", "Trip")
    assert sietch("album", "add", "Trip", path.parent, "--import", "--json").json[0]["photo_count"] == 1
    assert path.name in sietch("album", "show", "Trip", "--json").json["photos"][0]["image_path"]


def test_what_is_not_there_is_said_in_one_line(sietch: Sietch, library: Path) -> None:
    for arguments in (("show", "Nothing"), ("delete", "7"), ("accept", "Nothing"), ("create", " ")):
        ended = sietch("album", *arguments)
        assert ended.code == 1
        assert len(ended.err.strip().splitlines()) == 1
        assert ended.out == ""


def test_an_album_is_shared_accepted_declined_and_left(
    sietch: Sietch, library: Path, photos: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library.open(library, resume=False) as opened:
        anna = house.add_profile(opened, "Anna").viewer
        first = house.first(opened).viewer

    def be(viewer: object) -> None:
        """Who is at the keyboard: signed in."""

        @contextlib.contextmanager
        def signed_in(*_context: object, **_options: bool) -> Iterator[Session]:
            with Library.open(library, resume=False) as opened:
                yield opened.session_of(viewer)  # type: ignore[arg-type]

        monkeypatch.setattr(commands, "opened", signed_in)

    be(first)
    sietch("album", "create", "Trip", photos[0])
    sietch("album", "create", "Garden")
    assert sietch("album", "share", "Trip", "anna", "--add", "--json").json[0]["kind"] == "shared"
    sietch("album", "share", "Garden", anna.profile_id)
    assert sietch("album", "share", "Trip", "Nobody").code == 1
    be(anna)
    assert {each["name"]: each["role"] for each in sietch("album", "list", "--json").json} == {
        "Trip": "invited",
        "Garden": "invited",
    }
    assert sietch("album", "accept", "Trip", "--json").json[0]["role"] == "add"
    assert sietch("album", "decline", "Garden", "--json").json == {"album_id": 2}
    assert sietch("album", "add", "Trip", photos[1], "--json").json[0]["photo_count"] == 2
    assert sietch("album", "rename", "Trip", "Mine").code == 1
    be(first)
    assert "Anna: add, accepted" in sietch("album", "show", "Trip").out
    be(anna)
    assert "Left the album" in sietch("album", "leave", "Trip").out
    assert sietch("album", "list", "--json").json == []
    be(first)
    assert sietch("album", "show", "Trip", "--json").json["members"] == []
    sietch("album", "share", "Trip", "Anna")
    assert sietch("album", "share", "Trip", "Anna", "--stop", "--json").json[0]["kind"] == "personal"
