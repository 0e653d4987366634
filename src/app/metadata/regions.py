"""Face regions as programs write them, brought to one form: a named box of the upright picture.

MWG (Metadata Working Group, guidelines 2.0, 5.9) and Microsoft write boxes of the picture as it is stored, before
EXIF's orientation turns it: Lightroom, digiKam, Picasa and exiftool do so, whatever `AppliedToDimensions`
says of the sides.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from app.metadata import rdf, values
from app.metadata.rdf import Properties, text
from app.metadata.types import Region, RegionSource

MAX_REGIONS = 500
"""Of one picture: more faces than are marked by hand, even in a school's."""

AUTOMATIC = "sietch:Automatic"


class Box(NamedTuple):
    """Left, top, width and height as parts of the picture's sides."""

    x: float
    y: float
    width: float
    height: float


def mwg(found: Properties, orientation: int) -> tuple[Region, ...]:
    """The faces among the regions of `mwg-rs:Regions`."""
    info = rdf.structure(found.get("mwg-rs:Regions"))
    dimensions = rdf.structure(info.get("mwg-rs:AppliedToDimensions"))
    size = (number(dimensions, "stDim:w"), number(dimensions, "stDim:h"))
    marked = []
    for item in rdf.structures(info.get("mwg-rs:RegionList"))[:MAX_REGIONS]:
        box, kind = mwg_box(rdf.structure(item.get("mwg-rs:Area")), size), text(item.get("mwg-rs:Type"))
        if box is not None and kind in ("", "Face"):
            extensions = rdf.structure(item.get("mwg-rs:Extensions"))
            automatic = text(extensions.get(AUTOMATIC)) == "True"
            marked.append(_region(text(item.get("mwg-rs:Name")), box, orientation, RegionSource.MWG, automatic))
    return tuple(region for region in marked if region)


def mwg_box(area: rdf.Properties, size: tuple[float, float]) -> Box | None:
    """The box of an area, which is given by its centre; in pixels only with the size of the picture."""
    x, y = number(area, "stArea:x"), number(area, "stArea:y")
    width, height = number(area, "stArea:w"), number(area, "stArea:h")
    if math.isnan(width + height) and not math.isnan(number(area, "stArea:d")):
        width = height = number(area, "stArea:d")
    if text(area.get("stArea:unit")) == "pixel":
        across, down = (side or math.nan for side in size)
        x, y, width, height = x / across, y / down, width / across, height / down
    return _inside(Box(x - width / 2, y - height / 2, width, height))


def microsoft(found: Properties, orientation: int) -> tuple[Region, ...]:
    """The people of Windows' photo gallery: left, top, width, height."""
    info = rdf.structure(found.get("MP:RegionInfo"))
    marked = []
    for item in rdf.structures(info.get("MPRI:Regions"))[:MAX_REGIONS]:
        parts = [_finite(part) for part in text(item.get("MPReg:Rectangle")).split(",")]
        box = _inside(Box(*parts)) if len(parts) == 4 else None
        if box is not None:
            name = text(item.get("MPReg:PersonDisplayName"))
            marked.append(_region(name, box, orientation, RegionSource.MICROSOFT))
    return tuple(region for region in marked if region)


def picasa(rectangle: str, name: str, orientation: int) -> Region | None:
    """Picasa's "rect64(3f845bcb59418507)": left, top, right and bottom in 65,535ths of the stored picture."""
    digits = rectangle.removeprefix("rect64(").removesuffix(")").rjust(16, "0")
    try:
        left, top, right, bottom = (int(digits[at : at + 4], 16) / 65535 for at in (0, 4, 8, 12))
    except ValueError:
        return None
    box = _inside(Box(left, top, right - left, bottom - top)) if len(digits) == 16 else None
    return _region(name, box, orientation, RegionSource.PICASA) if box else None


def upright(box: Box, orientation: int) -> Box:
    """A box of the stored picture, in the picture as it is shown (Exif 2.32, tag 0x0112)."""
    x, y, width, height = box
    right, below = 1 - x - width, 1 - y - height
    turned: dict[int, Callable[[], Box]] = {
        2: lambda: Box(right, y, width, height),
        3: lambda: Box(right, below, width, height),
        4: lambda: Box(x, below, width, height),
        5: lambda: Box(y, x, height, width),
        6: lambda: Box(below, x, height, width),
        7: lambda: Box(below, right, height, width),
        8: lambda: Box(y, right, height, width),
    }
    return turned.get(orientation, lambda: box)()


def stored(box: Box, orientation: int) -> Box:
    """The other way: a box of the picture as it is shown, in the picture as it is stored."""
    # Only the two turns by a quarter undo one another; every other orientation undoes itself.
    return upright(box, {6: 8, 8: 6}.get(orientation, orientation))


def number(found: rdf.Properties, name: str) -> float:
    """A number of a structure, nan where there is none."""
    return _finite(text(found.get(name)))


def _region(name: str, box: Box, orientation: int, source: RegionSource, automatic: bool = False) -> Region | None:
    clean = values.line(name)
    if not clean:
        return None
    x, y, width, height = (round(side, 6) for side in upright(box, orientation))
    return Region(clean, x, y, width, height, source, automatic)


def _inside(box: Box) -> Box | None:
    """The part of a box that lies in the picture, if it is one."""
    if not all(math.isfinite(side) and abs(side) <= 4 for side in box):
        return None
    left, top = max(box.x, 0.0), max(box.y, 0.0)
    right, bottom = min(box.x + box.width, 1.0), min(box.y + box.height, 1.0)
    return Box(left, top, right - left, bottom - top) if right - left > 0 and bottom - top > 0 else None


def _finite(written: str) -> float:
    found = values.number(written)
    return math.nan if found is None else found
