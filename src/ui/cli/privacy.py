"""`sietch privacy`: whose photos are and who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ui.cli import signing_in
from ui.cli.common import as_json_option, opened, photo_ids
from ui.cli.output import print_json, print_rows
from ui.text import shown

if TYPE_CHECKING:
    from app.session import Session
    from app.visibility import PhotoVisibility

_photos = click.argument("photos", nargs=-1, required=True, metavar="PHOTO...")
_WORDS = {"private": "only its owner", "shared": "chosen people", "household": "everybody"}


@click.group()
def privacy() -> None:
    """Whose photos are, and who may see them. A PHOTO is an id or the path of its file.

    Only its owner can change that. Who may see what, and what that protects against, is told in docs/privacy.md.
    """


@privacy.command()
@_photos
@as_json_option
@click.pass_context
def show(context: click.Context, photos: tuple[str, ...], as_json: bool) -> None:
    """Tell whose photos are and who may see them."""
    with opened(context, reading=True) as session:
        _print(session, photo_ids(session, photos), as_json)


@privacy.command(name="set")
@_photos
@click.option("--private", "to", flag_value="private", help="Only for their owner.")
@click.option("--household", "to", flag_value="household", help="For everybody who uses the library.")
@click.option("--with", "names", multiple=True, metavar="NAME", help="For this person; can be said several times.")
@as_json_option
@click.pass_context
def set_(
    context: click.Context, photos: tuple[str, ...], to: str | None, names: tuple[str, ...], as_json: bool
) -> None:
    """Say who may see photos."""
    from app.ownership import Visibility

    if (to is None) == (not names):
        raise click.UsageError("Say one of --private, --household and --with NAME.")
    with opened(context) as session:
        chosen = photo_ids(session, photos)
        visibility = Visibility.SHARED if to is None else Visibility(to)
        session.sharing.show_to(chosen, visibility, _profiles(session, names))
        _print(session, chosen, as_json)


@privacy.command()
@_photos
@as_json_option
@click.pass_context
def lock(context: click.Context, photos: tuple[str, ...], as_json: bool) -> None:
    """Show photos to nobody but their owner, after the password."""
    with opened(context) as session:
        chosen = photo_ids(session, photos)
        session.sharing.lock(chosen)
        _say(chosen, as_json, "locked")


@privacy.command()
@_photos
@as_json_option
@click.pass_context
def unlock(context: click.Context, photos: tuple[str, ...], as_json: bool) -> None:
    """Take the lock off photos. Whoever saw them before sees them again."""
    with opened(context) as session:
        session.unlock(signing_in.present_password(context) if session.me.get().has_password else "")
        chosen = photo_ids(session, photos)
        session.sharing.unlock(chosen)
        _say(chosen, as_json, "not locked any more")


@privacy.command()
@_photos
@click.option("--to", "name", required=True, metavar="NAME", help="Whose they are from now on.")
@as_json_option
@click.pass_context
def give(context: click.Context, photos: tuple[str, ...], name: str, as_json: bool) -> None:
    """Hand photos to somebody else in the household."""
    with opened(context) as session:
        chosen = photo_ids(session, photos)
        session.sharing.hand_over(chosen, _profiles(session, [name])[0])
        _say(chosen, as_json, f"{shown(name)}'s now")


def _profiles(session: Session, names: Sequence[str]) -> list[int]:
    """The profiles with these names.

    Raises:
        NotFound: nobody has one of them.
    """
    from app.errors import NotFound

    known = {each.name.casefold(): each.profile_id for each in session.sharing.housemates()}
    for name in names:
        if name.casefold() not in known:
            raise NotFound(f"Nobody who uses this library is called {shown(name)}.")
    return [known[name.casefold()] for name in names]


def _print(session: Session, chosen: Sequence[int], as_json: bool) -> None:
    found = session.sharing.of_all(chosen)
    if as_json:
        print_json([_row(each) for each in found])
        return
    table = [
        {
            "photo_id": each.photo_id,
            "owner": "you" if each.own else shown(each.owner.name),
            "seen by": _seen_by(each),
        }
        for each in found
    ]
    print_rows(table, False, "")


def _row(each: PhotoVisibility) -> dict[str, object]:
    return {
        "photo_id": each.photo_id,
        "owner": each.owner.name,
        "own": each.own,
        "visibility": str(each.visibility),
        "shared_with": [mate.name for mate in each.shared_with],
        "in_albums": each.in_albums,
        "locked": each.locked,
    }


def _seen_by(each: PhotoVisibility) -> str:
    if each.locked:
        return "its owner, after the password"
    names = ", ".join(shown(mate.name) for mate in each.shared_with)
    told = names if each.visibility == "shared" and each.own and names else _WORDS[each.visibility]
    return f"{told}, and who is in a shared album with it" if each.in_albums else told


def _say(chosen: Sequence[int], as_json: bool, what: str) -> None:
    if as_json:
        print_json({"photo_ids": list(chosen)})
    else:
        number = "1 photo is" if len(chosen) == 1 else f"{len(chosen):,} photos are"
        click.echo(f"{number} {what}.")
