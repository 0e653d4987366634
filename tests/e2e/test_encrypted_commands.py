"""Every command on an encrypted library: with the keyring, a passphrase, the recovery code, and with nobody to ask."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from click.testing import CliRunner, Result
from keyring.backends import fail

from app.opening import database_path
from core.encryption import is_encrypted
from core.errors import CoreError
from tests import samples
from tests.keyrings import MemoryKeyring
from tests.program import SIETCH
from ui.cli import secrets
from ui.cli.main import cli

PASSPHRASE = "a horse on a stapler"

Sietch = Callable[..., Result]


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryKeyring]:
    before, made = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(made)
    monkeypatch.setattr(secrets, "_at_terminal", lambda: True)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def folder(indexed_folder: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    shutil.copytree(indexed_folder, folder)
    return folder


@pytest.fixture
def sietch(folder: Path) -> Sietch:
    """Runs a command, with what is typed; errors of the library come through."""

    def run(*arguments: object, typed: str = "") -> Result:
        found = CliRunner().invoke(cli, ["--library", str(folder), *map(str, arguments)], input=typed)
        assert found.exception is None or isinstance(found.exception, CoreError | SystemExit), found.exception
        return found

    return run


def code_of(output: str) -> str:
    found = re.search(r"(?:[0-9A-Z]{4} ){13}[0-9A-Z]{4}", output)
    assert found is not None
    return found[0]


def test_a_library_is_encrypted_and_used_by_the_keyring(sietch: Sietch, folder: Path, tmp_path: Path) -> None:
    people = sietch("people", "--json").output
    done = sietch("encrypt", typed="y\n")
    assert done.exit_code == 0 and is_encrypted(database_path(folder))
    assert "your photos" in done.output and "checksums of the photos" in done.output
    assert code_of(done.output)
    assert sietch("people", "--json").output == people
    for command in (["stats"], ["faces"], ["backup"], ["verify"], ["models"], ["restore"], ["cluster", "--dry-run"]):
        assert sietch(*command).exit_code == 0, command
    assert "encrypted" in sietch("doctor").output
    samples.write_portraits(tmp_path / "more", 1)
    assert sietch("index", tmp_path / "more").exit_code == 0
    assert sietch("restore", 1).exit_code == 0
    assert sietch("decrypt", typed="y\n").exit_code == 0
    assert not is_encrypted(database_path(folder))
    assert sietch("people", "--json").output == people


def test_nothing_is_done_before_the_code_is_kept(sietch: Sietch, folder: Path, memory: MemoryKeyring) -> None:
    before = sorted(folder.rglob("*"))
    assert sietch("encrypt", typed="n\n").exit_code == 1
    assert sorted(folder.rglob("*")) == before and memory.kept == {}
    assert sietch("encrypt", "--yes").exit_code == 0
    assert sietch("decrypt", typed="n\n").exit_code == 1
    assert is_encrypted(database_path(folder))


def test_the_code_gives_the_key_back_to_the_keyring(sietch: Sietch, memory: MemoryKeyring) -> None:
    code = json.loads(sietch("encrypt", "--yes", "--json").stdout)["recovery_code"]
    memory.kept.clear()
    assert sietch("people", typed=f"{code}\n").exit_code == 0
    assert memory.kept == {}
    wrong = sietch("unlock", typed=f"wrong\n{code[:-1]}\n{code.lower()}\n")
    assert wrong.exit_code == 0 and wrong.output.count("try again") == 2
    assert code.lower() not in wrong.output
    assert len(memory.kept) == 1
    assert sietch("people").exit_code == 0


def test_a_passphrase_is_asked_for_and_changed(sietch: Sietch, memory: MemoryKeyring) -> None:
    keyring.set_keyring(fail.Keyring())
    done = sietch("encrypt", "--yes", typed=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    assert done.exit_code == 0 and "no keyring" in done.output
    assert PASSPHRASE not in done.output
    code = code_of(done.output)
    assert sietch("people", typed=f"{PASSPHRASE}\n").exit_code == 0
    assert "Nothing was changed" in sietch("unlock", typed=f"{PASSPHRASE}\n").output
    assert sietch("unlock", typed=f"{code}\nanother horse\nanother horse\n").exit_code == 0
    assert sietch("people", typed="another horse\n").exit_code == 0
    refused = sietch("people", typed=f"{PASSPHRASE}\n" * 3)
    assert isinstance(refused.exception, CoreError) and "neither" in str(refused.exception)


def test_a_short_passphrase_is_refused_before_anything_is_done(sietch: Sietch, folder: Path) -> None:
    refused = sietch("encrypt", "--passphrase", "--yes", typed="short\nshort\n")
    assert "at least 8" in str(refused.exception)
    assert not is_encrypted(database_path(folder))


def test_a_backup_elsewhere_opens_by_its_code(sietch: Sietch, tmp_path: Path) -> None:
    people = sietch("people", "--json").output
    code = code_of(sietch("encrypt", "--yes").output)
    exported = tmp_path / "exported.sqlite"
    assert sietch("backup", "--to", exported).exit_code == 0 and is_encrypted(exported)
    shutil.rmtree(tmp_path / "own")
    keyring.set_keyring(MemoryKeyring())
    assert sietch("restore", exported, typed=f"{code}\n").exit_code == 0
    assert sietch("people", "--json").output == people


def test_what_makes_no_sense_is_said(sietch: Sietch) -> None:
    assert "not encrypted" in str(sietch("decrypt").exception)
    assert "not encrypted" in str(sietch("unlock").exception)
    sietch("encrypt", "--yes")
    assert "already" in str(sietch("encrypt").exception)


def test_a_program_reads_the_passphrase_from_a_file(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_text(f"{PASSPHRASE}\n")
    environment = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*SIETCH, "--library", str(folder), *arguments]
        return subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )

    assert run("encrypt", "--yes").returncode == 1, "there is nobody to ask"
    assert run("--passphrase-file", str(file), "encrypt").returncode == 1, "nor to say yes"
    assert not is_encrypted(database_path(folder))
    assert run("--passphrase-file", str(file), "encrypt", "--yes").returncode == 0
    locked = run("people")
    assert locked.returncode == 1 and locked.stdout == ""
    assert "is encrypted" in locked.stderr and locked.stderr.count("\n") == 1
    assert run("--passphrase-file", str(file), "people").returncode == 0
    file.write_text("another horse\n")
    wrong = run("--passphrase-file", str(file), "people")
    assert "neither the passphrase nor" in wrong.stderr and "horse" not in wrong.stderr
    assert "cannot be read" in run("--passphrase-file", str(tmp_path / "none"), "people").stderr
