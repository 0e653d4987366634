"""`.picasa.ini`: what Picasa knew of the photos of a folder, whose names it wrote nowhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.metadata import regions, values
from app.metadata.types import Metadata, Region

NAMES = frozenset({".picasa.ini", "picasa.ini"})
"""In small letters."""

MAX_BYTES = 4_000_000

_SECTION = re.compile(r"\[(.*)\]")
_UNKNOWN = frozenset({"ffffffffffffffff", "0"})
"""Picasa's sign for a face that nobody has named."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Contacts by their ids, and the lines of each photo by its name in small letters."""

    contacts: dict[str, str]
    photos: dict[str, dict[str, str]]


def parsed(data: bytes) -> Folder:
    """A file. Not by `configparser`, which refuses the names and doubled sections that are in such files."""
    contacts: dict[str, str] = {}
    photos: dict[str, dict[str, str]] = {}
    section = ""
    for line in data[:MAX_BYTES].decode("utf-8-sig", "replace").splitlines():
        heading = _SECTION.fullmatch(line.strip())
        key, separator, value = line.partition("=")
        if heading:
            section = heading.group(1).lower()
        elif separator and section in ("contacts2", "contacts"):
            contacts[key.strip().lower()] = value.split(";")[0].strip()
        elif separator:
            photos.setdefault(section, {})[key.strip().lower()] = value.strip()
    return Folder(contacts, photos)


def read(data: bytes, file_name: str, orientation: int) -> Metadata:
    """What the file of a folder says of one of its photos."""
    folder = parsed(data)
    lines = folder.photos.get(file_name.lower(), {})
    marked: list[Region] = []
    for entry in lines.get("faces", "").split(";"):
        rectangle, _, contact = entry.partition(",")
        name = folder.contacts.get(contact.strip().lower(), "")
        if name and contact.strip().lower() not in _UNKNOWN:
            region = regions.picasa(rectangle.strip().lower(), name, orientation)
            marked += [region] if region else []
    return Metadata(
        keywords=values.unique(lines.get("keywords", "").split(",")),
        caption=values.prose(lines.get("caption", "")),
        regions=tuple(marked),
    )
