"""`sietch duplicates`: copies of photos, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from core.errors import CoreError
from ui.cli.common import as_json_option, opened, photo_ids
from ui.cli.output import print_json, print_rows
from ui.text import shown

if TYPE_CHECKING:
    from app.session import Session
    from app.types import DuplicateGroup


@click.group()
def duplicates() -> None:
    """Find copies of photos: other sizes, compressed again. A PHOTO is an id or the path of its file."""


@duplicates.command(name="list")
@as_json_option
@click.pass_context
def list_(context: click.Context, as_json: bool) -> None:
    """List the groups of copies; the photo to keep comes first in each."""
    with opened(context, reading=True) as session:
        _print(_groups(session), as_json)


@duplicates.command()
@click.argument("photos", nargs=-1, metavar="PHOTO...")
@click.option("--all", "everything", is_flag=True, help="Of every group keep the suggested photo.")
@click.option("--different", is_flag=True, help="These groups are no duplicates: do not show them again.")
@as_json_option
@click.pass_context
def resolve(context: click.Context, photos: tuple[str, ...], everything: bool, different: bool, as_json: bool) -> None:
    """Keep the PHOTOs and move the others of their groups to the trash, in one step.

    `sietch trash restore` brings them back.
    """
    if bool(photos) == everything:
        raise click.UsageError("Name the photos to keep, or say --all.")
    with opened(context) as session:
        groups = _groups(session)
        keep = {each.photos[0].photo_id for each in groups} if everything else set(photo_ids(session, photos))
        chosen = [group for group in groups if keep & {photo.photo_id for photo in group.photos}]
        unknown = keep - {photo.photo_id for group in chosen for photo in group.photos}
        if unknown:
            raise CoreError(f"Photo {min(unknown)} has no duplicates.")
        if different:
            for group in chosen:
                session.duplicates.set_apart([photo.photo_id for photo in group.photos])
            moved: tuple[int, ...] = ()
        else:
            others = [each.photo_id for group in chosen for each in group.photos if each.photo_id not in keep]
            moved = session.duplicates.resolve(sorted(keep), others) if keep else ()
        _print_resolved(len(chosen), sorted(keep), moved, different, as_json)


def _groups(session: Session) -> list[DuplicateGroup]:
    """Every group, once all photos can be compared."""
    session.library.fingerprints.fill()
    return session.duplicates.list()


def _print(groups: Sequence[DuplicateGroup], as_json: bool) -> None:
    rows = [
        {
            "group": number,
            "photo_id": photo.photo_id,
            "suggested": photo is group.photos[0],
            "width": photo.width,
            "height": photo.height,
            "size": photo.size,
            "format": photo.format,
            "sharpness": round(photo.sharpness, 1),
            "image_path": str(photo.path) if as_json else shown(str(photo.path)),
        }
        for number, group in enumerate(groups, 1)
        for photo in group.photos
    ]
    if not as_json:
        rows = [row | {"suggested": "keep" if row["suggested"] else ""} for row in rows]
    print_rows(rows, as_json, "There are no duplicates.")


def _print_resolved(groups: int, keep: Sequence[int], moved: Sequence[int], different: bool, as_json: bool) -> None:
    if as_json:
        print_json({"groups": groups, "kept": list(keep), "trashed": list(moved), "different": different})
    elif different:
        click.echo(f"{groups:,} groups will not be shown again.")
    else:
        click.echo(f"Kept {len(keep):,}, moved {len(moved):,} to the trash.")
