"""How a person is painted: a round face, the name, the count."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QLineEdit, QStyle, QStyleOptionViewItem, QWidget
from pytestqt.qtbot import QtBot

from app.types import PersonSummary
from tests.qt import settle, show
from ui import theme
from ui.context import Context
from ui.delegates.person import CELL_HEIGHT, CELL_WIDTH, PersonDelegate, name_rect
from ui.models.people import PeopleModel

CELL = QRect(0, 0, CELL_WIDTH, CELL_HEIGHT)
FACE = QRect((CELL_WIDTH - theme.FACE_SIZE) // 2, theme.SPACE_3, theme.FACE_SIZE, theme.FACE_SIZE)
State = QStyle.StateFlag


class Stage:
    """One cell of the People page."""

    def __init__(self, context: Context, qtbot: QtBot) -> None:
        self.context, self.qtbot = context, qtbot
        self.canvas = QWidget()
        show(qtbot, self.canvas, CELL_WIDTH, CELL_HEIGHT)
        self.model = PeopleModel()
        self.show(context.session.people.list())
        self.delegate = PersonDelegate(context.look, context.thumbnails, self.canvas)

    def show(self, people: Sequence[PersonSummary]) -> None:
        self.model.show(people)

    def paint(self, state: State = State.State_Enabled) -> QImage:
        image = QImage(CELL.size(), QImage.Format.Format_RGB32)
        image.fill(QColor(theme.LIGHT.canvas))
        painter = QPainter(image)
        option = QStyleOptionViewItem()
        option.rect, option.state = CELL, state
        self.delegate.paint(painter, option, self.model.index(0))
        painter.end()
        return image

    def load(self) -> None:
        self.paint()
        settle(self.qtbot, self.context.tasks)


@pytest.fixture
def stage(context: Context, qtbot: QtBot) -> Stage:
    return Stage(context, qtbot)


def colours(image: QImage, area: QRect) -> set[str]:
    points = ((x, y) for x in range(area.left(), area.right()) for y in range(area.top(), area.bottom()))
    return {image.pixelColor(x, y).name().upper() for x, y in points}


def person(name: str | None, photos: int = 3, cover: int | None = 1) -> PersonSummary:
    return PersonSummary(1, name, photos, photos, cover, None, None)


def test_a_face_is_a_circle(stage: Stage) -> None:
    assert stage.paint().pixelColor(FACE.center()) == QColor(theme.LIGHT.line), "a place is held for it"
    stage.load()
    image = stage.paint()
    assert image.pixelColor(FACE.topLeft()) == QColor(theme.LIGHT.canvas)
    assert len(colours(image, FACE)) > 1000


@pytest.mark.parametrize("cover", [None, 9999])
def test_a_face_that_cannot_be_had_has_a_sign(stage: Stage, cover: int | None) -> None:
    stage.show([person("Mia", cover=cover)])
    stage.load()
    assert 1 < len(colours(stage.paint(), FACE)) < 200


def test_a_name_is_strong_and_its_absence_is_quiet_until_one_points(stage: Stage) -> None:
    stage.show([person("Mia")])
    assert theme.LIGHT.text in colours(stage.paint(), name_rect(CELL))
    stage.show([person(None)])
    assert theme.LIGHT.text not in colours(stage.paint(), name_rect(CELL))
    hovered = colours(stage.paint(State.State_MouseOver), name_rect(CELL))
    assert theme.LIGHT.raised in hovered, "it becomes a field that can be typed in"
    assert theme.LIGHT.accent in hovered


def test_a_long_name_stays_in_its_cell(stage: Stage) -> None:
    stage.show([person("Maximiliane von und zu Hohenlohe-Waldenburg-Schillingsfürst")])
    rect = name_rect(CELL)
    image = stage.paint()
    for edge in (QRect(0, rect.top(), 6, rect.height()), QRect(CELL_WIDTH - 6, rect.top(), 6, rect.height())):
        assert colours(image, edge) == {theme.LIGHT.canvas}


def test_the_keyboard_has_a_frame(stage: Stage) -> None:
    assert theme.LIGHT.accent not in colours(stage.paint(), CELL)
    assert theme.LIGHT.accent in colours(stage.paint(State.State_HasFocus), CELL)


def test_everything_has_its_own_place() -> None:
    assert FACE.bottom() < name_rect(CELL).top()
    assert CELL.contains(name_rect(CELL))
    assert name_rect(CELL).bottom() < CELL.bottom() - 16


def test_only_a_name_that_differs_is_told(stage: Stage) -> None:
    stage.show([person("Mia")])
    told: list[tuple[int, str]] = []
    stage.delegate.named.connect(lambda row, name: told.append((row, name)))
    index = stage.model.index(0)
    editor = stage.delegate.createEditor(stage.canvas, QStyleOptionViewItem(), index)
    assert isinstance(editor, QLineEdit)
    for typed in ("Mia", "  Mia ", "Noor", ""):
        editor.setText(typed)
        stage.delegate.setModelData(editor, stage.model, index)
    assert told == [(0, "Noor"), (0, "")]
    assert editor.maxLength() == 200


def test_the_field_lies_over_the_name(stage: Stage) -> None:
    option = QStyleOptionViewItem()
    option.rect = CELL
    editor = stage.delegate.createEditor(stage.canvas, option, stage.model.index(0))
    stage.delegate.updateEditorGeometry(editor, option, stage.model.index(0))
    assert editor.geometry() == name_rect(CELL)
