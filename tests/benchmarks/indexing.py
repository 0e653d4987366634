"""Indexing beside the plainest loop that does the recognising part of it, with the same weights, in the same run.

`python -m tests.benchmarks indexing [FOLDER ...] [--rounds 2]`

The loop is `cv2.imread` and `insightface.app.FaceAnalysis.get` (det_size 640), one photo after the other, in one
process; it stores nothing. Ours is `sietch index` with everything that belongs to it: hashes, thumbnails, database,
people. They take turns, each in a process of its own and as nice to other programs as the other, so that a busy
computer is equally unfair to both.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.benchmarks.photos import sets
from tests.program import SIETCH

_LOOP = [sys.executable, "-m", "tests.benchmarks.plain_loop"]


@dataclass(frozen=True, slots=True)
class Run:
    """One run.

    Attributes:
        seconds: from the start of the process to its end.
        work: seconds of processors that it and its children used, all together; other programs change it little.
        peak: the most memory that the process and its children held together, in bytes; pages that they share count
            once for each.
    """

    photos: int
    faces: int
    seconds: float
    work: float
    peak: int


def main(arguments: Sequence[str]) -> None:
    """Runs both by turns and prints what they took."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks indexing")
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        for name, folder in sets([folder.absolute() for folder in options.folders], Path(temporary)):
            print(f"\n{name}, {psutil.cpu_count()} processors", flush=True)
            _measure(folder, options.rounds)


def _measure(folder: Path, rounds: int) -> None:
    """Indexes a folder and runs the plain loop over it, by turns, and prints what they took."""
    runs: dict[str, list[Run]] = {"plain loop": [], "sietch index": []}
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as library:
            commands = {
                "plain loop": [*_LOOP, str(folder)],
                "sietch index": [*SIETCH, "--library", library, "index", "--json", str(folder)],
            }
            for name, command in commands.items():
                runs[name].append(measured(command))
                print(_line(f"{name}, round {number + 1}", runs[name][-1]), flush=True)
    pairs = list(zip(*runs.values(), strict=True))
    for what, ratios in (
        ("is {:.2f} times as fast", [loop.seconds / ours.seconds for loop, ours in pairs]),
        ("takes {:.2f} times the work of processors", [ours.work / loop.work for loop, ours in pairs]),
    ):
        print(f"sietch index {what.format(statistics.median(ratios))} (median of {len(ratios)} rounds)")


def measured(command: Sequence[str]) -> Run:
    """Runs a command that prints JSON with the keys `photos` and `faces`."""
    started, before = time.monotonic(), _work()
    process = psutil.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    peaks = [0]
    watcher = threading.Thread(target=_watch, args=(process, peaks))
    watcher.start()
    printed, _ = process.communicate()
    seconds = time.monotonic() - started
    watcher.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed with {process.returncode}")
    counts = json.loads(printed)
    return Run(counts["photos"], counts["faces"], seconds, _work() - before, peaks[0])


def _work() -> float:
    """Seconds of processors that ended child processes used, and theirs."""
    used = os.times()
    return used.children_user + used.children_system


def _watch(process: psutil.Process, peaks: list[int]) -> None:
    while True:
        total = 0
        try:
            for each in (process, *process.children(recursive=True)):
                total += each.memory_info().rss
        except psutil.Error:  # one of them just ended
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                return
        peaks[0] = max(peaks[0], total)
        time.sleep(0.2)


def _line(name: str, run: Run) -> str:
    counts = f"{run.photos:6,} photos {run.faces:6,} faces {run.seconds:7.1f} s {run.work:7.1f} s of work"
    speed = f"{run.photos / run.seconds:6.1f} photos/s {run.faces / run.seconds:6.1f} faces/s"
    return f"{name:22} {counts} {speed} {run.peak / 1e6:6.0f} MB"
