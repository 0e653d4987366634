"""Text that comes from outside, as it may be shown: names of files are data, and need not even be valid text."""

from __future__ import annotations


def shown(name: str) -> str:
    """A file's name or path, with what cannot be printed made visible."""
    readable = name.encode("utf-8", "backslashreplace").decode()
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in readable)
