"""What is read from a picture's metadata."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.metadata.times import Moment


class RegionSource(StrEnum):
    """How a region was written."""

    MWG = "mwg"
    MICROSOFT = "microsoft"
    PICASA = "picasa"


@dataclass(frozen=True, slots=True)
class Region:
    """A face that a human marked in another program, or that Sietch wrote.

    Attributes:
        name: of the person; never empty.
        x: of the left edge, as a part of the width of the upright picture; 0 to 1, as the others.
        y: of the upper edge.
        width: above 0.
        height: above 0.
        source: how it was written.
        automatic: Sietch wrote it, and the machine had recognised the person, not a human.
    """

    name: str
    x: float
    y: float
    width: float
    height: float
    source: RegionSource
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a picture was taken, in words."""

    country: str = ""
    state: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class Metadata:
    """Everything that Sietch takes from files; None or empty where they do not say it.

    Attributes:
        taken: what the camera's clock showed, and its zone.
        make: of the camera.
        model: of the camera.
        lens: its name.
        exposure_time: in seconds.
        aperture: the f-number.
        iso: the film's speed.
        focal_length: in millimetres.
        flash: whether it fired.
        latitude: degrees, north positive.
        longitude: degrees, east positive.
        place: as the user or a program wrote it.
        rating: 1 to 5 stars.
        keywords: without the names of people who have a region.
        orientation: EXIF's number, 1 to 8.
        regions: of the upright picture.
        people: who is said to be in the picture, with a region or without.
    """

    taken: Moment | None = None
    make: str = ""
    model: str = ""
    lens: str = ""
    exposure_time: float | None = None
    aperture: float | None = None
    iso: int | None = None
    focal_length: float | None = None
    flash: bool | None = None
    latitude: float | None = None
    longitude: float | None = None
    place: Place = Place()
    rating: int | None = None
    keywords: tuple[str, ...] = ()
    title: str = ""
    caption: str = ""
    orientation: int = 1
    regions: tuple[Region, ...] = ()
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What a sidecar is to say.

    Attributes:
        fields: which of these are to be written ("rating", "title", "caption", "keywords", "people"); others stay.
        regions: every face with a name.
        orientation: by which the stored picture is turned.
        size: of the upright picture, in pixels.
    """

    fields: frozenset[str]
    rating: int | None = None
    title: str = ""
    caption: str = ""
    keywords: tuple[str, ...] = ()
    regions: tuple[Region, ...] = ()
    orientation: int = 1
    size: tuple[int, int] = (0, 0)
