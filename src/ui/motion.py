"""Motion: short, only to show where something came from, and none when the system asks for less."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QStyle

from ui.theme import MOTION_MS


def milliseconds() -> int:
    """How long a movement takes now; 0 when nothing may move."""
    hints = QGuiApplication.styleHints()
    # Only newer versions of Qt tell what the system prefers.
    accessibility = getattr(hints, "accessibility", None)
    preference = getattr(accessibility(), "motionPreference", None) if accessibility else None
    if preference is not None:
        return 0 if preference().name == "ReducedMotion" else MOTION_MS
    style = QApplication.style()
    return MOTION_MS if style.styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) else 0
