"""Which format a file is of, by its first bytes: its name says nothing."""

from __future__ import annotations

from core.tiff import is_raw

READABLE = frozenset({"JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "AVIF", "JPEG2000", "HEIC", "JXL", "RAW"})
"""The formats of `sniff` that `core.images` decodes."""

VIDEOS = frozenset({"MP4", "MOV", "MKV", "AVI"})
"""The formats of `sniff` that `core.video` opens; MKV stands for WebM as well."""

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
    (b"\x1aE\xdf\xa3", "MKV"),
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
    b"qt  ": "MOV",
}
_VIDEO_BRANDS = (b"iso", b"mp4", b"avc", b"M4V", b"m4v", b"3gp", b"3g2", b"MSNV", b"XAVC", b"dash", b"F4V", b"mmp4")
"""How the brands of MP4 files begin."""

_QUICKTIME = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
"""First boxes of QuickTime files from before there were brands."""


def sniff(head: bytes) -> str | None:
    """The format that a file's first 32 bytes tell, or None. Of a camera's raw file they may tell no more than TIFF."""
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name if name != "TIFF" or head[8:10] != b"CR" else "RAW"
    if head[:4] == b"RIFF":
        return {b"WEBP": "WEBP", b"AVI ": "AVI"}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _branded(head[8:12], head[16:])
    return "MOV" if head[:1] == b"\0" and head[4:8] in _QUICKTIME else None


def _branded(brand: bytes, others: bytes) -> str | None:
    """The format of a file of boxes that names its brand, and those that it is compatible with."""
    if brand == b"mif1" and b"avif" in others:
        # The general brand says no more than that it is a picture.
        return "AVIF"
    return _BRANDS.get(brand) or ("MP4" if brand.startswith(_VIDEO_BRANDS) else None)


def kind_of(data: bytes) -> str | None:
    """The format of a whole file, or None."""
    kind = sniff(data[:32])
    return "RAW" if kind == "TIFF" and is_raw(data) else kind
