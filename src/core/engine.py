"""The steps composed: pixels -> detection -> alignment -> embedding and quality -> faces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from core.alignment import aligned, enlargement
from core.detection import FaceDetector, Network, Scrfd, Yunet
from core.embedding import ARCFACE, SFACE, FaceEmbedder
from core.errors import ModelError
from core.images import DecodedImage
from core.models import ModelPack
from core.normalisation import Normalisation
from core.quality import quality
from core.sessions import open_session
from core.types import AnalyzedFace, BoundingBox, Detection, Embedding, Pixels, Vectors

_NETWORKS: dict[str, Callable[[onnxruntime.InferenceSession], Network]] = {"scrfd": Scrfd, "yunet": Yunet}
_NORMALISATIONS: dict[str, Normalisation] = {"arcface": ARCFACE, "sface": SFACE}


MIRRORED_BELOW = 0.9
"""A face of lower quality is looked at in the mirror as well, and the mean of both is its embedding. On photos made
hard that saves half of the corrections that mirroring every face would save, for a third of its cost; of plain photos
it concerns 3% (`python -m tests.benchmarks grouping --mirrored-below 0`, and 1)."""


MOST_ENLARGED = 1.2
"""A face whose crop has more pixels across than this for one of the picture is worth decoding the picture again. At 1.2
a face resembles itself as it is in the full picture by 0.994 in the mean, at 1.5 by 0.986, at 2 by 0.966, at 3 by
0.887; how much it resembles its person begins to fall behind 1.5 (`python -m tests.benchmarks enlargement`). Higher
saves decoding and costs small faces."""


class FaceEngine:
    """Finds and embeds the faces of an image with one model pack. Keeps nothing; safe to use from several threads."""

    def __init__(self, pack: ModelPack, threads: int = 1, mirrored_below: float = MIRRORED_BELOW) -> None:
        """Opens the pack's models.

        Args:
            pack: verified.
            threads: of the processor for one image; one where several engines run side by side.
            mirrored_below: quality, 0 to 1, below which a face is looked at in the mirror as well.

        Raises:
            ModelError: a model cannot be run, or this version does not know its kind.
        """
        if pack.detector.kind not in _NETWORKS or pack.embedder.kind not in _NORMALISATIONS:
            raise ModelError(f"This version of Sietch cannot run the face model {pack.title}.")
        self.pack = pack
        self._mirrored_below = mirrored_below
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
        crops = _crops(image, [detection.landmarks for detection in detections])
        pairs = zip(detections, crops, strict=True)
        qualities = [quality(detection, crop, self.pack.quality) for detection, crop in pairs]
        return [
            AnalyzedFace(_scaled(detection, image), Embedding(vector, self.pack.name), good)
            for detection, vector, good in zip(detections, self._seen(crops, qualities), qualities, strict=True)
        ]

    def _seen(self, crops: list[Pixels], qualities: list[float]) -> Vectors:
        """The embeddings of crops, float32 [n, dimension]; of the doubtful ones with what their mirror images show."""
        vectors = self._embedder.embed(crops)
        doubtful = [row for row, good in enumerate(qualities) if good < self._mirrored_below]
        if doubtful:
            vectors[doubtful] += self._embedder.embed([np.ascontiguousarray(crops[row][:, ::-1]) for row in doubtful])
            vectors[doubtful] /= np.maximum(np.linalg.norm(vectors[doubtful], axis=1, keepdims=True), 1e-12)
        return vectors


def _crops(image: DecodedImage, landmarks: list[NDArray[np.float32]]) -> list[Pixels]:
    """The aligned faces; those that are small in a picture that was decoded smaller come from a finer one."""
    small = [image.finer is not None and enlargement(each) > MOST_ENLARGED for each in landmarks]
    finer = image.finer().pixels if image.finer and any(small) else image.pixels
    height, width = image.pixels.shape[:2]
    ratio = np.array([finer.shape[1] / width, finer.shape[0] / height], np.float32)
    return [
        aligned(finer, each * ratio) if is_small else aligned(image.pixels, each)
        for each, is_small in zip(landmarks, small, strict=True)
    ]


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
