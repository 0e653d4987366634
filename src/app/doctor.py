"""Is everything in order? The environment, the face model, the database."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import text

from app import models, unlocking
from app.backups import Backups, check
from app.importing import program_version
from app.keys import LibraryKey
from app.opening import database_path, open_database
from core.engine import FaceEngine
from core.errors import CoreError
from core.models import find_pack

_LIBRARIES = ("numpy", "onnxruntime", "opencv-python-headless", "pillow", "sqlalchemy", "sqlcipher3", "sqlite-vec")

_LEAST_FREE = 500_000_000
"""Bytes; below it the caches of a few thousand photos do not fit any more."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    sound: bool
    detail: str


def examine(folder: Path, key: LibraryKey | None = None) -> list[Finding]:
    """Looks at everything that the library in `folder` needs; changes nothing but that a new library is made.

    Raises:
        LibraryLocked: it is encrypted, and its key has to be asked for.
    """
    key = key or unlocking.find(folder)
    checks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("environment", _environment),
        ("face model", lambda: _model(folder, key)),
        ("database", lambda: _database(folder, key)),
        ("backups", lambda: _backups(folder, key)),
        ("disk", lambda: _disk(folder)),
    )
    return [_finding(subject, check) for subject, check in checks]


def _finding(subject: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, True, check())
    except CoreError as error:
        return Finding(subject, False, str(error))
    except OSError as error:
        return Finding(subject, False, f"The library's folder cannot be used: {error.strerror or error}.")


def _environment() -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return f"Sietch {program_version()}, Python {platform.python_version()} on {platform.platform()}; {libraries}"


def _model(folder: Path, key: LibraryKey | None) -> str:
    pack = find_pack(models.remembered_in(folder, key))
    FaceEngine(pack)
    use = "non-commercial use only" if pack.non_commercial else "free to use"
    return f"{pack.title} in {pack.folder}, checksums right ({use})"


def _database(folder: Path, key: LibraryKey | None) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    # An older one is brought up to date where it is backed up before.
    database = open_database(folder, reading=database_path(folder).exists(), key=key)
    try:
        problems = database.problems()
        if problems:
            lines = " ".join(problems).splitlines()
            raise CoreError(f"{database.path} is damaged: {'; '.join(lines[:5])}.")
        with database.read() as db:
            sqlite, vec = db.execute(text("SELECT sqlite_version(), vec_version()")).one()
        return f"{database.path} is sound{', encrypted' if key else ''} (SQLite {sqlite}, sqlite-vec {vec})"
    finally:
        database.close()


def _backups(folder: Path, key: LibraryKey | None) -> str:
    found = Backups(folder).list()
    if not found:
        return "none yet; one is made each day on which something changes"
    check(found[0].path, key)
    return f"{len(found)}, the newest of {found[0].made_at.astimezone():%Y-%m-%d %H:%M}, which is sound"


def _disk(folder: Path) -> str:
    free = shutil.disk_usage(folder).free
    if free < _LEAST_FREE:
        raise CoreError(f"Only {free / 1e6:,.0f} MB are free where the library is. Make room before adding photos.")
    return f"{free / 1e9:,.1f} GB free"
