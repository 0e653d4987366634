"""Scans of 10,000 generated photos beside the barest walk over the same files.

`python -m tests.benchmarks rescan [--photos 10000] [--rounds 5]`

The walk is `os.scandir` with a `stat` of every file: what any program has to do that wants to know of every edit. Both
are run by turns in one process, with everything in the system's cache. Then a folder with half of the photos is
renamed: while the program is closed, and while it follows the folder. The photos are taken for indexed, not decoded.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import simplejpeg
from numpy.random import default_rng

from app.importing import Importer
from app.library import Library

_PER_FOLDER = 250


def main(arguments: Sequence[str]) -> None:
    """Makes the photos, scans them in every way, and prints what that took."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks rescan")
    parser.add_argument("--photos", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary).resolve()
        generate(folder / "photos", options.photos)
        with Library.open(folder / "library", resume=False) as library:
            _scans(library, folder / "photos", options.rounds)
            _renamed_while_closed(library, folder / "photos")
        _renamed_while_open(folder)


def generate(folder: Path, count: int) -> None:
    """Small JPEGs, each another one: half of them in `old`, the rest in `other`."""
    random = default_rng(4)
    for number in range(count):
        half = "old" if number < count // 2 else "other"
        path = folder / half / f"{number // _PER_FOLDER:03}" / f"IMG_{number:05}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = random.integers(0, 256, (24, 32, 3), "uint8")
        path.write_bytes(simplejpeg.encode_jpeg(pixels, quality=90))


def bare_walk(folder: bytes) -> int:
    """The least that tells of every change: every folder listed, every file asked for its size and time."""
    count, waiting = 0, [folder]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    entry.stat()
                    count += 1
    return count


def _scans(library: Library, folder: Path, rounds: int) -> None:
    importer = Importer(library.database, library.folder, library.volumes)
    root, waiting = os.fsencode(folder), [0]

    def scan() -> None:
        importer.run(root, lambda: False, lambda imported: waiting.append(imported.waiting))

    print(f"first scan                    {_seconds(scan):8.3f} s, {sum(waiting):,} photos", flush=True)
    with library.database.write() as db:
        db.exec_driver_sql("UPDATE photo SET state = 'indexed', indexed_at = '2026-01-01'")
    library.folders.remember([folder])
    walks, scans = [], []
    for _ in range(rounds):
        walks.append(_seconds(lambda: bare_walk(root)))
        scans.append(_seconds(scan))
    print(f"bare os.scandir with stat     {statistics.median(walks):8.3f} s")
    middle, least = statistics.median(scans) / statistics.median(walks), min(scans) / min(walks)
    told = f"{middle:.2f} times the walk ({least:.2f} the fastest of each)"
    print(f"scan of what is unchanged     {statistics.median(scans):8.3f} s, {told}")


def _renamed_while_closed(library: Library, folder: Path) -> None:
    before = _photos(library)
    (folder / "old").rename(folder / "new")
    seconds = _seconds(library.watcher.look)
    told = f"to follow {len(before) // 2:,} photos"
    print(f"folder renamed while closed   {seconds:8.3f} s {told}: {_lost(library, before)}")


def _renamed_while_open(folder: Path) -> None:
    with Library.open(folder / "library", resume=False, watch=True) as library:
        before = _photos(library)
        while not library.watcher.is_up_to_date:
            time.sleep(0.01)
        (folder / "photos" / "new").rename(folder / "photos" / "newer")
        began = time.monotonic()
        while _count_below(library, b"/newer/") < len(before) // 2 or _count_below(library, b"/new/"):
            time.sleep(0.2)
        seconds = time.monotonic() - began
        told = f"to follow {len(before) // 2:,} photos, two of them until it rests"
        print(f"folder renamed while open     {seconds:8.3f} s {told}: {_lost(library, before)}")


def _photos(library: Library) -> dict[int, str]:
    with library.database.read() as db:
        return {row[0]: row[1] for row in db.exec_driver_sql("SELECT photo_id, content_hash FROM photo")}


def _count_below(library: Library, folder: bytes) -> int:
    with library.database.read() as db:
        query = "SELECT count(*) FROM place WHERE instr(path, ?)"
        return int(db.exec_driver_sql(query, (folder,)).scalar_one())


def _places(library: Library) -> list[bytes]:
    with library.database.read() as db:
        return list(db.exec_driver_sql("SELECT path FROM place").scalars())


def _lost(library: Library, before: dict[int, str]) -> str:
    """Whether every photo is what it was, in one place that is there."""
    places = _places(library)
    whole = _photos(library) == before and len(places) == len(before) and all(map(os.path.exists, places))
    return "nothing lost" if whole and not library.session.photos.timeline().absent else "SOMETHING LOST"


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began
