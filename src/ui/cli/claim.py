"""`sietch claim`: which persons of the library you are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from ui.cli.common import as_json_option, opened
from ui.cli.output import print_json, print_rows

if TYPE_CHECKING:
    from app.candidates import Candidate
    from app.claiming import Claim
    from app.claims import Dispute
    from app.session import Session

_person = click.argument("person_id", type=int, metavar="PERSON")


@click.group()
def claim() -> None:
    """Say which PERSON you are, by id (`sietch people`), and decide about that person."""


@claim.command(name="list")
@as_json_option
@click.pass_context
def list_(context: click.Context, as_json: bool) -> None:
    """List the persons that you are."""
    with opened(context, reading=True) as session:
        print_rows([_row(each) for each in session.claims.mine()], as_json, "Nobody. See: sietch claim candidates")


@claim.command()
@as_json_option
@click.pass_context
def candidates(context: click.Context, as_json: bool) -> None:
    """List persons who look like you, best first, and the faces that are alike."""
    with opened(context, reading=True) as session:
        _print_candidates(session.claims.candidates(), as_json)


@claim.command()
@_person
@as_json_option
@click.pass_context
def make(context: click.Context, person_id: int, as_json: bool) -> None:
    """Say "this is me". If somebody else said so before, the library's owner decides."""
    with opened(context) as session:
        made = session.claims.claim(person_id)
        if as_json:
            print_json(_row(made))
        elif made.state == "held":
            click.echo(f"Person {person_id} is you.")
        else:
            click.echo(f"Somebody else is person {person_id} already. The library's owner decides.")


@claim.command()
@_person
@as_json_option
@click.pass_context
def refuse(context: click.Context, person_id: int, as_json: bool) -> None:
    """Say "this is not me": you are not asked again."""
    with opened(context) as session:
        session.claims.refuse(person_id)
        _done(person_id, "refused", f"Person {person_id} is not you.", as_json)


@claim.command()
@_person
@as_json_option
@click.pass_context
def withdraw(context: click.Context, person_id: int, as_json: bool) -> None:
    """Take back what you said of a person."""
    with opened(context) as session:
        session.claims.withdraw(person_id)
        _done(person_id, "withdrawn", f"Nothing is said of person {person_id} any more.", as_json)


@claim.command()
@_person
@as_json_option
@click.pass_context
def hide(context: click.Context, person_id: int, as_json: bool) -> None:
    """Hide yourself from the others: they see neither your name nor your faces."""
    with opened(context) as session:
        session.claims.hide(person_id)
        _done(person_id, "hidden", f"Others do not see person {person_id} any more.", as_json)


@claim.command()
@_person
@as_json_option
@click.pass_context
def show(context: click.Context, person_id: int, as_json: bool) -> None:
    """Let others see you again."""
    with opened(context) as session:
        session.claims.hide(person_id, False)
        _done(person_id, "shown", f"Others see person {person_id} again.", as_json)


@claim.command()
@_person
@click.option("--off", is_flag=True, help="Have an album again.")
@as_json_option
@click.pass_context
def no_album(context: click.Context, person_id: int, off: bool, as_json: bool) -> None:
    """Have no album that collects your photos."""
    with opened(context) as session:
        session.claims.no_album(person_id, not off)
        says = f"An album follows person {person_id}." if off else f"No album follows person {person_id}."
        _done(person_id, "album" if off else "no album", says, as_json)


@claim.command()
@as_json_option
@click.pass_context
def disputes(context: click.Context, as_json: bool) -> None:
    """List persons that several people say they are."""
    with opened(context, reading=True) as session:
        _print_disputes(session.claims.disputes(), as_json)


@claim.command()
@click.argument("claim_id", type=int, metavar="CLAIM")
@click.option("--for", "profile", metavar="NAME", help="Whose it is; without it nobody's of those who said so.")
@as_json_option
@click.pass_context
def decide(context: click.Context, claim_id: int, profile: str | None, as_json: bool) -> None:
    """Decide whose a person is, as the library's owner. CLAIM is a claim's id (`sietch claim disputes`)."""
    with opened(context) as session:
        profile_id = None if profile is None else _profile(session, claim_id, profile)
        session.claims.decide(claim_id, profile_id)
        if as_json:
            print_json({"claim_id": claim_id, "profile_id": profile_id})
        else:
            click.echo("Decided.")


@claim.command()
@_person
@click.option("--no-guard", is_flag=True, help="Keep nothing at all; new photos may show you as somebody unknown.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json_option
@click.pass_context
def forget(context: click.Context, person_id: int, no_guard: bool, yes: bool, as_json: bool) -> None:
    """Be recognised no more: everything by which your face is known goes at once. This cannot be undone.

    One summary of your face is kept apart, and used only to leave you out of new photos. Backups made before still know
    you until newer ones have taken their place.
    """
    if not yes:
        click.confirm("Forget this face for ever? The photos stay. This cannot be undone.", abort=True, err=True)
    with opened(context) as session:
        done = session.claims.do_not_recognise(person_id, not no_guard)
        if as_json:
            print_json({"person_id": person_id, "faces": done.faces, "photo_ids": list(done.photo_ids)})
        else:
            click.echo(f"Forgot {done.faces:,} faces in {len(done.photo_ids):,} photos.")


def _profile(session: Session, claim_id: int, name: str) -> int:
    for each in session.claims.disputes():
        if any(one.claim_id == claim_id for one in each.claims):
            for one in each.claims:
                if one.profile_name.casefold() == name.casefold():
                    return one.profile_id
    raise click.ClickException(f"{name} is not among those who said so in a dispute with claim {claim_id}.")


def _done(person_id: int, state: str, says: str, as_json: bool) -> None:
    if as_json:
        print_json({"person_id": person_id, "state": state})
    else:
        click.echo(says)


def _row(each: Claim) -> dict[str, Any]:
    return {
        "claim_id": each.claim_id,
        "person_id": each.person_id,
        "name": each.person_name,
        "state": each.state.value,
        "hidden": each.is_hidden,
        "no_album": each.no_album,
    }


def _print_candidates(found: Sequence[Candidate], as_json: bool) -> None:
    rows: list[dict[str, Any]] = [
        {
            "person_id": each.person_id,
            "name": each.name,
            "photos": each.photo_count,
            "sure": each.is_sure,
            "similarity": round(each.similarity, 3),
        }
        for each in found
    ]
    if as_json:
        for row, each in zip(rows, found, strict=True):
            row["pairs"] = [
                {"own_face_id": one.own_face_id, "face_id": one.face_id, "similarity": round(one.similarity, 3)}
                for one in each.pairs
            ]
    else:
        rows = [row | {"sure": "sure" if row["sure"] else "not sure"} for row in rows]
    print_rows(rows, as_json, "Nobody else looks like you.")


def _print_disputes(found: Sequence[Dispute], as_json: bool) -> None:
    rows = [
        {
            "claim_id": one.claim_id,
            "person_id": each.person_id,
            "name": each.person_name,
            "profile": one.profile_name,
            "profile_id": one.profile_id,
            "state": one.state.value,
            "since": one.made_at.isoformat(),
        }
        for each in found
        for one in each.claims
    ]
    print_rows(rows, as_json, "There is nothing to decide.")
