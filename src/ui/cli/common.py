"""What the commands share: the option for JSON, and a library that is open while a command works."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.cli import secrets, signing_in

if TYPE_CHECKING:
    from app.session import Session

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


@contextmanager
def opened(context: click.Context, resume: bool = False, reading: bool = False) -> Iterator[Session]:
    """The library that the command line names, for whoever signs in; `reading`: also beside a window that has it."""
    from app.library import Library

    with Library.open(context.obj, resume=resume, reading=reading, key=secrets.key_of(context)) as library:
        yield signing_in.session_of(context, library)


def photo_ids(session: Session, photos: Sequence[str]) -> list[int]:
    """Photos as the command line names them: by id, or by the path of a file.

    Raises:
        NotFound: a path is no photo's.
    """
    return [int(each) if each.isdecimal() else session.photos.at(Path(each)) for each in photos]


def require_household(context: click.Context) -> None:
    """What concerns everybody, the library's owner alone does, where there are several profiles.

    Nobody is asked where the library cannot be opened: it is to be mended, for which these commands are.

    Raises:
        NotAllowed: somebody else asks.
        SignInNeeded: nobody says who asks.
    """
    from app.errors import LibraryDamaged, ModelMissing
    from app.visibility import is_guarded_in

    if is_guarded_in(secrets.folder_of(context), secrets.key_of(context)):
        with suppress(LibraryDamaged, ModelMissing), opened(context, reading=True) as session:
            session.require_household()
