"""The commands for an encrypted library: encrypt, decrypt, unlock."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.cli import output, secrets
from ui.cli.common import as_json_option as _json
from ui.cli.common import require_household
from ui.text import shown

if TYPE_CHECKING:
    from app.encrypting import Converted
    from app.keys import LibraryKey

_yes = click.option("--yes", is_flag=True, help="Do not ask.")

_WHAT = """\
The database, its backups and the small pictures are encrypted. These stay readable:
  your photos, which stay as they are, and the XMP files beside them, in which names may stand;
  backups that you wrote to other places (sietch backup --to);
  how many small pictures there are, and the names of their files, which are checksums of the photos.
What was readable until now may be found on the disk by somebody with special tools until it is overwritten."""

_CODE = """\
This is the recovery code. It is shown this once:

  {}

It opens the library when {} is lost. Without both nobody can open it again, and whoever has the code
can. Write it down, and keep it away from this computer."""


@click.command()
@click.option(
    "--passphrase", "by_passphrase", is_flag=True, help="Open it by a passphrase, not by the system's keyring."
)
@_yes
@_json
@click.pass_context
def encrypt(context: click.Context, by_passphrase: bool, yes: bool, as_json: bool) -> None:
    """Encrypt the library: the database, its backups and the small pictures; photos stay as they are."""
    from app import encrypting, keyrings
    from app.keys import LibraryKey
    from app.wrapping import require_long_enough

    require_household(context)
    folder, key = secrets.folder_of(context), LibraryKey.new()
    encrypting.require_readable(folder)
    click.echo(_WHAT, err=as_json)
    passphrase = None
    if by_passphrase or not keyrings.available():
        if not by_passphrase:
            click.echo(
                "\nThis system has no keyring that could keep the key: a passphrase opens the library.", err=True
            )
        passphrase = secrets.new_passphrase(context, from_file=True)
        require_long_enough(passphrase)
    lost = "the system's keyring" if passphrase is None else "the passphrase"
    click.echo("\n" + _CODE.format(key.code.replace("-", " "), lost), err=as_json)
    if not yes:
        click.confirm("\nThe code is kept. Encrypt the library now?", abort=True, err=True)
    done = encrypting.encrypt(folder, key, passphrase)
    _tell(done, as_json, "encrypted", {"recovery_code": key.code})


@click.command()
@_yes
@_json
@click.pass_context
def decrypt(context: click.Context, yes: bool, as_json: bool) -> None:
    """Make an encrypted library readable again, with its backups and small pictures."""
    from app import encrypting

    folder = secrets.folder_of(context)
    encrypting.require_encrypted(folder)
    require_household(context)
    key = secrets.key_of(context)
    if not yes:
        click.confirm("Everybody who has this disk can read the library then. Go on?", abort=True, err=True)
    _tell(encrypting.decrypt(folder, key), as_json, "readable")


@click.command()
@click.option("--passphrase", "by_passphrase", is_flag=True, help="Choose a new passphrase.")
@_json
@click.pass_context
def unlock(context: click.Context, by_passphrase: bool, as_json: bool) -> None:
    """Give the key back to the system's keyring, or choose a new passphrase, by the recovery code."""
    from app import encrypting, unlocking

    folder = secrets.folder_of(context)
    encrypting.require_encrypted(folder)
    before = unlocking.by_passphrase(folder)
    key, by_code = secrets.asked(context, "Passphrase or recovery code" if before else "Recovery code", folder)
    if before and not by_code and not by_passphrase:
        output.told({"kept": "passphrase"}, as_json, "That is right. Nothing was changed.")
        return
    kept = _keep(context, folder, key, by_passphrase or before)
    output.told({"kept": kept}, as_json, f"The library opens by the {kept} from now on.")


def _keep(context: click.Context, folder: Path, key: LibraryKey, by_passphrase: bool) -> str:
    """Keeps a key in the system's keyring, or asks for a passphrase; which of them it was."""
    from app import unlocking

    passphrase = secrets.new_passphrase(context, from_file=False) if by_passphrase else passphrase_if_needed(context)
    unlocking.keep(folder, key, passphrase)
    return "keyring" if passphrase is None else "passphrase"


def passphrase_if_needed(context: click.Context) -> str | None:
    """A new passphrase where there is no keyring; None where there is one."""
    from app import keyrings

    return None if keyrings.available() else secrets.new_passphrase(context, from_file=False)


def _tell(done: Converted, as_json: bool, state: str, more: dict[str, str] | None = None) -> None:
    lines = [f"The library is {state} now, with {done.backups:,} backups and {done.pictures:,} small pictures."]
    lines += [f"Damaged, and as it was: {shown(str(path))}" for path in done.left]
    value = {**(more or {}), **dataclasses.asdict(done), "left": [str(path) for path in done.left]}
    output.told(value, as_json, "\n".join(lines))
