"""`sietch find`: photos by the language of the search field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ui.cli.common import as_json_option, opened
from ui.cli.output import print_rows
from ui.text import shown

if TYPE_CHECKING:
    from app.search import QueryError


@click.command()
@click.argument("query", nargs=-1, required=True, metavar="QUERY...")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the newest N.")
@as_json_option
@click.pass_context
def find(context: click.Context, query: tuple[str, ...], limit: int | None, as_json: bool) -> None:
    r"""Find photos by people, dates, places, albums, words, the newest first.

    \b
    sietch find 'anna AND ben NOT carl'     sietch find 'only:anna,ben'
    sietch find 'date:2019-07..2019-09'     sietch find 'place:Lisbon rating>=4'
    sietch find 'people:2..4'               sietch find 'type:video is:favourite'
    Also person: unnamed: album: camera: keyword: file:; OR, brackets, and "quotes" around names with spaces.
    """
    from app.search import QueryError

    wanted = " ".join(query)
    with opened(context, reading=True) as session:
        try:
            found = session.search.photos(wanted).photo_ids[:limit]
        except QueryError as error:
            _point(wanted, error)
            raise
        paths = session.photos.paths()
        rows = [
            {"photo_id": number, "image_path": str(paths[number]) if as_json else shown(str(paths[number]))}
            for number in found
        ]
    print_rows(rows, as_json, "No photo is like that.")


def _point(query: str, error: QueryError) -> None:
    """Shows the place in the query that is wrong."""
    before, wrong = (shown(part) for part in (query[: error.start], query[error.start : error.end]))
    click.echo(f"  {before}{wrong}{shown(query[error.end :])}", err=True)
    click.echo(f"  {' ' * len(before)}{'^' * max(1, len(wrong))}", err=True)
