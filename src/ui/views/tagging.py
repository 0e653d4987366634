"""Saying who is in a photo though no face was found: a name, and a box around them if one likes."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, QSizeF, Signal

from ui.context import Context
from ui.views.box_drawer import BoxDrawer
from ui.views.face_canvas import FaceCanvas
from ui.views.name_editor import NameEditor

_HIGH = 0.2
"""Without a box the field stands at this part of the picture's height: the chrome is above, faces are rarely there."""


class Tagging(QObject):
    """`tagged` tells that somebody was tagged, `ended` that the keyboard is free again."""

    tagged = Signal()
    ended = Signal()

    def __init__(self, context: Context, canvas: FaceCanvas) -> None:
        super().__init__(canvas)
        self._context = context
        self._canvas = canvas
        self.drawer = BoxDrawer(canvas)
        self.editor = NameEditor(context, canvas, self.tr("Draw a box around them, or just type the name."))
        self.editor.saved.connect(self._saved)
        self.editor.closed.connect(self._closed)
        self.drawer.drawn.connect(self._follow)
        canvas.viewed.connect(self._follow)

    @property
    def active(self) -> bool:
        """Whether somebody is being tagged."""
        return self.editor.isVisible()

    def start(self, photo_id: int) -> None:
        """Asks who is in a photo."""
        tags, drawer = self._context.session.tags, self.drawer
        drawer.start()
        # The box is the one that is there when the name is kept, told by the thread that it lives in.
        self.editor.ask(
            lambda: (photo_id, drawer.box), lambda name, where: tags.add(where[0], name, where[1]), self._at()
        )

    def stop(self) -> None:
        """Ends it without keeping anything."""
        self.editor.close_editor()

    def _at(self) -> QRectF:
        place = self.drawer.place
        if place is not None:
            return place
        room = QRectF(self._canvas.rect())
        return QRectF(room.topLeft(), QSizeF(room.width(), room.height() * _HIGH))

    def _follow(self) -> None:
        if self.active:
            self.editor.follow(self._at())
            self.editor.raise_()

    def _saved(self, _go_on: bool) -> None:
        self.editor.close_editor()
        self.tagged.emit()

    def _closed(self) -> None:
        self.drawer.hide()
        self.ended.emit()
