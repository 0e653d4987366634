"""`sietch privacy`, and what concerns everybody, from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.library import Library
from app.visibility import is_guarded_in
from tests import house
from tests.e2e.test_keeping_commands import Sietch, album, sietch  # noqa: F401  (fixtures)


def test_who_may_see_photos_is_told_and_set(sietch: Sietch, album: Path) -> None:  # noqa: F811
    photo = album / "coffee.jpg"
    (told,) = sietch("privacy", "show", photo, "--json").json
    assert (told["own"], told["visibility"], told["shared_with"], told["locked"]) == (True, "household", [], False)
    (told,) = sietch("privacy", "set", photo, "--private", "--json").json
    assert told["visibility"] == "private"
    assert "only its owner" in sietch("privacy", "show", told["photo_id"]).out
    assert "everybody" in sietch("privacy", "set", photo, "--household").out


@pytest.mark.parametrize("arguments", [(), ("--private", "--with", "Anna")])
def test_one_way_has_to_be_said(sietch: Sietch, album: Path, arguments: tuple[str, ...]) -> None:  # noqa: F811
    result = sietch("privacy", "set", album / "coffee.jpg", *arguments)
    assert result.code == 2
    assert "--household" in result.err


def test_what_cannot_be_done_is_said_in_a_sentence(sietch: Sietch, album: Path) -> None:  # noqa: F811
    photo = album / "coffee.jpg"
    for arguments, sentence in (
        (("set", photo, "--with", "Nobody"), "Nobody who uses this library is called Nobody."),
        (("give", photo, "--to", "Nobody"), "Nobody who uses this library is called Nobody."),
        (("lock", photo), "Choose a password first"),
        (("show", 99), "There is no photo 99."),
    ):
        result = sietch("privacy", *arguments)
        assert result.code == 1
        assert sentence in result.err


def test_among_several_people_who_asks_has_to_be_said(
    tmp_path: Path,
    sietch: Sietch,  # noqa: F811
    album: Path,  # noqa: F811
) -> None:
    with Library.open(tmp_path / "library", resume=False) as library:
        house.add_profile(library, "Anna")
    photo = album / "coffee.jpg"
    for arguments in (("privacy", "show", photo), ("stats",), ("verify",), ("backup",), ("doctor",), ("sidecars",)):
        result = sietch(*arguments)
        assert result.code == 1
        assert "say who you are" in result.err, arguments


def test_a_library_is_shared_when_there_are_several_profiles(tmp_path: Path, album: Path) -> None:  # noqa: F811
    folder = tmp_path / "library"
    assert not is_guarded_in(tmp_path / "nowhere")
    assert not is_guarded_in(folder)
    with Library.open(folder, resume=False) as library:
        assert not library.is_shared
        house.add_profile(library, "Anna")
        assert library.is_shared
    assert is_guarded_in(folder)
    (folder / "library.sqlite").write_bytes(b"no database at all")
    assert not is_guarded_in(folder)
