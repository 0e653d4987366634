"""Can a window be opened here?"""

from __future__ import annotations

import os
import sys

from app.doctor import Finding
from core.errors import CoreError

_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def require_display() -> None:
    """Looks before Qt does, which ends the program where it finds no display.

    Raises:
        CoreError: there is no display, or Qt cannot be loaded.
    """
    if sys.platform == "linux" and not any(os.environ.get(name) for name in _VARIABLES):
        raise CoreError("There is no display here to open a window on. The commands work without: sietch --help")
    try:
        import PySide6.QtWidgets  # noqa: F401  (loading it is the check)
    except ImportError as error:
        raise CoreError(
            f"Qt cannot be loaded ({error}). On Debian: packaging/qt-libraries.sh tells what is missing."
        ) from error


def display_finding() -> Finding:
    """Whether a window can be opened; a computer without a display can still index and list, so that is no fault."""
    try:
        require_display()
    except CoreError as error:
        return Finding("window", "no display" in str(error), str(error))
    from PySide6 import __version__

    return Finding("window", True, f"Qt {__version__} loads")
