""" "Do not recognise me": what it means, in plain words, before it is done; it cannot be taken back."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from ui import theme
from ui.context import Context
from ui.widgets import label, named


class DoNotRecognise(QDialog):
    """Asks, does it off the GUI thread, and says when it is done. `done_with` tells that the person is gone."""

    done_with = Signal()

    def __init__(self, context: Context, person_id: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Do not recognise me"))
        self._context, self._person_id = context, person_id
        self.lead = self._paragraph(
            "",
            self.tr(
                "Sietch forgets your face: everything by which it knows you is removed at once, from all photos, with "
                "your name, the places where you were tagged, and your album. Your photos stay as they are. "
                "Nobody is shown a face of yours any more, and Sietch does not look at these faces again."
            ),
        )
        self.guard = QCheckBox(self.tr("Leave me out of new photos, too"), self)
        self.guard.setChecked(True)
        self.about_guard = self._paragraph(
            "quiet",
            self.tr(
                "For that, one summary of your face has to be kept. It is used for nothing but to pass over you in new "
                "photos; nobody can search, see or match with it. Without it nothing at all is kept, and new photos "
                "may show you as somebody without a name."
            ),
        )
        self.warning = self._paragraph(
            "warning",
            self.tr(
                "This cannot be undone. Backups of the library that were made before still know you, until newer ones "
                "have taken their place."
            ),
        )
        self.progress = QProgressBar(self)
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.hide()
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self.cancel.clicked.connect(self.reject)
        self.forget = named(QPushButton(self.tr("Forget my face"), self), "accent")
        self.forget.setAutoDefault(False)
        self.forget.clicked.connect(self._forget)
        self._lay_out()

    def _paragraph(self, name: str, text: str) -> QLabel:
        made = label(self, name, text)
        made.setWordWrap(True)
        # As wide as it will be, so that the dialog knows how high.
        made.setFixedWidth(theme.DIALOG_WIDTH - 2 * theme.SPACE_5)
        return made

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE_2)
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.forget)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_5, theme.SPACE_5, theme.SPACE_5, theme.SPACE_5)
        column.setSpacing(theme.SPACE_3)
        for widget in (self.lead, self.guard, self.about_guard, self.warning, self.progress):
            column.addWidget(widget)
        column.addLayout(buttons)
        self.setFixedWidth(theme.DIALOG_WIDTH)

    def _forget(self) -> None:
        for widget in (self.forget, self.cancel, self.guard):
            widget.setEnabled(False)
        self.progress.show()
        guard, claims = self.guard.isChecked(), self._context.session.claims
        self._context.tasks.run(
            self,
            lambda: claims.do_not_recognise(self._person_id, guard),
            lambda _done: self._finish(),
            self._failed,
            keep=True,
        )

    def _finish(self) -> None:
        self.done_with.emit()
        self.accept()

    def _failed(self, error: Exception) -> None:
        self.reject()
        self._context.tasks.failed.emit(error)
