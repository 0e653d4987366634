"""Indexes a folder that holds everything, hostile files among it, and tells what became of it.

`python -m tests.benchmarks everything [FOLDER]`: by default the shared test data, with the archive of awkward names
unpacked beside it. Told are: time, the memory of all processes together, processes that were left over, files that
changed, files that are neither photo nor have a reason, and the reasons.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from app.library import Library
from tests.program import SIETCH

DATA = Path(__file__).parents[3] / "shared" / "data"

_POLL_SECONDS = 0.2
_AFTER_SECONDS = 2.0

NO_PICTURES = frozenset(
    {".json", ".txt", ".csv", ".md", ".xmp", ".xml", ".tar", ".gpl", ".from-repo", ".pg2conf", ".ini", ".zip"}
)
"""Files that stand beside photos and are passed over without a word."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a folder.

    Attributes:
        code: how the command ended.
        seconds: how long it took.
        proportional: most memory of all processes together, in bytes, what they share counted once.
        resident: the same as the sum of what each holds.
        left: processes that were still there afterwards.
        changed: files that are not what they were.
        photos: files that are in the library.
        reasons: of files that are not.
        forgotten: files that are neither, and are no kind of picture's companion.
    """

    code: int
    seconds: float
    proportional: int
    resident: int
    left: int
    changed: tuple[bytes, ...]
    photos: int
    reasons: dict[bytes, str]
    forgotten: tuple[bytes, ...]


def index_everything(folder: Path, library: Path) -> Outcome:
    """Runs `sietch index` on a folder and looks at everything that it leaves."""
    before, started = _digests(folder), time.monotonic()
    process = subprocess.Popen(
        [*SIETCH, "--library", str(library), "index", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    seen: set[psutil.Process] = set()
    proportional = resident = 0
    while process.poll() is None:
        sizes = _memory(process.pid, seen)
        proportional, resident = max(proportional, sizes[0]), max(resident, sizes[1])
        time.sleep(_POLL_SECONDS)
    seconds = time.monotonic() - started
    time.sleep(_AFTER_SECONDS)
    left = sum(each.is_running() for each in seen)
    after = _digests(folder)
    changed = tuple(sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path)))
    with Library.open(library, resume=False) as opened:
        photos = {os.fsencode(path) for path in _places(opened)}
        reasons = {os.fsencode(each.path): each.reason for each in opened.photos.skipped()}
    forgotten = tuple(sorted(path for path in before.keys() - photos - reasons.keys() if not _is_no_picture(path)))
    return Outcome(process.returncode, seconds, proportional, resident, left, changed, len(photos), reasons, forgotten)


def _places(library: Library) -> list[Path]:
    from sqlalchemy import text

    with library.database.read() as db:
        rows = db.execute(
            text("SELECT path FROM place JOIN photo USING (photo_id) WHERE state IN ('indexed', 'stacked')")
        )
        return [Path(os.fsdecode(path)) for path in rows.scalars()]


def _is_no_picture(path: bytes) -> bool:
    return Path(os.fsdecode(path)).suffix.lower() in NO_PICTURES


def _digests(folder: Path) -> dict[bytes, tuple[str, int]]:
    """The sha256 and the time of every file below a folder."""
    found = {}
    for root, _, names in os.walk(os.fsencode(folder)):
        for name in names:
            path = os.path.join(root, name)
            with open(path, "rb") as file:
                found[path] = (hashlib.file_digest(file, "sha256").hexdigest(), os.stat(path).st_mtime_ns)
    return found


def _memory(pid: int, seen: set[psutil.Process]) -> tuple[int, int]:
    proportional = resident = 0
    try:
        tree = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return 0, 0
    for each in tree:
        seen.add(each)
        try:
            info = each.memory_full_info()
        except psutil.Error:
            continue
        proportional += getattr(info, "pss", info.uss)
        resident += info.rss
    return proportional, resident


def main(arguments: Sequence[str]) -> None:
    """Prints what became of everything."""
    parser = argparse.ArgumentParser(prog="everything")
    parser.add_argument("folder", type=Path, nargs="?", default=DATA)
    folder = parser.parse_args(arguments).folder.resolve()
    with tempfile.TemporaryDirectory(prefix="sietch-everything-") as temporary:
        beside = Path(temporary) / "photos"
        beside.mkdir()
        names = folder / "hostile-synthetic" / "awkward-names.tar"
        outcomes = [index_everything(folder, Path(temporary) / "library")]
        if names.is_file():
            with tarfile.open(names) as archive:
                archive.extractall(beside / "names", filter="data")
            outcomes.append(index_everything(beside / "names", Path(temporary) / "library"))
    for outcome in outcomes:
        _print(outcome)


def _print(outcome: Outcome) -> None:
    print(f"ended with {outcome.code} after {outcome.seconds:.1f} s; {outcome.left} processes left")
    print(f"memory {outcome.proportional / 1e6:,.0f} MB; counted often what is shared {outcome.resident / 1e6:,.0f} MB")
    print(
        f"{outcome.photos:,} files are photos, {len(outcome.reasons):,} have a reason, {len(outcome.changed)} changed"
    )
    for path in outcome.forgotten:
        print(f"  neither: {path!r}")
    for reason, count in Counter(outcome.reasons.values()).most_common():
        print(f"  {count:4} {reason}")


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
