"""How well people are found in hard sets of faces, beside what others use.

`python -m tests.benchmarks grouping [--pack NAME] [--half 0|1] [--sweep]`

BCubed and EFFORT (user actions to a perfect library: one for each group to name or merge, one for each wrong or lone
face of a person; a group mostly of strangers is left alone) over the half of the people on whom nothing was chosen
(`--half 0` is the other one). Every method has the setting that is best in the mean over the other half; below it
stands what it would have reached with the setting that is best on the very set.
With `--sweep` each threshold is varied by itself, the others as they are in use: that is how they were chosen.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.cluster import HDBSCAN

from core import clustering, grouping
from core.engine import MIRRORED_BELOW
from core.models import DEFAULT_PACK, find_pack
from core.thresholds import Thresholds
from core.types import Vectors
from tests.benchmarks.hard_sets import FaceSet, seen, sets
from tests.benchmarks.photos import LFW

Labels = NDArray[np.int64]

STEPS = {
    "link": 0.02,
    "centres": 0.02,
    "kin": 0.05,
    "attach": 0.02,
    "ahead": 0.01,
    "usual": 0.04,
    "found_quality": 0.05,
    "join_quality": 0.01,
}

CERTAIN = (0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 100.0)
"""Of `core.grouping`, how many pairs the usual similarity counts as: the same for every model."""


def main(arguments: Sequence[str]) -> None:
    """Prints a table for each set, or one for each threshold."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks grouping")
    parser.add_argument("--pack", default=DEFAULT_PACK)
    parser.add_argument("--half", type=int, choices=(0, 1), default=1)
    parser.add_argument("--sweep", action="store_true")
    parser.add_argument("--mirrored-below", type=float, default=MIRRORED_BELOW, help="0: no face, 1: every face")
    options = parser.parse_args(arguments)
    pack = find_pack(options.pack)
    faces = seen(LFW, pack, options.mirrored_below)
    made = sets(faces, options.half)
    print(f"model {pack.name}, half {options.half}")
    if options.sweep:
        _sweep(made, pack.thresholds)
    else:
        _compare(made, sets(faces, 1 - options.half), pack.thresholds)


def _sweep(made: dict[str, FaceSet], thresholds: Thresholds) -> None:
    header = " ".join(f"{name:>16}" for name in made) + f" {'F':>7} {'EFFORT':>7}"
    for threshold, step in STEPS.items():
        print(f"\n{threshold:>13} {header}")
        for value in getattr(thresholds, threshold) + step * np.arange(-4, 5):
            _line(value, made, replace(thresholds, **{threshold: float(value)}))
    print(f"\n{'certain':>13} {header}")
    used = grouping._CERTAIN
    for grouping._CERTAIN in CERTAIN:
        _line(grouping._CERTAIN, made, thresholds)
    grouping._CERTAIN = used


def _line(value: float, made: dict[str, FaceSet], thresholds: Thresholds) -> None:
    scores = [_score(_people(each, thresholds), each.who) for each in made.values()]
    cells = " ".join(f"{100 * score[2]:8.2f} {score[3]:7}" for score in scores)
    mean, effort = np.mean([score[2] for score in scores]), sum(score[3] for score in scores)
    print(f"{value:13.2f} {cells} {100 * mean:7.2f} {effort:7}", flush=True)


def _people(faces: FaceSet, thresholds: Thresholds) -> Labels:
    images = np.arange(len(faces.who))
    return grouping.people(faces.vectors, images, faces.qualities, thresholds=thresholds)


def _compare(made: dict[str, FaceSet], chosen_on: dict[str, FaceSet], thresholds: Thresholds) -> None:
    best = _settings(chosen_on, thresholds)
    for name, each in made.items():
        persons = len(np.unique(each.who[each.who >= 0]))
        print(f"\n{name}: {len(each.who):,} faces, {persons} people\n{'':26} {'P':>7} {'R':>7} {'F':>7} {'EFFORT':>7}")
        for method, groupings in _methods(each, thresholds).items():
            scores = {setting: _score(labels(), each.who) for setting, labels in groupings.items()}
            lines = {f"{method} {best[method] or ''}": scores[best[method]]}
            if len(scores) > 1:
                here = max(scores, key=lambda setting: scores[setting][2])
                lines[f"best of all here {here}"] = scores[here]
            for line, (*shares, effort) in lines.items():
                print(f"{line:>26} " + " ".join(f"{100 * share:7.2f}" for share in shares) + f" {effort:7}", flush=True)


def _settings(made: dict[str, FaceSet], thresholds: Thresholds) -> dict[str, float]:
    """The setting of each method whose mean F over the sets is the greatest."""
    totals: dict[str, dict[float, float]] = {}
    for each in made.values():
        for method, groupings in _methods(each, thresholds).items():
            total = totals.setdefault(method, dict.fromkeys(groupings, 0.0))
            for setting, labels in groupings.items() if len(groupings) > 1 else ():
                total[setting] += _score(labels(), each.who)[2]
    return {method: max(total, key=total.__getitem__) for method, total in totals.items()}


def _methods(faces: FaceSet, thresholds: Thresholds) -> dict[str, dict[float, Callable[[], Labels]]]:
    """Method -> setting -> the labels that it gives."""
    vectors = faces.vectors
    tree = linkage(squareform(np.maximum(1 - vectors @ vectors.T, 0), checks=False), "average")
    return {
        "people": {0: lambda: _people(faces, thresholds)},
        "DBSCAN": {
            eps: lambda eps=eps: clustering.cluster(vectors, eps, 2) for eps in np.arange(0.44, 0.64, 0.02).round(2)
        },
        "HDBSCAN": {0: lambda: HDBSCAN(min_cluster_size=2, copy=True).fit_predict(vectors)},
        "Chinese whispers": {
            least: lambda least=least: whispers(vectors, least) for least in (0.34, 0.36, 0.38, 0.4, 0.44)
        },
        "average linkage": {
            least: lambda least=least: fcluster(tree, 1 - least, "distance")
            for least in (0.26, 0.28, 0.3, 0.32, 0.34, 0.38)
        },
    }


def whispers(vectors: Vectors, least: float, rounds: int = 20) -> Labels:
    """Chinese whispers (Biemann, 2006): each face takes the label that weighs most among its neighbours."""
    near = vectors @ vectors.T
    near[near < least] = 0
    np.fill_diagonal(near, 0)
    graph = sparse.csr_matrix(near)
    labels, random = np.arange(len(vectors)), np.random.default_rng(0)
    for _ in range(rounds):
        for row in random.permutation(len(vectors)):
            part = slice(graph.indptr[row], graph.indptr[row + 1])
            if part.start < part.stop:
                found, which = np.unique(labels[graph.indices[part]], return_inverse=True)
                labels[row] = found[np.bincount(which, graph.data[part]).argmax()]
    return labels


def _score(labels: Labels, who: Labels) -> tuple[float, float, float, int]:
    alone = labels < 0
    own = labels.max(initial=0) + 1 + np.arange(len(labels))
    _, groups = np.unique(np.where(alone, own, labels), return_inverse=True)
    _, persons = np.unique(who, return_inverse=True)
    together = sparse.coo_matrix((np.ones(len(who)), (groups, persons))).tocsr()
    together.sum_duplicates()
    scored = np.bincount(persons)[persons] > 1
    same = np.asarray(together[groups, persons]).ravel()
    in_group, of_person = np.bincount(groups), np.bincount(persons)
    precision = (same / in_group[groups])[scored].mean()
    recall = (same / of_person[persons])[scored].mean()
    of_known = together[:, of_person > 1]
    commonest, known = of_known.max(axis=1).toarray().ravel(), np.asarray(of_known.sum(axis=1)).ravel()
    # A group is put right, or its faces are moved out one by one: a lone face is one action either way.
    effort = np.where(known > 0, np.minimum(1 + in_group - commonest, known), 0).sum()
    return precision, recall, 2 * precision * recall / (precision + recall), int(effort)
