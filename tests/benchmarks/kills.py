"""Kills whatever changes a library, at random moments, and looks at what is left.

`python -m tests.benchmarks kills [OPERATION ...] [--times 200] [--seed 1]`

An operation comes to its end once, undisturbed: how long it takes, and what it makes of the library. Then it is begun
anew on the same library and killed at any moment of that time. What is left opens, is whole and has everything that
was there; and the same operation, begun again and now and then killed again, ends as the undisturbed one did.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from tests.benchmarks.killed_libraries import OPERATIONS, Operation, World, make, make_old
from tests.benchmarks.killed_looks import Snapshot, faults, lost, originals, snapshot

_AGAIN = 1 / 3
"""How often what was begun again is killed again."""

_ENDING_SECONDS = 10.0
"""Until then a worker has to have noticed that its program is gone."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one kill: whether it met the program at work, and what was not as it should be."""

    operation: str
    killed: bool
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Calm:
    """An operation that came to its end, undisturbed.

    Attributes:
        seconds: that it took.
        before, after: what the library held.
    """

    seconds: float
    before: Snapshot
    after: Snapshot


class Killer:
    """Keeps what the libraries are at the beginning of each operation, in a folder of its own."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self._chance = chance
        self._kept = folder / "kept"
        # Always the same place: a library knows where its photos are.
        self._world = World(folder / "world")
        self._calm: dict[str, Calm] = {}

    def kill(self, operation: Operation) -> list[Outcome]:
        """One operation, killed once or several times before it comes to its end."""
        calm = self._calm.get(operation.name) or self._learn(operation)
        self._begin(operation.name)
        there, outcomes = originals(self._world), list[Outcome]()
        while not outcomes or (outcomes[-1].killed and self._chance.random() < _AGAIN):
            killed, left, _ = strike(operation, self._world, self._chance.uniform(0, calm.seconds))
            found = [f"{left} processes are left"] if left else []
            found += lost(self._world, there) + faults(self._world, calm.before, calm.after, operation.noted)
            outcomes.append(Outcome(operation.name, killed, tuple(found)))
        strike(operation, self._world, None)
        found = lost(self._world, there) + calm.after.differences(snapshot(self._world))
        outcomes[-1] = replace(outcomes[-1], faults=(*outcomes[-1].faults, *(f"at the end: {each}" for each in found)))
        return outcomes

    def _learn(self, operation: Operation) -> Calm:
        if operation.script:
            shutil.rmtree(self._world.folder, ignore_errors=True)
            make_old(self._world, operation.script)
        else:
            self._begin_with_photos()
            operation.prepare(self._world)
        shutil.copytree(self._world.folder, self._kept / operation.name)
        before = snapshot(self._world)
        self._begin(operation.name)
        _, _, seconds = strike(operation, self._world, None)
        calm = self._calm[operation.name] = Calm(seconds, before, snapshot(self._world))
        return calm

    def _begin(self, name: str) -> None:
        shutil.rmtree(self._world.folder, ignore_errors=True)
        shutil.copytree(self._kept / name, self._world.folder)

    def _begin_with_photos(self) -> None:
        if (self._kept / "photos").exists():
            self._begin("photos")
        else:
            shutil.rmtree(self._world.folder, ignore_errors=True)
            make(self._world)
            shutil.copytree(self._world.folder, self._kept / "photos")


def strike(operation: Operation, world: World, after: float | None) -> tuple[bool, int, float]:
    """Begins an operation and kills it.

    Args:
        after: seconds; None lets it come to its end.

    Returns:
        Whether that met it at work, how many of its processes did not end by themselves, and how long it ran.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", operation.code(world)],
        env=world.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stdout is not None
    with process.stdout:
        process.stdout.readline()
        began = time.monotonic()
        if after is None:
            output = process.stdout.read()
            code = process.wait()
            seconds = time.monotonic() - began
            if code:
                raise RuntimeError(f"{operation.name} ended with {code}: {output.decode()}")
            return False, _left(process.pid), seconds
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(after)
        killed = process.poll() is None
        seconds = time.monotonic() - began
        process.kill()
        process.wait()
    return killed, _left(process.pid), seconds


def run(times: int, seed: int, operations: Sequence[Operation] = OPERATIONS) -> Iterator[Outcome]:
    """At least as many kills, spread over the operations and over the time that each takes."""
    chance, done = random.Random(seed), 0
    with tempfile.TemporaryDirectory() as temporary:
        killer = Killer(Path(temporary), chance)
        for operation in itertools.cycle(operations):
            outcomes = killer.kill(operation)
            yield from outcomes
            done += len(outcomes)
            if done >= times:
                return


def main(arguments: Sequence[str]) -> None:
    """Kills, and prints what was left."""
    names = [operation.name for operation in OPERATIONS]
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks kills")
    parser.add_argument("operations", nargs="*", metavar="OPERATION", help=f"by default all of: {', '.join(names)}")
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    chosen = [each for each in OPERATIONS if each.name in (options.operations or names)]
    kills, met, bad = Counter[str](), Counter[str](), 0
    for outcome in run(options.times, options.seed, chosen):
        kills[outcome.operation] += 1
        met[outcome.operation] += outcome.killed
        bad += bool(outcome.faults)
        for fault in outcome.faults:
            print(f"{outcome.operation}: {fault}", flush=True)
    for name, count in kills.items():
        print(f"{name}: {count} kills, {met[name]} at work")
    print(f"{kills.total()} kills, {met.total()} at work; {bad} left something that is not as it should be")


def _left(group: int) -> int:
    """How many processes of a program that is gone still run when they should have noticed."""
    deadline = time.monotonic() + _ENDING_SECONDS
    while running := sum(_runs(process, group) for process in psutil.process_iter()):
        if time.monotonic() > deadline:
            break
        time.sleep(0.02)
    return running


def _runs(process: psutil.Process, group: int) -> bool:
    try:
        # Where nobody collects the exit status of orphans they stay in the table, dead.
        return os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE
    except (OSError, psutil.Error):
        return False
