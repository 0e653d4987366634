"""`python -m tests.benchmarks [NAME] [ARGUMENTS]`: measures, and asserts nothing about time.

Without a name: all that compare with a baseline, and where labelled photos are at hand the accuracy on them, too. That
takes about half an hour on two processors.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from tests.benchmarks import (
    calibration,
    dbscan,
    duplicates,
    engine,
    enlargement,
    everything,
    grouping,
    household,
    indexing,
    kills,
    matching,
    order,
    overlaps,
    quality,
    rescan,
    responsiveness,
    search,
    serving,
)
from tests.benchmarks.photos import LFW

BENCHMARKS: dict[str, Callable[[Sequence[str]], None]] = {
    "indexing": indexing.main,
    "calibration": calibration.main,
    "dbscan": dbscan.main,
    "duplicates": duplicates.main,
    "engine": engine.main,
    "enlargement": enlargement.main,
    "everything": everything.main,
    "grouping": grouping.main,
    "household": household.main,
    "kills": kills.main,
    "matching": matching.main,
    "order": order.main,
    "overlaps": overlaps.main,
    "quality": quality.main,
    "rescan": rescan.main,
    "responsiveness": responsiveness.main,
    "search": search.main,
    "serving": serving.main,
}


def main() -> None:
    """Runs one benchmark with the rest of the command line."""
    if len(sys.argv) == 1:
        for each in (engine, indexing, rescan, household, search, dbscan, duplicates, responsiveness):
            each.main([])
        for each in (calibration, quality, matching, grouping, order, enlargement, overlaps) if LFW.is_dir() else ():
            each.main([])
        return
    name, *arguments = sys.argv[1:]
    if name not in BENCHMARKS:
        sys.exit(f"There is no benchmark {name!r}; there are: {', '.join(BENCHMARKS)}.")
    BENCHMARKS[name](arguments)


if __name__ == "__main__":
    main()
