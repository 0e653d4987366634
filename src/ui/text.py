"""Text that comes from outside, as it may be shown: names of files are data, and need not even be valid text."""

from __future__ import annotations


def shown(name: str) -> str:
    """A file's name or path, with what cannot be printed made visible."""
    readable = name.encode("utf-8", "backslashreplace").decode()
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in readable)


def length(seconds: float) -> str:
    """How long a video is, as players write it: 0:07, 12:30, 1:02:03; nothing where it is not known."""
    whole = round(seconds) if seconds <= 0 else max(1, round(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    if whole <= 0:
        return ""
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
