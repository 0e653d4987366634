"""The steps composed: pixels -> detection -> alignment -> embedding and quality -> faces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from core.alignment import aligned
from core.detection import FaceDetector, Network, Scrfd, Yunet
from core.embedding import ARCFACE, SFACE, FaceEmbedder, Normalisation
from core.errors import ModelError
from core.images import DecodedImage
from core.models import ModelPack
from core.quality import quality
from core.sessions import open_session
from core.types import AnalyzedFace, BoundingBox, Detection, Embedding

_NETWORKS: dict[str, Callable[[onnxruntime.InferenceSession], Network]] = {"scrfd": Scrfd, "yunet": Yunet}
_NORMALISATIONS: dict[str, Normalisation] = {"arcface": ARCFACE, "sface": SFACE}


class FaceEngine:
    """Finds and embeds the faces of an image with one model pack. Keeps nothing; safe to use from several threads."""

    def __init__(self, pack: ModelPack, threads: int = 1) -> None:
        """Opens the pack's models.

        Args:
            pack: verified.
            threads: of the processor for one image; one where several engines run side by side.

        Raises:
            ModelError: a model cannot be run, or this version does not know its kind.
        """
        if pack.detector.kind not in _NETWORKS or pack.embedder.kind not in _NORMALISATIONS:
            raise ModelError(f"This version of Sietch cannot run the face model {pack.title}.")
        self.pack = pack
        self._detector = FaceDetector(_NETWORKS[pack.detector.kind](open_session(pack.detector.path, threads)))
        session = open_session(pack.embedder.path, threads)
        self._embedder = FaceEmbedder(session, pack.dimension, _NORMALISATIONS[pack.embedder.kind])

    def analyze(self, image: DecodedImage, min_confidence: float | None = None) -> list[AnalyzedFace]:
        """Every face of an image, the most confident first; boxes and landmarks in pixels of the upright original.

        Args:
            image: upright pixels.
            min_confidence: 0 to 1; by default the detector's usual threshold.
        """
        detections = self._detector.detect(image.pixels, min_confidence)
        crops = [aligned(image.pixels, detection.landmarks) for detection in detections]
        vectors = self._embedder.embed(crops)
        faces = []
        for detection, crop, vector in zip(detections, crops, vectors, strict=True):
            original = _scaled(detection, image)
            good = quality(original, crop, self.pack.quality)
            faces.append(AnalyzedFace(original, Embedding(vector, self.pack.name), good))
        return faces


def use_one_thread() -> None:
    """Keeps OpenCV's own thread pool out of a process that is one worker among several."""
    cv2.setNumThreads(1)


def _scaled(detection: Detection, image: DecodedImage) -> Detection:
    """From pixels of the decoded image to pixels of the original."""
    height, width = image.pixels.shape[:2]
    across, down = image.width / width, image.height / height
    box = detection.box
    landmarks: NDArray[np.float32] = detection.landmarks * np.array([across, down], np.float32)
    return replace(
        detection,
        box=BoundingBox(box.x * across, box.y * down, box.width * across, box.height * down),
        landmarks=landmarks,
    )
