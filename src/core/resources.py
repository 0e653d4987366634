"""Finds the files that come with the program: icons, model manifests."""

from __future__ import annotations

from pathlib import Path

_INSTALLED = Path(__file__).parent / "_resources"
_CHECKOUT = Path(__file__).parents[2] / "resources"


def resource(relative: str) -> Path:
    """The path of a file or folder below `resources`, in an installed package or in a checkout.

    Raises:
        FileNotFoundError: the program was installed without it.
    """
    for root in (_INSTALLED, _CHECKOUT):
        path = root / relative
        if path.exists():
            return path
    raise FileNotFoundError(f"The installation is incomplete: {relative} is missing.")
