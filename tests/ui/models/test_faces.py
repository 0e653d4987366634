"""The faces of one person, each of which knows its photo."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtTest import QAbstractItemModelTester

from app.library import Library
from app.types import PhotoFace
from core.types import BoundingBox
from ui.models.faces import FacesModel
from ui.models.rows import Section

faces = st.dictionaries(st.integers(1, 40), st.integers(1, 9), max_size=20)


def face(number: int, photo_id: int) -> PhotoFace:
    return PhotoFace(number, photo_id, 1, None, BoundingBox(0, 0, 9, 9), 0.9, 0.5)


@given(states=st.lists(faces, min_size=1, max_size=4))
def test_any_faces_follow_any_others(states: list[dict[int, int]]) -> None:
    model = FacesModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    for photo_of in states:
        model.show([face(*each) for each in photo_of.items()])
        rows = [model.index(row) for row in range(model.rowCount())]
        assert [(row.data(FacesModel.Id), row.data(FacesModel.Photo)) for row in rows] == list(photo_of.items())
        assert model.sections == (Section("", 0, len(photo_of)),)
    assert tester.model() is model


def test_the_faces_of_a_person_of_the_album(album_library: Library) -> None:
    model = FacesModel()
    expected = album_library.session.people.faces(1)
    model.show(expected)
    assert [model.index(row).data(FacesModel.Photo) for row in range(3)] == [each.photo_id for each in expected]
