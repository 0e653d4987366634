"""Who works with a command: named by an option, known by the system's keyring or a password, never by an argument."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from core.errors import CoreError

if TYPE_CHECKING:
    from app.library import Library
    from app.session import Session

_NAME, _DESCRIPTOR, _LINES, _ENTERED = (f"ui.cli.signing_in.{each}" for each in ("name", "fd", "lines", "entered"))
_TRIES = 3


def remember(context: click.Context, name: str | None, descriptor: int | None) -> None:
    """Who it is to be, and the file descriptor from which passwords are read, if they are not asked for."""
    context.meta[_NAME], context.meta[_DESCRIPTOR] = name, descriptor


def session_of(context: click.Context, library: Library) -> Session:
    """The session of whom the command line names, or of whoever needs not be asked.

    Raises:
        SignInNeeded: nobody is named, and it could be several.
        NotFound: nobody is called so.
        WrongPassword, TooManyTries: the password is not right.
    """
    from app.errors import SignInNeeded

    profiles, name = library.profiles, context.meta.get(_NAME)
    if not name:
        session = profiles.resume()
        everybody = profiles.list()
        if session is None and len(everybody) > 1:
            raise SignInNeeded
        return session or _by_password(context, library, everybody[0].profile_id)
    profile_id = profiles.named(name).profile_id
    return profiles.enter(profile_id) or _by_password(context, library, profile_id)


def password(context: click.Context, what: str = "Password") -> str:
    """A password, or what is like it: the next line of the file descriptor, or typed.

    Raises:
        CoreError: the descriptor has no more lines, or there is nobody to ask.
    """
    if context.meta.get(_DESCRIPTOR) is not None:
        return _next_line(context, what)
    _require_somebody(what)
    return str(click.prompt(what, hide_input=True, err=True))


def present_password(context: click.Context) -> str:
    """The password of whoever works with the command, entered now or already."""
    entered = context.meta.get(_ENTERED)
    return str(entered) if entered is not None else password(context, "Your password")


def new_password(context: click.Context) -> str:
    """A password that is chosen now: the next line of the descriptor, or typed twice."""
    if context.meta.get(_DESCRIPTOR) is not None:
        return _next_line(context, "New password")
    _require_somebody("New password")
    return str(click.prompt("New password", hide_input=True, confirmation_prompt=True, err=True))


def _by_password(context: click.Context, library: Library, profile_id: int) -> Session:
    from app.passwords import WrongPassword

    for left in reversed(range(1 if context.meta.get(_DESCRIPTOR) is not None else _TRIES)):
        entered = password(context)
        try:
            session = library.profiles.sign_in(profile_id, entered)
        except WrongPassword as error:
            if not left:
                raise
            click.echo(f"{error} Try again.", err=True)
        else:
            context.meta[_ENTERED] = entered
            return session
    raise AssertionError


def _next_line(context: click.Context, what: str) -> str:
    lines: list[str] | None = context.meta.get(_LINES)
    if lines is None:
        descriptor = context.meta[_DESCRIPTOR]
        try:
            with os.fdopen(descriptor, encoding="utf-8", closefd=False) as file:
                lines = context.meta[_LINES] = file.read().splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise CoreError(f"Passwords cannot be read from the file descriptor {descriptor}.") from error
    if not lines:
        raise CoreError(f"{what}: the file descriptor has no more lines.")
    return lines.pop(0)


def _require_somebody(what: str) -> None:
    if not _at_terminal():
        raise CoreError(f"{what}: there is nobody to ask here. Use --password-fd, or a terminal.")


def _at_terminal() -> bool:
    return sys.stdin.isatty()
