"""The strip above a screen: its title, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QSlider, QWidget

from ui import theme
from ui.look import Look
from ui.views.photo_grid import LARGEST_CELL, LEAST_CELL
from ui.views.search_field import SearchField
from ui.widgets import icon_button, label

_SLIDER_WIDTH = 120


class Header(QFrame):
    """Back, title, search, size of the cells, and the button that adds photos."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self._look = look
        self.setFixedHeight(theme.HEADER_HEIGHT)
        self.back = icon_button(self, self.tr("Back"))
        self._title = label(self, "title")
        self.search = SearchField(look, self)
        self._small, self._large = label(self), label(self)
        self.cell_size = QSlider(Qt.Orientation.Horizontal, self)
        self.cell_size.setToolTip(self.tr("Size of the photos"))
        self.cell_size.setAccessibleName(self.cell_size.toolTip())
        self.cell_size.setRange(LEAST_CELL, LARGEST_CELL)
        self.cell_size.setFixedWidth(_SLIDER_WIDTH)
        self.add = QPushButton(self.tr("Add photos"), self)
        self.add.setMenu(QMenu(self.add))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_4, 0, theme.SPACE_4, 0)
        row.setSpacing(theme.SPACE_2)
        row.addWidget(self.back)
        row.addWidget(self._title)
        row.addStretch(1)
        row.addWidget(self.search, 8)
        row.addStretch(1)
        for widget in (self._small, self.cell_size, self._large):
            row.addWidget(widget)
        row.addSpacing(theme.SPACE_3)
        row.addWidget(self.add)
        look.changed.connect(self._tint)
        self._tint()

    def place(self, widget: QWidget) -> None:
        """Puts something at the right end, before the button that adds photos."""
        row = self.layout()
        assert isinstance(row, QHBoxLayout)
        row.insertWidget(row.indexOf(self.add), widget)

    def show_title(self, title: str, back: bool, sizes: bool) -> None:
        """What the screen below is, whether there is a way back from it, and whether its cells have a size."""
        self._title.setText(title)
        self.back.setVisible(back)
        for widget in (self._small, self.cell_size, self._large):
            widget.setVisible(sizes)

    def put_last(self, widget: QWidget) -> None:
        """Puts something at the right end."""
        row = self.layout()
        assert row is not None
        row.addWidget(widget)

    def _tint(self) -> None:
        quiet = self._look.theme.quiet
        self.back.setIcon(self._look.icon("arrow-left"))
        self.add.setIcon(self._look.icon("folder-plus", theme.ICON_SMALL))
        self._small.setPixmap(self._look.pixmaps("images", theme.ICON_SMALL, quiet))
        self._large.setPixmap(self._look.pixmaps("images", theme.ICON, quiet))
