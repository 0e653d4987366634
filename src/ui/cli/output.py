"""What the commands print: tables for people, JSON for programs. Progress goes to standard error."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from app.errors import AppError
from ui.text import shown

if TYPE_CHECKING:
    from app.doctor import Finding
    from app.library import Library
    from app.session import Session
    from app.types import IndexProgress, ModelSummary, PersonSummary, PhotoFace, SimilarFaces
    from core.models import ModelPack
    from core.types import BoundingBox, Clustering

_WIDE = frozenset({"name", "person_name", "image_path", "path"})
_PIPE_WIDTH = 5000
_DOING = {"scanning": "Looking for photos", "indexing": "Finding faces", "grouping": "Grouping people"}


def watch_indexing(library: Library, paths: Sequence[Path], asked_by: int | None = None) -> None:
    """Indexes with a progress bar, to the end, in the name of a profile.

    Where several people use the library it has no numbers: what others added is looked at, too.

    Raises:
        AppError: the work was stopped by an error, a full disk for instance.
    """
    figures = () if library.is_shared else (MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(
        TextColumn("{task.description}"), BarColumn(), *figures, console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task(_DOING["scanning"], total=None)
        library.indexer.add(paths, asked_by)
        while not library.indexer.wait(0.1):
            _show(bar, task, library.indexer.progress, bool(figures))
        _show(bar, task, library.indexer.progress, bool(figures))
    error = library.indexer.progress.error
    if error:
        raise AppError(error)


def _show(bar: Progress, task: Any, progress: IndexProgress, in_figures: bool) -> None:
    doing = _DOING.get(progress.phase, _DOING["grouping"])
    total = progress.total if in_figures else 0
    bar.update(task, description=doing, completed=progress.done, total=total or None)


def index_report(session: Session, as_json: bool) -> None:
    """Photos, faces, people, and the files that could not be read."""
    counts = session.counts()
    skipped = session.photos.skipped()
    if as_json:
        totals = {"photos": counts.photos, "faces": counts.faces, "people": counts.people}
        print_json(totals | {"skipped": [{"path": str(each.path), "reason": each.reason} for each in skipped]})
        return
    click.echo(f"{counts.photos:,} photos · {counts.faces:,} faces · {counts.people:,} people")
    if skipped:
        click.echo(f"{len(skipped):,} files could not be read:")
    for each in skipped:
        click.echo(f"  {shown(str(each.path))}: {each.reason}")


def people(summaries: Sequence[PersonSummary], as_json: bool) -> None:
    """One row for each person."""
    rows = [
        {"person_id": each.person_id, "name": each.name, "faces": each.face_count, "photos": each.photo_count}
        for each in summaries
    ]
    print_rows(rows, as_json, "Nobody yet. Add photos with: sietch index FOLDER")


def faces(found: Sequence[PhotoFace], paths: dict[int, Path], as_json: bool) -> None:
    """One row for each face."""
    print_rows(
        [_face(face, paths, as_json) for face in found], as_json, "No faces yet. Add photos with: sietch index FOLDER"
    )


def similar(found: Sequence[SimilarFaces], paths: dict[int, Path], as_json: bool) -> None:
    """For each face of a picture, the faces most like it."""
    if as_json:
        print_json(
            [
                {
                    "bbox": _box(each.box),
                    "confidence": round(each.confidence, 4),
                    "matches": [_face(face, paths, True) | {"similarity": round(s, 4)} for face, s in each.matches],
                }
                for each in found
            ]
        )
        return
    if not found:
        click.echo("There is no face in this picture.")
    for number, each in enumerate(found, 1):
        place = ", ".join(f"{value:.0f}" for value in _box(each.box).values())
        click.echo(f"Face {number} of {len(found)} at {place}")
        print_rows(
            [{"similarity": round(s, 3)} | _face(face, paths, False) for face, s in each.matches], False, "No faces."
        )


def clustering(result: Clustering, dry_run: bool, as_json: bool) -> None:
    """What grouping changed, or would change."""
    groups = [
        {
            "person_id": group.person_id,
            "face_ids": list(group.face_ids),
            "representative_face_id": group.representative_face_id,
            "mean_similarity": round(group.mean_similarity, 4),
            "is_new": group.is_new,
        }
        for group in result.groups
    ]
    if as_json:
        moves = [dataclasses.asdict(move) for move in result.moves]
        lists = {"dissolved_person_ids": list(result.dissolved), "noise_face_ids": list(result.noise)}
        print_json({"dry_run": dry_run, "groups": groups, "moves": moves, **lists})
        return
    new = [group for group in result.groups if group.is_new]
    grouped = sum(len(group.face_ids) for group in new)
    joined = sum(move.after is not None and not result.groups[move.after].is_new for move in result.moves)
    left = sum(move.after is None for move in result.moves)
    click.echo(f"{grouped:,} faces {'would become' if dry_run else 'became'} {len(new):,} new people")
    click.echo(f"{joined:,} faces {'would join' if dry_run else 'joined'} people who are known already")
    click.echo(f"{left:,} faces {'would leave' if dry_run else 'left'} the person they were with")
    click.echo(f"{len(result.noise):,} faces resemble nobody enough")


def stats(session: Session, as_json: bool) -> None:
    """Counts over everything."""
    counts, core = session.counts(), session.face_counts()
    rows = {
        "photos": counts.photos,
        "pending_photos": counts.pending,
        "skipped_files": counts.skipped,
        "faces": core.faces,
        "unassigned_faces": core.unassigned_faces,
        "people": core.people,
        "named_people": core.named_people,
        "vectors": core.vectors,
    }
    if as_json:
        print_json(rows | {"library": str(session.library.folder)})
        return
    click.echo(f"{shown(str(session.library.folder))}")
    for key, value in rows.items():
        number = (
            ", ".join(f"{model} {count:,}" for model, count in value.items())
            if isinstance(value, dict)
            else f"{value:,}"
        )
        click.echo(f"  {key.replace('_', ' '):18} {number}")


def findings(found: Sequence[Finding], as_json: bool) -> None:
    """One line for each thing that was checked."""
    if as_json:
        print_json([{"subject": each.subject, "sound": each.sound, "detail": each.detail} for each in found])
        return
    for each in found:
        click.echo(f"{'ok     ' if each.sound else 'PROBLEM'}  {each.subject}: {each.detail}")


def models(found: Sequence[ModelSummary], as_json: bool) -> None:
    """One row for each face model; for people the licence of the one in use besides."""
    if as_json:
        print_json([dataclasses.asdict(each) for each in found])
        return
    rows = [
        {
            "in use": "*" if each.in_use else "",
            "name": each.name,
            "model": each.title,
            "licence": "non-commercial use only" if each.non_commercial else "free to use",
            "installed": "yes" if each.installed else "no",
            "photos to look at": f"{each.unseen:,}",
        }
        for each in found
    ]
    print_rows(rows, False, "")
    for each in found:
        if each.in_use:
            click.echo(f"\n{each.licence}")


def added_model(model: ModelPack, as_json: bool) -> None:
    """What was added, what its licence is, and how to use it."""
    if as_json:
        told = {"name": model.name, "title": model.title, "licence": model.licence, "folder": str(model.folder)}
        print_json(told | {"non_commercial": model.non_commercial})
        return
    click.echo(f"{model.title} was added. Use it with: sietch models use {model.name}\n\n{model.licence}")


def told(value: Any, as_json: bool, sentence: str) -> None:
    """What was done: a value for programs, a sentence for people."""
    if as_json:
        print_json(value)
    else:
        click.echo(sentence)


def rows(found: Sequence[dict[str, Any]], as_json: bool, nothing: str) -> None:
    """One row each; a sentence for people if there is none."""
    print_rows([row if as_json else {**row, "path": shown(row["path"])} for row in found], as_json, nothing)


def _face(face: PhotoFace, paths: dict[int, Path], as_json: bool) -> dict[str, Any]:
    path, box = paths[face.photo_id], _box(face.box)
    return {
        "face_id": face.face_id,
        "person_id": face.person_id,
        "person_name": face.name,
        "bbox": box if as_json else " ".join(f"{value:.0f}" for value in box.values()),
        "confidence": round(face.confidence, 4),
        "quality": round(face.quality, 4),
        "image_path": str(path) if as_json else shown(str(path)),
    }


def _box(box: BoundingBox) -> dict[str, float]:
    return {key: round(getattr(box, key), 2) for key in ("x", "y", "width", "height")}


def print_rows(rows: Sequence[dict[str, Any]], as_json: bool, nothing: str) -> None:
    """A table, or JSON; `nothing` is said to people where there are no rows."""
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo(nothing)
    else:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for key in rows[0]:
            table.add_column(key, overflow="fold", no_wrap=key not in _WIDE)
        for row in rows:
            # Text, not a string: names and paths are data and may look like markup.
            table.add_row(*(Text("" if value is None else str(value)) for value in row.values()))
        # Into a file or a pipe a row is a line, however long its path is.
        console = Console() if Console().is_terminal else Console(width=_PIPE_WIDTH)
        console.print(table)


def print_json(value: Any) -> None:
    """For programs."""
    click.echo(json.dumps(value, indent=2))
