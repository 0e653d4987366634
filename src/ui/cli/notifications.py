"""`sietch notifications`: what you should hear of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ui.cli.common import as_json_option, opened
from ui.cli.output import print_json, print_rows
from ui.text import shown

if TYPE_CHECKING:
    from app.notifications import Notification


@click.command()
@click.option("--read", is_flag=True, help="Mark all as read.")
@click.option("--clear", is_flag=True, help="Forget all.")
@click.option("--off", metavar="KIND", help="Hear no more of a kind: found, invited, claimed, disputed, unreadable.")
@click.option("--on", metavar="KIND", help="Hear of a kind again.")
@as_json_option
@click.pass_context
def notifications(
    context: click.Context, read: bool, clear: bool, off: str | None, on: str | None, as_json: bool
) -> None:
    """List what happened that concerns you, the newest first."""
    from app.notifications import NotificationKind

    changes = read or clear or off or on
    for each in (off, on):
        if each is not None and each not in list(NotificationKind):
            raise click.UsageError(f"There is no kind “{each}”. There are: {', '.join(NotificationKind)}.")
    with opened(context, reading=not changes) as session:
        heard = session.notifications
        found = heard.list()
        if read:
            heard.read_all()
        if clear:
            heard.clear()
        for each, muted in ((off, True), (on, False)):
            if each is not None:
                heard.mute(NotificationKind(each), muted)
    if as_json:
        print_json([_row(each) for each in found])
        return
    table = [
        {"": "" if each.is_read else "*", "when": f"{each.made_at.astimezone():%Y-%m-%d %H:%M}", "what": said(each)}
        for each in found
    ]
    print_rows(table, False, "There is nothing new.")


def said(each: Notification) -> str:
    """A notification in a sentence."""
    name, who = shown(each.person_name or "somebody without a name"), shown(each.by_name or "The library's owner")
    if each.decided:
        return f"It was decided: {name} is {who}." if each.by_name else f"It was decided about {name}."
    return {
        "found": f"You were found in {_count(len(each.photo_ids), 'new photo')}.",
        "invited": f"{who} invited you to the album {shown(each.album_name or '')}.",
        "claimed": f"{who} said “this is me” of {name}.",
        "disputed": f"{who} also said “this is me” of {name}.",
        "unreadable": f"{_count(each.files, 'file')} could not be read.",
    }[each.kind]


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _row(each: Notification) -> dict[str, object]:
    return {
        "notification_id": each.notification_id,
        "kind": each.kind.value,
        "made_at": each.made_at.isoformat(),
        "read": each.is_read,
        "photo_ids": list(each.photo_ids),
        "files": each.files,
        "person_id": each.person_id,
        "person_name": each.person_name,
        "album_id": each.album_id,
        "album_name": each.album_name,
        "by": each.by_name,
        "decided": each.decided,
    }
