"""The button on a video's poster: the system's own player shows the video."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QToolButton, QWidget

from app.types import Photo
from ui import theme
from ui.look import Look
from ui.text import length
from ui.widgets import named


class PlayButton(QToolButton):
    """Seen where a video is; `failed` carries why it cannot be played."""

    failed = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "play").setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(self.tr("Play in the system\u2019s player (P)"))
        self.setAccessibleName(self.tr("Play"))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(theme.ICON, theme.ICON))
        self.setIcon(look.icon("play", theme.ICON, theme.VIEWER_TEXT))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._photo: Photo | None = None
        self.clicked.connect(self.play)
        self.hide()

    def show_photo(self, photo: Photo | None) -> None:
        """Follows what is in sight; there is nothing to press on a photo."""
        self._photo = photo if photo and photo.video and photo.available else None
        if self._photo and self._photo.video:
            words = length(self._photo.video.seconds)
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
        if self._photo and not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._photo.path))):
            self.failed.emit(self.tr("No program on this computer was found to play this video."))
