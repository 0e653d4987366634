"""The whole engine over photographs of which it is known who stands where."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from core import images, schema
from core.database import Database
from core.engine import FaceEngine
from core.models import ModelPack
from core.service import FaceCore
from core.types import Face

Points = dict[str, list[tuple[float, float]]]


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "faces-compreface"


@pytest.fixture(scope="module")
def noses(folder: Path) -> Points:
    """Where the nose of each face is, by the name of the file."""
    points: Points = defaultdict(list)
    for row in csv.DictReader((folder / "face_points.csv").read_text(encoding="utf-8").splitlines()):
        points[row["image"]].append((float(row["nose_x"]), float(row["nose_y"])))
    return points


@pytest.fixture(scope="module")
def found(
    folder: Path, any_engine: FaceEngine, any_pack: ModelPack, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Face]]:
    """The faces of every photo with their persons, after one grouping, by the name of the file."""
    database = Database(tmp_path_factory.mktemp("photographs") / "core.sqlite", schema.metadata, 1)
    core = FaceCore(database, any_pack)
    for path in sorted(folder.glob("*.jpg")):
        decoded = images.decode(images.read_file(path))
        core.add_image(path.name, decoded.width, decoded.height, any_engine.analyze(decoded))
    core.cluster()
    faces: dict[str, list[Face]] = {path.name: [] for path in folder.glob("*.jpg")}
    for face in core.faces():
        faces[face.source].append(face)
    database.close()
    return faces


def holds(face: Face, point: tuple[float, float]) -> bool:
    x, y = point
    return face.box.x <= x <= face.box.x + face.box.width and face.box.y <= y <= face.box.y + face.box.height


def test_every_face_is_found(found: dict[str, list[Face]], noses: Points) -> None:
    missed = [
        (name, point)
        for name, points in noses.items()
        for point in points
        if not any(holds(face, point) for face in found[name])
    ]
    assert sum(map(len, noses.values())) == 46
    assert missed == []


def test_hardly_anything_else_is_taken_for_a_face(
    found: dict[str, list[Face]], noses: Points, any_pack: ModelPack
) -> None:
    others = [
        (name, face.box)
        for name, faces in found.items()
        for face in faces
        if not any(holds(face, point) for point in noses[name])
    ]
    assert len(others) <= {"buffalo_s": 1, "yunet_sface": 3}[any_pack.name]
    assert found["017_0.jpg"] == []


def test_photos_of_one_person_are_one_person(found: dict[str, list[Face]], noses: Points, folder: Path) -> None:
    persons: dict[str, set[int | None]] = defaultdict(set)
    for row in csv.DictReader((folder / "people.csv").read_text(encoding="utf-8").splitlines()):
        (nose,) = noses[row["image"]]
        (face,) = (each for each in found[row["image"]] if holds(each, nose))
        persons[row["person"]].add(face.person_id)
    assert len(persons["A"]) == len(persons["B"]) == 1
    assert None not in persons["A"] | persons["B"]
    assert len(persons["A"] | persons["B"] | persons["C"]) == 3


def test_no_photo_shows_one_person_twice(found: dict[str, list[Face]]) -> None:
    for name, faces in found.items():
        given = [face.person_id for face in faces if face.person_id]
        assert len(given) == len(set(given)), name
