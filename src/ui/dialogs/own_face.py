"""The page on which somebody shows a face: photos from the disk or the camera, which face it is, and who that is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.own_face import FaceUnclear, OwnFace, Resembling
from app.sign_up import SOMEBODY_NEW
from core import camera
from core.errors import CoreError
from core.images import DecodedImage, decode, read_file
from core.types import BoundingBox
from ui import theme
from ui.avatar import Avatar
from ui.context import Context
from ui.face_picker import FacePicker
from ui.thumbnails import decoded
from ui.views.picture import to_image
from ui.widgets import label, named

_SHOWN = 3
"""So many people are asked about, the likeliest first."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was found in the photos: the faces, and whom they resemble, with a picture of each."""

    faces: tuple[OwnFace, ...]
    alike: tuple[tuple[Resembling, QImage | None], ...]


class OwnFacePage(QWidget):
    """`faces` and `person_id` are what was agreed upon, when `is_settled`; `changed` tells of every answer.

    Other photos take the place of the ones before.
    """

    changed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._profiles = context.library.profiles
        self._pictures: list[DecodedImage] = []
        self._chosen: dict[int, BoundingBox] = {}
        self._shown = 0
        self._boxes: tuple[BoundingBox, ...] = ()
        self._asked: list[tuple[Resembling, QImage | None]] = []
        self.faces: tuple[OwnFace, ...] = ()
        self.person_id = SOMEBODY_NEW
        self.is_settled = True
        self.picker = FacePicker(context.look, self)
        self.text = label(self, "", self.tr("With a photo of your face, Sietch finds the photos that you are in."))
        self.text.setWordWrap(True)
        self.choose = QPushButton(self.tr("Choose photos…"), self)
        self.take = QPushButton(self.tr("Take a picture"), self)
        self.other = Avatar(context.look, theme.FACE_SMALL, self)
        self.yes = named(QPushButton(self.tr("Yes, this is me"), self), "accent")
        self.no = QPushButton(self.tr("No"), self)
        self._connect()
        self._lay_out()
        self._show_question(False)
        self.take.hide()
        context.tasks.run(self, camera.exists, self.take.setVisible)

    def show_photos(self, paths: Sequence[Path]) -> None:
        """Looks at photos, all of the same person."""
        if paths:
            self._look(lambda: [decode(read_file(path)) for path in paths], {})

    def _connect(self) -> None:
        self.choose.clicked.connect(self._ask_for_photos)
        self.take.clicked.connect(lambda: self._look(lambda: [camera.take()], {}))
        self.picker.picked.connect(self._picked)
        self.yes.clicked.connect(lambda: self._answered(self._asked[0][0].person_id))
        self.no.clicked.connect(self._next)

    def _ask_for_photos(self) -> None:
        files, _ = QFileDialog.getOpenFileNames(self, self.tr("Photos of you"))
        self.show_photos([Path(file) for file in files])

    def _look(self, bring: Callable[[], list[DecodedImage]], chosen: dict[int, BoundingBox]) -> None:
        """Looks at photos; `chosen`: which face is meant, where somebody said so."""
        self._chosen, self.faces, self.is_settled = chosen, (), False
        self.text.setText(self.tr("Looking for faces…"))
        self._show_question(False)
        self._enable(False)

        def work() -> tuple[list[DecodedImage], _Seen | FaceUnclear]:
            pictures = bring()
            try:
                faces = self._profiles.look(pictures, chosen)
            except FaceUnclear as unclear:
                return pictures, unclear
            alike = self._profiles.resembling(faces)[:_SHOWN]
            return pictures, _Seen(faces, tuple((each, self._face_of(each)) for each in alike))

        self._context.tasks.run(self, work, self._looked, self._failed)
        self.changed.emit()

    def _face_of(self, alike: Resembling) -> QImage | None:
        try:
            data = None if alike.face_id is None else self._context.session.thumbnails.face(alike.face_id)
        except CoreError:
            return None
        return None if data is None else decoded(data)

    def _looked(self, outcome: tuple[list[DecodedImage], _Seen | FaceUnclear]) -> None:
        self._pictures, found = outcome
        self._enable(True)
        if isinstance(found, FaceUnclear):
            self.text.setText(str(found))
            self.is_settled = True
            self._show(found.picture, found.boxes, None)
        else:
            self.faces = found.faces
            last = found.faces[-1]
            self._show(len(self._pictures) - 1, last.boxes, last.boxes.index(last.face.detection.box))
            self._ask_about(list(found.alike))
        self.changed.emit()

    def _picked(self, number: int) -> None:
        """This face it is, also where it was clear and the user knows better."""
        pictures = self._pictures
        self._look(lambda: pictures, self._chosen | {self._shown: self._boxes[number]})

    def _ask_about(self, alike: list[tuple[Resembling, QImage | None]]) -> None:
        """Is it one of them? The likeliest first."""
        self._asked = alike
        if not alike:
            self._answered(SOMEBODY_NEW)
            return
        (one, face), *_ = alike
        self.is_settled = False
        self._show_question(True)
        self.other.show_profile(one.name or "", face)
        count = self.tr("1 photo") if one.photo_count == 1 else self.tr("{} photos").format(one.photo_count)
        asked = self.tr("Is this you, {}?").format(one.name) if one.name else self.tr("Is this you?")
        self.text.setText(f"{asked} {count}.")

    def _next(self) -> None:
        self._ask_about(self._asked[1:])
        self.changed.emit()

    def _answered(self, person_id: int) -> None:
        self.person_id, self.is_settled = person_id, True
        self._show_question(False)
        if person_id == SOMEBODY_NEW:
            self.text.setText(self.tr("Nobody in the photos so far. In photos that are added later you will be found."))
        else:
            self.text.setText(self.tr("Good. Your photos will be in an album of their own."))
        self.changed.emit()

    def _show(self, number: int, boxes: tuple[BoundingBox, ...], chosen: int | None) -> None:
        picture = self._pictures[number]
        self._shown, self._boxes = number, boxes
        self.picker.show_faces(to_image(picture.pixels), picture.width, boxes, chosen)

    def _show_question(self, shown: bool) -> None:
        for widget in (self.other, self.yes, self.no):
            widget.setVisible(shown)

    def _enable(self, on: bool) -> None:
        for widget in (self.choose, self.take, self.picker):
            widget.setEnabled(on)

    def _failed(self, error: Exception) -> None:
        self._enable(True)
        self.is_settled = True
        if not isinstance(error, CoreError):
            raise error
        self.text.setText(str(error))
        self.changed.emit()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_3)
        column.addWidget(label(self, "title", self.tr("Your face")))
        column.addWidget(self.picker, 1)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_2)
        for widget in (self.choose, self.take):
            row.addWidget(widget)
        row.addStretch(1)
        column.addLayout(row)
        answer = QHBoxLayout()
        answer.setSpacing(theme.SPACE_3)
        answer.addWidget(self.other)
        answer.addWidget(self.text, 1)
        answer.addWidget(self.no)
        answer.addWidget(self.yes)
        column.addLayout(answer)
        self.other.setFocusPolicy(Qt.FocusPolicy.NoFocus)
