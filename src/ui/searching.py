"""The search: from the field in the header to the photos on the first screen, and to the list under the field."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from app.search import Completion, QueryError
from ui.context import Context
from ui.tasks import Task
from ui.views.completion_list import CompletionList
from ui.views.search_field import SearchField
from ui.views.timeline import TimelineView


class Searching(QObject):
    """`started` tells that something is looked for, whatever screen is in sight; `left` that the keyboard is free."""

    started = Signal()
    left = Signal()

    def __init__(self, context: Context, field: SearchField, timeline: TimelineView, over: QWidget) -> None:
        super().__init__(over)
        self._context = context
        self._field = field
        self._timeline = timeline
        self._completing: Task | None = None
        self.list = CompletionList(context, over)
        self.list.chosen.connect(self._complete)
        field.rested.connect(self._rested)
        field.pressed.connect(self._pressed)
        field.left.connect(self.left)
        timeline.clear_requested.connect(field.empty)
        timeline.understood.connect(self._understood)

    def _rested(self) -> None:
        text = self._field.text()
        if text.strip():
            self.started.emit()
        self._timeline.look_for(text)
        if self._completing is not None:
            self._completing.cancel()
        if not text.strip() or not self._field.hasFocus():
            self._offer(())
            return
        cursor, search = self._field.cursorPosition(), self._context.session.search
        self._completing = self._context.tasks.run(self, lambda: search.complete(text, cursor), self._offer)

    def _offer(self, offers: Sequence[Completion]) -> None:
        self.list.offer(offers if self._field.hasFocus() else (), self._field)
        self._field.list_open = self.list.isVisible()

    def _pressed(self, key: int) -> None:
        keys, choice = Qt.Key, self.list.choice if self.list.isVisible() else None
        if key == keys.Key_Down:
            self.list.move_choice(1)
        elif key == keys.Key_Up:
            self.list.move_choice(-1)
        elif key == keys.Key_Tab and self.list.isVisible():
            self._complete(choice or self.list.offers.offer(0))
        elif key == keys.Key_Return and choice is not None:
            self._complete(choice)
        else:
            self._offer(())
            if key == keys.Key_Return:
                self._timeline.look_for(self._field.text())

    def _complete(self, offer: Completion) -> None:
        text = self._field.text()
        # A name is whole, and the next word follows; behind a colon something is still to be typed.
        written = offer.text if offer.text.endswith(":") else f"{offer.text} "
        self._field.write(text[: offer.start] + written + text[offer.end :].lstrip(), offer.start + len(written))
        if not offer.text.endswith(":"):
            self._offer(())

    def _understood(self, error: QueryError | None) -> None:
        self._field.point(error.start if error else 0, error.end if error else 0)
