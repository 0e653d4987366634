"""Looking at images: what is seen in them is told, and nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from core import checking, images
from core.errors import CoreError, InvalidInput
from core.operations.base import Operations, each
from core.types import AnalyzedFace, BoundingBox, Embedding

MIN_OVERLAP = 0.3
"""A given box and a detection that overlap (intersection over union) at least this much are the same face. Of 2,436
boxes that SCRFD and YuNet draw around one face all but one overlap so much, and 2 of 1,442 around two of a photo
(`python -m tests.benchmarks overlaps`); of several faces the one that overlaps most is taken. It is lower than that
asks for because people draw boxes more loosely than detectors do."""

Picture = Path | bytes | images.DecodedImage
"""An image: its file, the bytes of one, or its pixels."""


class Looking(Operations):
    """The faces of images, and their embeddings."""

    def detect(self, image: Picture, min_confidence: float | None = None) -> list[AnalyzedFace]:
        """The faces of an image, the most confident first; nothing is stored.

        Args:
            image: to look at.
            min_confidence: 0 to 1; by default the detector's usual threshold.

        Raises:
            ImageError, ImageUnavailable: the image cannot be read.
        """
        least = checking.confidence(min_confidence)
        return self.engine.analyze(decoded(image), least)

    def detect_all(
        self, pictures: Sequence[Picture], min_confidence: float | None = None
    ) -> list[list[AnalyzedFace] | CoreError]:
        """`detect` for many images: for each its faces, or the error that it raised."""
        return each(partial(self.detect, min_confidence=min_confidence), pictures)

    def recognize(self, image: Picture, boxes: Sequence[BoundingBox] | None = None) -> list[Embedding | None]:
        """Embeddings of the faces in given boxes, None where a box holds no face; of all faces without boxes."""
        wanted = None if boxes is None else checking.boxes(boxes)
        found = self.detect(image)
        if wanted is None:
            return [face.embedding for face in found]
        return [_embedding_in(box, found) for box in wanted]

    def recognize_all(
        self, pictures: Sequence[tuple[Picture, Sequence[BoundingBox] | None]]
    ) -> list[list[Embedding | None] | CoreError]:
        """`recognize` for many images, each with its boxes: for each its embeddings, or the error that it raised."""
        return each(lambda picture: self.recognize(*checking.pair("picture", picture)), pictures)

    def recognize_crop(self, image: Picture) -> Embedding:
        """The embedding of the largest face in a picture that was cut around one.

        Raises:
            InvalidInput: there is no face in it.
        """
        found = self.detect(image)
        if not found:
            raise InvalidInput("There is no face in the picture.")
        return max(found, key=lambda face: face.detection.box.area).embedding

    def recognize_crops(self, pictures: Sequence[Picture]) -> list[Embedding | CoreError]:
        """`recognize_crop` for many pictures: for each its embedding, or the error that it raised."""
        return each(self.recognize_crop, pictures)


def decoded(image: Picture) -> images.DecodedImage:
    """The pixels of an image.

    Raises:
        ImageError, ImageUnavailable: it cannot be read.
        InvalidInput: it is nothing that can be one.
    """
    if isinstance(image, images.DecodedImage):
        return checking.picture(image)
    if isinstance(image, Path):
        return images.decode(images.read_file(image))
    return images.decode(checking.is_a("image", image, bytes))


def _embedding_in(box: BoundingBox, faces: Sequence[AnalyzedFace]) -> Embedding | None:
    best = max(faces, key=lambda face: face.detection.box.overlap(box), default=None)
    if best is None or best.detection.box.overlap(box) < MIN_OVERLAP:
        return None
    return best.embedding
