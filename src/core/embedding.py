"""Aligned crops -> unit vectors, by ArcFace or SFace.

One crop is one run of the network: what its layers hand on stays in the processor's cache. A batch of eight takes 30%
longer for each face.
"""

from __future__ import annotations

import numpy as np
import onnxruntime

from core.normalisation import Normalisation
from core.types import Pixels, Vectors

ARCFACE = Normalisation(127.5, 1 / 127.5)
"""InsightFace's ArcFace (Deng et al., 2019)."""

SFACE = Normalisation()
"""OpenCV's export of SFace (Zhong et al., "SFace: Sigmoid-Constrained Hypersphere Loss", 2021): the graph itself
subtracts and scales, and `cv2.FaceRecognizerSF`, with which the tests compare, feeds it so."""


class FaceEmbedder:
    """A network on an onnxruntime session. Safe to use from several threads."""

    def __init__(
        self, session: onnxruntime.InferenceSession, dimension: int, normalisation: Normalisation = ARCFACE
    ) -> None:
        self._session = session
        self._input = session.get_inputs()[0].name
        self._normalisation = normalisation
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
        runs = (self._session.run(None, {self._input: self._normalisation.planes(crop)})[0] for crop in crops)
        vectors = np.concatenate(list(runs))
        unit: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return unit
