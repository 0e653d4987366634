"""`sietch import`: photos copied from a card into the photo folder, and added to the library."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from app.errors import AppError
from ui.cli.common import as_json_option, opened
from ui.cli.output import print_json, watch_indexing
from ui.text import shown

if TYPE_CHECKING:
    from app.library import Library
    from app.types import CopyReport, CopyRequest, Event

_PATTERN = "{year}/{year}-{month}-{day}"


@click.command(name="import")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--to", type=click.Path(path_type=Path), metavar="FOLDER", help="Your photo folder; it is remembered.")
@click.option("--pattern", default=_PATTERN, show_default=True, help="Folders below it, by the date of the photo.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be copied.")
@as_json_option
@click.pass_context
def import_(context: click.Context, source: Path, to: Path | None, pattern: str, dry_run: bool, as_json: bool) -> None:
    """Copy photos and films from a card or folder into your photo folder, and add them to the library.

    Every copy is verified; what is there already is skipped; the card is only read. Stop it whenever you like: the same
    command does the rest.
    """
    from app.types import CopyRequest

    with opened(context, resume=not dry_run) as session:
        folder = to or session.library.copying.copier.folder()
        if folder is None:
            raise AppError("Say once where your photos are to be kept: --to FOLDER. It is remembered.")
        report = _watched(session.library, CopyRequest(source, folder, pattern, session.viewer.profile_id), dry_run)
        if not dry_run:
            watch_indexing(session.library, ())
        _print(report, as_json)
        context.exit(1 if report.stopped or _failed(report) else 0)


def _watched(library: Library, request: CopyRequest, dry_run: bool) -> CopyReport:
    from app.types import CopyProgress

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Looking" if dry_run else "Copying", total=None)

        def show(event: Event) -> None:
            if isinstance(event, CopyProgress) and event.busy:
                bar.update(task, completed=event.done, total=event.total)

        unsubscribe = library.events.subscribe(show)
        try:
            return library.copying.run(request, dry_run)
        finally:
            unsubscribe()


def _failed(report: CopyReport) -> int:
    from app.types import CopyResult

    return len(report.of(CopyResult.FAILED))


def _print(report: CopyReport, as_json: bool) -> None:
    from app.types import CopyResult

    if as_json:
        rows = {
            result.value: [
                {"source": str(each.source), "target": str(each.target) if each.target else None, "reason": each.reason}
                for each in report.of(result)
            ]
            for result in CopyResult
        }
        print_json({"dry_run": report.dry_run, "to": str(report.request.to), "stopped": report.stopped, **rows})
        return
    copied, skipped, failed = (report.of(each) for each in (CopyResult.COPIED, CopyResult.SKIPPED, CopyResult.FAILED))
    doing = "would be copied" if report.dry_run else "copied and verified"
    click.echo(f"{len(copied):,} {doing} · {len(skipped):,} there already · {len(failed):,} failed")
    for each in copied if report.dry_run else ():
        click.echo(f"  {shown(str(each.source))} -> {shown(str(each.target))}")
    for each in failed:
        click.echo(f"  {shown(str(each.source))}: {each.reason}")
    if report.stopped:
        click.echo(f"It ended early. {report.stopped}")
