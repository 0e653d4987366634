"""Copies of photos, group by group, side by side: keep the best, or say that they are none."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLocale, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPainterPath, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedLayout,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from app.types import DuplicateGroup, DuplicatePhoto, LibraryChanged
from ui import theme
from ui.context import Context
from ui.delegates.cells import paint_missing, paint_states
from ui.refresh import Refresher
from ui.text import hint, shown
from ui.thumbnails import Key, Kind
from ui.undoing import Undoing
from ui.views.empty import EmptyState
from ui.widgets import label, named

PHOTO_SIDE = 200
SHOWN = 20
"""Groups that are on the page at once; the next come up as these are settled."""


_QUIET_MS = 3000
"""While photos come in, the groups are counted when they stopped, unless the page is looked at."""


def _bytes(size: int) -> str:
    return QLocale().formattedDataSize(size, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


class CopyButton(QAbstractButton):
    """One of the copies: its picture, and whether it is kept. A double click looks at it."""

    looked_at = Signal(int)

    def __init__(self, context: Context, photo: DuplicatePhoto, parent: QWidget) -> None:
        super().__init__(parent)
        self.photo = photo
        self._context = context
        self.setCheckable(True)
        self.setFixedSize(PHOTO_SIDE, PHOTO_SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(shown(photo.path.name))
        self.setToolTip(hint(shown(str(photo.path))))
        context.thumbnails.loaded.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        return QSize(PHOTO_SIDE, PHOTO_SIDE)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        self.looked_at.emit(self.photo.photo_id)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        painter, rect, look = QPainter(self), self.rect(), self._context.look
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        outline = QPainterPath()
        outline.addRoundedRect(rect, theme.RADIUS_THUMBNAIL, theme.RADIUS_THUMBNAIL)
        painter.setClipPath(outline)
        key = Key(Kind.PHOTO, self.photo.photo_id, round(PHOTO_SIDE * self.devicePixelRatio()))
        pixmap = self._context.thumbnails.get(key) or self._context.thumbnails.at_any_size(key)
        if pixmap is None:
            painter.fillRect(rect, theme.colour(look.theme.surface))
            if self._context.thumbnails.failed(key):
                paint_missing(painter, rect, look)
        else:
            painter.drawPixmap(QRect(0, 0, PHOTO_SIDE, PHOTO_SIDE), pixmap)
        painter.setClipping(False)
        paint_states(painter, rect.toRectF(), self._state(), look, True)

    def _state(self) -> QStyle.StateFlag:
        flags = QStyle.StateFlag
        state = flags.State_Enabled
        if self.isChecked():
            state |= flags.State_Selected
        if self.hasFocus():
            state |= flags.State_HasFocus
        if self.underMouse():
            state |= flags.State_MouseOver
        return state


class GroupCard(QFrame):
    """A group: its photos side by side, what is known of each, and the two answers."""

    keep_wanted = Signal(object, object)
    apart_wanted = Signal(object)
    looked_at = Signal(object, int)

    def __init__(self, context: Context, group: DuplicateGroup, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.group = group
        self.copies = [CopyButton(context, photo, self) for photo in group.photos]
        self.copies[0].setChecked(True)
        self.keep = QPushButton(self)
        self.apart = QPushButton(self.tr("Not duplicates"), self)
        self.keep.clicked.connect(self._keep)
        self.apart.clicked.connect(lambda _on: self.apart_wanted.emit(self._ids()))
        for copy in self.copies:
            copy.toggled.connect(self._told)
            copy.looked_at.connect(lambda number: self.looked_at.emit(self._ids(), self._ids().index(number)))
        self._lay_out()
        self._told()

    def _ids(self) -> list[int]:
        return [photo.photo_id for photo in self.group.photos]

    def _lay_out(self) -> None:
        photos = QHBoxLayout()
        photos.setSpacing(theme.SPACE_3)
        for copy in self.copies:
            photos.addLayout(self._column(copy))
        photos.addStretch()
        # More copies than fit are scrolled sideways, not squeezed.
        inner = QWidget(self)
        photos.setContentsMargins(0, 0, 0, theme.SPACE_2)
        inner.setLayout(photos)
        strip = named(QScrollArea(self), "strip")
        strip.setWidget(inner)
        strip.setWidgetResizable(True)
        strip.setFrameShape(QFrame.Shape.NoFrame)
        strip.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        strip.setFixedHeight(inner.sizeHint().height() + theme.SPACE_3)
        answers = QHBoxLayout()
        answers.setSpacing(theme.SPACE_2)
        answers.addWidget(self.keep)
        answers.addWidget(self.apart)
        answers.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_4, theme.SPACE_4, theme.SPACE_4, theme.SPACE_4)
        column.setSpacing(theme.SPACE_2)
        column.addWidget(strip)
        column.addLayout(answers)

    def _column(self, copy: CopyButton) -> QVBoxLayout:
        photo, number = copy.photo, QLocale().toString
        best = self.tr("best · ") if photo is self.group.photos[0] else ""
        about = f"{best}{number(photo.width)} × {number(photo.height)} · {_bytes(photo.size)}"
        name = label(self, "quiet")
        name.setText(name.fontMetrics().elidedText(shown(photo.path.name), Qt.TextElideMode.ElideMiddle, PHOTO_SIDE))
        name.setToolTip(hint(shown(str(photo.path))))
        column = QVBoxLayout()
        column.setSpacing(theme.SPACE_1)
        column.addWidget(copy)
        column.addWidget(label(self, "", about))
        column.addWidget(name)
        return column

    def _told(self) -> None:
        """What the button does now; without one that stays there is nothing to do."""
        gone = sum(not copy.isChecked() for copy in self.copies)
        self.keep.setEnabled(0 < gone < len(self.copies))
        one = self.tr("Keep the marked one, move the other to the trash")
        several = self.tr("Keep what is marked, move {} to the trash").format(QLocale().toString(gone))
        self.keep.setText(one if gone == 1 and len(self.copies) == 2 else several)

    def _keep(self) -> None:
        keep = [copy.photo.photo_id for copy in self.copies if copy.isChecked()]
        others = [copy.photo.photo_id for copy in self.copies if not copy.isChecked()]
        self.keep_wanted.emit(keep, others)


class DuplicatesView(QWidget):
    """The page. `counted` tells how many groups there are."""

    photo_opened = Signal(object, int)
    counted = Signal(int)

    def __init__(self, context: Context, undoing: Undoing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._context = context
        self._undoing = undoing
        self._duplicates, self._journal = context.session.duplicates, context.session.journal
        self._groups: list[DuplicateGroup] = []
        self.cards: list[GroupCard] = []
        self.lead = label(self, "quiet")
        self.keep_all = QPushButton(self.tr("Keep the best of all"), self)
        self.keep_all.clicked.connect(lambda _on: self._keep_all())
        self._empty = EmptyState(
            context.look,
            "copy",
            self.tr("No duplicates"),
            self.tr("Copies of a photo, at another size or compressed again, are shown here side by side."),
            parent=self,
        )
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._page())
        context.bridge.changed.connect(self._changed)
        self._refresher = Refresher(self, context.tasks, self._duplicates.list, self._show)
        self._later = QTimer(self, singleShot=True, interval=_QUIET_MS)
        self._later.timeout.connect(self._refresher.ask)
        self._refresher.ask()

    def _page(self) -> QWidget:
        head = QHBoxLayout()
        head.setContentsMargins(theme.SPACE_4, theme.SPACE_3, theme.SPACE_4, theme.SPACE_3)
        head.addWidget(self.lead, 1)
        head.addWidget(self.keep_all)
        inner = named(QWidget(self), "page")
        self._list = QVBoxLayout(inner)
        self._list.setContentsMargins(theme.SPACE_4, 0, theme.SPACE_4, theme.SPACE_4)
        self._list.setSpacing(theme.SPACE_3)
        self._list.addStretch()
        area = QScrollArea(self)
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(area, 1)
        return page

    def _changed(self, change: LibraryChanged) -> None:
        if not (change.photo_ids or change.duplicates):
            return
        if self.isVisible():
            self._refresher.ask()
        else:
            self._later.start()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        super().showEvent(event)
        if self._later.isActive():
            self._later.stop()
            self._refresher.ask()

    def _show(self, groups: list[DuplicateGroup]) -> None:
        self._groups = groups
        wanted = groups[:SHOWN]
        for card in [card for card in self.cards if card.group not in wanted]:
            self._list.removeWidget(card)
            self.cards.remove(card)
            card.deleteLater()
        there = {card.group: card for card in self.cards}
        self.cards = [there.get(group) or self._card(group) for group in wanted]
        for place, card in enumerate(self.cards):
            if self._list.indexOf(card) != place:
                self._list.insertWidget(place, card)
        self._stack.setCurrentIndex(1 if groups else 0)
        number = QLocale().toString(len(groups))
        told = self.tr("1 group") if len(groups) == 1 else self.tr("{} groups").format(number)
        self.lead.setText(
            self.tr("{} of photos that show the same. What is not marked goes to the trash.").format(told)
        )
        self.counted.emit(len(groups))

    def _card(self, group: DuplicateGroup) -> GroupCard:
        card = GroupCard(self._context, group, self)
        card.keep_wanted.connect(self._keep)
        card.apart_wanted.connect(self._set_apart)
        card.looked_at.connect(self.photo_opened)
        return card

    def _keep(self, keep: Sequence[int], others: Sequence[int]) -> None:
        def work() -> tuple[int, int | None]:
            return len(self._duplicates.resolve(keep, others)), self._journal.last

        def told(done: tuple[int, int | None]) -> None:
            count, step_id = done
            one = self.tr("Moved 1 photo to the trash")
            several = self.tr("Moved {} photos to the trash").format(QLocale().toString(count))
            self._undoing.tell(one if count == 1 else several, step_id)

        self._context.tasks.run(self, work, told, keep=True)

    def _keep_all(self) -> None:
        keep = [group.photos[0].photo_id for group in self._groups]
        others = [photo.photo_id for group in self._groups for photo in group.photos[1:]]
        if keep:
            self._keep(keep, others)

    def _set_apart(self, photo_ids: Sequence[int]) -> None:
        def work() -> int | None:
            self._duplicates.set_apart(photo_ids)
            return self._journal.last

        def told(step_id: int | None) -> None:
            self._undoing.tell(self.tr("They will not be shown as duplicates again"), step_id)

        self._context.tasks.run(self, work, told, keep=True)
