"""Importing from a card, from the window: asked for in a dialog, seen in the status bar, told of at the end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QLocale, QObject, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from app.types import CopiedFile, CopyProgress, CopyReport, CopyRequest, CopyResult
from ui.context import Context
from ui.copy_strip import CopyStrip
from ui.dialogs.copying import CopyDialog
from ui.text import shown
from ui.undo_bar import UndoBar
from ui.widgets import message_box

_NAMED = 6


class Copying(QObject):
    """Leads the dialog, the strip and the report to one another."""

    def __init__(self, context: Context, window: QWidget, strip: CopyStrip, bar: UndoBar) -> None:
        super().__init__(window)
        self._window = window
        self._tasks = context.tasks
        self._copying = context.library.copying
        self._me = context.session.viewer.profile_id
        self._strip = strip
        self._bar = bar
        context.bridge.copying.connect(self._show_progress)
        context.bridge.copied.connect(self._tell)
        strip.cancel_wanted.connect(self._copying.cancel)
        self._tasks.run(self, self._copying.copier.unfinished, self._offer)

    def ask(self) -> None:
        """Lets the user choose what to import."""
        self._tasks.run(self, self._copying.copier.folder, self._ask)

    def start(self, request: CopyRequest) -> None:
        """Copies in the background."""
        if not self._copying.start(replace(request, asked_by=self._me)):
            self._report(self.tr("An import goes on already. Wait for its end, or stop it.")).open()

    def _ask(self, to: Path | None) -> None:
        dialog = CopyDialog(to, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.wanted.connect(self.start)
        dialog.open()

    def _show_progress(self, progress: CopyProgress) -> None:
        if self._copying.concerns(self._me):
            self._strip.show_progress(progress)

    def _offer(self, request: CopyRequest | None) -> None:
        """The program, or the card, went in the middle of an import."""
        if request is not None and request.asked_by in (None, self._me) and not self._copying.busy:
            told = self.tr("The import from {} was not finished").format(shown(str(request.source)))
            self._bar.tell(told, lambda: self.start(request), self.tr("Go on"))

    def _tell(self, report: CopyReport) -> None:
        """The report at the end."""
        if report.request.asked_by not in (None, self._me):
            return
        copied, skipped, failed = (
            report.of(each) for each in (CopyResult.COPIED, CopyResult.SKIPPED, CopyResult.FAILED)
        )
        number = QLocale().toString
        one = self.tr("Copied 1 file")
        box = self._report(one if len(copied) == 1 else self.tr("Copied {} files").format(number(len(copied))))
        lines = [report.stopped] if report.stopped else []
        if skipped:
            lines.append(self.tr("There already: {}").format(number(len(skipped))))
        if failed:
            lines.append(self.tr("Could not be copied: {}").format(number(len(failed))))
            lines += [f"  {shown(each.source.name)}: {each.reason}" for each in failed[:_NAMED]]
        box.setInformativeText("\n".join(lines))
        if skipped or failed:
            box.setDetailedText("\n".join(_line(each) for each in (*failed, *skipped)))
        box.open()

    def _report(self, text: str) -> QMessageBox:
        box = message_box(self._window, text)
        box.addButton(QMessageBox.StandardButton.Close)
        return box


def _line(each: CopiedFile) -> str:
    return f"{shown(str(each.source))}: {each.reason}"
