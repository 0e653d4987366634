"""`sietch album`: albums, what is in them, and with whom they are shared. An ALBUM is an id or a name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.cli.album_words import KINDS, album_id_of, find, photos_text, print_albums, profile_of, row
from ui.cli.common import as_json_option as _json
from ui.cli.common import opened, photo_ids
from ui.cli.output import print_json, print_rows, watch_indexing
from ui.text import shown

if TYPE_CHECKING:
    from app.session import Session

_album = click.argument("album", metavar="ALBUM")
_photos = click.argument("photos", nargs=-1, required=True, metavar="PHOTO...")


@click.group()
def album() -> None:
    """Make, fill, order and share albums. An ALBUM is an id or a name, a PHOTO an id or the path of its file."""


@album.command(name="list")
@_json
@click.pass_context
def list_(context: click.Context, as_json: bool) -> None:
    """List the albums, and the invitations into others."""
    with opened(context, reading=True) as session:
        print_albums([*session.albums.list(), *session.albums.invitations()], as_json)


@album.command()
@_album
@_json
@click.pass_context
def show(context: click.Context, album: str, as_json: bool) -> None:
    """Show an album: what it is, who shares it, and its photos in their order."""
    with opened(context, reading=True) as session:
        album_id = album_id_of(session, album)
        paths = session.photos.paths()
        photos = [
            {"photo_id": photo_id, "image_path": str(paths[photo_id])}
            for photo_id in session.albums.timeline(album_id).photo_ids
        ]
        members = [
            {"profile_id": each.profile_id, "name": each.name, "role": each.role.value, "state": each.state.value}
            for each in session.albums.members.list(album_id)
        ]
        summary = session.albums.get(album_id)
        if as_json:
            print_json(row(summary) | {"members": members, "photos": photos})
            return
        click.echo(f"{shown(summary.name)}: {photos_text(summary.photo_count)}, {KINDS[summary.kind.value]}")
        if summary.description:
            click.echo(shown(summary.description))
        for each in members:
            click.echo(f"  {shown(str(each['name']) or 'the owner of the library')}: {each['role']}, {each['state']}")
        print_rows(
            [each | {"image_path": shown(str(each["image_path"]))} for each in photos], False, "No photos in it."
        )


@album.command()
@click.argument("name")
@click.argument("photos", nargs=-1, metavar="PHOTO...")
@click.option("--description", default="", metavar="TEXT", help="What it is about.")
@click.option("--open", "is_open", is_flag=True, help="Everybody of the house may see it.")
@_json
@click.pass_context
def create(
    context: click.Context, name: str, photos: tuple[str, ...], description: str, is_open: bool, as_json: bool
) -> None:
    """Make an album, with photos or without."""
    with opened(context) as session:
        made = session.albums.create(name, photo_ids(session, photos), description, private=not is_open)
        print_albums([session.albums.get(made)], as_json)


@album.command()
@click.argument("name")
@click.argument("query")
@click.option("--description", default="", metavar="TEXT", help="What it is about.")
@click.option("--open", "is_open", is_flag=True, help="Everybody of the house may see it.")
@_json
@click.pass_context
def smart(context: click.Context, name: str, query: str, description: str, is_open: bool, as_json: bool) -> None:
    """Make an album that shows what a search finds; of one that is there, change the search."""
    with opened(context) as session:
        album_id = find(session, name)
        if album_id is None:
            album_id = session.albums.create_smart(name, query, description, private=not is_open)
        else:
            session.albums.change_search(album_id, query)
        print_albums([session.albums.get(album_id)], as_json)


@album.command()
@_album
@click.argument("name")
@_json
@click.pass_context
def rename(context: click.Context, album: str, name: str, as_json: bool) -> None:
    """Give an album another name."""
    with _changing(context, album, as_json) as (session, album_id):
        session.albums.rename(album_id, name)


@album.command()
@_album
@click.argument("text")
@_json
@click.pass_context
def describe(context: click.Context, album: str, text: str, as_json: bool) -> None:
    """Say what an album is about."""
    with _changing(context, album, as_json) as (session, album_id):
        session.albums.describe(album_id, text)


@album.command()
@_album
@click.argument("photo", required=False)
@_json
@click.pass_context
def cover(context: click.Context, album: str, photo: str | None, as_json: bool) -> None:
    """Choose the photo that stands for an album; without one its first does."""
    with _changing(context, album, as_json) as (session, album_id):
        session.albums.set_cover(album_id, photo_ids(session, [photo])[0] if photo else None)


@album.command()
@_album
@click.argument("photos", nargs=-1, metavar="PHOTO...")
@click.option("--before", metavar="PHOTO|ALBUM", help="Before which one; by default to the end.")
@_json
@click.pass_context
def order(context: click.Context, album: str, photos: tuple[str, ...], before: str | None, as_json: bool) -> None:
    """Move photos within an album; without photos, move the album among the others."""
    with _changing(context, album, as_json) as (session, album_id):
        if photos:
            following = photo_ids(session, [before])[0] if before else None
            session.albums.order(album_id, photo_ids(session, photos), following)
        else:
            session.albums.move([album_id], album_id_of(session, before) if before else None)


@album.command()
@_album
@_photos
@click.option("--import", "importing", is_flag=True, help="They are files and folders, also new ones.")
@_json
@click.pass_context
def add(context: click.Context, album: str, photos: tuple[str, ...], importing: bool, as_json: bool) -> None:
    """Put photos into an album."""
    with opened(context, resume=importing) as session:
        album_id = album_id_of(session, album)
        if importing:
            session.albums.import_into(album_id, [Path(each) for each in photos])
            watch_indexing(session.library, ())
        else:
            session.albums.add(album_id, photo_ids(session, photos))
        print_albums([session.albums.get(album_id)], as_json)


@album.command()
@_album
@_photos
@_json
@click.pass_context
def remove(context: click.Context, album: str, photos: tuple[str, ...], as_json: bool) -> None:
    """Take photos out of an album. They stay in the library."""
    with _changing(context, album, as_json) as (session, album_id):
        session.albums.remove(album_id, photo_ids(session, photos))


@album.command()
@_album
@_json
@click.pass_context
def delete(context: click.Context, album: str, as_json: bool) -> None:
    """Delete an album. Its photos stay in the library."""
    with opened(context) as session:
        summary = session.albums.get(album_id_of(session, album))
        session.albums.delete(summary.album_id)
        if as_json:
            print_json({"album_id": summary.album_id})
        else:
            click.echo(f"Deleted the album {shown(summary.name)}.")


@album.command()
@_album
@click.option("--off", is_flag=True, help="Everybody of the house may see it.")
@_json
@click.pass_context
def private(context: click.Context, album: str, off: bool, as_json: bool) -> None:
    """Keep an album to yourself and those with whom you share it."""
    with _changing(context, album, as_json) as (session, album_id):
        session.albums.set_private(album_id, not off)


@album.command()
@_album
@click.argument("person", metavar="WHO")
@click.option("--add", "may_add", is_flag=True, help="They may add photos, too.")
@click.option("--stop", is_flag=True, help="Do not share it with them any more.")
@_json
@click.pass_context
def share(context: click.Context, album: str, person: str, may_add: bool, stop: bool, as_json: bool) -> None:
    """Invite somebody of the house into an album, or change what they may do. WHO is a name or an id."""
    from app.album_types import MemberRole

    role = MemberRole.ADD if may_add else MemberRole.VIEW
    with _changing(context, album, as_json) as (session, album_id):
        members = session.albums.members
        there = {each.profile_id: each.name for each in members.list(album_id)}
        profile_id = profile_of(person, there | dict(members.candidates(album_id)))
        if stop:
            members.remove(album_id, profile_id)
        else:
            members.invite(album_id, profile_id, role)


@album.command()
@_album
@_json
@click.pass_context
def accept(context: click.Context, album: str, as_json: bool) -> None:
    """Accept an invitation."""
    with _changing(context, album, as_json) as (session, album_id):
        session.albums.members.accept(album_id)


@album.command()
@_album
@_json
@click.pass_context
def decline(context: click.Context, album: str, as_json: bool) -> None:
    """Decline an invitation."""
    with opened(context) as session:
        _end(session.albums.members.decline, album_id_of(session, album), "Declined.", as_json)


@album.command()
@_album
@_json
@click.pass_context
def leave(context: click.Context, album: str, as_json: bool) -> None:
    """Leave an album of somebody else. Your own photos in it go with you."""
    with opened(context) as session:
        _end(session.albums.members.leave, album_id_of(session, album), "Left the album.", as_json)


@contextmanager
def _changing(context: click.Context, album: str, as_json: bool) -> Iterator[tuple[Session, int]]:
    """The session and the album to change; afterwards the album is printed as it is now."""
    with opened(context) as session:
        album_id = album_id_of(session, album)
        yield session, album_id
        print_albums([session.albums.get(album_id)], as_json)


def _end(change: Any, album_id: int, told: str, as_json: bool) -> None:
    change(album_id)
    if as_json:
        print_json({"album_id": album_id})
    else:
        click.echo(told)
