"""Movements are short, and there are none for who wants none."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QStyleHints
from PySide6.QtWidgets import QApplication, QCommonStyle, QStyle

from ui import motion
from ui.theme import MOTION_MS

pytestmark = pytest.mark.usefixtures("settings")


def test_a_movement_is_short() -> None:
    assert motion.milliseconds() in (0, MOTION_MS)
    assert 120 <= MOTION_MS <= 180


@pytest.mark.parametrize(("preference", "expected"), [("ReducedMotion", 0), ("NoPreference", MOTION_MS)])
def test_what_the_system_prefers_is_done(monkeypatch: pytest.MonkeyPatch, preference: str, expected: int) -> None:
    class Preference:
        name = preference

    class Accessibility:
        def motionPreference(self) -> Preference:  # noqa: N802  (Qt's name)
            return Preference()

    monkeypatch.setattr(QStyleHints, "accessibility", lambda _self: Accessibility(), raising=False)
    assert motion.milliseconds() == expected


@pytest.mark.parametrize(("hint", "expected"), [(0, 0), (200, MOTION_MS)])
def test_where_qt_does_not_know_the_style_tells(
    application: QApplication, monkeypatch: pytest.MonkeyPatch, hint: int, expected: int
) -> None:
    class Style(QCommonStyle):
        def styleHint(self, which: QStyle.StyleHint, *more: object) -> int:  # noqa: N802  (Qt's name)
            return hint if which == QStyle.StyleHint.SH_Widget_Animation_Duration else super().styleHint(which)

    monkeypatch.setattr(QStyleHints, "accessibility", None, raising=False)
    monkeypatch.setattr(QApplication, "style", Style)
    assert motion.milliseconds() == expected
