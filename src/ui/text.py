"""Text that comes from outside, as it may be shown: names of files are data, and need not even be valid text."""

from __future__ import annotations

import csv
import html
from collections.abc import Sequence

_JOINERS = "\u200c\u200d"
"""Persian and Indian words are written with them, and emoji of several people."""


def shown(name: str) -> str:
    """A file's name or path, with what cannot be printed made visible."""
    readable = name.encode("utf-8", "backslashreplace").decode()
    letters = (each if each.isprintable() or each in _JOINERS else _escaped(each) for each in readable)
    return "".join(letters)


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode()


def hint(text: str) -> str:
    """Text as a tooltip shows it as it is: what looks like markup would be taken for it."""
    return f"<qt>{html.escape(text)}</qt>" if "<" in text or "&" in text else text


def listed(words: Sequence[str]) -> str:
    """Words with commas between; in quotation marks is what has a comma of its own."""
    return ", ".join(_quoted(word) if "," in word or word.startswith('"') else word for word in words)


def unlisted(text: str) -> list[str]:
    """The words of a list as `listed` writes it, and as a human does."""
    return [word.strip() for word in next(csv.reader([text], skipinitialspace=True), [])]


def _quoted(word: str) -> str:
    doubled = word.replace('"', '""')
    return f'"{doubled}"'


def length(seconds: float) -> str:
    """How long a video is, as players write it: 0:07, 12:30, 1:02:03; nothing where it is not known."""
    whole = round(seconds) if seconds <= 0 else max(1, round(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    if whole <= 0:
        return ""
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
