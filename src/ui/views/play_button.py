"""The button on a video's poster, or on a live photo: the system's own player shows what moves."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QToolButton, QWidget

from app.types import Photo
from core.errors import CoreError
from ui import theme
from ui.context import Context
from ui.text import length
from ui.widgets import named


class PlayButton(QToolButton):
    """Seen where a video is; `failed` carries why it cannot be played."""

    failed = Signal(str)

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "play").setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(self.tr("Play in the system\u2019s player (P)"))
        self.setAccessibleName(self.tr("Play"))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(theme.ICON, theme.ICON))
        self.setIcon(context.look.icon("play", theme.ICON, theme.VIEWER_TEXT))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._context = context
        self._photo: Photo | None = None
        self.clicked.connect(self.play)
        self.hide()

    def show_photo(self, photo: Photo | None) -> None:
        """Follows what is in sight; there is nothing to press where nothing moves."""
        self._photo = photo if photo and photo.moves and photo.available else None
        if self._photo:
            words = length(self._photo.video.seconds) if self._photo.video else self.tr("Live")
            self.setText(f" {words}" if words else self.tr(" Play"))
            self.adjustSize()
        self.setVisible(self._photo is not None)

    def arrange(self, picture: QRect) -> None:
        """Stands low in the middle: faces are rarely there."""
        self.adjustSize()
        bottom = picture.bottom() - theme.SPACE_6
        self.move(picture.center().x() - self.width() // 2, bottom - self.height())

    def play(self) -> None:
        """Hands the file to the program that the system plays such files with."""
        if self._photo:
            number, thumbnails = self._photo.photo_id, self._context.session.thumbnails
            self._context.tasks.run(self, lambda: thumbnails.moving(number), self._open, self._fail)

    def _open(self, path: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self.failed.emit(self.tr("No program on this computer was found to play this video."))

    def _fail(self, error: Exception) -> None:
        if isinstance(error, CoreError):
            self.failed.emit(str(error))
        else:
            self._context.tasks.failed.emit(error)
