"""The photos that the benchmarks work on."""

from __future__ import annotations

from pathlib import Path

from tests import samples

LFW = Path(__file__).parents[3] / "shared" / "data" / "faces-lfw-dev"
"""1,927 photos of 760 people, where they are at hand: they may not be redistributed."""


def default_folder(generated: Path) -> Path:
    """The photos of `LFW`, or else photos made from those inside installed packages."""
    return LFW if LFW.is_dir() else samples.write_many(generated, 200)
