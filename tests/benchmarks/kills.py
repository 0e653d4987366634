"""Kills backups, restores, repairs, upgrades, encryptions and decryptions at random moments, and looks at what is left.

`python -m tests.benchmarks kills [--kills 200] [--seed 1]`
"""

from __future__ import annotations

import argparse
import contextlib
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import text

from app import unlocking
from app.backups import Backups, Kind, check
from app.encrypting import encrypt, readable
from app.keys import LibraryKey
from app.library import Library
from app.opening import database_path, open_database
from app.thumbnail_files import ThumbnailFiles
from app.verifying import verify
from core.encryption import is_encrypted
from core.types import BoundingBox
from tests import schemas

OLD = Path(__file__).parent.parent / "app" / "old"

KEY, PASSPHRASE = LibraryKey(bytes(range(32))), "a horse on a stapler"

PICTURES = 60
"""Small ones, of which an encryption has to convert each."""

PHOTOS = 6
"""In each of the libraries in `OLD`."""

_PROGRAMS = {
    "backup": "from app.backups import Backups, Kind\nBackups(folder).make(Kind.ASKED)",
    "restore": "from app.backups import Backups\nfrom app.restoring import restore\n"
    "restore(folder, Backups(folder).list()[-1].path)",
    "repair": "from app.verifying import repair\nrepair(folder)",
    "upgrade": "from app.library import Library\nLibrary.open(folder, resume=False).close()",
    "encrypt": "from tests.benchmarks.kills import KEY, PASSPHRASE\nfrom app.encrypting import encrypt\n"
    "encrypt(folder, KEY, PASSPHRASE)",
    "decrypt": "from tests.benchmarks.kills import KEY\nfrom app.encrypting import decrypt\ndecrypt(folder, KEY)",
}
"""Each says when it begins: the time that Python takes to start is none of its own."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one kill: whether it met the program at work, and what was not as it should be."""

    operation: str
    killed: bool
    faults: tuple[str, ...]


def prepare(folder: Path, operation: str, chance: random.Random, megabytes: int) -> None:
    """A library that is large enough to be met in the middle of the operation."""
    folder.mkdir()
    schemas.make_old(database_path(folder), chance.choice(sorted(OLD.glob("*.sql"))))
    with schemas.raw(database_path(folder)) as db:
        for number in range(megabytes * 4):
            db.execute("INSERT INTO skipped VALUES (?, ?, '1', 1, 1)", (b"%d" % number, "x" * 250_000))
    if operation == "upgrade":
        return
    database = open_database(folder)
    with database.write() as db:
        # The program never leaves an image without a photo, which a repair removes.
        for number in range(200 if operation == "repair" else 0):
            row = {"source": f"nothing {number}"}
            db.execute(text("INSERT INTO image (source, width, height) VALUES (:source, 1, 1)"), row)
    database.close()
    Backups(folder).make(Kind.ASKED)
    if operation in ("encrypt", "decrypt"):
        _add_pictures(folder)
    if operation == "decrypt":
        encrypt(folder, KEY, PASSPHRASE)


def _add_pictures(folder: Path) -> None:
    database = open_database(folder, reading=True)
    with database.read() as db:
        content_hash = str(db.execute(text("SELECT content_hash FROM photo")).scalars().first())
    database.close()
    for number in range(PICTURES):
        box = BoundingBox(number, 1, 20, 20)
        ThumbnailFiles(folder / "cache").write_face(content_hash, box, np.zeros((60, 60, 3), np.uint8), 1.0)


def strike(folder: Path, operation: str, after: float | None) -> tuple[bool, float]:
    """Begins an operation and kills it; whether that met it at work, and how long it ran.

    Args:
        after: seconds; None lets it come to its end.
    """
    program = "import sys\nfrom pathlib import Path\nimport app.library, app.verifying\nfolder = Path(sys.argv[1])\n"
    program += "import app.encrypting, tests.benchmarks.kills\n" if operation.endswith("crypt") else ""
    program += f"print('begins', flush=True)\n{_PROGRAMS[operation]}\n"
    process = subprocess.Popen([sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    began = time.monotonic()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(after)
    killed = process.poll() is None
    process.kill()
    process.wait()
    process.stdout.close()
    return killed, time.monotonic() - began


def faults(folder: Path) -> list[str]:
    """What is not as it should be: the library opens, holds what it held, is whole, and so is every backup."""
    key = KEY if is_encrypted(database_path(folder)) else None
    with Library.open(folder, resume=False, key=key) as library:
        found = [] if len(library.photos.paths()) == PHOTOS else [f"{len(library.photos.paths())} photos"]
        if library.people.get(1).name != "Ada":
            found.append("a name is lost")
    serious = [flaw for flaw in verify(folder, key) if flaw.serious and flaw.kind != "images without photo"]
    found += [flaw.detail for flaw in serious]
    for backup in Backups(folder).list():
        check(backup.path, key)
    if key and readable(folder):
        found.append(f"readable: {readable(folder)}")
    if key and unlocking.by_secret(folder, PASSPHRASE) != key:
        found.append("the passphrase opens nothing")
    return found


def run(kills: int, seed: int, megabytes: int = 8) -> list[Outcome]:
    """As many kills, spread over the operations and over the time that each takes."""
    chance, outcomes = random.Random(seed), []
    lasting: dict[str, float] = {}
    for number in range(kills):
        operation = list(_PROGRAMS)[number % len(_PROGRAMS)]
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            if operation not in lasting:
                prepare(folder / "calm", operation, chance, megabytes)
                lasting[operation] = strike(folder / "calm", operation, None)[1]
            prepare(folder / "library", operation, chance, megabytes)
            killed, _ = strike(folder / "library", operation, chance.uniform(0, lasting[operation]))
            outcomes.append(Outcome(operation, killed, tuple(faults(folder / "library"))))
            # Nothing that was left stands in the way.
            library = folder / "library"
            Backups(library, key=KEY if is_encrypted(database_path(library)) else None).make(Kind.ASKED)
    return outcomes


def main(arguments: Sequence[str]) -> None:
    """Kills, and prints what was left."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks kills")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    outcomes = run(options.kills, options.seed)
    for operation in _PROGRAMS:
        those = [outcome for outcome in outcomes if outcome.operation == operation]
        met = sum(outcome.killed for outcome in those)
        bad = [fault for outcome in those for fault in outcome.faults]
        print(f"{operation}: {len(those)} kills, {met} at work; faults: {'; '.join(bad) or 'none'}")
