"""The commands that keep a library safe: backup, restore, verify."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.cli import encryption, output, secrets
from ui.cli.common import as_json_option as _json
from ui.cli.common import require_household
from ui.text import shown

if TYPE_CHECKING:
    from app.backups import Backup, Backups
    from app.keys import LibraryKey
    from app.restoring import Restored


@click.command()
@click.option("--to", "target", type=click.Path(path_type=Path), metavar="FILE", help="Write it to this file.")
@_json
@click.pass_context
def backup(context: click.Context, target: Path | None, as_json: bool) -> None:
    """Make a backup of the database, also while the window is open; photos are not in it."""
    from app.backups import Kind

    require_household(context)
    backups = _backups(context, secrets.key_of(context))
    if target is not None:
        backups.export(target)
        output.told({"path": str(target)}, as_json, f"The backup is in {shown(str(target))}.")
        return
    made = backups.make(Kind.ASKED)
    output.told(_row(made), as_json, f"The backup is in {shown(str(made.path))}.")


@click.command()
@click.argument("file", required=False)
@_json
@click.pass_context
def restore(context: click.Context, file: str | None, as_json: bool) -> None:
    """Make a backup the library again: a FILE, or the number of a backup. Without one: list the backups."""
    from app.backups import Backup

    require_household(context)
    backups = _backups(context)
    if file is None:
        output.rows([_row(each) for each in backups.list()], as_json, "There is no backup yet. Make one: sietch backup")
        return
    chosen = next((each.path for each in backups.list() if file == str(each.number)), Path(file))
    done = _restored(context, chosen, secrets.key_of(context))
    saved = done.saved.path if isinstance(done.saved, Backup) else done.saved
    lines = [f"The library is that of {shown(str(chosen))} now."]
    if saved:
        lines.append(f"What it was before is in {shown(str(saved))}.")
    output.told({"path": str(chosen), "saved": str(saved) if saved else None}, as_json, "\n".join(lines))


@click.command()
@click.option("--repair", is_flag=True, help="Repair what can be repaired, after a backup.")
@_json
@click.pass_context
def verify(context: click.Context, repair: bool, as_json: bool) -> None:
    """Look whether the library is whole; changes nothing without --repair."""
    from app import verifying
    from app.library import default_folder

    require_household(context)
    folder = context.obj or default_folder()
    key = secrets.key_of(context)
    flaws = verifying.repair(folder, key) if repair else verifying.verify(folder, key)
    if as_json:
        output.told([dataclasses.asdict(flaw) for flaw in flaws], True, "")
    for flaw in () if as_json else flaws:
        word = "repaired" if flaw.repaired else "PROBLEM" if flaw.serious else "note"
        click.echo(f"{word:9} {shown(flaw.detail)}")
    left = [flaw for flaw in flaws if flaw.serious and not flaw.repaired]
    if not as_json:
        if not left:
            click.echo("The library is whole.")
        elif any(flaw.repairable for flaw in left):
            click.echo("What can be repaired is, with: sietch verify --repair")
    context.exit(1 if left else 0)


def _backups(context: click.Context, key: LibraryKey | None = None) -> Backups:
    from app.backups import Backups
    from app.library import default_folder

    return Backups(context.obj or default_folder(), key=key)


def _restored(context: click.Context, chosen: Path, key: LibraryKey | None) -> Restored:
    """Restores; of a backup with a key of its own the recovery code is asked for."""
    from app.errors import BackupLocked, WrongSecret
    from app.keys import LibraryKey
    from app.restoring import restore as restored

    folder = secrets.folder_of(context)
    try:
        return restored(folder, chosen, key)
    except BackupLocked:
        if not secrets.can_ask(context):
            raise
    source_key = LibraryKey.of_code(secrets.entered(context, "Recovery code of the backup"))
    if source_key is None:
        raise WrongSecret(has_passphrase=False)
    return restored(folder, chosen, key, source_key, None if key else encryption.passphrase_if_needed(context))


def _row(made: Backup) -> dict[str, object]:
    return {
        "number": made.number,
        "made_at": made.made_at.isoformat(timespec="seconds"),
        "kind": str(made.kind),
        "bytes": made.size,
        "path": str(made.path),
    }
