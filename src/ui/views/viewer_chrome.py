"""What lies over the picture and comes and goes: the bar at the top, and the arrows at the edges."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QObject, QRect, Qt, QVariantAnimation
from PySide6.QtGui import QCursor, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGraphicsOpacityEffect,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.types import Photo
from ui import motion, theme
from ui.look import Look
from ui.text import hint, shown
from ui.views.info_panel import date_text, time_text
from ui.views.photo_facts import stars_text
from ui.widgets import icon_button, label, named

_ZOOM_WIDTH = "8,888%"
"""The longest figure of the zoom: the bar must not move while one zooms."""


class ViewerChrome(QObject):
    """The widgets, all of them children of the viewer, which decides when they are shown.

    Attributes:
        back, favourite, tag, boxes, information, delete, full_screen, zoom: the buttons in the bar.
        previous, following: the arrows.
    """

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._shown = True
        self._when = ""
        self.bar = named(QFrame(parent), "chrome")
        self.back = self._button("arrow-left", self.tr("Back (Esc)"), self.bar)
        self._name = _Elided(self.bar)
        self._date = label(self.bar, "quiet")
        self._position = label(self.bar, "quiet")
        self.zoom = self._button("", self.tr("Whole picture or 100% (Z)"), self.bar)
        self.favourite = self._button("heart", self.tr("Favourite (F)"), self.bar, checkable=True)
        self.tag = self._button("user-plus", self.tr("Tag somebody (T)"), self.bar)
        self.boxes = self._button("eye", self.tr("Show faces and names (B)"), self.bar, checkable=True)
        self.information = self._button("info", self.tr("Details (I)"), self.bar, checkable=True)
        self.delete = self._button("trash-2", self.tr("Move to the trash (Delete)"), self.bar)
        self.full_screen = self._button("maximize", self.tr("Full screen (F11)"), self.bar)
        self.previous = self._button("chevron-left", self.tr("Previous photo"), parent, name="arrow")
        self.following = self._button("chevron-right", self.tr("Next photo"), parent, name="arrow")
        self.boxes.toggled.connect(lambda on: self._tint("eye" if on else "eye-off", self.boxes))
        self.favourite.toggled.connect(lambda on: self._tint("heart-filled" if on else "heart", self.favourite))
        self._effects = [self._effect(widget) for widget in self._widgets]
        self._motion = QVariantAnimation(parent)
        self._motion.setStartValue(0.0)
        self._motion.setEndValue(1.0)
        self._motion.valueChanged.connect(self._fade)
        self._motion.finished.connect(self._faded)
        self._lay_out()

    @property
    def shown(self) -> bool:
        """Whether it is there, or coming."""
        return self._shown

    @property
    def in_use(self) -> bool:
        """Whether the pointer or the keyboard is on it."""
        focused = QApplication.focusWidget()
        return any(_pointed(each) or _holds(each, focused) for each in self._widgets if each.isVisible())

    def arrange(self, room: QRect, picture: QRect) -> None:
        """Puts the bar at the top of the viewer and the arrows at the edges of the picture's part of it."""
        self.bar.setGeometry(room.left(), room.top(), room.width(), theme.VIEWER_BAR_HEIGHT)
        side, edge = theme.VIEWER_ARROW, theme.SPACE_4
        middle = picture.center().y() - side // 2
        self.previous.setGeometry(picture.left() + edge, middle, side, side)
        self.following.setGeometry(picture.right() + 1 - edge - side, middle, side, side)

    def show(self, is_shown: bool) -> None:
        """Fades in or out."""
        if is_shown == self._shown:
            return
        self._shown = is_shown
        self._set_visible()
        self._motion.stop()
        directions = QVariantAnimation.Direction
        self._motion.setDirection(directions.Forward if is_shown else directions.Backward)
        self._motion.setDuration(motion.milliseconds())
        for effect in self._effects:
            effect.setEnabled(True)
        self._motion.start()

    def show_position(self, index: int, count: int) -> None:
        """ "12 of 340"; of the photo itself nothing is known yet."""
        number = QLocale().toString
        self._position.setText(self.tr("{} of {}").format(number(index + 1), number(count)))
        self.previous.setEnabled(index > 0)
        self.following.setEnabled(index < count - 1)
        self._set_visible()
        self._name.set_text("")
        self._date.clear()

    def show_photo(self, photo: Photo) -> None:
        """Names the photo."""
        self._name.set_text(shown(photo.path.name))
        self._name.setToolTip(hint(shown(str(photo.path))))
        self._when = f"{date_text(photo)} · {time_text(photo)}"
        self._date.setText(self._when)

    def show_stars(self, rating: int | None) -> None:
        """The stars of the photo, beside its date."""
        self._date.setText(" · ".join(part for part in (self._when, stars_text(rating)) if part))

    def show_favourite(self, on: bool) -> None:
        """Whether the photo is one of the user's favourites."""
        self.favourite.setChecked(on)

    def show_zoom(self, zoom: float | None) -> None:
        """In percent of the original, if there is a picture."""
        locale = QLocale()
        self.zoom.setText("" if zoom is None else f"{locale.toString(round(zoom * 100))}{locale.percent()}")

    @property
    def _widgets(self) -> tuple[QWidget, ...]:
        return (self.bar, self.previous, self.following)

    def _set_visible(self) -> None:
        """What is fading out stays until it is gone; an arrow that leads nowhere is not shown."""
        if self._shown:
            self.bar.show()
        for arrow in (self.previous, self.following):
            arrow.setVisible(arrow.isEnabled() and self.bar.isVisible())

    def _fade(self, opacity: float) -> None:
        for effect in self._effects:
            effect.setOpacity(opacity)

    def _faded(self) -> None:
        for effect in self._effects:
            # An effect that changes nothing would cost a detour for each repaint.
            effect.setEnabled(not self._shown)
        if not self._shown:
            for widget in self._widgets:
                widget.hide()

    def _effect(self, widget: QWidget) -> QGraphicsOpacityEffect:
        effect = QGraphicsOpacityEffect(widget)
        effect.setEnabled(False)
        widget.setGraphicsEffect(effect)
        return effect

    def _lay_out(self) -> None:
        row = QHBoxLayout(self.bar)
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
        row.addWidget(self._position)
        row.addSpacing(theme.SPACE_2)
        self.zoom.ensurePolished()
        self.zoom.setMinimumWidth(self.zoom.fontMetrics().horizontalAdvance(_ZOOM_WIDTH) + 2 * theme.SPACE_2)
        buttons = (self.favourite, self.tag, self.boxes, self.information, self.delete, self.full_screen)
        for widget in (self.zoom, *buttons):
            row.addWidget(widget)

    def _button(self, icon: str, text: str, parent: QWidget, name: str = "", checkable: bool = False) -> QToolButton:
        button = icon_button(parent, text, name, checkable)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if icon:
            self._tint(icon, button)
        return button

    def _tint(self, icon: str, button: QToolButton) -> None:
        button.setIcon(self._look.icon(icon, theme.ICON, theme.VIEWER_TEXT))


def _pointed(widget: QWidget) -> bool:
    return widget.rect().contains(widget.mapFromGlobal(QCursor.pos()))


def _holds(widget: QWidget, other: QWidget | None) -> bool:
    return widget is other or (other is not None and widget.isAncestorOf(other))


class _Elided(QLabel):
    """One line that ends in an ellipsis in its middle where it does not fit."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "strong").setTextFormat(Qt.TextFormat.PlainText)
        self._whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_text(self, text: str) -> None:
        self._whole = text
        self.setAccessibleName(text)
        self._cut()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideMiddle, self.width()))
