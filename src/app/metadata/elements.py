"""XML elements of XMP by their usual names: made, found and taken out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import etree

from app.metadata import values
from app.metadata.rdf import NAMESPACES


def clark(name: str) -> str:
    """A usual name as lxml has it."""
    prefix, _, local = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def element(parent: Any, name: str) -> Any:
    """A new element, whose prefix is the usual one."""
    prefix = name.partition(":")[0]
    return etree.SubElement(parent, clark(name), nsmap={prefix: NAMESPACES[prefix]})


def put(parent: Any, name: str, text: str) -> Any:
    """A new element with a text."""
    made = element(parent, name)
    made.text = values.writable(text)
    return made


def bag(parent: Any, name: str, words: Sequence[str]) -> None:
    """A property of several values, without an order; none where there are none."""
    if words:
        items = element(element(parent, name), "rdf:Bag")
        for word in words:
            put(items, "rdf:li", word)


def take_out(parent: Any, name: str) -> list[Any]:
    """Removes a property of the picture, as attribute and as element; the elements that it was."""
    found = []
    for description in parent.findall(clark("rdf:Description")):
        description.attrib.pop(clark(name), None)
        for child in description.findall(clark(name)):
            description.remove(child)
            found.append(child)
    return found
