"""`sietch folders`: the folders that were added, and what is to become of them and of what is missing in them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.cli import output
from ui.cli.common import opened
from ui.text import shown

if TYPE_CHECKING:
    from app.library import Library
    from app.types import WatchedFolder

_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
_path = click.argument("path", type=click.Path(path_type=Path))
_NONE = "No folder was added yet. Add one with: sietch folders add FOLDER"


@contextmanager
def _library(context: click.Context, resume: bool = False, reading: bool = False) -> Iterator[Library]:
    with opened(context, resume, reading) as session:
        yield session.library


@click.group()
def folders() -> None:
    """Folders that the window follows: list them, add and remove them, look through them."""


@folders.command(name="list")
@_json
@click.pass_context
def list_(context: click.Context, as_json: bool) -> None:
    """List the folders: how each is followed, its photos, and what is missing in it."""
    with _library(context, reading=True) as library:
        _print(library.folders.list(), as_json)


@folders.command()
@_path
@_json
@click.pass_context
def add(context: click.Context, path: Path, as_json: bool) -> None:
    """Add a folder: its photos are indexed, and what happens in it is followed from now on."""
    from app.errors import NotFound

    if not os.path.isdir(path):
        raise NotFound(f"{shown(str(path))} is no folder.")
    with opened(context, resume=True) as session:
        output.watch_indexing(session.library, [path], session.viewer.profile_id)
        _print(session.library.folders.list(), as_json)


@folders.command()
@_path
@click.option("--forget-photos", is_flag=True, help="Forget the photos that are only in it; by default they stay.")
@_json
@click.pass_context
def remove(context: click.Context, path: Path, forget_photos: bool, as_json: bool) -> None:
    """Do not follow a folder any more. No file is touched."""
    with _library(context) as library:
        folder = library.folders.get(path)
        forgotten = library.folders.remove(folder.folder_id, forget_photos)
        told = "Its photos stay in the library." if not forget_photos else f"{forgotten:,} photos were forgotten."
        removed = {"path": str(folder.path), "forgotten_photos": forgotten}
        output.told(removed, as_json, f"{shown(str(folder.path))} is not followed any more. {told}")


@folders.command()
@_json
@click.pass_context
def scan(context: click.Context, as_json: bool) -> None:
    """Look through all folders for what is new, changed, moved or gone, and index it."""
    with _library(context, resume=True) as library:
        library.watcher.look()
        output.watch_indexing(library, ())
        _print(library.folders.list(), as_json)


@folders.command()
@_path
@_json
@click.pass_context
def confirm(context: click.Context, path: Path, as_json: bool) -> None:
    """Say that the many files that are gone from a folder were deleted: their photos are marked as missing."""
    with _library(context) as library:
        library.watcher.look([library.folders.get(path)], accept=True)
        _print([library.folders.get(path)], as_json)


def _print(found: Sequence[WatchedFolder], as_json: bool) -> None:
    rows = [
        {
            "path": str(each.path) if as_json else shown(str(each.path)),
            "state": str(each.state),
            "photos": each.photos,
            "missing": each.missing,
            "vanished": each.vanished,
            "drive": each.drive if as_json else shown(each.drive),
        }
        for each in found
    ]
    output.rows(rows, as_json, _NONE)
    for each in () if as_json else found:
        if each.vanished:
            name = shown(str(each.path))
            click.echo(
                f"\n{each.vanished:,} files that were in {name} are gone, and nothing was changed for it. If they were "
                "moved, add the folder where they are now. If they were deleted: sietch folders confirm PATH"
            )
