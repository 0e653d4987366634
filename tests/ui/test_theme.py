"""Text can be read on each of its grounds, and nothing is small."""

from __future__ import annotations

import re

import pytest
from PySide6.QtGui import QColor, QFont, QPalette

from core.resources import resource
from ui import theme
from ui.theme import DARK, LIGHT, Theme

themes = pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])


def luminance(colour: QColor) -> float:
    """Relative luminance as WCAG 2.2 defines it."""

    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(QColor(one)), luminance(QColor(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@themes
@pytest.mark.parametrize("text", ["text", "quiet"])
@pytest.mark.parametrize("ground", ["canvas", "surface", "raised"])
def test_text_can_be_read(look: Theme, text: str, ground: str) -> None:
    assert contrast(getattr(look, text), getattr(look, ground)) >= 4.5


@themes
def test_text_can_be_read_under_the_pointer_and_on_the_accent(look: Theme) -> None:
    assert contrast(look.text, look.hover) >= 4.5
    assert contrast(look.on_accent, look.accent) >= 4.5


@themes
def test_errors_and_what_asks_for_a_name_can_be_read(look: Theme) -> None:
    assert contrast(look.bad, look.surface) >= 4.5
    assert contrast(look.accent, look.raised) >= 4.5


def test_text_over_pictures_can_be_read() -> None:
    for text in (theme.VIEWER_TEXT, theme.VIEWER_QUIET):
        assert contrast(text, theme.VIEWER_CANVAS) >= 4.5
        # Over white, the worst there is, through the ground that lies beneath a name.
        ground = theme.colour(theme.VIEWER_GROUND)
        seen = round(255 * (1 - ground.alphaF()))
        assert contrast(text, QColor(seen, seen, seen).name()) >= 4.5


@pytest.mark.parametrize("ground", theme.AVATAR_LIGHT + theme.AVATAR_DARK)
def test_the_first_letters_of_a_name_can_be_read(ground: str) -> None:
    assert contrast(theme.ON_AVATAR, ground) >= 4.5


def test_nothing_is_smaller_than_12_pixels() -> None:
    assert min(theme.TEXT_QUIET, theme.TEXT_BODY, theme.TEXT_STRONG, theme.TEXT_TITLE, theme.TEXT_EMPTY) >= 12


def test_colours_with_and_without_an_alpha() -> None:
    assert theme.colour("#102030").getRgb() == (16, 32, 48, 255)
    assert theme.colour("#10203040").getRgb() == (16, 32, 48, 64)


@pytest.mark.usefixtures("application")
def test_fonts_have_their_size_in_pixels() -> None:
    assert theme.font(15).pixelSize() == 15
    assert theme.font(15, strong=True).weight() == QFont.Weight.DemiBold


@themes
def test_the_palette_speaks_for_what_qt_paints_itself(look: Theme) -> None:
    palette = theme.palette(look)
    assert palette.color(QPalette.ColorRole.Window).name() == look.canvas.lower()
    assert palette.color(QPalette.ColorRole.Highlight).name() == look.accent.lower()
    disabled = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    assert disabled.name() == look.quiet.lower()


@themes
def test_style_sheets_have_every_token_and_no_colour_of_their_own(look: Theme) -> None:
    for sheet in (theme.style_sheet(look), theme.viewer_style_sheet()):
        assert "$" not in sheet
    written = resource("styles/window.qss").read_text(encoding="utf-8")
    assert set(re.findall(r"#[0-9A-Fa-f]{6}\b", written)) <= {"#FFFFFF"}
    assert not re.findall(r"font-size: *\d", written)
