"""The look as it is now: the current theme, and icons tinted with it."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QObject, QRectF, QSettings, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from core.resources import resource
from ui import theme
from ui.theme import DARK, LIGHT, Theme

_STROKE = "1.75"
_SCALES = (1, 2, 3)


class Look(QObject):
    """Follows the system's colours, or the user's own choice ("system", "light" or "dark"), which is kept."""

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__()
        self._application = application
        self._choice = str(QSettings().value("look", "system"))
        self.theme: Theme = LIGHT
        self._pixmaps: dict[tuple[str, int, str, float], QPixmap] = {}
        application.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    @property
    def choice(self) -> str:
        """What the user chose."""
        return self._choice

    def choose(self, choice: str) -> None:
        """Changes the look at once and keeps the choice."""
        self._choice = choice
        QSettings().setValue("look", choice)
        self._apply()

    def icon(self, name: str, size: int = theme.ICON, tint: str | None = None) -> QIcon:
        """A Lucide icon in the colour of text, or in another."""
        return QIcon(self.pixmaps(name, size, tint))

    def pixmaps(self, name: str, size: int, tint: str | None = None) -> QPixmap:
        """The same as one pixmap, sharp on the finest screen in use. Made once for each look."""
        key = (name, size, tint or self.theme.text, self._application.devicePixelRatio())
        if key not in self._pixmaps:
            self._pixmaps[key] = self._drawn(*key)
        return self._pixmaps[key]

    def _drawn(self, name: str, size: int, tint: str, ratio: float) -> QPixmap:
        svg = resource(f"icons/{name}.svg").read_text(encoding="utf-8")
        svg = svg.replace("currentColor", tint).replace('stroke-width="2"', f'stroke-width="{_STROKE}"')
        scale = max(_SCALES[0], min(_SCALES[-1], round(ratio + 0.49)))
        pixmap = QPixmap(size * scale, size * scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, size * scale, size * scale))
        painter.end()
        pixmap.setDevicePixelRatio(scale)
        return pixmap

    def _apply(self) -> None:
        system = self._application.styleHints().colorScheme() == Qt.ColorScheme.Dark
        self.theme = DARK if self._choice == "dark" or (self._choice == "system" and system) else LIGHT
        self._pixmaps.clear()
        self._application.setPalette(theme.palette(self.theme))
        self._application.setStyleSheet(theme.style_sheet(self.theme))
        self.changed.emit()
