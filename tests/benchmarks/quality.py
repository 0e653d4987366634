"""What quality is worth: does it tell which faces will not be recognised?

`python -m tests.benchmarks quality [--pack NAME]`

A face fails when its mean similarity to the other plain photos of its person would not attach it to them. The weights
are fitted on one half of the people; the tables are about the other half and the figure that the program uses.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from core.models import DEFAULT_PACK, find_pack
from core.quality import BLURRED, SHARP
from tests.benchmarks.hard_sets import Seen, seen
from tests.benchmarks.photos import LFW


def main(arguments: Sequence[str]) -> None:
    """Prints the fit and the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks quality")
    parser.add_argument("--pack", default=DEFAULT_PACK)
    pack = find_pack(parser.parse_args(arguments).pack)
    faces, enough = seen(LFW, pack), pack.thresholds.attach
    usual = pack.quality.usual_confidence
    print(f"model {pack.name}; confidence of a plain face, in the middle: {_usual(faces):.2f}")
    similarity, counts = _own(faces)
    fitted = counts & (faces.who % 2 == 0)
    weights = _fit(faces, similarity[fitted] >= enough, fitted, usual)
    print("fit: constant {:.3f}, sharpness {:.3f}, confidence {:.2f}, side {:.3f}".format(*weights))
    judged = counts & (faces.who % 2 == 1)
    quality, good = faces.qualities[judged], similarity[judged] >= enough
    print(f"\n{'quality':>15} {'faces':>7} {'fail':>7} {'expected':>9} {'similarity':>11}")
    for low, high in itertools.pairwise((0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01)):
        part = (quality >= low) & (quality < high)
        if part.any():
            shares = f"{1 - good[part].mean():7.1%} {1 - quality[part].mean():9.1%}"
            mean = similarity[judged][part].mean()
            print(f"    {low:4.2f} - {min(high, 1):4.2f} {part.sum():7,} {shares} {mean:11.3f}")
    print(f"\n{'rejected':>9} {'fail of the rest':>17}")
    ranked = good[np.argsort(quality, kind="stable")]
    for share in (0, 0.02, 0.05, 0.1, 0.2, 0.3):
        print(f"{share:9.0%} {1 - ranked[round(share * len(ranked)) :].mean():17.1%}")


def _own(faces: Seen) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Mean similarity of each face to the plain other photos of its person, and where there are two of them."""
    plain = faces.kinds == 0
    same = (faces.who[:, None] == faces.who[plain]) & (faces.photos[:, None] != faces.photos[plain])
    count = same.sum(axis=1)
    mean = np.where(same, faces.vectors @ faces.vectors[plain].T, 0).sum(axis=1) / np.maximum(count, 1)
    return mean, count >= 2


def _usual(faces: Seen) -> float:
    return float(np.median(faces.confidence[faces.kinds == 0]))


def _fit(faces: Seen, good: NDArray[np.bool_], rows: NDArray[np.bool_], usual: float) -> NDArray[np.float64]:
    columns = [
        np.ones(rows.sum()),
        np.log(np.clip(faces.sharpness[rows], BLURRED, SHARP) / SHARP),
        faces.confidence[rows] - usual,
        np.log(np.clip(faces.sides[rows], 12, 112) / 112),
    ]
    evidence, sign = np.stack(columns, axis=1), np.where(good, 1, -1)
    bounds = [(None, None)] + [(0, None)] * 3

    def loss(weights: NDArray[np.float64]) -> float:
        return float(np.logaddexp(0, -sign * (evidence @ weights)).mean())

    return np.asarray(minimize(loss, np.full(4, 0.5), bounds=bounds).x)
