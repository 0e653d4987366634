"""What is asked of somebody about albums: what a new one is called, into which photos go, with whom it is shared."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.album_types import AlbumSummary
from app.albums import LONGEST_NAME
from ui import theme
from ui.models.albums import AlbumsModel
from ui.widgets import label, named

_WIDTH, _LIST_HEIGHT = 420, 280


class AlbumDialog(QDialog):
    """What an album is called and about. `agreed` carries name, description, private, and what it searches for."""

    agreed = Signal(str, str, bool, str)

    def __init__(self, album: AlbumSummary | None, alone: bool, searching: bool, parent: QWidget | None = None) -> None:
        """Composes it.

        Args:
            album: whose; without one it is about a new album.
            alone: nobody else uses the library.
            searching: it is a smart album.
        """
        super().__init__(parent)
        self.setObjectName("page")
        title = self.tr("New smart album") if searching else self.tr("New album")
        self.setWindowTitle("Sietch")
        self.name = QLineEdit(album.name if album else "", self, maxLength=LONGEST_NAME)
        self.description = QLineEdit(album.description if album else "", self)
        self.search = QLineEdit(album.query or "" if album else "", self)
        self.household = QCheckBox(self.tr("Everybody of the house may see it"), self)
        self.household.setChecked(album is not None and not album.is_private)
        self.household.setVisible(not alone)
        self.search.setVisible(searching)
        self.agree = named(QPushButton(self.tr("Save") if album else self.tr("Create"), self), "accent")
        self.agree.setDefault(True)
        self.agree.clicked.connect(self._agree)
        for field, words in (
            (self.name, self.tr("Name")),
            (self.description, self.tr("What it is about (if you like)")),
            (self.search, self.tr("What it shows, for example: anna AND ben")),
        ):
            field.setPlaceholderText(words)
            field.setAccessibleName(words)
            field.textChanged.connect(self._enable)
        self._lay_out(self.tr("Album") if album else title)
        self._enable()

    def _enable(self) -> None:
        filled = bool(self.name.text().strip()) and (self.search.isHidden() or bool(self.search.text().strip()))
        self.agree.setEnabled(filled)

    def _agree(self) -> None:
        told = (self.name.text().strip(), self.description.text().strip())
        self.agreed.emit(*told, not self.household.isChecked(), self.search.text().strip())
        self.accept()

    def _lay_out(self, title: str) -> None:
        cancel = QPushButton(self.tr("Cancel"), self)
        cancel.clicked.connect(self.reject)
        column = _column(self, title)
        for widget in (self.name, self.description, self.search, self.household):
            column.addWidget(widget)
        column.addSpacing(theme.SPACE_2)
        column.addLayout(_buttons(cancel, self.agree))
        self.setFixedWidth(_WIDTH)


class AlbumChooser(QDialog):
    """Into which album photos go: typing finds one, or names a new one. `chosen` carries an id, `named` a name."""

    chosen = Signal(int)
    named = Signal(str)

    def __init__(self, albums: Sequence[AlbumSummary], title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setWindowTitle("Sietch")
        self._albums = [each for each in albums if each.may_add]
        self.field = QLineEdit(self, maxLength=LONGEST_NAME)
        self.field.setPlaceholderText(self.tr("Find an album, or name a new one"))
        self.field.setAccessibleName(self.field.placeholderText())
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Albums"))
        self.list.setFixedHeight(_LIST_HEIGHT)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.agree = named(QPushButton(self.tr("Add"), self), "accent")
        self.agree.setDefault(True)
        cancel = QPushButton(self.tr("Cancel"), self)
        column = _column(self, title)
        column.addWidget(self.field)
        column.addWidget(self.list)
        column.addLayout(_buttons(cancel, self.agree))
        self.setFixedWidth(_WIDTH)
        cancel.clicked.connect(self.reject)
        self.agree.clicked.connect(self._agree)
        self.field.textChanged.connect(self._fill)
        self.list.itemActivated.connect(lambda _item: self._agree())
        self.list.currentRowChanged.connect(lambda row: self.agree.setEnabled(row >= 0))
        self._fill()
        self.field.setFocus()

    def _fill(self) -> None:
        typed = self.field.text().strip()
        self.list.clear()
        words = AlbumsModel(self).words
        for each in self._albums:
            if typed.casefold() in each.name.casefold():
                item = QListWidgetItem(f"{each.name} · {words(each)}", self.list)
                item.setData(Qt.ItemDataRole.UserRole, each.album_id)
        if typed and typed.casefold() not in (each.name.casefold() for each in self._albums):
            QListWidgetItem(self.tr("New album “{}”").format(typed), self.list)
        self.list.setCurrentRow(0)
        self.agree.setEnabled(self.list.count() > 0)

    def _agree(self) -> None:
        item = self.list.currentItem()
        if item is None:
            return
        album_id = item.data(Qt.ItemDataRole.UserRole)
        self.accept()
        if album_id is None:
            self.named.emit(self.field.text().strip())
        else:
            self.chosen.emit(album_id)


def _column(dialog: QDialog, title: str) -> QVBoxLayout:
    column = QVBoxLayout(dialog)
    column.setContentsMargins(theme.SPACE_5, theme.SPACE_5, theme.SPACE_5, theme.SPACE_5)
    column.setSpacing(theme.SPACE_3)
    column.addWidget(label(dialog, "title", title))
    return column


def _buttons(*buttons: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.SPACE_2)
    row.addStretch(1)
    for button in buttons:
        row.addWidget(button)
    return row
