"""Numbers and texts of metadata, brought into order; what cannot be right becomes None or empty."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable

MAX_TEXT = 10_000
"""Characters of a caption; IPTC allows 2,000."""

MAX_WORD = 200
"""Characters of a name, a keyword or a title, as Core has it for names."""

_MAX_KEYWORDS = 1_000

_NUMBER = re.compile(r"\s*([+-]?\d{1,15}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,2})?)(?:\s*/\s*([+-]?\d{1,15}))?\s*")

_CONTROL = re.compile("[\0-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What neither a line of text nor XML has a place for."""


def line(value: object, longest: int = MAX_WORD) -> str:
    """One line of text without surplus spaces; "" where it is none, or longer than anybody would write."""
    if not isinstance(value, str):
        return ""
    clean = " ".join(_CONTROL.sub(" ", unicodedata.normalize("NFC", value)).split())
    return clean if len(clean) <= longest else ""


def prose(value: object) -> str:
    """Text of several lines, cut at `MAX_TEXT`."""
    if not isinstance(value, str):
        return ""
    clean = _CONTROL.sub("", unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")))
    return clean.strip()[:MAX_TEXT]


def writable(text: str) -> str:
    """Text without what XML has no place for."""
    return _CONTROL.sub(" ", text)


def number(value: object) -> float | None:
    """A number, or a fraction as XMP writes it ("28/10")."""
    if isinstance(value, tuple):
        value = value[0] if value else None
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) else None
    found = _NUMBER.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    below = float(found.group(2) or 1)
    return float(found.group(1)) / below if below else None


def positive(value: object, most: float) -> float | None:
    """A number above 0, up to `most`."""
    found = number(value)
    return found if found is not None and 0 < found <= most else None


def coordinates(latitude: float | None, longitude: float | None) -> tuple[float, float] | tuple[None, None]:
    """A point on Earth; 0, 0 is where receivers are that have not found themselves."""
    if latitude is None or longitude is None or not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return None, None
    return (latitude, longitude) if (latitude, longitude) != (0, 0) else (None, None)


def unique(words: Iterable[str]) -> tuple[str, ...]:
    """Words in their order, each once."""
    clean = (line(word) for word in words)
    return tuple(dict.fromkeys(word for word in clean if word))[:_MAX_KEYWORDS]
