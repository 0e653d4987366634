"""Which format a file is of, by its first bytes: its name says nothing."""

from __future__ import annotations

from core.tiff import is_raw

READABLE = frozenset({"JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "AVIF", "JPEG2000", "HEIC", "JXL", "RAW"})
"""The formats of `sniff` that `core.images` decodes."""

_MAGIC = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG2000"),
    (b"\xff\x4f\xff\x51", "JPEG2000"),
    (b"FUJIFILMCCD-RAW", "RAW"),
    (b"IIRO", "RAW"),
    (b"IIRS", "RAW"),
    (b"MMOR", "RAW"),
    (b"IIU\0", "RAW"),
    (b"\xff\x0a", "JXL"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "JXL"),
)
_BRANDS = {
    b"avif": "AVIF",
    b"avis": "AVIF",
    b"heic": "HEIC",
    b"heix": "HEIC",
    b"heim": "HEIC",
    b"heis": "HEIC",
    b"hevc": "HEIC",
    b"hevx": "HEIC",
    b"mif1": "HEIC",
    b"msf1": "HEIC",
    b"crx ": "RAW",
}


def sniff(head: bytes) -> str | None:
    """The format that a file's first 32 bytes tell, or None. Of a camera's raw file they may tell no more than TIFF."""
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name if name != "TIFF" or head[8:10] != b"CR" else "RAW"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp":
        # Files of the general brand name their real one among those that they are compatible with.
        return _BRANDS.get(head[8:12]) if head[8:12] != b"mif1" or b"avif" not in head[16:] else "AVIF"
    return None


def kind_of(data: bytes) -> str | None:
    """The format of a whole file, or None."""
    kind = sniff(data[:32])
    return "RAW" if kind == "TIFF" and is_raw(data) else kind
