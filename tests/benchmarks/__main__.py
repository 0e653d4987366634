"""`python -m tests.benchmarks [NAME] [ARGUMENTS]`: measures, and asserts nothing about time. By default: `indexing`."""

from __future__ import annotations

import importlib
import sys

NAMES = ("indexing", "calibration", "crash")


def main() -> None:
    """Runs one benchmark with the rest of the command line."""
    name, *arguments = sys.argv[1:] or ["indexing"]
    if name not in NAMES:
        sys.exit(f"There is no benchmark {name!r}; there are: {', '.join(NAMES)}.")
    importlib.import_module(f"tests.benchmarks.{name}").main(arguments)


if __name__ == "__main__":
    main()
