"""The grid of the program: 100,000 cells in sections, of which only those in sight cost anything."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QRegion, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem, QWidget

from ui import theme
from ui.look import Look
from ui.models.rows import Index, RowsModel
from ui.views.layout import GridLayout, Metrics

_MARGIN_LINES = 1
"""Lines above and below the view whose pictures are asked for too, so that they are there when they come in sight."""


class Grid(QAbstractItemView):
    """Shows a `RowsModel`. `opened` tells of a click or Return on a row, `heading_clicked` of a foldable heading."""

    opened = Signal(int)
    heading_clicked = Signal(int)

    def __init__(self, look: Look, metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._metrics = metrics
        self._rows = RowsModel(self)
        self._layout = GridLayout((), 1, metrics)
        self._hovered = QModelIndex()
        # A frame shows where the keyboard is, to those who use it.
        self._by_keyboard = False
        # Where the mouse button went down; None when that was on another screen.
        self._pressed: QPersistentModelIndex | None = None
        self._clicked = False
        # The row that holds the view in its place, where it is in the view, and how far the view was scrolled then.
        self._anchor: tuple[int, int] | None = None
        self._anchored_at = 0
        self.setMouseTracking(True)
        self.setFrameShape(QAbstractItemView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        look.changed.connect(self.viewport().update)

    def setModel(self, model: QAbstractItemModel | None) -> None:  # noqa: N802  (Qt's name)
        super().setModel(model)
        if isinstance(model, RowsModel):
            self._rows = model
            for about in (model.rowsAboutToBeInserted, model.rowsAboutToBeRemoved, model.layoutAboutToBeChanged):
                about.connect(self._remember_place)
            model.sections_changed.connect(self._sections_changed)
            self._sections_changed()

    def set_cell_width(self, width: int) -> None:
        """Makes the cells wider or narrower; what is at the top stays there."""
        self._remember_place()
        metrics = self._metrics
        self._metrics = Metrics(width, metrics.height, metrics.gap, metrics.margin, metrics.heading, metrics.stretch)
        self._sections_changed()

    @property
    def grid_layout(self) -> GridLayout:
        """Where everything is now."""
        return self._layout

    def title_in_sight(self) -> str:
        """The heading of what is at the top of the view."""
        number = self._layout.section_at(self.verticalOffset())
        return "" if number is None else self._layout.sections[number].title

    def visualRect(self, index: Index) -> QRect:  # noqa: N802  (Qt's name)
        if not index.isValid():
            return QRect()
        return self._layout.rect(index.row()).translated(0, -self.verticalOffset())

    def indexAt(self, point: QPoint) -> QModelIndex:  # noqa: N802  (Qt's name)
        row = self._layout.row_at(point + QPoint(0, self.verticalOffset()))
        return QModelIndex() if row is None or row >= self._rows.rowCount() else self._rows.index(row)

    def scrollTo(  # noqa: N802  (Qt's name)
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        rect = self._layout.rect(index.row()) if index.isValid() else QRect()
        if rect.isEmpty():
            return
        top, height = self.verticalOffset(), self.viewport().height()
        above = rect.top() - self._metrics.heading
        if hint == QAbstractItemView.ScrollHint.PositionAtCenter:
            self.verticalScrollBar().setValue(rect.center().y() - height // 2)
        elif above < top:
            self.verticalScrollBar().setValue(above)
        elif rect.bottom() > top + height:
            self.verticalScrollBar().setValue(rect.bottom() - height + self._metrics.gap)

    def horizontalOffset(self) -> int:  # noqa: N802  (Qt's name)
        return 0

    def verticalOffset(self) -> int:  # noqa: N802  (Qt's name)
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: Index) -> bool:  # noqa: N802  (Qt's name)
        return self._layout.rect(index.row()).isEmpty()

    def moveCursor(  # noqa: N802  (Qt's name)
        self, action: QAbstractItemView.CursorAction, _modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        count = self._rows.rowCount()
        if not count:
            return QModelIndex()
        row = self.currentIndex().row()
        if row < 0:
            return self._rows.index(0)
        actions = QAbstractItemView.CursorAction
        page = max(1, self.viewport().height() // (self._layout.cell_height + self._metrics.gap))
        target = {
            actions.MoveLeft: row - 1,
            actions.MovePrevious: row - 1,
            actions.MoveRight: row + 1,
            actions.MoveNext: row + 1,
            actions.MoveHome: 0,
            actions.MoveEnd: self._layout.last_row,
        }.get(action)
        if target is None:
            lines = {actions.MoveUp: -1, actions.MoveDown: 1, actions.MovePageUp: -page, actions.MovePageDown: page}
            target = self._layout.beside(row, lines[action])
        target = min(max(target, 0), count - 1)
        return self._rows.index(row if self._layout.rect(target).isEmpty() else target)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:  # noqa: N802  (Qt's name)
        rows = [
            index.row() for index in (self.indexAt(rect.topLeft()), self.indexAt(rect.bottomRight())) if index.isValid()
        ]
        selection = QItemSelection()
        if rows:
            selection.select(self._rows.index(min(rows)), self._rows.index(max(rows)))
        self.selectionModel().select(selection, command)

    def visualRegionForSelection(self, _selection: QItemSelection) -> QRegion:  # noqa: N802  (Qt's name)
        # Repainting what is in sight costs less than finding out which of many cells changed.
        return QRegion(self.viewport().rect())

    def updateGeometries(self) -> None:  # noqa: N802  (Qt's name)
        bar = self.verticalScrollBar()
        bar.setSingleStep(max(24, self._layout.cell_height // 3))
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, max(0, self._layout.height - self.viewport().height()))
        super().updateGeometries()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.viewport().rect(), theme.colour(self._look.theme.canvas))
        top, height = self.verticalOffset(), self.viewport().height()
        spare = _MARGIN_LINES * self._layout.cell_height
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        for row in self._layout.rows_between(top - spare, top + height + spare):
            if row < self._rows.rowCount():
                self._paint_row(painter, option, row)
        self._paint_headings(painter, top, height)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        self._remember_place()
        super().resizeEvent(event)
        self._sections_changed()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        self._hover(self.indexAt(event.position().toPoint()))
        if not event.buttons():
            super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        self._hover(QModelIndex())
        super().leaveEvent(event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        super().showEvent(event)
        self._clicked = False

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        self._by_keyboard = False
        self._clicked = True
        self._pressed = QPersistentModelIndex(self.indexAt(event.position().toPoint()))
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        # The second click of two belongs to the screen that the first was on.
        if self._clicked:
            self.mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        super().mouseReleaseEvent(event)
        point = event.position().toPoint()
        index, pressed = self.indexAt(point), self._pressed
        self._pressed = None
        plain = event.button() == Qt.MouseButton.LeftButton and event.modifiers() == Qt.KeyboardModifier.NoModifier
        if not plain or pressed is None or index != pressed:
            return
        heading = self._heading_at(point)
        if index.isValid():
            self.clicked_at(index, point)
        elif heading is not None and self._layout.sections[heading].foldable:
            self.heading_clicked.emit(heading)

    def clicked_at(self, index: QModelIndex, _point: QPoint) -> None:
        """A plain click on a cell opens it; screens whose cells hold more override this."""
        self.opened.emit(index.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        if self.state() == QAbstractItemView.State.EditingState:
            # A key that the field of an editor has no use for, such as the Return that ends it, is not for the cells.
            return
        self._by_keyboard = True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().row())
            return
        super().keyPressEvent(event)

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, row: int) -> None:
        index = self._rows.index(row)
        states = QStyle.StateFlag
        option.rect = self.visualRect(index)
        option.state = states.State_Enabled
        if self.selectionModel().isSelected(index):
            option.state |= states.State_Selected
        if index == self.currentIndex() and self.hasFocus() and self._by_keyboard:
            option.state |= states.State_HasFocus
        if index == self._hovered:
            option.state |= states.State_MouseOver
        self.itemDelegate().paint(painter, option, index)

    def _paint_headings(self, painter: QPainter, top: int, height: int) -> None:
        look = self._look.theme
        painter.setFont(theme.font(theme.TEXT_STRONG, strong=True))
        first = self._layout.section_at(top) or 0
        for number in range(first, len(self._layout.sections)):
            rect = self._layout.heading_rect(number).translated(0, -top)
            section = self._layout.sections[number]
            if rect.top() > height:
                return
            if not section.title:
                continue
            if rect.top() < 0:
                # The heading of what is in sight stays until the next one pushes it out.
                after = self._layout.tops[number + 1] - top if number + 1 < len(self._layout.tops) else height
                rect.moveTop(min(0, after - rect.height()))
            painter.fillRect(rect, theme.colour(look.canvas))
            painter.setPen(theme.colour(look.text))
            inner = rect.adjusted(theme.SPACE_4, 0, -theme.SPACE_4, 0)
            if section.foldable:
                icon = self._look.pixmaps("chevron-down" if section.folded else "chevron-up", theme.ICON_SMALL)
                painter.drawPixmap(inner.left(), inner.center().y() - theme.ICON_SMALL // 2, icon)
                inner.adjust(theme.ICON_SMALL + theme.SPACE_2, 0, 0, 0)
            painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, section.title)

    def _heading_at(self, point: QPoint) -> int | None:
        y = point.y() + self.verticalOffset()
        number = self._layout.section_at(y)
        if number is None:
            return None
        return number if self._layout.heading_rect(number).contains(QPoint(0, y)) else None

    def _hover(self, index: QModelIndex) -> None:
        if index != self._hovered:
            for each in (self._hovered, index):
                self.viewport().update(self.visualRect(each))
            self._hovered = index

    def _remember_place(self, *_change: object) -> None:
        """Before rows change: which row is the first in sight, and where. It stays so until the user scrolls."""
        top = self.verticalOffset()
        if self._anchor is not None and top == self._anchored_at:
            return
        self._anchor, self._anchored_at = None, top
        if top == 0:
            return
        for row in self._layout.rows_between(top, top + self.viewport().height()):
            place = self._layout.rect(row).top() - top
            if place >= 0 and row < len(self._rows.ids):
                self._anchor = self._rows.ids[row], place
                return

    def _sections_changed(self) -> None:
        self._hovered = QModelIndex()
        self._layout = GridLayout(self._rows.sections, self.viewport().width(), self._metrics)
        self.updateGeometries()
        row = self._rows.row_of(self._anchor[0]) if self._anchor else None
        if self._anchor and row is not None:
            self.verticalScrollBar().setValue(self._layout.rect(row).top() - self._anchor[1])
            self._anchored_at = self.verticalOffset()
        else:
            self._anchor = None
        self.viewport().update()
