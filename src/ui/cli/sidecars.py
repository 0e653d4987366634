"""`sietch sidecars`: what the library knows goes into XMP files beside the photos, and what they tell comes in."""

from __future__ import annotations

import json

import click

from core.errors import CoreError
from ui.cli import output
from ui.cli.common import as_json_option as _json
from ui.cli.common import opened, require_household
from ui.text import shown


@click.group(invoke_without_command=True)
@_json
@click.pass_context
def sidecars(context: click.Context, as_json: bool) -> None:
    """Tell whether names, ratings and keywords are written to XMP files beside the photos. No photo is ever changed."""
    require_household(context)
    if context.invoked_subcommand is None:
        with opened(context) as session:
            kept = session.library.sidecars
            _tell(kept.wanted, kept.due(), as_json)


@sidecars.command()
@_json
@click.pass_context
def write(context: click.Context, as_json: bool) -> None:
    """Write what the library knows and the files do not tell yet. What other programs wrote there stays."""
    with opened(context) as session:
        report = session.library.sidecars.write()
    if as_json:
        click.echo(json.dumps({"written": report.written, "left": report.left, "problems": report.problems}))
    else:
        click.echo(f"{report.written:,} photos told of in files beside them")
        if report.left:
            click.echo(
                f"{report.left:,} left for later: they are not there now, or their files changed. Index them again."
            )
        for problem in report.problems:
            click.echo(f"  {shown(problem)}")
    if report.problems:
        raise CoreError("Not everything could be written.")


@sidecars.command()
@_json
@click.pass_context
def read(context: click.Context, as_json: bool) -> None:
    """Read anew what all photos, and the files beside them, tell."""
    with opened(context, resume=True) as session:
        session.library.sidecars.read()
        output.watch_indexing(session.library, ())
        output.index_report(session, as_json)


@sidecars.command()
@_json
@click.pass_context
def on(context: click.Context, as_json: bool) -> None:
    """Write by itself from now on, whenever names, ratings or keywords change."""
    _want(context, True, as_json)


@sidecars.command()
@_json
@click.pass_context
def off(context: click.Context, as_json: bool) -> None:
    """Write only when asked to, as a new library does."""
    _want(context, False, as_json)


def _want(context: click.Context, wanted: bool, as_json: bool) -> None:
    with opened(context) as session:
        kept = session.library.sidecars
        kept.want(wanted)
        _tell(wanted, kept.due(), as_json)


def _tell(wanted: bool, due: int, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"automatic": wanted, "due": due}))
        return
    click.echo("Written by themselves." if wanted else "Written only by: sietch sidecars write")
    click.echo(f"{due:,} photos of which their files do not tell everything yet")
