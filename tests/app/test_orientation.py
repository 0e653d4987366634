"""Whichever way a photo was stored: pixels, boxes, thumbnails and cut out faces are upright, in every format."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app import thumbnail_files
from app.analysis import Job, analyze
from app.thumbnail_files import FACE_SIDE, ThumbnailFiles
from core.images import decode
from core.models import ModelPack
from core.types import BoundingBox
from tests import media, samples
from tests.core.test_images import STORED_AS, distance, encoded


def stored_as(kind: str, stored: Image.Image, orientation: int) -> bytes:
    """A file of some format whose tag says how it is to be turned."""
    if kind == "dng":
        return media.dng(Image.new("RGB", stored.size), orientation, preview=stored)
    if kind in ("heic", "jxl"):
        return {"heic": media.heic, "jxl": media.jxl}[kind](stored, orientation)
    name = {"jpg": "JPEG", "tif": "TIFF"}.get(kind, kind.upper())
    return encoded(stored, name, exif=media.exif(orientation), **({} if kind in ("png", "tif") else {"quality": 92}))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "tif", "avif", "heic", "jxl", "dng"])
def test_boxes_and_small_pictures_are_upright_in_every_format(
    pack: ModelPack, tmp_path: Path, kind: str, orientation: int
) -> None:
    upright = samples.t1().crop((40, 200, 640, 600))
    stored = STORED_AS[orientation](upright)
    data = stored_as(kind, stored, orientation)
    path = tmp_path / f"photo.{kind}"
    path.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    seen = analyze(Job((os.fsencode(path),), digest, ThumbnailFiles(tmp_path / "cache"), pack))

    assert (seen.width, seen.height) == upright.size
    boxes = [face.detection.box for face in seen.faces]
    for left, top, width, height in samples.FACES_IN_T1[:3]:
        there = BoundingBox(left - 40, top - 200, width, height)
        if there.y < 0:
            continue
        assert max(box.overlap(there) for box in boxes) > 0.6
    files = ThumbnailFiles(tmp_path / "cache")
    small = decode(files.photo(digest).read_bytes()).pixels
    expected = np.asarray(upright.resize((small.shape[1], small.shape[0]), Image.Resampling.BOX))
    assert distance(small, expected) < 8
    for box in boxes:
        left, top, side = thumbnail_files._square(box, 1.0, *upright.size)
        cut_out = upright.crop((left, top, left + side, top + side)).resize((FACE_SIDE, FACE_SIDE))
        assert distance(decode(files.face(digest, box).read_bytes()).pixels, np.asarray(cut_out)) < 12
