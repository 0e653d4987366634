"""XMP packets -> properties: XML that may be hostile, RDF in all of its ways of writing the same thing (ISO 16684-1).

lxml parses: it keeps what other programs wrote when a sidecar is changed, and its bounds hold against nested and
repeated entities. A packet with a document type is refused before it is parsed: XMP has none, attacks do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

MAX_PACKET = 16_000_000
"""Bytes; the editing history of a much worked on picture takes one million."""

_MAX_DEPTH = 24
_MAX_ITEMS = 20_000

NAMESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "x": "adobe:ns:meta/",
    "aux": "http://ns.adobe.com/exif/1.0/aux/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "exifEX": "http://cipa.jp/exif/1.0/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "MicrosoftPhoto": "http://ns.microsoft.com/photo/1.0/",
    "MP": "http://ns.microsoft.com/photo/1.2/",
    "MPRI": "http://ns.microsoft.com/photo/1.2/t/RegionInfo#",
    "MPReg": "http://ns.microsoft.com/photo/1.2/t/Region#",
    "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "sietch": "urn:sietch:xmp:1.0/",
    "stArea": "http://ns.adobe.com/xmp/sType/Area#",
    "stDim": "http://ns.adobe.com/xap/1.0/sType/Dimensions#",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpNote": "http://ns.adobe.com/xmp/note/",
}

_PREFIXES = {address.rstrip("/#"): prefix for prefix, address in NAMESPACES.items()}
_RDF = "{" + NAMESPACES["rdf"] + "}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_ENCODINGS = (
    *((mark, "utf-32") for mark in (b"\xff\xfe\0\0", b"\0\0\xfe\xff")),
    *((mark, "utf-16") for mark in (b"\xff\xfe", b"\xfe\xff")),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_DECLARED = re.compile(r"<\?xml[^>]*\?>")

Node = str | list["Node"] | dict[str, "Node"]
"""A value: text, an array (of an alternative in languages the default one first), or a structure."""

Properties = Mapping[str, Node]
"""By names like "dc:subject", with the usual prefixes whatever those of the file are."""


class NoXmp(Exception):
    """The packet cannot be used, for the reason that it is told with."""


def tree(packet: bytes, exact: bool = False) -> Any:
    """The XML of a packet, as lxml's root element.

    Args:
        packet: as it lies in a file.
        exact: every letter counts, for the packet is written again; otherwise one that cannot be read is passed over.

    Raises:
        NoXmp: it is not well-formed, too large, or uses what XMP does not.
    """
    if len(packet) > MAX_PACKET:
        raise NoXmp("too large")
    try:
        text = _text(packet, "strict" if exact else "replace")
    except UnicodeDecodeError as error:
        raise NoXmp("letters in another encoding than XMP's") from error
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise NoXmp("a document type")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NoXmp("not well-formed") from error


def properties(packet: bytes) -> dict[str, Node]:
    """What a packet says; nothing when it cannot be used."""
    try:
        root = tree(packet)
    except NoXmp:
        return {}
    found: dict[str, Node] = {}
    for description in descriptions(root):
        for name, value in _fields(description, 0):
            found.setdefault(name, value)
    return found


def descriptions(root: Any) -> list[Any]:
    """The elements whose attributes and children are the picture's properties."""
    return [each for rdf in root.iter(f"{_RDF}RDF") for each in rdf if each.tag == f"{_RDF}Description"]


def name_of(tag: object) -> str:
    """The usual name of an element or attribute; "" where it has none."""
    if not isinstance(tag, str) or not tag.startswith("{"):
        return ""
    address, _, local = tag[1:].partition("}")
    prefix = _PREFIXES.get(address.rstrip("/#"))
    return f"{prefix}:{local}" if prefix else tag


def text(node: Node | None) -> str:
    """A value as text: of an array the first one, of a structure nothing."""
    while isinstance(node, list):
        node = node[0] if node else None
    return node.strip() if isinstance(node, str) else ""


def texts(node: Node | None) -> list[str]:
    """The values of an array, or the one value."""
    items = node if isinstance(node, list) else [node]
    return [found for item in items if (found := text(item))]


def structures(node: Node | None) -> list[dict[str, Node]]:
    """The structures of an array."""
    return [item for item in (node if isinstance(node, list) else [node]) if isinstance(item, dict)]


def structure(node: Node | None) -> dict[str, Node]:
    """A structure, empty where there is none."""
    return next(iter(structures(node)), {})


def value_of(element: Any) -> Node:
    """The value of one property, or of one item of an array."""
    return _value(element, 0)


def _text(packet: bytes, errors: str) -> str:
    """The letters of a packet in any of XML's encodings, from its first angle on."""
    encoding = next((name for mark, name in _ENCODINGS if packet.startswith(mark)), "utf-8-sig")
    # XML has no place for control characters, and some programs pad with zeros.
    letters = re.sub("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", packet.decode(encoding, errors))
    letters = letters.lstrip("\ufeff \t\r\n")
    declared = _DECLARED.match(letters)
    return letters[declared.end() :].lstrip() if declared else letters


def _fields(element: Any, depth: int) -> Iterator[tuple[str, Node]]:
    """The properties that an element has as attributes and as children."""
    if depth > _MAX_DEPTH:
        return
    yield from _attributes(element)
    for child in element:
        name = name_of(child.tag)
        if name:
            yield name, _value(child, depth + 1)


def _attributes(element: Any) -> Iterator[tuple[str, Node]]:
    for tag, value in element.attrib.items():
        name = name_of(tag)
        if name and not name.startswith("rdf:") and tag != _LANGUAGE:
            yield name, value


def _value(element: Any, depth: int) -> Node:
    """The value of a property or of an item of an array."""
    children = [child for child in element if isinstance(child.tag, str)]
    if len(children) == 1 and children[0].tag in (f"{_RDF}Bag", f"{_RDF}Seq", f"{_RDF}Alt"):
        return _items(children[0], depth)
    if len(children) == 1 and children[0].tag == f"{_RDF}Description":
        fields = dict(_attributes(element)) | dict(_fields(children[0], depth))
    else:
        fields = dict(_fields(element, depth))
    if "rdf:value" in fields:
        return fields["rdf:value"]
    if fields or element.get(f"{_RDF}parseType") == "Resource":
        return fields
    return element.text or element.get(f"{_RDF}resource") or ""


def _items(array: Any, depth: int) -> list[Node]:
    items = [item for item in array[:_MAX_ITEMS] if item.tag == f"{_RDF}li"] if depth <= _MAX_DEPTH else []
    items.sort(key=lambda item: item.get(_LANGUAGE) != "x-default")
    return [_value(item, depth + 1) for item in items]
