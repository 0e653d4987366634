"""The strip at the bottom: what is going on, how long still, and how much there is."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QSize, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QSizePolicy, QWidget

from app.types import IndexPhase, IndexProgress, LibraryCounts
from ui import theme
from ui.copy_strip import CopyStrip
from ui.look import Look
from ui.text import hint
from ui.widgets import icon_button, label

_BAR_WIDTH = 120
_MESSAGE_MS = 8000


class StatusBar(QFrame):
    """Shows progress and counts; its buttons only ask."""

    pause_wanted = Signal()
    resume_wanted = Signal()
    cancel_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self._look = look
        self._progress = IndexProgress(IndexPhase.IDLE)
        self._shared, self._pending = False, 0
        self.setFixedHeight(theme.STATUS_HEIGHT)
        self.copying = CopyStrip(look, self)
        self.text = label(self, "quiet")
        self.error = label(self, "error")
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(_BAR_WIDTH)
        self.pause = icon_button(self, self.tr("Pause"), "small")
        self.cancel = icon_button(self, self.tr("Stop adding the photos that are left"), "small")
        self.pause.clicked.connect(self._pause_or_resume)
        self.cancel.clicked.connect(self.cancel_wanted)
        for button in (self.pause, self.cancel):
            button.setFixedSize(theme.SPACE_5, theme.SPACE_5)
            button.setIconSize(QSize(theme.ICON_SMALL, theme.ICON_SMALL))
        self.counts = label(self, "quiet")
        # A long sentence gives way to the counts; its tip tells it in full.
        self.error.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_4, 0, theme.SPACE_4, 0)
        row.setSpacing(theme.SPACE_2)
        for widget in (self.copying, self.text, self.bar, self.pause, self.cancel, self.error):
            row.addWidget(widget)
        row.setStretchFactor(self.error, 1)
        row.addWidget(self.counts)
        self._fading = QTimer(self, singleShot=True, interval=_MESSAGE_MS)
        self._fading.timeout.connect(self.error.clear)
        look.changed.connect(self._tint)
        self.show_progress(self._progress)

    def show_progress(self, progress: IndexProgress) -> None:
        """Follows the Indexer."""
        self._progress = progress
        busy = progress.phase is not IndexPhase.IDLE
        for widget in (self.bar, self.pause, self.cancel):
            widget.setVisible(busy)
        # What others add is not the viewer's to stop.
        self.cancel.setVisible(busy and not self._shared)
        self.text.setText(self._told_neutrally(progress) if self._shared else self._told(progress))
        without_end = self._shared or progress.phase is IndexPhase.SCANNING
        self.bar.setRange(0, 0 if without_end else progress.total)
        self.bar.setValue(progress.done)
        if progress.error:
            self.show_error(progress.error)
            self._fading.stop()
        elif not self._fading.isActive():
            self.error.clear()
        self._tint()

    def show_counts(self, counts: LibraryCounts, is_shared: bool = False) -> None:
        """ "1,204 photos · 212 people".

        Args:
            is_shared: several people use the library: how far the Indexer is tells how much others add, and only what
                waits of the viewer's own photos is told.
        """
        if (is_shared, counts.pending) != (self._shared, self._pending):
            self._shared, self._pending = is_shared, counts.pending
            self.show_progress(self._progress)
        number = QLocale().toString
        photos = self.tr("1 photo") if counts.photos == 1 else self.tr("{} photos").format(number(counts.photos))
        people = self.tr("1 person") if counts.people == 1 else self.tr("{} people").format(number(counts.people))
        self.counts.setText(f"{photos} · {people}" if counts.photos else "")

    def show_error(self, text: str) -> None:
        """A sentence that goes by itself."""
        self.error.setText(text)
        self.error.setToolTip(hint(text))
        self._fading.start()

    def _told(self, progress: IndexProgress) -> str:
        number = QLocale().toString
        of = self.tr("{} of {}").format(number(progress.done), number(progress.total))
        if progress.phase is IndexPhase.IDLE:
            return ""
        if progress.phase is IndexPhase.PAUSED:
            return self.tr("Paused at {}").format(of)
        if progress.phase is IndexPhase.SCANNING:
            return self.tr("Looking for photos")
        if progress.phase is IndexPhase.GROUPING:
            return self.tr("Putting faces together · {}").format(of)
        left = "" if progress.seconds_left is None else f" · {self._left(progress.seconds_left)}"
        return self.tr("Indexing {}").format(of) + left

    def _told_neutrally(self, progress: IndexProgress) -> str:
        if progress.phase is IndexPhase.IDLE:
            return ""
        if progress.phase is IndexPhase.PAUSED:
            return self.tr("Paused")
        if progress.phase is IndexPhase.SCANNING:
            return self.tr("Looking for photos")
        if not self._pending:
            return self.tr("Looking at photos")
        number = QLocale().toString(self._pending)
        return self.tr("Looking at photos · {} left").format(number)

    def _left(self, seconds: float) -> str:
        if seconds < 60:
            return self.tr("less than a minute left")
        minutes = round(seconds / 60)
        if minutes < 90:
            return self.tr("{} min left").format(QLocale().toString(minutes))
        return self.tr("{} h left").format(QLocale().toString(round(minutes / 60)))

    def _pause_or_resume(self) -> None:
        (self.resume_wanted if self._progress.phase is IndexPhase.PAUSED else self.pause_wanted).emit()

    def _tint(self) -> None:
        paused = self._progress.phase is IndexPhase.PAUSED
        self.pause.setIcon(self._look.icon("play" if paused else "pause", theme.ICON_SMALL))
        self.pause.setToolTip(self.tr("Go on") if paused else self.tr("Pause"))
        self.pause.setAccessibleName(self.pause.toolTip())
        self.cancel.setIcon(self._look.icon("x", theme.ICON_SMALL))
