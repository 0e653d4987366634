"""`sietch tag` and `sietch favourite`: who is in a photo though no face was found, and which photos somebody likes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ui.cli.common import as_json_option, opened, photo_ids
from ui.cli.output import print_json, print_rows
from ui.text import shown

if TYPE_CHECKING:
    from app.tags import Tag
    from core.types import BoundingBox

_photo = click.argument("photo", metavar="PHOTO")
_photos = click.argument("photos", nargs=-1, required=True, metavar="PHOTO...")


@click.group()
def tag() -> None:
    """Say who is in a photo though no face was found. A PHOTO is an id or the path of its file."""


@tag.command(name="list")
@_photo
@as_json_option
@click.pass_context
def list_(context: click.Context, photo: str, as_json: bool) -> None:
    """List who is tagged in a photo."""
    with opened(context, reading=True) as session:
        _print(session.tags.of(photo_ids(session, [photo])[0]), as_json)


@tag.command()
@_photo
@click.argument("name")
@click.option("--box", metavar="X,Y,W,H", help="Where in the picture, in pixels: a face that is found there takes it.")
@as_json_option
@click.pass_context
def add(context: click.Context, photo: str, name: str, box: str | None, as_json: bool) -> None:
    """Tag somebody: by a name that is known, or a new one."""
    where = _box(box) if box else None
    with opened(context) as session:
        number = photo_ids(session, [photo])[0]
        person_id = session.tags.add(number, name, where)
        person = session.people.get(person_id)
        if as_json:
            print_json({"photo_id": number, "person_id": person_id, "name": person.name})
        else:
            click.echo(f"{shown(person.name or name)} is in the photo.")


@tag.command()
@_photo
@click.argument("name")
@as_json_option
@click.pass_context
def remove(context: click.Context, photo: str, name: str, as_json: bool) -> None:
    """Take a tag away. The person stays."""
    from app.errors import NotFound

    with opened(context) as session:
        number = photo_ids(session, [photo])[0]
        found = [each for each in session.tags.of(number) if each.name.casefold() == name.casefold()]
        if not found:
            raise NotFound(f"Nobody is tagged as {name} in this photo.")
        session.tags.remove([each.tag_id for each in found])
        _print(session.tags.of(number), as_json)


@click.group()
def favourite() -> None:
    """Your favourites. A PHOTO is an id or the path of its file."""


@favourite.command(name="list")
@as_json_option
@click.pass_context
def list_favourites(context: click.Context, as_json: bool) -> None:
    """List your favourites, the newest first."""
    with opened(context, reading=True) as session:
        paths = session.photos.paths()
        found = session.favourites.timeline().photo_ids
        rows = [
            {"photo_id": number, "image_path": str(paths[number]) if as_json else shown(str(paths[number]))}
            for number in found
        ]
        print_rows(rows, as_json, "No favourites yet. Add some with: sietch favourite add PHOTO")


@favourite.command(name="add")
@_photos
@as_json_option
@click.pass_context
def add_favourites(context: click.Context, photos: tuple[str, ...], as_json: bool) -> None:
    """Make photos favourites."""
    _set(context, photos, True, as_json)


@favourite.command(name="remove")
@_photos
@as_json_option
@click.pass_context
def remove_favourites(context: click.Context, photos: tuple[str, ...], as_json: bool) -> None:
    """Make photos favourites no more."""
    _set(context, photos, False, as_json)


def _set(context: click.Context, photos: Sequence[str], on: bool, as_json: bool) -> None:
    with opened(context) as session:
        session.favourites.set(photo_ids(session, photos), on)
        count = len(session.favourites.timeline().photo_ids)
        if as_json:
            print_json({"favourites": count})
        else:
            click.echo("You have 1 favourite." if count == 1 else f"You have {count:,} favourites.")


def _box(text: str) -> BoundingBox:
    from core.types import BoundingBox

    try:
        x, y, width, height = (float(part) for part in text.split(","))
    except ValueError as error:
        raise click.BadParameter("Give four numbers: X,Y,W,H.", param_hint="--box") from error
    return BoundingBox(x, y, width, height)


def _print(tags: Sequence[Tag], as_json: bool) -> None:
    def box(each: Tag) -> dict[str, float] | None:
        sides = each.box
        return {key: round(getattr(sides, key), 1) for key in ("x", "y", "width", "height")} if sides else None

    if as_json:
        known = ("tag_id", "photo_id", "person_id", "name")
        print_json([{key: getattr(each, key) for key in known} | {"bbox": box(each)} for each in tags])
        return
    rows = [
        {
            "tag_id": each.tag_id,
            "name": shown(each.name),
            "where": ", ".join(f"{value:.0f}" for value in (box(each) or {}).values()),
        }
        for each in tags
    ]
    print_rows(rows, False, "Nobody is tagged in this photo.")
