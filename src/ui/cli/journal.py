"""`sietch journal`, `undo` and `redo`: what was done, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from app.errors import DependsOnLater
from core.errors import CoreError
from ui.cli.common import as_json_option, opened
from ui.cli.output import print_json, print_rows
from ui.steps import told
from ui.text import shown

if TYPE_CHECKING:
    from app.journal import Step, Taken
    from app.session import Session

_step = click.argument("step_id", metavar="[STEP]", type=int, required=False)
_with_later = click.option("--with-later", is_flag=True, help="Also what was done later and builds on it.")


@click.command()
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="Steps to show.")
@as_json_option
@click.pass_context
def journal(context: click.Context, limit: int, as_json: bool) -> None:
    """List what you did, the latest first."""
    with opened(context, reading=True) as session:
        steps = session.journal.list(limit)
    if as_json:
        print_json([_row(each) for each in steps])
        return
    rows = [
        {
            "step": each.step_id,
            "done": f"{each.done_at.astimezone():%Y-%m-%d %H:%M}",
            "what": shown(told(each)),
            "": "undone" if each.undone else "",
        }
        for each in steps
    ]
    print_rows(rows, False, "Nothing was done yet.")


@click.command()
@_step
@_with_later
@as_json_option
@click.pass_context
def undo(context: click.Context, step_id: int | None, with_later: bool, as_json: bool) -> None:
    """Take back a step: the latest, or the one that `sietch journal` lists under that number."""
    with opened(context) as session:
        taken = _take(session, lambda: session.journal.undo(step_id, with_later))
    _print(taken, as_json, "Undone: ")


@click.command()
@_step
@_with_later
@as_json_option
@click.pass_context
def redo(context: click.Context, step_id: int | None, with_later: bool, as_json: bool) -> None:
    """Do again what was undone: the last, or the one that `sietch journal` lists under that number."""
    with opened(context) as session:
        taken = _take(session, lambda: session.journal.redo(step_id, with_later))
    _print(taken, as_json, "Done again: ")


def _take(session: Session, work: Callable[[], Taken]) -> Taken:
    try:
        return work()
    except DependsOnLater as error:
        if error.others:
            raise
        named = _named(session, error.step_ids)
        raise CoreError(f"{error.lead}: {named}. To take that with it: --with-later.") from error


def _named(session: Session, step_ids: Sequence[int]) -> str:
    steps = {each.step_id: each for each in session.journal.list()}
    return ", ".join(f"{each} ({told(steps[each])})" for each in step_ids)


def _print(taken: Taken, as_json: bool, word: str) -> None:
    if as_json:
        print_json({"steps": [_row(each) for each in taken.steps], "left_out": taken.left_out})
        return
    for each in taken.steps:
        click.echo(f"{word}{shown(told(each))}.")
    if taken.left_out:
        click.echo(f"What has changed since stays as it is: {taken.left_out:,}.")


def _row(step: Step) -> dict[str, Any]:
    return {
        "step_id": step.step_id,
        "action": step.action,
        "subject": dict(step.subject),
        "told": told(step),
        "done_at": step.done_at.isoformat(),
        "undone": step.undone,
    }
