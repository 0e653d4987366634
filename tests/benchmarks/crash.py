"""Kills `sietch index` again and again while it works, and compares what it ends with to an undisturbed run.

`python -m tests.benchmarks crash [FOLDER] [--kills 20] [--seed 1]`
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from sqlalchemy import text
from sqlcipher3 import dbapi2

from app.library import Library
from core import vectors
from tests.benchmarks.photos import default_folder

SIETCH = [sys.executable, "-c", "from ui.cli import main; main()"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a library holds, without the ids and times of day that may differ between two runs.

    Attributes:
        photos: content hash, state, size in pixels, time taken and place of each, for each of its places.
        faces: content hash, box, confidence, quality and vector of each.
        people: the faces of each person, by content hash and box.
        skipped: paths and reasons.
    """

    photos: tuple[tuple[object, ...], ...]
    faces: tuple[tuple[object, ...], ...]
    people: frozenset[frozenset[object]]
    skipped: tuple[object, ...]

    def differences(self, other: Snapshot) -> list[str]:
        """What is not the same, in words."""
        found = []
        for part in ("photos", "faces", "people", "skipped"):
            one, another = set(getattr(self, part)), set(getattr(other, part))
            if getattr(self, part) != getattr(other, part):
                found.append(f"{part}: {len(one - another)} only in the first, {len(another - one)} only in the second")
        return found


@dataclass(frozen=True, slots=True)
class Disturbed:
    """How a run with kills went.

    Attributes:
        kills: how often the program was killed while it worked.
        moments: photos that were indexed at each kill.
        orphans: processes that outlived the program that started them.
    """

    kills: int
    moments: tuple[int, ...]
    orphans: int


def index(library: Path, folder: Path) -> None:
    """One undisturbed run."""
    subprocess.run(_command(library, folder), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def index_with_kills(library: Path, folder: Path, kills: int, photos: int, seed: int) -> Disturbed:
    """Runs that are killed at random moments, and one that is left to finish.

    Args:
        photos: how many there are; the kills spread over them.
    """
    moments, orphans = [], 0
    chance = random.Random(seed)
    for _ in range(kills):
        process = psutil.Popen(_command(library, folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        target = _indexed(library) + chance.randint(0, max(1, 2 * photos // (kills + 2)))
        while process.poll() is None and _indexed(library) < target:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.5))
        workers = process.children(recursive=True) if process.is_running() else []
        if process.poll() is None:
            process.kill()
            moments.append(_indexed(library))
        process.wait()
        orphans += _outliving(workers)
    index(library, folder)
    return Disturbed(len(moments), tuple(moments), orphans)


def snapshot(folder: Path) -> Snapshot:
    """Reads a library that nobody works on."""
    with Library.open(folder, resume=False) as library, library.database.read() as db:
        columns = "content_hash, state, photo.width, photo.height, taken_at, reason, path"
        photos = db.execute(text(f"SELECT {columns} FROM photo LEFT JOIN place USING (photo_id) ORDER BY path")).all()
        rows = db.execute(
            text(
                "SELECT face_id, person_id, content_hash, x, y, face.width, face.height, confidence, quality "
                "FROM face JOIN photo USING (image_id)"
            )
        ).all()
        ids, embeddings = vectors.load(db, library.core.pack.name, library.core.pack.dimension)
        vector_of = {int(face_id): embedding.tobytes() for face_id, embedding in zip(ids, embeddings, strict=True)}
        people: dict[int, set[object]] = {}
        for row in rows:
            if row.person_id is not None:
                people.setdefault(row.person_id, set()).add(tuple(row[2:7]))
        return Snapshot(
            tuple(tuple(row) for row in photos),
            tuple(sorted((*row[2:], vector_of.get(row.face_id)) for row in rows)),
            frozenset(frozenset(faces) for faces in people.values()),
            tuple(tuple(row) for row in db.execute(text("SELECT path, reason FROM skipped ORDER BY path"))),
        )


def main(arguments: Sequence[str]) -> None:
    """Compares, and prints the comparison."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks crash")
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or default_folder(Path(temporary) / "photos")
        calm, shaken = Path(temporary) / "calm", Path(temporary) / "shaken"
        started = time.monotonic()
        index(calm, folder)
        expected = snapshot(calm)
        print(f"undisturbed: {_numbers(expected)} in {time.monotonic() - started:.0f} s", flush=True)
        went = index_with_kills(shaken, folder, options.kills, len(expected.photos), options.seed)
        seen = snapshot(shaken)
        print(
            f"killed {went.kills} times, when {', '.join(map(str, went.moments))} photos were indexed: {_numbers(seen)}"
        )
        print(f"processes that outlived their program: {went.orphans}")
        print("differences: " + ("; ".join(expected.differences(seen)) or "none"))


def _command(library: Path, folder: Path) -> list[str]:
    return [*SIETCH, "--library", str(library), "index", str(folder)]


def _numbers(of: Snapshot) -> str:
    return f"{len(of.photos)} photos, {len(of.faces)} faces, {len(of.people)} people, {len(of.skipped)} skipped"


def _indexed(library: Path) -> int:
    """Photos that are finished; 0 while there is no library."""
    path = library / "library.sqlite"
    if not path.exists():
        return 0
    connection = dbapi2.connect(f"file:{path}?mode=ro", uri=True, timeout=5)
    try:
        row = connection.execute("SELECT count(*) FROM photo WHERE state != 'pending'").fetchone()
        return int(row[0])
    except dbapi2.Error:  # the tables are not there yet
        return 0
    finally:
        connection.close()


def _outliving(workers: Sequence[psutil.Process]) -> int:
    """How many processes still run ten seconds after they should have noticed."""
    _, alive = psutil.wait_procs(list(workers), timeout=10)
    return sum(_runs(process) for process in alive)


def _runs(process: psutil.Process) -> bool:
    try:
        # Where nobody collects the exit status of orphans they stay in the table, dead.
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


if __name__ == "__main__":
    main(sys.argv[1:])
