"""Can a window be opened here?"""

from __future__ import annotations

from app.doctor import Finding


def display_finding() -> Finding:
    """Whether Qt loads; a computer without it can still index and list."""
    try:
        from PySide6 import __version__
        from PySide6.QtWidgets import QApplication  # noqa: F401  (loading it is the check)
    except ImportError as error:
        return Finding("window", False, f"Qt cannot be loaded: {error}")
    return Finding("window", True, f"Qt {__version__} loads")
