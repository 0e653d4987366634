"""The engine alone beside the plain loop with the same weights, by turns, in one run.

`python -m tests.benchmarks engine [FOLDER ...] [--photos 300]`

The loop is `cv2.imread` and `insightface.app.FaceAnalysis.get` (det_size 640), as it comes and with the busy waiting of
its threads switched off. Ours is decoding and `FaceEngine.analyze` in a process for each processor, as the Indexer has
them. Each lives in a process of its own and gets the same photos in the same pieces, one after the other, so that a
busy computer is equally unfair to all. Models are opened before the clock starts.

Faces are compared: a face of the loop is found again when boxes overlap by half, and its embedding should agree.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import multiprocessing
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import cv2
import numpy as np
import psutil

from core.engine import FaceEngine, use_one_thread
from core.errors import CoreError
from core.images import decode, encode_jpeg, read_file
from core.models import find_pack
from core.types import BoundingBox, Vectors
from tests.benchmarks.photos import sets

Seen = list[tuple[BoundingBox, Vectors]]
"""The faces of a photo: boxes in pixels of the upright original, and embeddings."""

Piece = list[tuple[str, Seen]]

NAMES = ("plain loop", "plain loop, no spinning", "engine")

PIECE = 50


@dataclass(slots=True)
class Contender:
    """Somebody in a process of its own.

    Attributes:
        seconds: that each piece took, and how many photos it had.
        seen: photo -> its faces.
        peak: most memory of the process and its children together, in bytes.
    """

    name: str
    ask: Connection
    process: multiprocessing.process.BaseProcess
    seconds: list[tuple[float, int]] = field(default_factory=list)
    seen: dict[str, Seen] = field(default_factory=dict)
    peak: int = 0

    @property
    def speed(self) -> float:
        """Photos in a second."""
        return sum(count for _, count in self.seconds) / sum(seconds for seconds, _ in self.seconds)


def main(arguments: Sequence[str]) -> None:
    """Prints a table for each set of photos."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks engine")
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--photos", type=int, default=300, help="of each set")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        for name, folder in sets(options.folders, Path(temporary)):
            paths = [str(path) for path in sorted(folder.rglob("*.jp*g"))][: options.photos]
            print(f"\n{name}: {len(paths)} photos, {psutil.cpu_count()} processors", flush=True)
            with _contenders(Path(temporary)) as contenders:
                _race(contenders, paths)
                _report(contenders)


@contextlib.contextmanager
def _contenders(temporary: Path) -> Iterator[list[Contender]]:
    context = multiprocessing.get_context("spawn")
    made = []
    for name, work, spinning in zip(NAMES, (_loop, _loop, _engine), (True, False, False), strict=True):
        here, there = context.Pipe()
        process = context.Process(target=work, args=(there, spinning, str(temporary)))
        process.start()
        assert here.recv() == "ready"
        made.append(Contender(name, here, process))
    try:
        yield made
    finally:
        for each in made:
            with contextlib.suppress(OSError):
                each.ask.send(None)
            each.process.join()


def _race(contenders: list[Contender], paths: list[str]) -> None:
    stop = threading.Event()
    watcher = threading.Thread(target=_watch, args=(contenders, stop))
    watcher.start()
    for start in range(0, len(paths), PIECE):
        piece = paths[start : start + PIECE]
        for each in contenders:
            each.ask.send(piece)
            seconds, seen = each.ask.recv()
            each.seconds.append((seconds, len(piece)))
            each.seen.update(seen)
        contenders.append(contenders.pop(0))
    stop.set()
    watcher.join()


def _watch(contenders: Sequence[Contender], stop: threading.Event) -> None:
    while not stop.wait(0.05):
        for each in list(contenders):
            process = psutil.Process(each.process.pid)
            family = [process, *process.children(recursive=True)]
            each.peak = max(each.peak, sum(member.memory_info().rss for member in family))


def _report(contenders: Sequence[Contender]) -> None:
    loop, quiet, ours = (next(each for each in contenders if each.name == name) for name in NAMES)
    print(f"  {'':26} {'photos/s':>9} {'MB':>6} {'faces':>7}")
    for each in (loop, quiet, ours):
        faces = sum(len(seen) for seen in each.seen.values())
        print(f"  {each.name:26} {each.speed:9.1f} {each.peak / 1e6:6.0f} {faces:7,}")
    for other in (loop, quiet):
        pairs = zip(other.seconds, ours.seconds, strict=True)
        ratio = statistics.median(theirs / mine for (theirs, _), (mine, _) in pairs)
        print(f"  the engine is {ratio:.2f} times as fast as the {other.name} (median of {len(ours.seconds)} pieces)")
    cosines, lost = _compared(loop.seen, ours.seen)
    print(
        f"  of the loop's {len(cosines) + lost:,} faces {lost} are not found; embeddings of the others agree: ", end=""
    )
    shares = ", ".join(f"{np.mean(cosines > least):.1%} above {least}" for least in (0.999, 0.99, 0.9))
    print(f"median {np.median(cosines):.5f}, least {cosines.min():.3f}; {shares}")


def _compared(theirs: dict[str, Seen], ours: dict[str, Seen]) -> tuple[Vectors, int]:
    """The cosine of each face of theirs with the face of ours at the same place, and how many have none."""
    cosines, lost = [], 0
    for path, faces in theirs.items():
        for box, vector in faces:
            best = max(ours[path], key=lambda face, box=box: face[0].overlap(box), default=None)
            if best is None or best[0].overlap(box) < 0.5:
                lost += 1
            else:
                cosines.append(float(best[1] @ vector))
    return np.array(cosines, np.float32), lost


def _answering(ask: Connection, work: Callable[[list[str]], Piece]) -> None:
    ask.send("ready")
    while (paths := ask.recv()) is not None:
        started = time.perf_counter()
        seen = work(paths)
        ask.send((time.perf_counter() - started, seen))


def _loop(ask: Connection, spinning: bool, temporary: str) -> None:
    import onnxruntime
    from insightface.app import FaceAnalysis

    options = onnxruntime.SessionOptions()
    if not spinning:
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # It stays while models are used: they are opened again for each size of picture.
    folder = tempfile.mkdtemp(dir=temporary)
    with contextlib.redirect_stdout(sys.stderr):
        pack = find_pack()
        # A folder of these two alone: it loads whatever it finds.
        for model in (pack.detector, pack.embedder):
            shutil.copy(model.path, folder)
        providers = ["CPUExecutionProvider"]
        analysis = FaceAnalysis(
            folder, allowed_modules=["detection", "recognition"], providers=providers, sess_options=options
        )
        analysis.prepare(ctx_id=-1, det_size=(640, 640))

    def look(path: str) -> Seen:
        image = cv2.imread(path)
        if image is None:
            return []
        return [
            (BoundingBox(x, y, right - x, bottom - y), face.normed_embedding)
            for face in analysis.get(image)
            for x, y, right, bottom in [face.bbox.tolist()]
        ]

    _answering(ask, lambda paths: [(path, look(path)) for path in paths])


def _engine(ask: Connection, _spinning: bool, _temporary: str) -> None:
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with ProcessPoolExecutor(count, multiprocessing.get_context("spawn")) as pool:
        list(pool.map(_warm, range(4 * count)))
        _answering(ask, lambda paths: list(pool.map(_look, paths, chunksize=2)))


@functools.cache
def _opened() -> FaceEngine:
    """One engine for the life of a worker process."""
    use_one_thread()
    return FaceEngine(find_pack())


def _warm(_: int) -> None:
    _opened().analyze(decode(encode_jpeg(np.zeros((640, 640, 3), np.uint8))))
    time.sleep(0.05)


def _look(path: str) -> tuple[str, Seen]:
    try:
        faces = _opened().analyze(decode(read_file(Path(path))))
    except CoreError:
        return path, []
    return path, [(face.detection.box, face.embedding.vector) for face in faces]
