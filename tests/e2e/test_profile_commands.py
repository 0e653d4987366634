"""`sietch profile`, and every command in the name of somebody: passwords from a descriptor, a prompt or the keyring."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from click.testing import CliRunner, Result
from keyring.backends import fail

from core.errors import CoreError
from tests import samples
from tests.keyrings import MemoryKeyring
from tests.program import SIETCH
from ui.cli import signing_in
from ui.cli.main import cli

PASSWORD, OTHER = "a horse on a stapler", "a cow on a paperclip"

Sietch = Callable[..., Result]


@pytest.fixture(autouse=True)
def memory() -> Iterator[MemoryKeyring]:
    before, made = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def folder(indexed_folder: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    shutil.copytree(indexed_folder, folder)
    return folder


@pytest.fixture
def sietch(folder: Path, tmp_path: Path) -> Sietch:
    """Runs a command, with lines on a descriptor for passwords; errors of the library come through."""

    def run(*arguments: object, lines: tuple[str, ...] = (), who: str = "", typed: str = "") -> Result:
        file = tmp_path / "lines"
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        with file.open(encoding="utf-8") as opened:
            given = ["--password-fd", str(opened.fileno())] if lines else []
            named = ["--profile", who] if who else []
            command = ["--library", str(folder), *given, *named, *map(str, arguments)]
            found = CliRunner().invoke(cli, command, input=typed)
        assert found.exception is None or isinstance(found.exception, CoreError | SystemExit), found.exception
        return found

    return run


def value(result: Result) -> Any:
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.stdout)


def error(result: Result) -> str:
    assert result.exit_code == 1
    return str(result.exception) + result.output


@pytest.fixture
def household(sietch: Sietch, tmp_path: Path) -> Path:
    """Ada with a password and Ben without, who is found in the photos; a picture of Ben."""
    value(sietch("profile", "create", "Ada", "--json", lines=(PASSWORD,)))
    picture = samples.save(samples.darker(samples.portrait(0)), tmp_path / "ben.jpg")
    made = value(
        sietch("profile", "create", "Ben", "--no-password", "--face", picture, "--json", lines=(PASSWORD,), who="ada")
    )
    assert made["person_id"] is not None and len(made["photo_ids"]) == 5 and made["recovery_code"] is None
    return picture


def test_a_library_of_one_asks_nobody(sietch: Sietch) -> None:
    assert value(sietch("profile", "list", "--json")) == [
        {"profile_id": 1, "name": "", "owner": True, "password": False}
    ]
    for command in (
        ["stats"],
        ["people"],
        ["folders", "list"],
        ["sidecars"],
        ["trash", "list"],
        ["duplicates", "list"],
    ):
        assert sietch(*command).exit_code == 0, command


def test_somebody_is_found_and_everybody_has_to_say_who_he_is(sietch: Sietch, household: Path) -> None:
    assert [each["name"] for each in value(sietch("profile", "list", "--json"))] == ["Ada", "Ben"]
    assert "say who you are" in error(sietch("stats"))
    assert "nobody to ask" in error(sietch("stats", who="Ada"))
    assert "not the password" in error(sietch("stats", lines=(OTHER,), who="Ada"))
    assert "nobody called" in error(sietch("stats", who="Eve"))
    for command in (["stats"], ["people"], ["folders", "list"], ["trash", "list"]):
        assert sietch(*command, who="BEN").exit_code == 0, command
        assert sietch(*command, who="Ada", lines=(PASSWORD,)).exit_code == 0, command
    people = value(sietch("people", "--json", who="Ben"))
    assert [each["photos"] for each in people if each["name"] == "Ben"] == [5]


def test_the_environment_says_who_it_is(sietch: Sietch, household: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIETCH_PROFILE", "Ben")
    assert sietch("stats").exit_code == 0


def test_which_face_it_is_has_to_be_said(sietch: Sietch, tmp_path: Path) -> None:
    everybody = samples.save(samples.t1(), tmp_path / "all.jpg")
    create = ("profile", "create", "Ada", "--no-password", "--face", everybody, "--json")
    asked = error(sietch(*create))
    assert "Which of them are you?" in asked and len(re.findall(r"--which \d: ", asked)) == len(samples.FACES_IN_T1)
    assert "Which of them" in error(sietch(*create, "--which", 9))
    assert value(sietch("profile", "list", "--json"))[0]["name"] == ""
    assert len(value(sietch(*create, "--which", 1))["photo_ids"]) == 5


def test_nobody_in_the_picture(sietch: Sietch, tmp_path: Path) -> None:
    coffee = samples.save(samples.scenery(), tmp_path / "coffee.jpg")
    assert "No face" in error(sietch("profile", "create", "Ada", "--no-password", "--face", coffee))


def test_somebody_new_is_nobody_in_the_photos(sietch: Sietch, tmp_path: Path) -> None:
    picture = samples.save(samples.portrait(0), tmp_path / "me.jpg")
    made = value(sietch("profile", "create", "Ada", "--no-password", "--face", picture, "--somebody-new", "--json"))
    assert made["photo_ids"] == [] and made["person_id"] is not None


def test_the_keyring_lets_somebody_in_until_signed_out(sietch: Sietch, household: Path) -> None:
    assert value(sietch("profile", "sign-in", "--json", who="Ada", lines=(PASSWORD,))) == {"name": "Ada"}
    assert sietch("stats", who="Ada").exit_code == 0
    assert sietch("stats").exit_code == 0, "who stays signed in need not be named"
    assert value(sietch("profile", "sign-out", "--everywhere", "--json", who="Ada")) == {"name": "Ada"}
    assert "nobody to ask" in error(sietch("stats", who="Ada"))
    keyring.set_keyring(fail.Keyring())
    assert "no keyring" in error(sietch("profile", "sign-in", who="Ada", lines=(PASSWORD,)))


def test_a_password_is_changed_recovered_and_removed(sietch: Sietch) -> None:
    made = sietch("profile", "create", "Ada", lines=(PASSWORD,))
    found = re.search(r"(?:[0-9A-Z]{4} ){13}[0-9A-Z]{4}", made.output)
    assert found is not None and PASSWORD not in made.output
    assert value(sietch("profile", "password", "--json", lines=(PASSWORD, OTHER))) == {
        "password": True,
        "recovery_code": None,
    }
    assert "not the password" in error(sietch("stats", lines=(PASSWORD,)))
    assert sietch("stats", lines=(OTHER,)).exit_code == 0
    assert "not the recovery code" in error(sietch("profile", "recover", "Ada", lines=("wrong", PASSWORD)))
    code = value(sietch("profile", "recover", "ada", "--json", lines=(found[0], PASSWORD)))["recovery_code"]
    assert code.replace("-", " ") != found[0]
    assert "no more lines" in error(sietch("profile", "password", lines=(PASSWORD,)))
    assert sietch("profile", "password", "--remove", lines=(PASSWORD,)).exit_code == 0
    assert sietch("stats").exit_code == 0
    again = value(sietch("profile", "password", "--json", lines=(OTHER,)))
    assert again["recovery_code"]


def test_many_wrong_passwords_slow_down_commands_that_only_read(sietch: Sietch, household: Path) -> None:
    for _ in range(5):
        assert "not the password" in error(sietch("people", who="Ada", lines=(OTHER,)))
    assert "Too many wrong passwords" in error(sietch("people", who="Ada", lines=(PASSWORD,)))


def test_passwords_are_typed_where_somebody_is_at_the_terminal(sietch: Sietch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_in, "_at_terminal", lambda: True)
    made = sietch("profile", "create", "Ada", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert made.exit_code == 0 and PASSWORD not in made.output
    done = sietch("stats", typed=f"{OTHER}\n{PASSWORD}\n")
    assert done.exit_code == 0 and "Try again" in done.output and OTHER not in done.output
    assert "not the password" in error(sietch("stats", typed=f"{OTHER}\n" * 3))
    changed = sietch("profile", "password", typed=f"{PASSWORD}\n{OTHER}\n{OTHER}\n")
    assert changed.exit_code == 0, "who has just entered it is not asked twice"


def test_the_owner_renames_removes_and_hands_over(sietch: Sietch, household: Path) -> None:
    assert "owns the library" in error(sietch("profile", "rename", "Ada", "Eve", who="Ben"))
    ada = {"who": "Ada", "lines": (PASSWORD,)}
    assert value(sietch("profile", "rename", "Ben", "Benjamin", "--json", **ada))["name"] == "Benjamin"
    assert "called Ada already" in error(sietch("profile", "create", "Ada", "--no-password", **ada))
    assert sietch("profile", "create", "Cleo", "--no-password", **ada).exit_code == 0
    assert sietch("profile", "remove", "Benjamin", "--photos-to", "Cleo", **ada).exit_code == 1, "nobody said yes"
    done = value(sietch("profile", "remove", "Benjamin", "--photos-to", "Cleo", "--yes", "--json", **ada))
    assert done == {"profile_id": 2}
    assert sietch("profile", "owner", "Cleo", "--yes", **ada).exit_code == 0
    assert [(each["name"], each["owner"]) for each in value(sietch("profile", "list", "--json"))] == [
        ("Cleo", True),
        ("Ada", False),
    ]


def test_the_installed_program_reads_a_descriptor(folder: Path) -> None:
    reading, writing = os.pipe()
    os.write(writing, f"{PASSWORD}\n".encode())
    os.close(writing)
    command = [*SIETCH, "--library", str(folder), "--password-fd", str(reading), "profile", "create", "Ada", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, pass_fds=(reading,))
    os.close(reading)
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["recovery_code"]) == 69
