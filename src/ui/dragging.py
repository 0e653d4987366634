"""Photos on their way from a grid to an album, and files from outside the program."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData

PHOTOS = "application/x-sietch-photos"
"""Ids of photos, as JSON: dragged within the window."""


def photos_data(photo_ids: Sequence[int]) -> QMimeData:
    """What is dragged."""
    data = QMimeData()
    data.setData(PHOTOS, json.dumps(list(photo_ids)).encode())
    return data


def photos_in(data: QMimeData) -> list[int]:
    """The photos that are dragged, if any are."""
    if not data.hasFormat(PHOTOS):
        return []
    return [int(each) for each in json.loads(bytes(data.data(PHOTOS).data()))]


def files_in(data: QMimeData) -> list[Path]:
    """The files and folders that are dragged, if any are."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
