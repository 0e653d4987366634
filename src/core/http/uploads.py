"""What clients send: read within bounds, and kept under a name of our own; the client's file name is only data."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from fastapi import UploadFile

from core.errors import NotAnImage
from core.http.problems import Refused
from core.http.settings import Settings
from core.images import READABLE, sniff

_PIECE = 1 << 20


def read(upload: UploadFile, settings: Settings) -> bytes:
    """The bytes of an upload.

    Raises:
        Refused: larger than the settings allow (413).
        NotAnImage: empty, or of no format that Core reads (415).
    """
    bound = settings.max_upload_mb * 1_000_000
    pieces, size = [], 0
    while piece := upload.file.read(_PIECE):
        size += len(piece)
        if size > bound:
            raise Refused(413, f"The file is larger than {settings.max_upload_mb} MB.")
        pieces.append(piece)
    data = b"".join(pieces)
    if sniff(data[:32]) not in READABLE:
        raise NotAnImage("The file is empty." if not data else "The file is not an image that can be read.")
    return data


def keep(data: bytes, settings: Settings) -> Path:
    """Writes an image to the upload folder, named by its content; the same content is kept once."""
    kind = sniff(data[:32]) or "image"
    digest = hashlib.sha256(data).hexdigest()
    path = settings.upload_dir / digest[:2] / f"{digest}.{kind.lower()}"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Whole or not at all, also when two clients send it at once.
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(data)
        os.replace(file.name, path)
    return path.absolute()
