"""Passphrases and recovery codes on the command line: from a prompt or a file, never from an argument."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from core.errors import CoreError

if TYPE_CHECKING:
    from app.keys import LibraryKey

_FILE, _KEY = "ui.cli.secrets.file", "ui.cli.secrets.key"
_TRIES = 3


def remember_file(context: click.Context, file: Path | None) -> None:
    """From which file the commands take a passphrase or recovery code instead of asking."""
    context.meta[_FILE] = file


def folder_of(context: click.Context) -> Path:
    """The library's folder."""
    from app.library import default_folder

    return (context.obj or default_folder()).expanduser().absolute()


def key_of(context: click.Context) -> LibraryKey | None:
    """The key of the library, asked for if need be; None if it is not encrypted.

    Raises:
        LibraryLocked: nobody can be asked.
        WrongSecret: what was entered opens nothing.
    """
    from app import unlocking
    from app.errors import LibraryLocked

    folder = folder_of(context)
    if _KEY in context.meta:
        return cast("LibraryKey", context.meta[_KEY])
    try:
        return unlocking.find(folder)
    except LibraryLocked as error:
        if not can_ask(context):
            raise
        what = "Passphrase or recovery code" if error.has_passphrase else "Recovery code"
        # Once is enough for a command, however often it looks into the library.
        key = asked(context, what, folder)[0]
        context.meta[_KEY] = key
        return key


def asked(context: click.Context, what: str, folder: Path) -> tuple[LibraryKey, bool]:
    """The key by a passphrase or recovery code; and whether it was the code.

    Raises:
        WrongSecret: three times, or what is in the file.
    """
    from app import unlocking
    from app.errors import WrongSecret
    from app.keys import LibraryKey

    for left in reversed(range(1 if context.meta.get(_FILE) else _TRIES)):
        secret = entered(context, what)
        try:
            return unlocking.by_secret(folder, secret), LibraryKey.of_code(secret) is not None
        except WrongSecret as error:
            if not left:
                raise
            click.echo(str(error), err=True)
    raise AssertionError


def entered(context: click.Context, what: str) -> str:
    """What the file holds, or the user types.

    Raises:
        CoreError: the file cannot be read, or there is nobody to ask.
    """
    file = context.meta.get(_FILE)
    if file is None:
        _require_somebody(what)
        return str(click.prompt(what, hide_input=True, err=True))
    try:
        return str(file.read_text(encoding="utf-8").partition("\n")[0].strip())
    except (OSError, UnicodeDecodeError) as error:
        raise CoreError(f"{file} cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}.") from error


def new_passphrase(context: click.Context, from_file: bool) -> str:
    """A passphrase that is chosen now, typed twice or from the file.

    Raises:
        PassphraseTooShort: it is.
        CoreError: as `entered`.
    """
    if from_file and context.meta.get(_FILE):
        return entered(context, "Passphrase")
    _require_somebody("New passphrase")
    return str(click.prompt("New passphrase", hide_input=True, confirmation_prompt=True, err=True))


def can_ask(context: click.Context) -> bool:
    """Whether there is a file or somebody at a terminal."""
    return bool(context.meta.get(_FILE)) or _at_terminal()


def _require_somebody(what: str) -> None:
    if not _at_terminal():
        raise CoreError(f"{what}: there is nobody to ask here. Use --passphrase-file, or a terminal.")


def _at_terminal() -> bool:
    return sys.stdin.isatty()
