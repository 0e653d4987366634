"""`sietch profile`: the people of the house, and what each says of himself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.cli import secrets, signing_in
from ui.cli.common import as_json_option, opened
from ui.cli.output import print_rows, told
from ui.text import shown

if TYPE_CHECKING:
    from app.own_face import FaceUnclear, OwnFace
    from app.profiles import Profiles
    from core.types import BoundingBox

_EXISTING = click.Path(path_type=Path)


@click.group()
def profile() -> None:
    """The people who share the library. Who works with a command says --profile NAME."""


@profile.command(name="list")
@as_json_option
@click.pass_context
def list_(context: click.Context, as_json: bool) -> None:
    """List the people of the house."""
    with _library(context, reading=True) as profiles:
        rows = [
            {"profile_id": each.profile_id, "name": each.name, "owner": each.is_owner, "password": each.has_password}
            for each in profiles.list()
        ]
    print_rows(rows if as_json else [_worded(row) for row in rows], as_json, "Nobody yet.")


@profile.command()
@click.argument("name")
@click.option("--email", metavar="ADDRESS", help="An e-mail address, if you like.")
@click.option("--no-password", is_flag=True, help="Anybody at this computer can be this profile.")
@click.option("--face", "faces", type=_EXISTING, multiple=True, metavar="FILE", help="A photo of the face; repeatable.")
@click.option(
    "--which",
    type=click.IntRange(0),
    multiple=True,
    metavar="N",
    help="Which face it is, from the left, for each --face in its order; 0 where there is only one.",
)
@click.option("--somebody-new", is_flag=True, help="None of the people in the photos.")
@click.option(
    "--visibility", type=click.Choice(["household", "private"]), default="household", help="Of the photos that it adds."
)
@as_json_option
@click.pass_context
def create(  # noqa: PLR0913, PLR0917  (each is an option of the command)
    context: click.Context,
    name: str,
    email: str | None,
    no_password: bool,
    faces: tuple[Path, ...],
    which: tuple[int, ...],
    somebody_new: bool,
    visibility: str,
    as_json: bool,
) -> None:
    """Add somebody: the first one owns the library and all photos in it, and adds the others.

    With --face the people in the photos are searched for that face, and an album follows whoever is found.
    """
    from app.ownership import Visibility
    from app.sign_up import SOMEBODY_NEW, NewProfile

    with opened(context) as session:
        profiles = session.library.profiles
        known = _look(profiles, faces, which)
        password = None if no_password else signing_in.new_password(context)
        person = SOMEBODY_NEW if somebody_new else None
        new = NewProfile(name, password, email, Visibility(visibility), known, person)
        done = profiles.create(new, session)
        made = done.made
    value = {
        "profile_id": made.profile_id,
        "person_id": made.person_id,
        "photo_ids": list(made.photo_ids),
        "recovery_code": done.recovery_code,
    }
    sentence = f"{name} is part of the house now, and is in {_photos_text(len(made.photo_ids))}."
    told(value, as_json, f"{sentence}{_code_text(done.recovery_code)}")


@profile.command()
@click.argument("name")
@click.argument("new_name")
@as_json_option
@click.pass_context
def rename(context: click.Context, name: str, new_name: str, as_json: bool) -> None:
    """Give a profile another name: your own, or as the owner of the library anybody's."""
    with opened(context) as session:
        profiles = session.library.profiles
        profile_id = profiles.named(name).profile_id
        profiles.rename(session, profile_id, new_name)
    told({"profile_id": profile_id, "name": new_name}, as_json, f"{name} is called {new_name} now.")


@profile.command()
@click.argument("name")
@click.option("--photos-to", required=True, metavar="NAME", help="Who gets the photos.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json_option
@click.pass_context
def remove(context: click.Context, name: str, photos_to: str, yes: bool, as_json: bool) -> None:
    """Remove somebody: the albums go, the photos pass to somebody else, the person in the photos stays."""
    with opened(context) as session:
        profiles = session.library.profiles
        gone, heir = profiles.named(name), profiles.named(photos_to)
        if not yes:
            click.confirm(f"Remove {gone.name}, and give the photos to {heir.name}?", abort=True, err=True)
        profiles.remove(session, gone.profile_id, heir.profile_id)
    told({"profile_id": gone.profile_id}, as_json, f"{gone.name} is removed. {heir.name} has the photos.")


@profile.command()
@click.option("--remove", "removing", is_flag=True, help="Ask for no password any more.")
@as_json_option
@click.pass_context
def password(context: click.Context, removing: bool, as_json: bool) -> None:
    """Set, change or remove your password. You stay signed in nowhere then.

    With --password-fd the lines are the present password, if there is one, and the new one.
    """
    with opened(context) as session:
        old = signing_in.present_password(context) if session.me.get().has_password else None
        new = None if removing else signing_in.new_password(context)
        code = session.me.change_password(old, new)
    sentence = "Nobody is asked for a password any more." if removing else "The password is changed."
    told({"password": not removing, "recovery_code": code}, as_json, f"{sentence}{_code_text(code)}")


@profile.command()
@click.argument("name")
@as_json_option
@click.pass_context
def recover(context: click.Context, name: str, as_json: bool) -> None:
    """Choose a new password by the recovery code, in whose place comes another one.

    With --password-fd the lines are the code and the new password.
    """
    with _library(context) as profiles:
        profile_id = profiles.named(name).profile_id
        code = signing_in.password(context, "Recovery code")
        _, next_code = profiles.recover(profile_id, code, signing_in.new_password(context))
    value = {"profile_id": profile_id, "recovery_code": next_code}
    told(value, as_json, f"The password is changed.{_code_text(next_code)}")


@profile.command(name="sign-in")
@as_json_option
@click.pass_context
def sign_in(context: click.Context, as_json: bool) -> None:
    """Stay signed in on this computer, by the system's keyring."""
    with opened(context) as session:
        session.me.stay()
        name = session.me.get().name
    told({"name": name}, as_json, f"{name} stays signed in on this computer.")


@profile.command(name="sign-out")
@click.option("--everywhere", is_flag=True, help="On other computers, too.")
@as_json_option
@click.pass_context
def sign_out(context: click.Context, everywhere: bool, as_json: bool) -> None:
    """Be asked for the password again."""
    with opened(context) as session:
        name = session.me.get().name
        if everywhere:
            for each in session.me.stays():
                session.me.revoke(each.key)
        session.library.profiles.sign_out(session)
    told({"name": name}, as_json, f"{name} is signed out.")


@profile.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json_option
@click.pass_context
def owner(context: click.Context, name: str, yes: bool, as_json: bool) -> None:
    """Make somebody else the owner of the library, who alone adds and removes people."""
    with opened(context) as session:
        profiles = session.library.profiles
        chosen = profiles.named(name)
        if not yes:
            click.confirm(f"Make {chosen.name} the owner of the library?", abort=True, err=True)
        profiles.hand_over(session, chosen.profile_id)
    told({"profile_id": chosen.profile_id}, as_json, f"{chosen.name} owns the library now.")


@contextmanager
def _library(context: click.Context, reading: bool = False) -> Iterator[Profiles]:
    """The profiles of the library, for who need not sign in."""
    from app.library import Library

    with Library.open(context.obj, resume=False, reading=reading, key=secrets.key_of(context)) as library:
        yield library.profiles


def _look(profiles: Profiles, photos: Sequence[Path], which: Sequence[int]) -> tuple[OwnFace, ...]:
    """The face in the photos; which of several it is, is said by number.

    Raises:
        FaceUnclear: it is not said, and has to be.
    """
    from app.own_face import FaceUnclear

    chosen: dict[int, BoundingBox] = {}
    while True:
        try:
            return profiles.look(photos, chosen) if photos else ()
        except FaceUnclear as unclear:
            number = which[unclear.picture] if unclear.picture < len(which) else 0
            if unclear.picture in chosen or not 0 < number <= len(unclear.boxes):
                raise click.ClickException(_unclear_text(unclear, photos[unclear.picture])) from unclear
            chosen[unclear.picture] = unclear.boxes[number - 1]


def _unclear_text(unclear: FaceUnclear, photo: Path) -> str:
    """What is unclear, and what to say."""
    lines = [f"{shown(str(photo))}: {unclear}"]
    lines += [
        f"  --which {number}: {box.width:.0f} x {box.height:.0f} pixels at {box.x:.0f}, {box.y:.0f}"
        for number, box in enumerate(unclear.boxes, 1)
    ]
    return "\n".join(lines)


def _worded(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"owner": "yes" if row["owner"] else "", "password": "yes" if row["password"] else ""}


def _code_text(code: str | None) -> str:
    if code is None:
        return ""
    return (
        f"\n\nThe recovery code, which is shown this once:\n\n  {code.replace('-', ' ')}\n\n"
        "It lets you choose another password if this one is forgotten. Keep it away from this computer."
    )


def _photos_text(count: int) -> str:
    return "1 photo" if count == 1 else f"{count:,} photos"
