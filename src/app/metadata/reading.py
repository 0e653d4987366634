"""One picture with its sidecars -> what is known of it.

Who is believed, when several say something:

1. A sidecar before the picture itself: somebody wrote it later. `photo.jpg.xmp` comes before `photo.xmp`.
2. Of what the camera knows (time, exposure, position): EXIF, then XMP, then IPTC. The zone of the clock: EXIF's, else
   by the GPS receiver's time, else XMP's, else IPTC's.
3. Of what people say (title, caption, rating, place): XMP, then IPTC, then EXIF (MWG guidelines 2.0, 5).
4. Keywords of all are joined. Where Sietch wrote the sidecar, only what stands in it counts, so that a keyword, a
   rating or a name that was taken away stays away.
5. Regions come from one place: a sidecar, else the picture, else `.picasa.ini`.

What cannot be right is left out, and nothing that is in a file raises.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from app.metadata import blocks, exif, iptc, picasa, rdf, source, tiff, times, xmp
from app.metadata.times import Moment
from app.metadata.types import Metadata, Place

_log = logging.getLogger(__name__)

_Result = TypeVar("_Result")

_Directories = tuple[exif.Tags, exif.Tags, exif.Tags]

_ABOUT_CAMERA = ("make", "model", "lens", "exposure_time", "aperture", "iso", "focal_length", "flash")
_SAID = ("rating", "title", "caption")


def read(file: bytes | Path, sidecars: Sequence[Path] = (), name: str = "") -> Metadata:
    """What a picture or film and its sidecars say.

    Args:
        file: its bytes, or where it is; what cannot be read says nothing.
        sidecars: the one that is believed most first, as `sidecars.beside` has them.
        name: of the file, for `.picasa.ini`; by default that of the path.
    """
    known = _tried(_own, Metadata(), file)
    file_name = name or (file.name if isinstance(file, Path) else "")
    for sidecar in reversed(sidecars):
        if sidecar.name.lower() in picasa.NAMES:
            said = _tried(picasa.read, Metadata(), _bytes(sidecar), file_name, known.orientation)
            known = _filled(known, said)
        else:
            known = _tried(_with_sidecar, known, known, _bytes(sidecar))
    return replace(known, keywords=_without_names(known))


def _own(file: bytes | Path) -> Metadata:
    """What the picture itself says."""
    nothing: _Directories = ({}, {}, {})
    with source.opened(file) as opened:
        found = _tried(blocks.blocks_of, blocks.Blocks(), opened)
        whole = source.Memory(found.exif) if found.exif else opened
        return _embedded(found, _tried(tiff.directories, nothing, whole))


def _embedded(found: blocks.Blocks, directories: _Directories) -> Metadata:
    """From the blocks of a picture."""
    camera = _tried(exif.read, Metadata(), *directories)
    said = _properties(found, directories[0])
    orientation = found.orientation or _orientation(directories[0], said)
    program = _tried(xmp.read, Metadata(), said, orientation)
    records = found.iptc or directories[0].get(exif.IPTC_TAG)
    agency = _tried(iptc.read, Metadata(), records) if isinstance(records, bytes) else Metadata()
    position = camera if camera.latitude is not None else program
    return Metadata(
        taken=_tried(_taken, None, found, directories, said, agency.taken),
        latitude=position.latitude,
        longitude=position.longitude,
        place=_place(program.place, agency.place),
        keywords=tuple(dict.fromkeys(program.keywords + agency.keywords + camera.keywords)),
        orientation=orientation,
        regions=program.regions,
        people=program.people,
        **{name: _first_of(name, camera, program) for name in _ABOUT_CAMERA},
        **{name: _first_of(name, program, agency, camera) for name in _SAID},
    )


def _orientation(first: exif.Tags, said: rdf.Properties) -> int:
    """As the decoder does, which turns the picture by XMP's orientation only where EXIF has none."""
    return exif.oriented(first.get(exif.ORIENTATION)) or exif.oriented(rdf.text(said.get("tiff:Orientation"))) or 1


def _properties(found: blocks.Blocks, first: exif.Tags) -> dict[str, rdf.Node]:
    """The properties of all packets, the main one's before those of its extension."""
    said: dict[str, rdf.Node] = {}
    for packet in (*found.xmp, first.get(exif.XMP_TAG)):
        if isinstance(packet, bytes):
            more: dict[str, rdf.Node] = _tried(rdf.properties, {}, packet)
            said = more | said
    return said


def _taken(
    found: blocks.Blocks, directories: _Directories, said: rdf.Properties, agency: Moment | None
) -> Moment | None:
    """When the picture was taken, and the zone of the clock that says so."""
    first, details, gps = directories
    satellite = exif.utc(gps) or xmp.utc(said)
    told = [exif.taken(details), xmp.taken(said), agency]
    moments = [moment for moment in told if moment is not None]
    if not moments:
        late = exif.changed(first, details) or found.created
        return late or (times.from_utc(satellite) if satellite else None)
    return xmp.with_zone_of(times.with_zone_by(moments[0], satellite), moments[1:])


def _with_sidecar(known: Metadata, data: bytes) -> Metadata:
    """What is known, with what an XMP sidecar says instead or besides."""
    found = rdf.properties(data)
    said = xmp.read(found, known.orientation)
    whole = frozenset(rdf.texts(found.get(xmp.DECIDED)))
    taken = xmp.with_zone_of(said.taken, [known.taken] if known.taken else []) if said.taken else known.taken
    position = said if said.latitude is not None else known
    return replace(
        known,
        taken=taken,
        latitude=position.latitude,
        longitude=position.longitude,
        place=_place(said.place, known.place),
        keywords=xmp.flat(found) if "keywords" in whole else tuple(dict.fromkeys(known.keywords + said.keywords)),
        regions=said.regions if said.regions or "people" in whole else known.regions,
        people=said.people if said.people or "people" in whole else known.people,
        **{name: _first_of(name, said, known) for name in _ABOUT_CAMERA},
        **{name: getattr(said, name) if name in whole else _first_of(name, said, known) for name in _SAID},
    )


def _filled(known: Metadata, said: Metadata) -> Metadata:
    """What is known, with what somebody else says where nothing was said."""
    return replace(
        known,
        keywords=tuple(dict.fromkeys(known.keywords + said.keywords)),
        caption=known.caption or said.caption,
        regions=known.regions or said.regions,
    )


def _without_names(known: Metadata) -> tuple[str, ...]:
    """The keywords but for the names of people who are marked, which programs repeat there, some in one word."""
    names = {region.name for region in known.regions}
    return tuple(word for word in known.keywords if word not in names and not names.issuperset(word.split(",")))


def _place(first: Place, second: Place) -> Place:
    """Part by part: some programs write the country here and the city there."""
    return Place(first.country or second.country, first.state or second.state, first.city or second.city)


def _first_of(name: str, *candidates: Metadata) -> Any:
    """The first value of a field that is told."""
    values = [getattr(candidate, name) for candidate in candidates]
    return next((value for value in values if value not in (None, "")), values[-1])


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(rdf.MAX_PACKET + 1)
    except OSError:
        return b""


def _tried(function: Callable[..., _Result], otherwise: _Result, *values: Any) -> _Result:
    """What a reader finds. Its own faults on a damaged file are no reason to lose the photo: the log tells of them."""
    try:
        return function(*values)
    except OSError:
        return otherwise
    except Exception:
        _log.exception("metadata cannot be read")
        return otherwise
