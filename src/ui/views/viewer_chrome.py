"""What lies over the picture in the viewer: the bar, the arrows, the details; there when the pointer moves."""

from __future__ import annotations

from PySide6.QtCore import QDate, QLocale, QRect, Qt, QTime
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.types import Photo, PhotoFace
from ui import theme
from ui.look import Look
from ui.text import shown
from ui.widgets import icon_button, label, named

_BAR_HEIGHT = 52
_ARROW = 48
_PANEL_WIDTH = 280


class ViewerChrome(QWidget):
    """Widgets laid over their parent; the parent decides when they are shown."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._over = parent
        self.hide()
        self._shown = True
        self._bar = named(QFrame(parent), "chrome")
        self.back = self._button("arrow-left", self.tr("Back (Esc)"), self._bar)
        self._name = label(self._bar)
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._date = label(self._bar, "quiet")
        self._position = label(self._bar, "quiet")
        self._zoom = label(self._bar, "quiet")
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._zoom.setFixedWidth(52)
        self.boxes = self._button("eye", self.tr("Show faces and names (B)"), self._bar, checkable=True)
        self.information = self._button("info", self.tr("Details (I)"), self._bar, checkable=True)
        self.previous = self._button("chevron-left", self.tr("Previous photo"), parent, name="arrow")
        self.following = self._button("chevron-right", self.tr("Next photo"), parent, name="arrow")
        self._panel = named(QFrame(parent), "panel")
        self._column = QVBoxLayout(self._panel)
        self._details = label(self._panel)
        self._details.setWordWrap(True)
        self._problem = label(parent, "problem", centred=True)
        for widget in (self._bar, self.previous, self.following, self._panel, self._problem):
            widget.setStyleSheet(theme.viewer_style_sheet())
        self._lay_out()
        self._panel.hide()
        self._problem.hide()
        self.information.toggled.connect(lambda _on: self.arrange(self._over.rect()))
        self.boxes.toggled.connect(self._tint_boxes)

    def arrange(self, room: QRect) -> None:
        """Puts everything in its place over a viewer of that size."""
        self._bar.setGeometry(0, 0, room.width(), _BAR_HEIGHT)
        middle = room.center().y() - _ARROW // 2
        self.previous.setGeometry(theme.SPACE_4, middle, _ARROW, _ARROW)
        self.following.setGeometry(room.width() - _ARROW - theme.SPACE_4, middle, _ARROW, _ARROW)
        self._panel.setVisible(self.information.isChecked())
        height = self._column.heightForWidth(_PANEL_WIDTH)
        left = room.width() - _PANEL_WIDTH - theme.SPACE_4
        self._panel.setGeometry(left, _BAR_HEIGHT + theme.SPACE_3, _PANEL_WIDTH, height)
        width = min(480, room.width() - 2 * (_ARROW + theme.SPACE_6))
        tall = self._problem.heightForWidth(width)
        self._problem.setGeometry((room.width() - width) // 2, (room.height() - tall) // 2, width, tall)

    def set_shown(self, is_shown: bool) -> None:
        """Shows or hides what comes and goes; details and errors stay."""
        self._shown = is_shown
        for widget in (self._bar, self.previous, self.following):
            widget.setVisible(is_shown)

    def in_use(self) -> bool:
        """Whether the pointer or the keyboard is on it."""
        widgets = (self._bar, self.previous, self.following)
        return any(each.underMouse() or each.isAncestorOf(QApplication.focusWidget() or self) for each in widgets)

    def show_position(self, index: int, count: int) -> None:
        """ "12 of 340"."""
        number = QLocale().toString
        self._position.setText(self.tr("{} of {}").format(number(index + 1), number(count)))
        self.previous.setEnabled(index > 0)
        self.following.setEnabled(index < count - 1)
        self._name.clear()
        self._date.clear()

    def show_details(self, photo: Photo, faces: list[PhotoFace]) -> None:
        """Of the photo that is shown."""
        locale = QLocale()
        day, time = QDate(*photo.taken_at.timetuple()[:3]), QTime(*photo.taken_at.timetuple()[3:6])
        clock = locale.toString(time, QLocale.FormatType.ShortFormat)
        taken = f"{locale.toString(day, QLocale.FormatType.LongFormat)}, {clock}"
        self._name.setText(shown(photo.path.name))
        self._name.setToolTip(shown(str(photo.path)))
        self._date.setText(taken)
        names = [face.name for face in faces if face.name]
        others = len(faces) - len(names)
        people = names + ([self.tr("{} without a name").format(others)] if others else [])
        size = self.tr("{} × {} pixels, {}").format(
            locale.toString(photo.width), locale.toString(photo.height), locale.formattedDataSize(photo.size)
        )
        lines = [shown(photo.path.name), shown(str(photo.path.parent)), taken, size, ", ".join(people)]
        self._details.setText("\n\n".join(line for line in lines if line))
        self.arrange(self._over.rect())

    def show_zoom(self, zoom: float) -> None:
        """In percent of the original."""
        self._zoom.setText(f"{QLocale().toString(round(zoom * 100))} %")

    def show_error(self, text: str) -> None:
        """A sentence over the picture; none hides it."""
        self._problem.setText(text)
        self._problem.setVisible(bool(text))
        self.arrange(self._over.rect())

    def _lay_out(self) -> None:
        row = QHBoxLayout(self._bar)
        row.setContentsMargins(theme.SPACE_3, 0, theme.SPACE_3, 0)
        row.setSpacing(theme.SPACE_2)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addStretch()
        texts.addWidget(self._name)
        texts.addWidget(self._date)
        texts.addStretch()
        row.addWidget(self.back)
        row.addLayout(texts, 1)
        for widget in (self._position, self._zoom, self.boxes, self.information):
            row.addWidget(widget)
        self._column.setContentsMargins(theme.SPACE_4, theme.SPACE_4, theme.SPACE_4, theme.SPACE_4)
        self._column.addWidget(self._details)

    def _button(self, icon: str, text: str, parent: QWidget, name: str = "", checkable: bool = False) -> QToolButton:
        button = icon_button(parent, text, name, checkable)
        button.setIcon(self._look.icon(icon, theme.ICON, theme.VIEWER_TEXT))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _tint_boxes(self, on: bool) -> None:
        self.boxes.setIcon(self._look.icon("eye" if on else "eye-off", theme.ICON, theme.VIEWER_TEXT))
