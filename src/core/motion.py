"""The video inside a motion photo: the seconds before the picture was taken.

Samsung puts an MP4 into a box of a HEIC (`mpvd`), or behind a JPEG after a marker of its own. Google and others put it
at the end of the file, and tell in the XMP how long it is (Motion Photo format 1.0, and Micro Video before it).
"""

from __future__ import annotations

import re

from core.boxes import boxes
from core.formats import sniff

_SAMSUNG = b"MotionPhoto_Data"

_XMP_BYTES = 400_000
"""The XMP lies near the beginning; what stands behind it is pixels."""

_FROM_END = (
    re.compile(rb"MicroVideoOffset\s*(?:=\s*[\"']|>)\s*(\d{1,12})"),
    re.compile(rb"Semantic\s*(?:=\s*[\"']|>)\s*MotionPhoto\b[^>]{0,300}?Length\s*(?:=\s*[\"']|>)\s*(\d{1,12})"),
    re.compile(rb"Length\s*(?:=\s*[\"']|>)\s*(\d{1,12})[^>]{0,300}?Semantic\s*(?:=\s*[\"']|>)\s*MotionPhoto\b"),
)


def embedded_video(data: bytes) -> tuple[int, int] | None:
    """Where in a photo its video begins, and its length, in bytes; None where there is none."""
    for start, end in _candidates(data):
        if 0 < start < end <= len(data) and sniff(data[start : start + 32]) in ("MP4", "MOV"):
            return start, end - start
    return None


def _candidates(data: bytes) -> list[tuple[int, int]]:
    found = []
    if data[4:8] == b"ftyp":
        found += [(start, end) for kind, start, end in boxes(data) if kind == b"mpvd"]
    elif (marker := data.rfind(_SAMSUNG)) > 0:
        found.append((marker + len(_SAMSUNG), len(data)))
    head = data[:_XMP_BYTES]
    lengths = [int(match[1]) for pattern in _FROM_END if (match := pattern.search(head))]
    return found + [(len(data) - length, len(data)) for length in lengths]
