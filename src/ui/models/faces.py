"""The faces of one person."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt

from app.types import PhotoFace
from ui.models.rows import Index, RowsModel, Section


class FacesModel(RowsModel):
    """The rows are faces; `Id` is the face's id, `Photo` that of its photo."""

    Photo = Qt.ItemDataRole.UserRole + 2

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._photo_of: dict[int, int] = {}

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if index.isValid() and role == self.Photo:
            return self._photo_of[self.ids[index.row()]]
        return super().data(index, role)

    def show(self, faces: Sequence[PhotoFace]) -> None:
        """Follows a new state of the library."""
        self._photo_of = {face.face_id: face.photo_id for face in faces}
        self.follow(array("q", self._photo_of), [Section("", 0, len(faces))])
