"""The icons: one set (lucide), one stroke weight, tinted with a colour of the theme."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from core.resources import resource
from ui.theme import ICON_LARGE, Theme

_STROKE = 1.6
"""Width of a line on the screen, in device-independent pixels, whatever the icon's size."""

_VIEW_BOX = 24
_RATIOS = (1.0, 1.25, 1.5, 1.75, 2.0, 3.0)
_DISABLED_OPACITY = 0.4


class Icons:
    """Makes icons in the theme's colours and keeps them. Only for the GUI thread."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._made: dict[tuple[str, int, str], QIcon] = {}

    def get(self, name: str, size: int = ICON_LARGE, colour: str | None = None) -> QIcon:
        """An icon that is crisp on any screen.

        Args:
            name: of a file in `resources/icons`, without ".svg".
            size: in device-independent pixels.
            colour: "#rrggbb"; by default that of text.
        """
        key = (name, size, colour or self._theme.text)
        if key not in self._made:
            self._made[key] = self._make(*key)
        return self._made[key]

    def pixmap(self, name: str, size: int, ratio: float, colour: str | None = None) -> QPixmap:
        """The icon drawn for a screen of that device pixel ratio, for painting."""
        return _draw(_renderer(name, size, colour or self._theme.text), size, ratio)

    def _make(self, name: str, size: int, colour: str) -> QIcon:
        icon = QIcon()
        normal = _renderer(name, size, colour)
        for ratio in _RATIOS:
            drawn = _draw(normal, size, ratio)
            icon.addPixmap(drawn)
            icon.addPixmap(_faded(drawn), QIcon.Mode.Disabled)
        return icon


def _renderer(name: str, size: int, colour: str) -> QSvgRenderer:
    svg = resource(f"icons/{name}.svg").read_text(encoding="utf-8")
    svg = svg.replace("currentColor", QColor(colour).name())
    svg = svg.replace('stroke-width="2"', f'stroke-width="{_STROKE * _VIEW_BOX / size:.3f}"')
    return QSvgRenderer(QByteArray(svg.encode()))


def _draw(renderer: QSvgRenderer, size: int, ratio: float) -> QPixmap:
    side = round(size * ratio)
    drawn = QPixmap(QSize(side, side))
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn


def _faded(drawn: QPixmap) -> QPixmap:
    faded = QPixmap(drawn.size())
    faded.setDevicePixelRatio(drawn.devicePixelRatio())
    faded.fill(Qt.GlobalColor.transparent)
    painter = QPainter(faded)
    painter.setOpacity(_DISABLED_OPACITY)
    painter.drawPixmap(0, 0, drawn)
    painter.end()
    return faded
