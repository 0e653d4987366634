"""Giving names to the faces of a picture, one after the other, without leaving the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.types import PhotoFace
from ui.context import Context
from ui.views.face_canvas import FaceCanvas
from ui.views.name_editor import NameEditor


class FaceNaming(QObject):
    """Leads the editor from face to face.

    `named` tells that a person has a new name, `ended` that the keyboard is free again.
    """

    named = Signal()
    ended = Signal()

    def __init__(self, context: Context, canvas: FaceCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._face: PhotoFace | None = None
        self._go_on_from: float | None = None
        self.editor = NameEditor(context, canvas)
        self.editor.saved.connect(self._saved)
        self.editor.closed.connect(self._closed)
        canvas.viewed.connect(self._follow)
        canvas.faces_changed.connect(self._go_on)

    @property
    def active(self) -> bool:
        """Whether a name is being typed."""
        return self.editor.isVisible()

    def start(self, face: PhotoFace) -> None:
        """Asks for the name of the person whose face it is."""
        if face.person_id is None:
            return
        self.stop()
        self._face = face
        self._canvas.set_edited(face.face_id)
        self.editor.open(face.person_id, self._canvas.box(face))

    def start_next(self, right_of: float | None = None) -> None:
        """Asks for the next person without a name, from left to right, and from the left again."""
        unnamed = [face for face in self._canvas.people if face.name is None]
        following = [face for face in unnamed if right_of is None or face.box.x > right_of]
        if unnamed:
            self.start((following or unnamed)[0])

    def stop(self) -> None:
        """Ends the typing without keeping anything."""
        self._go_on_from = None
        self.editor.close_editor()

    def _saved(self, go_on: bool) -> None:
        if go_on and self._face is not None:
            self._go_on_from = self._face.box.x
        self.editor.close_editor()
        self.named.emit()

    def _go_on(self) -> None:
        """The picture shows the new name; now comes the next one."""
        if self._go_on_from is not None:
            right_of, self._go_on_from = self._go_on_from, None
            self.start_next(right_of)

    def _closed(self) -> None:
        self._face = None
        self._canvas.set_edited(None)
        self.ended.emit()

    def _follow(self) -> None:
        if self._face is not None:
            self.editor.follow(self._canvas.box(self._face))
