"""ArcFace: aligned crops -> unit vectors, in batches."""

from __future__ import annotations

import cv2
import numpy as np
import onnxruntime

from core.types import Pixels, Vectors

BATCH = 8
"""Crops for one run of the network; larger batches gain nothing and take memory."""


class FaceEmbedder:
    """An ArcFace model on an onnxruntime session. Safe to use from several threads."""

    def __init__(self, session: onnxruntime.InferenceSession, dimension: int) -> None:
        self._session = session
        self._input = session.get_inputs()[0].name
        self.dimension = dimension

    def embed(self, crops: list[Pixels]) -> Vectors:
        """Embeddings of aligned crops.

        Args:
            crops: RGB uint8 [112, 112, 3] each, from `core.alignment`.

        Returns:
            float32 [len(crops), dimension], rows of length 1.
        """
        if not crops:
            return np.empty((0, self.dimension), np.float32)
        parts = []
        for start in range(0, len(crops), BATCH):
            # ArcFace's training normalisation.
            blob = cv2.dnn.blobFromImages(crops[start : start + BATCH], 1 / 127.5, mean=(127.5, 127.5, 127.5))
            parts.append(self._session.run(None, {self._input: blob})[0])
        vectors = np.concatenate(parts).astype(np.float32)
        unit: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return unit
