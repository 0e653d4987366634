"""XMP properties -> what they say of a picture. A sidecar's are read in the same way as the picture's own."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from app.metadata import exif, rdf, regions, times, values
from app.metadata.rdf import Node, Properties, text, texts
from app.metadata.times import Moment
from app.metadata.types import Metadata, Place

DECIDED = "sietch:Decided"
"""The properties of which a sidecar of Sietch holds everything there is, whatever the picture itself says."""

_POINT = re.compile(r"\s*(\d{1,3})(?:,(\d{1,2}(?:\.\d+)?))?(?:,(\d{1,2}(?:\.\d+)?))?\s*([NSEW])\s*", re.IGNORECASE)
_SEPARATORS = re.compile(r"[|/]")

_TIMES = ("exif:DateTimeOriginal", "photoshop:DateCreated", "exif:DateTimeDigitized", "xmp:CreateDate")
"""The most trusted first (MWG guidelines 2.0, 5.8.2)."""

_PERCENT = {1: 1, 25: 2, 50: 3, 75: 4, 99: 5}
"""Windows' rating in percent -> stars."""


def read(found: Properties, orientation: int) -> Metadata:
    """From the properties of one packet.

    Args:
        orientation: EXIF's number by which the picture is turned; regions are written for the picture before that.
    """
    latitude, longitude = values.coordinates(
        _degrees(found.get("exif:GPSLatitude")), _degrees(found.get("exif:GPSLongitude"))
    )
    iso = values.positive(text(found.get("exifEX:PhotographicSensitivity") or found.get("exif:ISOSpeedRatings")), 1e8)
    marked = regions.mwg(found, orientation) or regions.microsoft(found, orientation)
    fired = text(rdf.structure(found.get("exif:Flash")).get("exif:Fired")).lower()
    return Metadata(
        taken=taken(found),
        make=values.line(text(found.get("tiff:Make"))),
        model=values.line(text(found.get("tiff:Model"))),
        lens=values.line(text(found.get("exifEX:LensModel")) or text(found.get("aux:Lens"))),
        exposure_time=values.positive(text(found.get("exif:ExposureTime")), 1e6),
        aperture=values.positive(text(found.get("exif:FNumber")), 1_000),
        iso=round(iso) if iso else None,
        focal_length=values.positive(text(found.get("exif:FocalLength")), 1e5),
        flash=fired == "true" if fired in ("true", "false") else None,
        latitude=latitude,
        longitude=longitude,
        place=_place(found),
        rating=_rating(found),
        keywords=_keywords(found),
        title=values.line(text(found.get("dc:title")) or text(found.get("photoshop:Headline"))),
        caption=values.prose(text(found.get("dc:description")) or text(found.get("tiff:ImageDescription"))),
        orientation=exif.oriented(text(found.get("tiff:Orientation"))) or 1,
        regions=marked,
        people=values.unique(texts(found.get("Iptc4xmpExt:PersonInImage"))),
    )


def taken(found: Properties) -> Moment | None:
    """The most trusted time; where it has no zone, that of a less trusted one which shows the same."""
    moments = [moment for name in _TIMES if (moment := times.parsed(text(found.get(name))))]
    return with_zone_of(moments[0], moments[1:]) if moments else None


def with_zone_of(moment: Moment, others: list[Moment]) -> Moment:
    """The zone from another telling of the same time. UTC is no zone there: programs write it that know none."""
    if moment.zone is not None:
        return moment
    same = (each.zone for each in others if abs(each.local - moment.local) < timedelta(seconds=2))
    return replace(moment, zone=next((zone for zone in same if zone), None))


def flat(found: Properties) -> tuple[str, ...]:
    """The keywords without a path."""
    return values.unique(texts(found.get("dc:subject")))


def utc(found: Properties) -> datetime | None:
    """The point in time that the GPS receiver told."""
    moment = times.parsed(text(found.get("exif:GPSTimeStamp") or found.get("exif:GPSDateTime")))
    return moment.aware() if moment is not None else None


def _keywords(found: Properties) -> tuple[str, ...]:
    """Flat keywords, and the last word of those with a path, which not every program repeats among the flat ones."""
    paths = (
        texts(found.get("lr:hierarchicalSubject"))
        + texts(found.get("digiKam:TagsList"))
        + texts(found.get("MicrosoftPhoto:LastKeywordXMP"))
    )
    flat = texts(found.get("dc:subject"))
    known = set(values.unique(flat))
    # A flat keyword may hold a separator of its own.
    last = [_SEPARATORS.split(path)[-1] for path in paths if values.line(path) not in known]
    return values.unique(flat + last)


def _rating(found: Properties) -> int | None:
    if text(found.get("xmp:Rating")):
        return exif.rating(text(found.get("xmp:Rating")))
    percent = values.number(text(found.get("MicrosoftPhoto:Rating")))
    return _PERCENT.get(round(percent)) if percent is not None else None


def _place(found: Properties) -> Place:
    shown = rdf.structure(found.get("Iptc4xmpExt:LocationCreated")) or rdf.structure(
        found.get("Iptc4xmpExt:LocationShown")
    )

    def named(plain: str, part: str) -> str:
        return values.line(text(found.get(f"photoshop:{plain}")) or text(shown.get(f"Iptc4xmpExt:{part}")))

    return Place(named("Country", "CountryName"), named("State", "ProvinceState"), named("City", "City"))


def _degrees(node: Node | None) -> float | None:
    """XMP's own form, "50,5.3752N" or "50,5,22N"; a plain number is what some programs write."""
    written = text(node)
    found = _POINT.fullmatch(written)
    if found is None:
        return values.number(written)
    degrees: float = sum(float(part or 0) / 60**place for place, part in enumerate(found.groups()[:3]))
    return -degrees if str(found.group(4)).upper() in "SW" else degrees
