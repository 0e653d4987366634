"""The tokens of the look: every colour, size and distance of the window, and the style sheet made of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from string import Template

from PySide6.QtGui import QColor, QFont, QPalette

from core.resources import resource

SPACE_1, SPACE_2, SPACE_3, SPACE_4, SPACE_5, SPACE_6 = 4, 8, 12, 16, 24, 32
"""Distances in pixels."""

TEXT_QUIET, TEXT_BODY, TEXT_STRONG, TEXT_TITLE, TEXT_EMPTY = 12, 13, 15, 20, 28
"""Heights of type in pixels."""

RADIUS_THUMBNAIL, RADIUS_CARD = 4, 8
ICON_SMALL, ICON = 16, 20
SIDEBAR_WIDTH, HEADER_HEIGHT, STATUS_HEIGHT = 220, 48, 28
DIALOG_WIDTH = 600
HISTORY_WIDTH, HISTORY_HEIGHT = 640, 480
SHARING_WIDTH = 380
FACE_SIZE, FACE_SMALL = 112, 72
GRID_GAP = 4
MOTION_MS = 150


@dataclass(frozen=True, slots=True)
class Theme:
    """One set of colours, as #RRGGBB. Text keeps a contrast of 4.5:1 on each of its grounds."""

    dark: bool
    canvas: str
    surface: str
    raised: str
    line: str
    text: str
    quiet: str
    accent: str
    on_accent: str
    hover: str
    good: str
    warn: str
    bad: str


LIGHT = Theme(
    dark=False,
    canvas="#FAFAF9",
    surface="#F1F1EF",
    raised="#FFFFFF",
    line="#E0E0DC",
    text="#1C1C1E",
    quiet="#6B6B70",
    accent="#2F6FED",
    on_accent="#FFFFFF",
    hover="#E6E6E3",
    good="#2E7D4F",
    warn="#9A6700",
    bad="#C0362C",
)

DARK = Theme(
    dark=True,
    canvas="#161618",
    surface="#1E1E21",
    raised="#28282C",
    line="#34343A",
    text="#F2F2F3",
    quiet="#A0A0A8",
    accent="#6C9BFF",
    on_accent="#101014",
    hover="#2B2B30",
    good="#5CC98A",
    warn="#E0B050",
    bad="#FF7B72",
)

VIEWER_CANVAS, VIEWER_TEXT, VIEWER_QUIET = "#0C0C0D", "#F2F2F3", "#B4B4BC"
VIEWER_OUTLINE, VIEWER_GROUND, VIEWER_CHROME = "#000000A0", "#000000C0", "#1C1C1FDC"
VIEWER_HOVER, VIEWER_CHECKED = "#FFFFFF24", "#FFFFFF18"
"""The viewer is dark in both themes: a picture is judged against black. Some are #RRGGBBAA."""

VIEWER_BAR_HEIGHT, VIEWER_ARROW, VIEWER_PANEL_WIDTH, VIEWER_MESSAGE_WIDTH = 52, 48, 300, 440
BOX_LINE, BOX_LINE_STRONG, BOX_OUTLINE, BOX_DIM = 1.5, 2.5, 1.25, 0.5
"""Widths of a face's box, of the dark line on either side of it, and the opacity of a box of nobody known."""

TAG_HEIGHT, TAG_WIDTH, TAG_EDIT_WIDTH = 24, 200, 232
"""Of the name under a face's box, which grows to `TAG_WIDTH` at most; and of the field for typing it."""

AVATAR_LIGHT = ("#2F6FED", "#2E7D4F", "#9A6700", "#C0362C", "#7A4FBF", "#0F7383")
AVATAR_DARK = ("#3A66C4", "#2E7D4F", "#8A6114", "#B0473F", "#7A55B5", "#23727F")
ON_AVATAR = "#FFFFFF"
"""Grounds of a name's first letters, and the letters: 4.5:1 on each."""

AVATAR_SMALL, AVATAR = 28, 96
SIGN_IN_WIDTH, SMALL_DIALOG_WIDTH = 360, 440

_SIZES = {
    "text_quiet": TEXT_QUIET,
    "text_body": TEXT_BODY,
    "text_strong": TEXT_STRONG,
    "text_title": TEXT_TITLE,
    "text_empty": TEXT_EMPTY,
    "radius": RADIUS_CARD,
    "radius_small": RADIUS_THUMBNAIL,
}


def colour(value: str) -> QColor:
    """A token as a colour; understands #RRGGBBAA."""
    made = QColor(value[:7])
    if len(value) == 9:
        made.setAlpha(int(value[7:], 16))
    return made


def font(size: int, strong: bool = False) -> QFont:
    """The system's font at one of the sizes above."""
    made = QFont()
    made.setPixelSize(size)
    made.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    return made


def palette(theme: Theme) -> QPalette:
    """For what Qt paints by itself: native menus, dialogs, text selection."""
    made = QPalette()
    roles = QPalette.ColorRole
    for role, value in {
        roles.Window: theme.canvas,
        roles.WindowText: theme.text,
        roles.Base: theme.raised,
        roles.AlternateBase: theme.surface,
        roles.Text: theme.text,
        roles.PlaceholderText: theme.quiet,
        roles.Button: theme.surface,
        roles.ButtonText: theme.text,
        roles.ToolTipBase: theme.raised,
        roles.ToolTipText: theme.text,
        roles.Highlight: theme.accent,
        roles.HighlightedText: theme.on_accent,
        roles.Link: theme.accent,
        roles.Mid: theme.line,
    }.items():
        made.setColor(role, colour(value))
    for role in (roles.Text, roles.WindowText, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, colour(theme.quiet))
    return made


def style_sheet(theme: Theme) -> str:
    """The style sheet of the window (`resources/styles/window.qss`) in the colours of a theme."""
    return _filled("window", {key: str(value) for key, value in asdict(theme).items()})


def viewer_style_sheet() -> str:
    """The style sheet of what lies over a picture and beside it."""
    dark = {name: str(value) for name, value in asdict(DARK).items()}
    own = {
        "text": VIEWER_TEXT,
        "quiet": VIEWER_QUIET,
        "chrome": _rgba(VIEWER_CHROME),
        "hover": _rgba(VIEWER_HOVER),
        "checked": _rgba(VIEWER_CHECKED),
        "panel": DARK.surface,
        "field": DARK.canvas,
        "arrow_radius": f"{VIEWER_ARROW // 2}px",
    }
    return _filled("viewer", dark | own)


def _rgba(value: str) -> str:
    """#RRGGBBAA as style sheets understand it."""
    made = colour(value)
    return f"rgba({made.red()}, {made.green()}, {made.blue()}, {made.alpha()})"


def _filled(name: str, colours: dict[str, str]) -> str:
    template = Template(resource(f"styles/{name}.qss").read_text(encoding="utf-8"))
    return template.substitute(colours, **{key: f"{value}px" for key, value in _SIZES.items()})
