"""The plain loop that indexing is measured against, as a program: prints how many photos and faces it saw as JSON."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

import cv2
from insightface.app import FaceAnalysis

from core.models import find_pack


def main() -> None:
    """Every JPEG below a folder, one after the other."""
    # Like the workers of the Indexer.
    os.nice(10)
    # What the library prints about itself goes where progress goes.
    with contextlib.redirect_stdout(sys.stderr), tempfile.TemporaryDirectory() as folder:
        pack = find_pack()
        # A folder of these two alone: it loads whatever it finds.
        for model in (pack.detector, pack.embedder):
            shutil.copy(model.path, folder)
        analysis = FaceAnalysis(
            name=folder, allowed_modules=["detection", "recognition"], providers=["CPUExecutionProvider"]
        )
        analysis.prepare(ctx_id=-1, det_size=(640, 640))
        photos = faces = 0
        for path in sorted(Path(sys.argv[1]).rglob("*.jpg")):
            image = cv2.imread(str(path))
            if image is not None:
                photos += 1
                faces += len(analysis.get(image))
    print(json.dumps({"photos": photos, "faces": faces}))


if __name__ == "__main__":
    main()
