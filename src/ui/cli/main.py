"""The commands, their options and their exit codes: 0 done, 1 failed with one line, 2 wrong usage."""

from __future__ import annotations

import logging
import os
import sys
from importlib.metadata import version
from pathlib import Path

import click

from ui.cli import (
    album,
    claim,
    copying,
    duplicates,
    encryption,
    find,
    folders,
    journal,
    notifications,
    output,
    privacy,
    profile,
    safety,
    secrets,
    sidecars,
    signing_in,
    tag,
    trash,
)
from ui.cli.common import as_json_option as _json
from ui.cli.common import opened, require_household
from ui.cli.display import display_finding, require_display
from ui.text import shown

_EXISTING = click.Path(path_type=Path)


def main() -> None:
    """Runs the command line and ends the process."""
    from core.errors import CoreError

    logging.basicConfig(level=logging.CRITICAL, format="%(levelname)s: %(message)s")
    try:
        code = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("sietch: stopped; nothing is lost, the same command goes on from here.", err=True)
        code = 1
    except CoreError as error:
        # One line, whatever the names of files in it hold.
        click.echo(f"sietch: {shown(str(error))}", err=True)
        code = 1
    except Exception as error:
        logging.debug("unexpected", exc_info=True)
        click.echo(f"sietch: unexpected {type(error).__name__}: {error}", err=True)
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--library", "folder", type=_EXISTING, metavar="DIR", help="The library's folder.", envvar="SIETCH_LIBRARY"
)
@click.option(
    "--passphrase-file",
    type=_EXISTING,
    metavar="FILE",
    help="Read the passphrase or recovery code of an encrypted library from the first line of FILE.",
)
@click.option("--profile", "profile_name", metavar="NAME", help="Who you are.", envvar="SIETCH_PROFILE")
@click.option(
    "--password-fd",
    type=click.IntRange(0),
    metavar="N",
    help="Read passwords from the file descriptor N, one on each line, in the order in which they are asked for.",
)
@click.version_option(version("sietch"), prog_name="sietch")
@click.pass_context
def cli(
    context: click.Context,
    folder: Path | None,
    passphrase_file: Path | None,
    profile_name: str | None,
    password_fd: int | None,
) -> None:
    """Your photos, sorted by the people in them, on your own computer. Without a command: opens the window."""
    context.obj = folder.expanduser() if folder else None
    secrets.remember_file(context, passphrase_file)
    signing_in.remember(context, profile_name, password_fd)
    if context.invoked_subcommand is None:
        require_display()
        from ui.application import run

        context.exit(run(context.obj))


cli.add_command(copying.import_)
cli.add_command(trash.trash)
cli.add_command(duplicates.duplicates)
cli.add_command(claim.claim)
cli.add_command(notifications.notifications)
cli.add_command(album.album)
cli.add_command(profile.profile)


@cli.command()
@click.argument("paths", nargs=-1, required=True, type=_EXISTING)
@_json
@click.pass_context
def index(context: click.Context, paths: tuple[Path, ...], as_json: bool) -> None:
    """Add photos and folders, and find the people in them. The files stay where they are."""
    from core.errors import ImageUnavailable

    missing = [path for path in paths if not os.path.lexists(path)]
    if missing:
        raise ImageUnavailable(f"{shown(str(missing[0]))} is not there.")
    with opened(context, resume=True) as session:
        output.watch_indexing(session.library, paths, session.viewer.profile_id)
        output.index_report(session, as_json)


@cli.command()
@_json
@click.pass_context
def people(context: click.Context, as_json: bool) -> None:
    """List the people: those with a name first, then by number of photos."""
    with opened(context, reading=True) as session:
        output.people(session.people.list(), as_json)


@cli.command()
@click.option("--person", "person_id", type=int, metavar="ID", help="Only the faces of this person.")
@_json
@click.pass_context
def faces(context: click.Context, person_id: int | None, as_json: bool) -> None:
    """List the faces, where they are, and whose they are."""
    with opened(context, reading=True) as session:
        if person_id is None:
            found = session.photos.all_faces()
        else:
            session.people.get(person_id)
            found = session.people.faces(person_id)
        output.faces(found, session.photos.paths(), as_json)


@cli.command()
@click.argument("person_id", type=int)
@click.argument("name")
@_json
@click.pass_context
def name(context: click.Context, person_id: int, name: str, as_json: bool) -> None:
    """Give a person a name; an empty one removes it."""
    with opened(context) as session:
        session.people.rename(person_id, name)
        output.people([session.people.get(person_id)], as_json)


@cli.command()
@click.argument("image", type=_EXISTING)
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="Faces to show.")
@_json
@click.pass_context
def search(context: click.Context, image: Path, limit: int, as_json: bool) -> None:
    """Find the faces of the library that are most similar to each face in IMAGE."""
    with opened(context, reading=True) as session:
        output.similar(session.people.similar(image, limit), session.photos.paths(), as_json)


@cli.command()
@click.option("--dry-run", is_flag=True, help="Only tell what would change.")
@_json
@click.pass_context
def cluster(context: click.Context, dry_run: bool, as_json: bool) -> None:
    """Group the faces that belong to nobody yet."""
    with opened(context, reading=dry_run) as session:
        output.clustering(session.people.group(dry_run), dry_run, as_json)


@cli.command()
@_json
@click.pass_context
def stats(context: click.Context, as_json: bool) -> None:
    """Count everything."""
    with opened(context, reading=True) as session:
        output.stats(session, as_json)


@cli.group(invoke_without_command=True)
@_json
@click.pass_context
def models(context: click.Context, as_json: bool) -> None:
    """List the face models: which there are, what their licences allow, and which one the library uses."""
    if context.invoked_subcommand is None:
        from app.library import default_folder
        from app.models import listed

        output.models(listed(context.obj or default_folder(), secrets.key_of(context)), as_json)


@models.command()
@click.argument("model")
@_json
@click.pass_context
def use(context: click.Context, model: str, as_json: bool) -> None:
    """Use another face model: all photos are looked at again; names and what you decided stay."""
    from app.library import Library

    require_household(context)
    with Library.open(context.obj, model=model, key=secrets.key_of(context)) as library:
        output.watch_indexing(library, ())
        output.models(library.models.list(), as_json)


@models.command()
@click.argument("path", type=_EXISTING)
@_json
@click.pass_context
def add(context: click.Context, path: Path, as_json: bool) -> None:
    """Add a face model from the folder or zip that its authors publish."""
    from app.models import add as added

    require_household(context)
    output.added_model(added(path), as_json)


cli.add_command(sidecars.sidecars)


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to serve; others need CORE_API_KEY.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port to serve.")
def serve(host: str, port: int) -> None:
    """Serve the face engine over HTTP to other programs, on a database of its own."""
    try:
        from core.http import server
    except ImportError as error:
        raise click.ClickException('Serving needs more packages. Install "sietch[share]".') from error
    server.serve(host, port)


@cli.command()
@_json
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Check the environment, the face model and the database."""
    from app.doctor import examine
    from app.library import default_folder

    require_household(context)
    findings = [*examine(context.obj or default_folder(), secrets.key_of(context)), display_finding()]
    output.findings(findings, as_json)
    context.exit(0 if all(finding.sound for finding in findings) else 1)


for command in (
    find.find,
    tag.tag,
    tag.favourite,
    folders.folders,
    privacy.privacy,
    safety.backup,
    safety.restore,
    safety.verify,
    encryption.encrypt,
    encryption.decrypt,
    encryption.unlock,
    journal.journal,
    journal.undo,
    journal.redo,
):
    cli.add_command(command)
