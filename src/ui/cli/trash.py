"""`sietch trash`: what was deleted, and its ways back and out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ui.cli.common import as_json_option, opened, photo_ids
from ui.cli.output import print_json, print_rows
from ui.text import shown

if TYPE_CHECKING:
    from app.types import Removal, TrashedPhoto

_photos = click.argument("photos", nargs=-1, metavar="PHOTO...")
_required = click.argument("photos", nargs=-1, required=True, metavar="PHOTO...")


@click.group()
def trash() -> None:
    """Delete photos, bring them back, or remove them for ever. A PHOTO is an id or the path of its file."""


@trash.command(name="list")
@as_json_option
@click.pass_context
def list_(context: click.Context, as_json: bool) -> None:
    """List what is in the trash, the latest first."""
    with opened(context, reading=True) as session:
        _print(session.trash.list(), as_json)


@trash.command()
@_required
@as_json_option
@click.pass_context
def put(context: click.Context, photos: tuple[str, ...], as_json: bool) -> None:
    """Move photos to the trash. Their files stay where they are until it is emptied."""
    with opened(context) as session:
        moved = session.trash.put(photo_ids(session, photos))
        if as_json:
            print_json({"photo_ids": list(moved)})
        else:
            click.echo(f"Moved {_photos_text(len(moved))} to the trash.")


@trash.command()
@_photos
@click.option("--all", "everything", is_flag=True, help="Everything that is in the trash.")
@as_json_option
@click.pass_context
def restore(context: click.Context, photos: tuple[str, ...], everything: bool, as_json: bool) -> None:
    """Bring photos back exactly as they were."""
    if bool(photos) == everything:
        raise click.UsageError("Name the photos, or say --all.")
    with opened(context) as session:
        chosen = [each.photo_id for each in session.trash.list()] if everything else photo_ids(session, photos)
        back = session.trash.restore(chosen)
        if as_json:
            print_json({"photo_ids": list(back)})
        else:
            click.echo(f"Brought {_photos_text(len(back))} back.")


@trash.command()
@_photos
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--forget-missing", is_flag=True, help="Forget photos whose files are not there, too.")
@as_json_option
@click.pass_context
def empty(context: click.Context, photos: tuple[str, ...], yes: bool, forget_missing: bool, as_json: bool) -> None:
    """Hand the files to the system's trash and forget the photos: all, or only those that are named.

    A photo whose file is not there, is write-protected or has changed stays in the trash. It ends with 1 then.
    """
    with opened(context) as session:
        chosen = set(photo_ids(session, photos))
        listed = [each for each in session.trash.list() if not photos or each.photo_id in chosen]
        if listed and not yes:
            for path in (path for each in listed for path in each.paths):
                click.echo(f"  {shown(str(path))}", err=True)
            click.confirm(f"Remove {_photos_text(len(listed))} for ever?", abort=True, err=True)
        done = session.trash.remove(chosen or [each.photo_id for each in listed], forget_missing)
        _print_removal(done, as_json)
        context.exit(1 if done.kept else 0)


def _print(found: Sequence[TrashedPhoto], as_json: bool) -> None:
    if as_json:
        rows = [
            {
                "photo_id": each.photo_id,
                "paths": [str(path) for path in each.paths],
                "available": each.available,
                "size": each.size,
                "trashed_at": each.trashed_at.isoformat(),
                "reason": each.reason,
            }
            for each in found
        ]
        print_json(rows)
        return
    table = [
        {
            "photo_id": each.photo_id,
            "deleted": f"{each.trashed_at.astimezone():%Y-%m-%d %H:%M}",
            "image_path": ", ".join(shown(str(path)) for path in each.paths),
            "why it stays": each.reason,
        }
        for each in found
    ]
    print_rows(table, False, "The trash is empty.")


def _print_removal(done: Removal, as_json: bool) -> None:
    if as_json:
        kept = [{"photo_id": each.photo_id, "path": str(each.path), "reason": each.reason} for each in done.kept]
        files = [str(path) for path in done.files]
        print_json({"photo_ids": list(done.photo_ids), "files": files, "kept": kept})
        return
    click.echo(f"Removed {_photos_text(len(done.photo_ids))}. The system's trash has their files.")
    if done.kept:
        click.echo(f"{_photos_text(len(done.kept))} had to stay:")
    for each in done.kept:
        click.echo(f"  {shown(str(each.path))}: {each.reason}")


def _photos_text(count: int) -> str:
    return "1 photo" if count == 1 else f"{count:,} photos"
