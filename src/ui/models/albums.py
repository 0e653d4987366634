"""Albums: the viewer's own in their order, then those that others show."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QLocale, QObject, Qt

from app.album_types import AlbumKind, AlbumRole, AlbumSummary
from ui.models.rows import Index, RowsModel, Section
from ui.text import hint


class AlbumsModel(RowsModel):
    """The rows are albums; `Id` is the album's id, `Summary` the `AlbumSummary`."""

    Summary = Qt.ItemDataRole.UserRole + 2

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._albums: dict[int, AlbumSummary] = {}

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        album = self._albums.get(self.ids[index.row()]) if index.isValid() else None
        if album is None:
            return super().data(index, role)
        if role == self.Summary:
            return album
        if role == Qt.ItemDataRole.DisplayRole:
            return album.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return hint("\n".join(filter(None, (album.name, album.description))))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{album.name}, {self.words(album)}"
        return super().data(index, role)

    def album(self, row: int) -> AlbumSummary:
        """What is in a row."""
        return self._albums[self.ids[row]]

    def show(self, albums: Sequence[AlbumSummary]) -> None:
        """Follows a new state of the library."""
        before, self._albums = self._albums, {each.album_id: each for each in albums}
        own = sum(each.role is AlbumRole.OWNER for each in albums)
        sections = [Section("", 0, own)]
        if own < len(albums):
            sections.append(Section(self.tr("From others"), own, len(albums) - own))
        self.follow(array("q", self._albums), sections)
        for row, each in enumerate(albums):
            if before.get(each.album_id, each) != each:
                self.dataChanged.emit(self.index(row), self.index(row))

    def words(self, album: AlbumSummary) -> str:
        """ "12 photos · by Anna": how many photos are in it, and what it is."""
        return " · ".join(filter(None, (self.photos(album.photo_count), self._kind(album))))

    def photos(self, count: int) -> str:
        """ "412 photos" in the user's format."""
        if not count:
            return self.tr("No photos")
        return self.tr("1 photo") if count == 1 else self.tr("{} photos").format(QLocale().toString(count))

    def _kind(self, album: AlbumSummary) -> str:
        if album.role is not AlbumRole.OWNER:
            return self.tr("by {}").format(album.owner_name) if album.owner_name else self.tr("by somebody else")
        return {
            AlbumKind.PERSONAL: "",
            AlbumKind.SHARED: self.tr("shared by you"),
            AlbumKind.AUTO_FACES: self.tr("fills itself"),
            AlbumKind.SMART: self.tr("a search"),
        }[album.kind]
