"""What is known of the photo in sight: file, date, size, camera, place, people; and what the user says of it."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from PySide6.QtCore import QDate, QLocale, Qt, QTime, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.tags import Tag
from app.types import Photo, PhotoDetails, PhotoFace
from app.visibility import PhotoVisibility
from ui import theme
from ui.text import hint, length, shown
from ui.views.photo_facts import exposure_text, place_text, zone_text
from ui.views.photo_words import PhotoWords
from ui.views.seen_by import SeenBy
from ui.widgets import label, named

_UNBROKEN = 18
"""A run of this many characters without a place to break it does not fit into the panel."""

_BREAK = "\u200b"


class InfoPanel(QScrollArea):
    """`person_opened` carries the person whose name was clicked, `tag_removed` the tag that is to go."""

    person_opened = Signal(int)
    tag_removed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "panel").setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(theme.VIEWER_PANEL_WIDTH)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Details"))
        self._page = named(QWidget(self), "panel_page")
        top = theme.VIEWER_BAR_HEIGHT + theme.SPACE_4
        # What is typed into stays while the lines around it are made anew.
        self._head, self._column = QVBoxLayout(), QVBoxLayout()
        self.words = PhotoWords(self._page)
        self.words.hide()
        self.seen_by = SeenBy(self._page)
        page = QVBoxLayout(self._page)
        page.setContentsMargins(theme.SPACE_5, top, theme.SPACE_5, theme.SPACE_5)
        page.setSpacing(0)
        for column in (self._head, self._column):
            column.setSpacing(theme.SPACE_1)
        page.addLayout(self._head)
        page.addWidget(self.words)
        page.addWidget(self.seen_by)
        page.addLayout(self._column)
        page.addStretch(1)
        self.setWidget(self._page)

    def show_nothing(self) -> None:
        """Empties the panel."""
        self._empty()
        self.words.keep()
        self.words.hide()
        self.seen_by.tell(None)

    def show_photo(
        self,
        photo: Photo,
        faces: Sequence[PhotoFace],
        details: PhotoDetails | None = None,
        tags: Sequence[Tag] = (),
        visibility: PhotoVisibility | None = None,
    ) -> None:
        """Fills the panel."""
        self._empty()
        known = details or PhotoDetails(photo.photo_id)
        zone = zone_text(known)
        self._add(breakable(shown(photo.path.name)), "strong", self._head)
        when = ", ".join(part for part in (date_text(photo), time_text(photo), zone) if part)
        self._add(when, column=self._head)
        self.words.setVisible(details is not None)
        if details is not None:
            self.words.show_details(details)
        self.seen_by.tell(visibility)
        self._section(self.tr("Camera"), known.camera, known.lens, exposure_text(known))
        self._section(self.tr("Place"), place_text(known))
        if photo.video and photo.video.seconds:
            self._section(self.tr("Length"), length(photo.video.seconds))
        self._heading(self.tr("Size"))
        self._add(self._size(photo))
        if photo.beside:
            self._heading(self.tr("Other files of this shot"))
            for each in photo.beside:
                self._add(breakable(shown(os.path.basename(os.fsdecode(each.path)))))
        self._heading(self.tr("Folder"))
        self._add(breakable(shown(str(photo.path.parent))))
        if faces or tags or known.marked:
            self._heading(self.tr("People"))
            self._add_people(faces)
        for tag in tags:
            self._column.addWidget(self._tag(tag))
        for marked in known.marked:
            self._add(self.tr("{} (marked, not found)").format(breakable(shown(marked.name))), "quiet")

    def _empty(self) -> None:
        for column in (self._head, self._column):
            while column.count():
                item = column.takeAt(0)
                widget = item.widget() if item else None
                if widget:
                    widget.hide()
                    widget.deleteLater()

    def _section(self, heading: str, *lines: str) -> None:
        """A heading with what there is under it; none without."""
        if any(lines):
            self._heading(heading)
        for line in lines:
            if line:
                self._add(breakable(shown_lines(line)))

    def _size(self, photo: Photo) -> str:
        locale = QLocale()
        size = locale.formattedDataSize(photo.size, 1, QLocale.DataSizeFormat.DataSizeSIFormat)
        if not photo.width:
            return size
        pixels = self.tr("{} × {} pixels").format(locale.toString(photo.width), locale.toString(photo.height))
        mega = self.tr("{} megapixels").format(locale.toString(photo.width * photo.height / 1e6, "f", 1))
        return f"{pixels}\n{mega}, {size}"

    def _add_people(self, faces: Sequence[PhotoFace]) -> None:
        named = {face.person_id: face.name for face in faces if face.name and face.person_id is not None}
        for person_id, name in named.items():
            self._column.addWidget(self._person(person_id, shown(name)))
        unnamed = sum(face.name is None for face in faces)
        if unnamed:
            number = QLocale().toString(unnamed)
            self._add(
                self.tr("1 without a name") if unnamed == 1 else self.tr("{} without a name").format(number), "quiet"
            )

    def _person(self, person_id: int, name: str) -> QPushButton:
        button = named(QPushButton(self._page), "person")
        button.ensurePolished()
        metrics = button.fontMetrics()
        room = theme.VIEWER_PANEL_WIDTH - 2 * theme.SPACE_5 - theme.SPACE_2
        button.setText(metrics.elidedText(name, Qt.TextElideMode.ElideRight, room).replace("&", "&&"))
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.setAccessibleName(self.tr("Photos of {}").format(name))
        button.setToolTip(hint(self.tr("Photos of {}").format(name)))
        button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: self.person_opened.emit(person_id))
        return button

    def _tag(self, tag: Tag) -> QWidget:
        """Somebody who is tagged, and the button that takes the tag away."""
        line = named(QWidget(self._page), "panel_line")
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_1)
        row.addWidget(self._person(tag.person_id, shown(tag.name)))
        remove = named(QToolButton(line), "small")
        remove.setText("\u00d7")
        remove.setToolTip(hint(self.tr("{} is not in this photo").format(shown(tag.name))))
        remove.setAccessibleName(self.tr("{} is not in this photo").format(shown(tag.name)))
        remove.clicked.connect(lambda: self.tag_removed.emit(tag.tag_id))
        row.addWidget(remove)
        row.addStretch(1)
        return line

    def _heading(self, text: str) -> None:
        self._column.addSpacing(theme.SPACE_3)
        self._add(text, "quiet")

    def _add(self, text: str, name: str = "", column: QVBoxLayout | None = None) -> None:
        line = label(self._page, name, text)
        line.setWordWrap(True)
        (column or self._column).addWidget(line)


def shown_lines(text: str) -> str:
    """As `ui.text.shown`, line by line."""
    return "\n".join(shown(line) for line in text.split("\n"))


def date_text(photo: Photo) -> str:
    """The day on which a photo was taken, in the user's words."""
    taken = photo.taken_at
    return QLocale().toString(QDate(taken.year, taken.month, taken.day), QLocale.FormatType.LongFormat)


def time_text(photo: Photo) -> str:
    """The time of day."""
    taken = photo.taken_at
    return QLocale().toString(QTime(taken.hour, taken.minute), QLocale.FormatType.ShortFormat)


def breakable(text: str) -> str:
    """With places, not to be seen, where a line may end: after separators, and in the midst of very long words."""
    text = re.sub(r"([/\\_.\-])(?=.)", rf"\1{_BREAK}", text)
    return re.sub(rf"([^\s{_BREAK}]{{{_UNBROKEN}}})(?=[^\s{_BREAK}])", rf"\1{_BREAK}", text)
