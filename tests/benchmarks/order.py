"""Photos that come one by one, or in chunks, beside all at once. `python -m tests.benchmarks order [--seeds 3]`

The photos of `faces-lfw-dev` come in random order. "Searches only" gives each new face to a person or groups it with
the free faces near it, and never groups all anew; "as a library" groups all anew whenever a quarter was added.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.worklist import FIRST_GROUPING, GROWTH
from core import schema
from core.database import Database
from core.models import DEFAULT_PACK, ModelPack, find_pack
from core.service import FaceCore
from tests.benchmarks.calibration import Labels, Photos, analyzed, faces_of, header, line
from tests.benchmarks.photos import LFW

CHUNK = 50


def main(arguments: Sequence[str]) -> None:
    """Prints a line for each way and seed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks order")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--pack", default=DEFAULT_PACK)
    options = parser.parse_args(arguments)
    pack = find_pack(options.pack)
    photos = analyzed(LFW, pack)
    print(f"{len(photos):,} photos; model {pack.name}\n{header('order')} {'ms a photo':>11}")
    for seed in range(options.seeds):
        order = np.random.default_rng(seed).permutation(len(photos))
        shuffled = [photos[place] for place in order]
        for name, chunk, anew in (
            ("all at once", len(photos), False),
            ("one by one", 1, False),
            (f"by {CHUNK}", CHUNK, False),
            ("library", 1, True),
        ):
            began = time.perf_counter()
            groups = _added(shuffled, pack, chunk, anew)
            cost = 1000 * (time.perf_counter() - began) / len(photos)
            print(f"{line(name, faces_of(shuffled), groups)} {cost:11.1f}", flush=True)


def _added(photos: Photos, pack: ModelPack, chunk: int, anew: bool) -> Labels:
    """The person of each face in the order of the photos, or -1, after all have come."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder) / "core.sqlite", schema.metadata, 1)
        core = FaceCore(database, pack)
        order: list[int] = []
        grouped = whole = 0
        for number, (_, faces) in enumerate(photos, 1):
            order += [face.face_id for face in core.add_image(str(number), 250, 250, faces)[1]]
            if anew and len(order) - whole >= max(FIRST_GROUPING, whole // GROWTH):
                core.cluster()
                grouped = whole = len(order)
            elif number % chunk == 0 or number == len(photos):
                core.cluster(after=grouped) if chunk < len(photos) else core.cluster()
                grouped = len(order)
        person_of = {face.face_id: face.person_id for face in core.faces()}
        database.close()
    people = [person_of[face_id] for face_id in order]
    return np.array([-1 if each is None else each for each in people], np.int64)
