"""`python -m tests.benchmarks dbscan`: seconds and memory beside scikit-learn's, each run in a process of its own."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Sequence

import numpy as np
import psutil

from core import clustering

EPS = 0.54
RUNS = ((5_000, "ours"), (5_000, "scikit-learn"), (20_000, "ours"), (20_000, "scikit-learn"), (50_000, "ours"))
RUNS = (*RUNS, (50_000, "scikit-learn"), (100_000, "ours"), (12_000, "ours, one person"))


def main(arguments: Sequence[str]) -> None:
    """Prints a line for each run; with arguments, makes one."""
    if arguments:
        _run(int(arguments[0]), arguments[1])
        return
    print(f"{'faces':>8} {'':>18} {'seconds':>9} {'MB in all':>10} {'groups':>8}  labels")
    done: dict[tuple[int, str], tuple[float, float, str]] = {}
    for count, which in RUNS:
        command = [sys.executable, "-m", "tests.benchmarks", "dbscan", str(count), which]
        line = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.rstrip()
        print(line, flush=True)
        *_, seconds, memory, _, labels = line.replace(",", "").split()
        done[count, which] = float(seconds), float(memory), labels
    for count in sorted({count for count, which in RUNS if which == "scikit-learn"}):
        ours, theirs = done[count, "ours"], done[count, "scikit-learn"]
        same = "the same labels" if ours[2] == theirs[2] else "OTHER LABELS"
        speed, memory = theirs[0] / ours[0], ours[1] / theirs[1]
        print(f"{count:8,}: {speed:.1f} times as fast as scikit-learn, {memory:.0%} of its memory, {same}")


def _run(count: int, which: str) -> None:
    random = np.random.default_rng(0)
    persons = 1 if which.endswith("one person") else count // 10
    vectors = random.standard_normal((persons, 512), np.float32)[random.integers(0, persons, count)]
    for start in range(0, count, 1000):
        vectors[start : start + 1000] += 0.9 * random.standard_normal((1000, 512), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    if which == "scikit-learn":
        from sklearn.cluster import DBSCAN

        began = time.perf_counter()
        method = DBSCAN(eps=EPS, min_samples=clustering.MIN_SAMPLES, metric="cosine", algorithm="brute")
        labels = method.fit_predict(vectors).astype(np.int64)
    else:
        began = time.perf_counter()
        labels = clustering.cluster(vectors, EPS)
    seconds = time.perf_counter() - began
    digest = hashlib.sha256(labels.tobytes()).hexdigest()[:12]
    print(f"{count:8,} {which:>18} {seconds:9.2f} {_peak():10.0f} {labels.max() + 1:8,}  {digest}", flush=True)


def _peak() -> float:
    """Most memory that this process has held, in MB."""
    memory = psutil.Process().memory_info()
    if hasattr(memory, "peak_wset"):
        return float(memory.peak_wset) / 1e6
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
