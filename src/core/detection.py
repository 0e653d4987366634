"""Pixels -> boxes, five landmarks, confidence, by one of the networks SCRFD and YuNet.

SCRFD (Guo et al., "Sample and Computation Redistribution for Efficient Face Detection", 2021) predicts, for two anchors
at every position of three feature maps (strides 8, 16, 32), a score, the distances to the four sides of a box and the
offsets of five landmarks, all in units of the stride.

YuNet (Wu, Peng and Yu, "YuNet: A Tiny Millisecond-level Face Detector", 2023) predicts, for every position of the same
maps, whether a face is there and whether it is one, the shift of a box's centre and the logarithms of its sides, and
the five landmarks. OpenCV runs it, too (`cv2.FaceDetectorYN`), but on one size of picture at a time and not from
several threads; here it shares the sessions and the passes of SCRFD, and the tests compare the two.

Both name the landmarks in the order of `core.types.Detection`. One pass sees faces from some 10 px up to about the size
of its input. The scales make the policy: 640 px for every photo, less for a small one; twice that where the first pass
hints at small faces; 160 px for a face that fills the picture. A face that several passes see is taken from the one
that is trusted most for its size, the coarse one last: box, landmarks and confidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from core.errors import InvalidInput, ModelError
from core.normalisation import Normalisation
from core.types import BoundingBox, Detection, Pixels

SCRFD = Normalisation(127.5, 1 / 128.0)
"""InsightFace's."""

YUNET = Normalisation(bgr=True)
"""Pictures as OpenCV reads them."""

OVERLAP = 0.4
"""Boxes that overlap more than this are one face (InsightFace's default for non-maximum suppression)."""

BASE_SIDE, FINE_SIDE, COARSE_SIDE = 640, 1280, 160

LEAST_SIDE, ENLARGED = 320, 1.25
"""Small photos are enlarged by this much for the first pass and no further, but to 320 px: a quarter of the work of
640 px for photos of 250 px. Where it hints at small faces, or is unsure of one, 640 px follow. At 320 px a face that
fills the picture is found, too (241 of 241 cut out of `faces-lfw-dev`; at 640 px 1): no coarser pass is needed."""

HINT_SIDE = 32.0
"""A candidate that is sure enough to be a hint and smaller than this at 640 px calls for the 1280 px pass. In a trial
on photos of crowds it kept 99% of the faces that both passes find together, at 1.65 times the cost of 640 px alone."""

MOST_FACES = 1000
"""The most that one picture gives, the surest first: as many people as a photo of a crowd shows ("the world's largest
selfie" of Hu and Ramanan, "Finding Tiny Faces", 2017, has about 1,000). A caller who asks for a confidence near 0 gets
every place of the feature maps otherwise, over 20,000, and each is embedded."""

_CANDIDATES = 10 * MOST_FACES
"""The surest that a pass hands on to suppression, whose work grows with the square of their number: a clear face makes
four with SCRFD and up to ten with YuNet."""

_STRIDES = (8, 16, 32)


@dataclass(frozen=True, slots=True)
class Confidences:
    """What a network's scores mean: its usual threshold, the least that hints at a face, and what is not in doubt."""

    least: float
    hint: float
    sure: float


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Boxes as corners [n, 4], landmarks [n, 5, 2] and scores [n], float32, in pixels of the image."""

    boxes: NDArray[np.float32]
    landmarks: NDArray[np.float32]
    scores: NDArray[np.float32]

    @property
    def sides(self) -> NDArray[np.float32]:
        """The longer side of each box, [n]."""
        return np.asarray((self.boxes[:, 2:] - self.boxes[:, :2]).max(axis=1, initial=0.0), np.float32)

    def chosen(self, index: NDArray[np.bool_] | NDArray[np.intp]) -> _Candidates:
        return _Candidates(self.boxes[index], self.landmarks[index], self.scores[index])

    def surest(self, most: int) -> _Candidates:
        return self.chosen(np.argsort(-self.scores, kind="stable")[:most])


class Network(Protocol):
    """One run of a detector."""

    confidences: Confidences

    def candidates(self, canvas: Pixels, min_score: float) -> _Candidates:
        """What may be a face, in pixels of `canvas`, before suppression.

        Args:
            canvas: RGB, its sides multiples of 32.
            min_score: less sure candidates are left out.
        """


class Scrfd:
    """SCRFD with five landmarks on an onnxruntime session."""

    # InsightFace's default threshold; the others are from trials on photos of crowds and on small photos.
    confidences = Confidences(least=0.5, hint=0.3, sure=0.65)

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        outputs = [output.name for output in session.get_outputs()]
        if len(outputs) != 3 * len(_STRIDES):
            raise ModelError("The detector is not an SCRFD model with five landmarks.")
        self._session = session
        self._input = session.get_inputs()[0].name
        self._outputs = outputs

    def candidates(self, canvas: Pixels, min_score: float) -> _Candidates:
        """As `Network`."""
        outputs = self._session.run(self._outputs, {self._input: SCRFD.planes(canvas)})
        parts = []
        for level, stride in enumerate(_STRIDES):
            scores, boxes, landmarks = (
                np.asarray(outputs[kind * len(_STRIDES) + level]).reshape(-1, columns)
                for kind, columns in enumerate((1, 4, 10))
            )
            keep = np.flatnonzero(scores[:, 0] >= min_score)
            centres = _centres(canvas.shape[0] // stride, canvas.shape[1] // stride, stride, anchors=2)[keep]
            parts.append(_decoded(scores[keep, 0], boxes[keep] * stride, landmarks[keep] * stride, centres))
        return _join(parts)


class Yunet:
    """YuNet (`face_detection_yunet_2023mar`) on an onnxruntime session."""

    # Its scores are higher than SCRFD's: on the 17 photos of `faces-compreface` 0.7 finds all 46 faces and 3 things
    # that are none, where 0.5 finds 13 of those. The others call for the further passes as seldom as SCRFD does.
    confidences = Confidences(least=0.7, hint=0.5, sure=0.85)

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        names = [f"{kind}_{stride}" for kind in ("cls", "obj", "bbox", "kps") for stride in _STRIDES]
        if {output.name for output in session.get_outputs()} != set(names):
            raise ModelError("The detector is not a YuNet model.")
        self._session = session
        self._input = session.get_inputs()[0].name
        self._outputs = names

    def candidates(self, canvas: Pixels, min_score: float) -> _Candidates:
        """As `Network`."""
        outputs = self._session.run(self._outputs, {self._input: YUNET.planes(canvas)})
        parts = []
        for level, stride in enumerate(_STRIDES):
            face, there, boxes, landmarks = (
                np.asarray(outputs[kind * len(_STRIDES) + level]).reshape(-1, columns)
                for kind, columns in enumerate((1, 1, 4, 10))
            )
            scores = np.sqrt(np.clip(face[:, 0], 0, 1) * np.clip(there[:, 0], 0, 1))
            keep = np.flatnonzero(scores >= min_score)
            corner = _centres(canvas.shape[0] // stride, canvas.shape[1] // stride, stride, anchors=1)[keep]
            middle, half = corner + boxes[keep, :2] * stride, np.exp(boxes[keep, 2:]) * stride / 2
            points = landmarks[keep].reshape(-1, 5, 2) * stride + corner[:, None]
            parts.append(_Candidates(np.concatenate([middle - half, middle + half], axis=1), points, scores[keep]))
        return _join(parts)


class FaceDetector:
    """The passes over a picture, and what they found together. Safe to use from several threads."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def detect(self, pixels: Pixels, min_confidence: float | None = None) -> list[Detection]:
        """The faces in an image, the most confident first.

        Args:
            pixels: upright RGB.
            min_confidence: 0 to 1; by default the network's usual threshold.

        Returns:
            Boxes and landmarks in pixels of `pixels`, boxes cut at its edges; at most `MOST_FACES`.
        """
        means = self._network.confidences
        least = means.least if min_confidence is None else min_confidence
        if not 0 <= least <= 1:
            raise InvalidInput("The confidence has to be between 0 and 1.")
        found = [part.chosen(part.scores >= least) for part in self._passes(pixels, min(means.hint, least), least)]
        # What an earlier part has found, a later one finds no more: scores are below 1.
        trust = np.repeat(np.arange(len(found), 0, -1), [len(part.scores) for part in found])
        every = _join(found)
        faces = every.chosen(_suppressed(every, trust.astype(np.float32)))
        return _detections(faces.surest(MOST_FACES), pixels.shape[1], pixels.shape[0])

    def _passes(self, pixels: Pixels, hint: float, least: float) -> list[_Candidates]:
        """What each pass sees, those first whose landmarks are trusted most.

        A pass that is too coarse for a face places its landmarks badly. With those of 640 px the photos of one person
        in `faces-lfw-dev`, made hard, are told from others as well as with InsightFace's own detector, which knows no
        other size; with those of 1280 px faces of 27 px at 640 px resemble one another by 0.604 instead of 0.595.
        """
        side = _base_side(pixels)
        base = self._pass(pixels, side, hint)
        coarse = [self._pass(pixels, COARSE_SIDE, least)] if side > LEAST_SIDE else []
        if not self._asks_for_more(base, pixels, side):
            return [base, *coarse]
        if side < BASE_SIDE:
            return [self._pass(pixels, BASE_SIDE, least), base, *coarse]
        fine = self._pass(pixels, FINE_SIDE, least)
        small = fine.sides * (BASE_SIDE / max(pixels.shape[:2])) < HINT_SIDE
        return [fine.chosen(small), base, fine.chosen(~small), *coarse]

    def _asks_for_more(self, base: _Candidates, pixels: Pixels, side: int) -> bool:
        """Whether the first pass hints at small faces or, in a small photo, is unsure of one."""
        longer, means = max(pixels.shape[:2]), self._network.confidences
        if side == BASE_SIDE >= longer:
            return False
        # A caller may ask for more than hints: what is less sure than these calls for no pass.
        hints = base.chosen(base.scores >= means.hint)
        if side < BASE_SIDE and np.any(hints.scores[_suppressed(hints)] < means.sure):
            return True
        return bool(np.any(hints.sides * (side / longer) < HINT_SIDE))

    def _pass(self, pixels: Pixels, side: int, min_score: float) -> _Candidates:
        """One run of the network on the image scaled to `side` pixels on its longer side, before suppression."""
        height, width = pixels.shape[:2]
        scale = side / max(height, width)
        small_width, small_height = max(1, round(width * scale)), max(1, round(height * scale))
        small = cv2.resize(pixels, (small_width, small_height), interpolation=cv2.INTER_LINEAR)
        canvas = np.zeros((_up(small_height), _up(small_width), 3), np.uint8)
        canvas[:small_height, :small_width] = small
        found = self._network.candidates(canvas, min_score).surest(_CANDIDATES)
        ratio = np.array([width / small_width, height / small_height], np.float32)
        return _Candidates(found.boxes * np.tile(ratio, 2), found.landmarks * ratio, found.scores)


def _base_side(pixels: Pixels) -> int:
    """The side of the first pass: a small photo shows no more by being enlarged further."""
    return min(BASE_SIDE, max(LEAST_SIDE, _up(int(max(pixels.shape[:2]) * ENLARGED))))


def _up(side: int) -> int:
    """The next multiple of the coarsest stride."""
    return -(-side // _STRIDES[-1]) * _STRIDES[-1]


@lru_cache(maxsize=64)
def _centres(rows: int, columns: int, stride: int, anchors: int) -> NDArray[np.float32]:
    """Anchor positions of one feature map, float32 [rows * columns * anchors, 2], as x, y."""
    y, x = np.mgrid[:rows, :columns]
    points = np.stack([x, y], axis=-1).reshape(-1, 2).astype(np.float32) * stride
    centres = np.repeat(points, anchors, axis=0)
    centres.setflags(write=False)
    return centres


def _decoded(
    scores: NDArray[np.float32],
    distances: NDArray[np.float32],
    offsets: NDArray[np.float32],
    centres: NDArray[np.float32],
) -> _Candidates:
    boxes = np.concatenate([centres - distances[:, :2], centres + distances[:, 2:]], axis=1)
    landmarks = offsets.reshape(-1, 5, 2) + centres[:, None]
    return _Candidates(boxes, landmarks, scores)


def _join(parts: list[_Candidates]) -> _Candidates:
    return _Candidates(
        np.concatenate([part.boxes for part in parts]),
        np.concatenate([part.landmarks for part in parts]),
        np.concatenate([part.scores for part in parts]),
    )


def _suppressed(candidates: _Candidates, trust: NDArray[np.float32] | float = 0.0) -> NDArray[np.intp]:
    """Greedy non-maximum suppression: the indices that stay, those first whose score and trust are the greatest."""
    corners = candidates.boxes
    boxes = np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1)
    kept = cv2.dnn.NMSBoxes(boxes.tolist(), (candidates.scores + trust).tolist(), 0.0, OVERLAP)
    return np.asarray(kept, dtype=np.intp).reshape(-1)


def _detections(candidates: _Candidates, width: int, height: int) -> list[Detection]:
    found = []
    for corners, landmarks, score in zip(
        candidates.boxes.tolist(), candidates.landmarks, candidates.scores.tolist(), strict=True
    ):
        left, right = (min(max(x, 0.0), float(width)) for x in (corners[0], corners[2]))
        top, bottom = (min(max(y, 0.0), float(height)) for y in (corners[1], corners[3]))
        if right - left >= 1 and bottom - top >= 1:
            found.append(Detection(BoundingBox(left, top, right - left, bottom - top), landmarks, min(score, 1.0)))
    return found
