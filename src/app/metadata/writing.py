"""What is known in Sietch -> an XMP sidecar in which everything else stays as other programs wrote it.

The sidecar is parsed, our properties are taken out wherever and however they are written, and put back as one
description. Namespaces, foreign properties, the packet's wrapper and the order of everything else are kept.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from lxml import etree

from app.metadata import rdf, region_writing
from app.metadata.elements import bag, clark, element, put, take_out
from app.metadata.rdf import NAMESPACES, NoXmp
from app.metadata.types import Said
from app.metadata.xmp import DECIDED

_PATHS = ("lr:hierarchicalSubject", "digiKam:TagsList", "MicrosoftPhoto:LastKeywordXMP")

_EMPTY = f'<x:xmpmeta xmlns:x="{NAMESPACES["x"]}"><rdf:RDF xmlns:rdf="{NAMESPACES["rdf"]}"/></x:xmpmeta>'


def rewritten(packet: bytes, said: Said) -> bytes:
    """The sidecar as it is to be.

    Args:
        packet: the sidecar as it is; empty where there is none.
        said: what is to stand in it.

    Raises:
        NoXmp: what is there is no XMP that can be kept; it is better left alone.
    """
    root, parent = _opened(packet)
    before = rdf.properties(packet) if packet else {}
    fields = said.fields | {field for field in rdf.texts(before.get(DECIDED)) if field in _WRITERS}
    ours = _description(parent)
    _write_words(parent, ours, before, said, fields)
    if "people" in fields:
        _write_people(parent, ours, before, said)
    bag(ours, DECIDED, sorted(fields))
    _sweep(parent)
    parent.append(ours)
    return bytes(etree.tostring(root.getroottree(), encoding="utf-8"))


def _opened(packet: bytes) -> tuple[Any, Any]:
    """The root of a packet, and the element that holds its descriptions."""
    root = rdf.tree(packet or _EMPTY.encode(), exact=True)
    parent = root if root.tag == clark("rdf:RDF") else root.find(f".//{clark('rdf:RDF')}")
    if parent is None:
        raise NoXmp("no description of a picture")
    return root, parent


_WRITERS: dict[str, tuple[str, ...]] = {
    "rating": ("xmp:Rating", "MicrosoftPhoto:Rating"),
    "title": ("dc:title",),
    "caption": ("dc:description",),
    "keywords": ("dc:subject",),
    "people": ("Iptc4xmpExt:PersonInImage",),
}
"""The properties of each field that are written anew."""


def _write_words(parent: Any, ours: Any, before: rdf.Properties, said: Said, fields: Collection[str]) -> None:
    for name in [name for field in fields if field != "people" for name in _WRITERS[field]]:
        take_out(parent, name)
    if "rating" in fields:
        put(ours, "xmp:Rating", str(said.rating or 0))
    if "title" in fields and said.title:
        _alternative(ours, "dc:title", said.title)
    if "caption" in fields and said.caption:
        _alternative(ours, "dc:description", said.caption)
    if "keywords" in fields:
        names = {region.name for region in said.regions}
        # Other programs repeat the names of people among the keywords: those stay while the people do.
        words = [*said.keywords, *(word for word in rdf.texts(before.get("dc:subject")) if word in names)]
        _drop_paths(parent, {*rdf.texts(before.get("dc:subject")), *_last_words(before)} - {*words, *names})
        bag(ours, "dc:subject", list(dict.fromkeys(words)))


def _write_people(parent: Any, ours: Any, before: rdf.Properties, said: Said) -> None:
    marked = region_writing.taken_out(parent, said)
    region_writing.put_in(ours, marked, said)
    for name in _WRITERS["people"]:
        take_out(parent, name)
    names = dict.fromkeys(region.name for region in said.regions)
    others = [name for name in rdf.texts(before.get("Iptc4xmpExt:PersonInImage")) if name not in marked.lost]
    bag(ours, "Iptc4xmpExt:PersonInImage", list(dict.fromkeys([*names, *others])))


def _last_words(before: rdf.Properties) -> set[str]:
    return {path.replace("|", "/").rsplit("/", 1)[-1] for name in _PATHS for path in rdf.texts(before.get(name))}


def _drop_paths(parent: Any, gone: Collection[str]) -> None:
    """A keyword that was taken away goes from the lists with paths as well: they tell the same in another way."""
    for name in _PATHS:
        for holder in parent.iter(clark(name)):
            for item in list(holder.iter(clark("rdf:li"))):
                if (item.text or "").replace("|", "/").rsplit("/", 1)[-1].strip() in gone:
                    item.getparent().remove(item)


def _alternative(parent: Any, name: str, text: str) -> None:
    item = put(element(element(parent, name), "rdf:Alt"), "rdf:li", text)
    item.set("{http://www.w3.org/XML/1998/namespace}lang", "x-default")


def _description(parent: Any) -> Any:
    """A description of the same picture as the others, outside of the tree yet."""
    take_out(parent, DECIDED)
    first = parent.find(clark("rdf:Description"))
    prefixes = ("dc", "Iptc4xmpExt", "mwg-rs", "sietch", "stArea", "stDim", "xmp")
    made = etree.Element(clark("rdf:Description"), nsmap={prefix: NAMESPACES[prefix] for prefix in prefixes})
    made.set(clark("rdf:about"), "" if first is None else first.get(clark("rdf:about"), ""))
    return made


def _sweep(parent: Any) -> None:
    """Removes descriptions that say nothing any more."""
    for description in parent.findall(clark("rdf:Description")):
        if not len(description) and set(description.attrib) <= {clark("rdf:about")}:
            parent.remove(description)
