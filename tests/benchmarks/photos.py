"""The photos that the benchmarks work on."""

from __future__ import annotations

from pathlib import Path

from tests import samples

_DATA = Path(__file__).parents[3] / "shared" / "data"

LFW = _DATA / "faces-lfw-dev"
"""1,927 photos of 760 people, where they are at hand: they may not be redistributed."""

COMPREFACE = _DATA / "faces-compreface"
"""18 photos, some of groups, up to 20 megapixels, where they are at hand."""


def default_folder(generated: Path) -> Path:
    """The photos of `LFW`, or else photos made from those inside installed packages."""
    return LFW if LFW.is_dir() else samples.write_many(generated, 200)
