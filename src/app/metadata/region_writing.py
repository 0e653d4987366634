"""The regions of a sidecar: those of faces are made what they are to be, all others stay as they are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.metadata import rdf, regions
from app.metadata.elements import clark, element, put, take_out
from app.metadata.regions import AUTOMATIC, Box
from app.metadata.types import Region, Said

_CLOSE = 0.3
"""Boxes of one name that overlap so much are the same region; as for faces in `app.marking`."""


@dataclass(frozen=True, slots=True)
class Marked:
    """What `mwg-rs:Regions` of a sidecar held.

    Attributes:
        holder: the property's element without its list of regions, or None.
        kept: items of the list that stay as they are.
        missing: regions that have no item yet.
        lost: the names whose items do not stay.
    """

    holder: Any | None
    kept: tuple[Any, ...]
    missing: tuple[Region, ...]
    lost: frozenset[str]


def taken_out(parent: Any, said: Said) -> Marked:
    """Takes the regions out of the descriptions in `parent`, and sorts them by what is to be said."""
    holders = take_out(parent, "mwg-rs:Regions")
    missing, lost = list(said.regions), set[str]()
    holder = holders[0] if holders else None
    found = rdf.structure(rdf.value_of(holder)) if holder is not None else {}
    dimensions = rdf.structure(found.get("mwg-rs:AppliedToDimensions"))
    size = (regions.number(dimensions, "stDim:w"), regions.number(dimensions, "stDim:h"))
    items, kept = _items(holder), []
    for item in items[: regions.MAX_REGIONS]:
        marked = rdf.structure(rdf.value_of(item))
        if not marked:
            continue
        box = regions.mwg_box(rdf.structure(marked.get("mwg-rs:Area")), size)
        name, same = rdf.text(marked.get("mwg-rs:Name")), _same(marked, box, missing, said.orientation)
        if same is not None:
            missing.remove(same)
            kept.append(item)
        elif rdf.text(marked.get("mwg-rs:Type")) not in ("", "Face") or not name:
            kept.append(item)
        else:
            lost.add(name)
    # What is beyond the bound of the reader is not known here, and stays.
    kept += items[regions.MAX_REGIONS :]
    for part in list(holder.iter(clark("mwg-rs:RegionList"))) if holder is not None else []:
        part.getparent().remove(part)
    names = {region.name for region in said.regions}
    return Marked(holder, tuple(kept), tuple(missing), frozenset(lost - names))


def _items(holder: Any | None) -> list[Any]:
    """The items of the list of regions, not those of lists within them."""
    lists = holder.iter(clark("mwg-rs:RegionList")) if holder is not None else ()
    return [item for part in lists for array in part for item in array.findall(clark("rdf:li"))]


def put_in(ours: Any, marked: Marked, said: Said) -> None:
    """Puts the regions into the description of the picture."""
    if not (marked.kept or marked.missing):
        return
    holder = marked.holder
    if holder is None:
        holder = element(ours, "mwg-rs:Regions")
        holder.set(clark("rdf:parseType"), "Resource")
        _write_size(holder, said)
    else:
        ours.append(holder)
    inside = holder.find(clark("rdf:Description"))
    items = element(element(holder if inside is None else inside, "mwg-rs:RegionList"), "rdf:Bag")
    for item in marked.kept:
        items.append(item)
    for region in marked.missing:
        _write(items, region, said.orientation)


def _same(marked: rdf.Properties, box: Box | None, among: list[Region], orientation: int) -> Region | None:
    """The region that an item says already."""
    if box is None:
        return None
    automatic = rdf.text(rdf.structure(marked.get("mwg-rs:Extensions")).get(AUTOMATIC)) == "True"
    shown, name = regions.upright(box, orientation), rdf.text(marked.get("mwg-rs:Name"))
    alike = [each for each in among if each.name == name and each.automatic == automatic]
    best = max(alike, key=lambda each: _overlap(shown, each), default=None)
    return best if best is not None and _overlap(shown, best) >= _CLOSE else None


def _overlap(box: Box, region: Region) -> float:
    width = min(box.x + box.width, region.x + region.width) - max(box.x, region.x)
    height = min(box.y + box.height, region.y + region.height) - max(box.y, region.y)
    common = max(width, 0) * max(height, 0)
    return common / (box.width * box.height + region.width * region.height - common)


def _write_size(holder: Any, said: Said) -> None:
    width, height = said.size if said.orientation < 5 else said.size[::-1]
    if width and height:
        size = element(holder, "mwg-rs:AppliedToDimensions")
        for name, value in (("w", str(width)), ("h", str(height)), ("unit", "pixel")):
            size.set(clark(f"stDim:{name}"), value)


def _write(items: Any, region: Region, orientation: int) -> None:
    box = regions.stored(Box(region.x, region.y, region.width, region.height), orientation)
    item = element(items, "rdf:li")
    item.set(clark("rdf:parseType"), "Resource")
    area = element(item, "mwg-rs:Area")
    centre = {"x": box.x + box.width / 2, "y": box.y + box.height / 2, "w": box.width, "h": box.height}
    for name, value in centre.items():
        area.set(clark(f"stArea:{name}"), f"{value:.6f}")
    area.set(clark("stArea:unit"), "normalized")
    put(item, "mwg-rs:Name", region.name)
    put(item, "mwg-rs:Type", "Face")
    if region.automatic:
        extensions = element(item, "mwg-rs:Extensions")
        extensions.set(clark("rdf:parseType"), "Resource")
        put(extensions, AUTOMATIC, "True")
