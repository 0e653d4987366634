"""The look of the window in one place: colours, spacing, sizes of type, corners, motion.

A `Theme` travels by constructor. Everything that paints takes its colours from it and its measures from the constants
below; everything that is a plain Qt widget gets both through `palette` and `style_sheet`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from string import Template

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette

from core.resources import resource


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours, as "#rrggbb". `on_accent` is for text and icons upon `accent`."""

    canvas: str
    surface: str
    raised: str
    line: str
    text: str
    quiet: str
    accent: str
    on_accent: str
    good: str
    warn: str
    bad: str
    dark: bool


LIGHT = Theme(
    canvas="#FAFAF9",
    surface="#F1F1EF",
    raised="#FFFFFF",
    line="#E0E0DC",
    text="#1C1C1E",
    quiet="#6B6B70",
    accent="#2F6FED",
    on_accent="#FFFFFF",
    good="#2E7D4F",
    warn="#9A6700",
    bad="#C0362C",
    dark=False,
)

DARK = Theme(
    canvas="#161618",
    surface="#1E1E21",
    raised="#28282C",
    line="#34343A",
    text="#F2F2F3",
    quiet="#A0A0A8",
    accent="#6C9BFF",
    on_accent="#161618",
    good="#5CC98A",
    warn="#E0B050",
    bad="#FF7B72",
    dark=True,
)

SPACE_1, SPACE_2, SPACE_3, SPACE_4, SPACE_5, SPACE_6 = 4, 8, 12, 16, 24, 32

QUIET_SIZE, BODY_SIZE, STRONG_SIZE, TITLE_SIZE, EMPTY_SIZE = 12, 13, 15, 20, 28
"""Sizes of type, in pixels."""

RADIUS_THUMBNAIL, RADIUS_CARD = 4, 8
ICON_SMALL, ICON_LARGE = 16, 20
FRAME_WIDTH = 3
"""Of the frame around what is selected."""

SIDEBAR_WIDTH, HEADER_HEIGHT, STATUS_HEIGHT = 220, 48, 28
FACE_SIZE = 112
"""Diameter of a face on the People page."""

MOTION_SHORT, MOTION_LONG = 120, 180
"""Milliseconds."""

HOVER, PRESSED, SCRIM = 0.07, 0.13, 0.62
"""Opacity of what is laid over a ground: text under the pointer, text when pressed, canvas behind a message."""

_BARE_FONTS = frozenset({"Sans Serif", "DejaVu Sans", "Bitstream Vera Sans", "Sans"})
"""What Qt answers where no desktop chose a font."""

_BETTER_FONTS = ("Inter", "Inter Variable", "Noto Sans", "Cantarell", "Open Sans", "Liberation Sans")


def colour(value: str, opacity: float = 1.0) -> QColor:
    """A colour of a `Theme`, more or less transparent."""
    made = QColor(value)
    made.setAlphaF(opacity)
    return made


def font(size: int = BODY_SIZE, strong: bool = False) -> QFont:
    """The system's font at one of the sizes above."""
    made = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    if made.family() in _BARE_FONTS:
        families = set(QFontDatabase.families())
        made.setFamily(next((family for family in _BETTER_FONTS if family in families), made.family()))
    made.setPixelSize(size)
    made.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    return made


def palette(theme: Theme) -> QPalette:
    """The palette for everything that Qt paints itself."""
    made = QPalette()
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.canvas,
        role.Base: theme.raised,
        role.AlternateBase: theme.surface,
        role.Button: theme.surface,
        role.ToolTipBase: theme.raised,
        role.WindowText: theme.text,
        role.Text: theme.text,
        role.ButtonText: theme.text,
        role.ToolTipText: theme.text,
        role.BrightText: theme.bad,
        role.PlaceholderText: theme.quiet,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Mid: theme.line,
        role.Midlight: theme.line,
        role.Light: theme.raised,
        role.Dark: theme.line,
    }
    for which, value in colours.items():
        made.setColor(which, QColor(value))
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.quiet))
    return made


def style_sheet(theme: Theme) -> str:
    """The application's style sheet: `resources/styles/window.qss` with the tokens filled in."""
    tokens: dict[str, object] = {name: value for name, value in asdict(theme).items() if isinstance(value, str)}
    tokens |= {
        "accent_hover": QColor(theme.accent).lighter(108).name(),
        "accent_pressed": QColor(theme.accent).darker(112).name(),
        "hover": _rgba(theme.text, HOVER),
        "pressed": _rgba(theme.text, PRESSED),
        "accent_soft": _rgba(theme.accent, PRESSED + HOVER),
        "quiet_size": QUIET_SIZE,
        "body_size": BODY_SIZE,
        "strong_size": STRONG_SIZE,
        "title_size": TITLE_SIZE,
        "empty_size": EMPTY_SIZE,
        "radius_card": RADIUS_CARD,
        "radius_thumbnail": RADIUS_THUMBNAIL,
    }
    return Template(resource("styles/window.qss").read_text(encoding="utf-8")).substitute(tokens)


def _rgba(value: str, opacity: float) -> str:
    made = QColor(value)
    return f"rgba({made.red()}, {made.green()}, {made.blue()}, {opacity:.2f})"
