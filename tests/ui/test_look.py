"""Light, dark or as the system is; the choice is kept, and icons follow it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QColor, QImage, QStyleHints
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication

from core.resources import resource
from ui.look import Look
from ui.theme import DARK, LIGHT


def colours(image: QImage) -> set[str]:
    """Of the pixels that are fully painted."""
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}


def test_a_choice_is_taken_at_once_and_kept(look: Look, application: QApplication) -> None:
    changed = QSignalSpy(look.changed)
    look.choose("dark")
    assert look.theme is DARK
    assert changed.count() == 1
    assert application.palette().window().color() == QColor(DARK.canvas)
    assert DARK.canvas in application.styleSheet()
    assert Look(application).theme is DARK
    look.choose("light")
    assert look.theme is LIGHT
    assert application.palette().window().color() == QColor(LIGHT.canvas)
    assert QSettings().value("look") == "light"


@pytest.mark.parametrize(("scheme", "expected"), [(Qt.ColorScheme.Dark, DARK), (Qt.ColorScheme.Light, LIGHT)])
def test_without_a_choice_it_follows_the_system(
    look: Look,
    application: QApplication,
    monkeypatch: pytest.MonkeyPatch,
    scheme: Qt.ColorScheme,
    expected: object,
) -> None:
    assert look.choice == "system"
    # Without a screen there is no system that could be told to be dark.
    monkeypatch.setattr(QStyleHints, "colorScheme", lambda _self: scheme)
    application.styleHints().colorSchemeChanged.emit(scheme)
    assert look.theme is expected
    look.choose("light" if expected is DARK else "dark")
    assert look.theme is not expected
    look.choose("system")
    assert look.theme is expected


def test_icons_have_the_colour_of_text(look: Look) -> None:
    look.choose("light")
    assert colours(look.pixmaps("users", 20).toImage()) == {LIGHT.text.lower()}
    look.choose("dark")
    assert colours(look.pixmaps("users", 20).toImage()) == {DARK.text.lower()}
    assert colours(look.pixmaps("users", 20, "#ff0000").toImage()) == {"#ff0000"}


def test_icons_have_one_weight_of_line(look: Look) -> None:
    assert not look.icon("users").isNull()
    assert look.pixmaps("users", 20).deviceIndependentSize().toSize().width() == 20


@pytest.mark.parametrize(
    "name", sorted(path.name[:-4] for path in resource("icons").iterdir() if path.name.endswith(".svg"))
)
def test_every_icon_paints_something(look: Look, name: str) -> None:
    assert colours(look.pixmaps(name, 20).toImage())
