"""Photos made hard, in seeded ways, and the sets of faces that grouping and quality are calibrated and judged on."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.alignment import aligned
from core.engine import MIRRORED_BELOW, FaceEngine
from core.images import DecodedImage, decode
from core.models import ModelPack
from core.types import AnalyzedFace, Pixels, Vectors

Random = np.random.Generator


def plain(pixels: Pixels, _: NDArray[np.float32], __: Random) -> Pixels:
    return pixels


def small(pixels: Pixels, _: NDArray[np.float32], random: Random) -> Pixels:
    scale = random.uniform(0.15, 0.4)
    return cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.uint8)


def blurred(pixels: Pixels, _: NDArray[np.float32], random: Random) -> Pixels:
    """Out of focus, or moved."""
    if random.random() < 0.5:
        return cv2.GaussianBlur(pixels, (0, 0), random.uniform(1.5, 4.5)).astype(np.uint8)
    length = int(random.integers(7, 20))
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1 / length
    turn = cv2.getRotationMatrix2D((length / 2 - 0.5, length / 2 - 0.5), random.uniform(0, 180), 1)
    kernel = cv2.warpAffine(kernel, turn, (length, length))
    return cv2.filter2D(pixels, -1, kernel / kernel.sum()).astype(np.uint8)


def dark(pixels: Pixels, _: NDArray[np.float32], random: Random) -> Pixels:
    """Little light, and the noise of a sensor at its limit."""
    light = pixels * random.uniform(0.06, 0.3) + random.normal(0, random.uniform(2, 7), pixels.shape)
    return np.clip(light, 0, 255).astype(np.uint8)


def turned(pixels: Pixels, landmarks: NDArray[np.float32], random: Random) -> Pixels:
    """As from the side: one half of the face drawn together, the nose shifted towards the far eye."""
    height, width = pixels.shape[:2]
    centre, span = landmarks.mean(axis=0), np.ptp(landmarks[:, 0]) + 1
    side, strength = random.choice([-1, 1]), random.uniform(0.25, 0.6)
    across = (np.arange(width) - centre[0]) / span
    bulge = strength * side * np.exp(-(across**2) / 0.5) * 0.5
    x = np.tile((centre[0] + (across / (1 - strength / 3) - bulge) * span).astype(np.float32), (height, 1))
    y = np.tile(np.arange(height, dtype=np.float32)[:, None], (1, width))
    return cv2.remap(pixels, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT).astype(np.uint8)


def covered(pixels: Pixels, landmarks: NDArray[np.float32], random: Random) -> Pixels:
    """Dark glasses, or a mask or a hand before the mouth."""
    result = pixels.copy()
    span = float(np.linalg.norm(landmarks[1] - landmarks[0])) + 1
    if random.random() < 0.5:
        for eye in landmarks[:2]:
            axes = (int(0.42 * span), int(0.3 * span))
            cv2.ellipse(result, (int(eye[0]), int(eye[1])), axes, 0, 0, 360, (25, 22, 24), -1)
    else:
        mouth = landmarks[3:].mean(axis=0)
        colour = tuple(int(each) for each in random.integers(60, 230, 3))
        left, top = mouth - [0.9 * span, 0.45 * span]
        right, bottom = mouth + 0.9 * span
        cv2.rectangle(result, (int(left), int(top)), (int(right), int(bottom)), colour, -1)
    return result


DEGRADATIONS: dict[str, Callable[[Pixels, NDArray[np.float32], Random], Pixels]] = {
    "plain": plain,
    "small": small,
    "blurred": blurred,
    "dark": dark,
    "turned": turned,
    "covered": covered,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """The labelled face of every photo in every degradation, as far as it was found.

    Attributes:
        vectors: [n, dimension].
        who: the person of each, [n].
        photos: the photo, [n].
        kinds: place in `DEGRADATIONS`, [n].
        qualities: [n].
        sharpness: variance of the Laplacian of the crop, [n].
        confidence: of the detector, [n].
        sides: the shorter side of the box in pixels, [n].
    """

    vectors: Vectors
    who: NDArray[np.int64]
    photos: NDArray[np.int64]
    kinds: NDArray[np.int64]
    qualities: NDArray[np.float64]
    sharpness: NDArray[np.float64]
    confidence: NDArray[np.float64]
    sides: NDArray[np.float64]


def seen(folder: Path, pack: ModelPack, mirrored_below: float = MIRRORED_BELOW) -> Seen:
    """Runs the engine over all photos, six times each. Minutes."""
    engine = FaceEngine(pack, 2, mirrored_below)
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    number = {name: place for place, name in enumerate(sorted({row["identity"] for row in rows}))}
    vectors, columns = [], []
    for photo, row in enumerate(rows):
        pixels = decode((folder / row["path"]).read_bytes()).pixels
        original = central(engine, pixels)
        if original is None:
            continue
        for kind, made in enumerate(DEGRADATIONS.values()):
            harder = made(pixels, original.detection.landmarks, np.random.default_rng([photo, kind]))
            face = central(engine, harder)
            if face is not None:
                vectors.append(face.embedding.vector)
                columns.append((number[row["identity"]], photo, kind, *_figures(face, harder)))
        if photo % 500 == 499:
            print(f"{photo + 1:,} of {len(rows):,} photos", file=sys.stderr, flush=True)
    who, photos, kinds, *figures = np.array(columns, np.float64).T
    return Seen(np.stack(vectors), who.astype(int), photos.astype(int), kinds.astype(int), *figures)


def central(engine: FaceEngine, pixels: Pixels) -> AnalyzedFace | None:
    """The face nearest the centre, which is the labelled one."""
    height, width = pixels.shape[:2]

    def distance(face: AnalyzedFace) -> float:
        box = face.detection.box
        return float(np.hypot(box.x + box.width / 2 - width / 2, box.y + box.height / 2 - height / 2))

    return min(engine.analyze(DecodedImage(pixels, width, height, "JPEG")), key=distance, default=None)


def _figures(face: AnalyzedFace, pixels: Pixels) -> tuple[float, ...]:
    gray = cv2.cvtColor(aligned(pixels, face.detection.landmarks), cv2.COLOR_RGB2GRAY)
    box = face.detection.box
    sharpness = float(cv2.Laplacian(gray, cv2.CV_32F).var())
    return face.quality, sharpness, face.detection.confidence, min(box.width, box.height)


@dataclass(frozen=True, slots=True)
class FaceSet:
    """Faces to group: `who` is a person's number, or a negative one for a stranger."""

    vectors: Vectors
    who: NDArray[np.int64]
    qualities: NDArray[np.float64]


def sets(faces: Seen, half: int) -> dict[str, FaceSet]:
    """The sets of one half of the people (0: for calibration, 1: for the report)."""
    photos = np.bincount(faces.who[faces.kinds == 0])
    known = np.flatnonzero(photos > 1)[half::2]
    others = np.setdiff1d(np.flatnonzero(photos), known)
    maker = _Maker(faces, known, others)
    return {
        "plain": maker.small([half, 1], 0.0),
        "half hard": maker.small([half, 2], 0.5),
        "two photos": maker.small([half, 3], 0.3, 2),
        "all hard": maker.small([half, 4], 1.0),
        "household": maker.household([half, 5], 0.3),
        "hard household": maker.household([half, 6], 0.6),
        "real household": maker.every_photo([half, 7]),
    }


class _Maker:
    def __init__(self, faces: Seen, known: NDArray[np.int64], others: NDArray[np.int64]) -> None:
        self.faces, self.known, self.others = faces, known, others
        self._dimension = faces.vectors.shape[1]
        plain = faces.kinds == 0
        self._row = {key: row for row, key in enumerate(zip(faces.photos.tolist(), faces.kinds.tolist(), strict=True))}
        self._photos = {who: np.unique(faces.photos[plain & (faces.who == who)]) for who in (*known, *others)}
        centres = {who: faces.vectors[plain & (faces.who == who)].mean(axis=0) for who in known}
        rows = np.flatnonzero(plain & np.isin(faces.who, known))
        # Strangers differ as people do; photos of one person as photos of one person do.
        self._within = _spread(np.cov(np.stack([faces.vectors[row] - centres[faces.who[row]] for row in rows]).T))
        strangers = faces.vectors[plain & np.isin(faces.who, others)]
        # A model may put all faces on one side: what they have in common is no spread.
        self._middle = strangers.mean(axis=0)
        self._between = _spread(np.cov(strangers.T)) * np.sqrt(1 - self._middle @ self._middle)
        self._centres = {who: _unit(centre) for who, centre in centres.items()}

    def small(self, seed: list[int], hard: float, most: int = 99) -> FaceSet:
        """Few photos of many people, some made hard; 3,500 strangers."""
        random = np.random.default_rng(seed)
        chosen = [photo for who in self.known for photo in random.permutation(self._photos[who])[:most]]
        rows = [self._row.get((int(photo), self._kind(random, hard))) for photo in chosen]
        return self._with_strangers([row for row in rows if row is not None], random, hard, 3500)

    def every_photo(self, seed: list[int]) -> FaceSet:
        """Every photo in every degradation of the 25 who have most; 2,000 strangers."""
        most = sorted(self.known.tolist(), key=lambda who: -len(self._photos[who]))[:25]
        rows = np.flatnonzero(np.isin(self.faces.who, most)).tolist()
        return self._with_strangers(rows, np.random.default_rng(seed), 0.8, 2000)

    def household(self, seed: list[int], hard: float) -> FaceSet:
        """25 people with 30 to 400 simulated faces, three mothers and daughters among them; 2,000 strangers."""
        random = np.random.default_rng(seed)
        members = random.permutation(self.known)[:25]
        centres = {who: self._centres[who] for who in members}
        for pair, likeness in enumerate((0.35, 0.42, 0.5)):
            mother, daughter = members[2 * pair : 2 * pair + 2]
            own = centres[daughter] - (centres[daughter] @ centres[mother]) * centres[mother]
            centres[daughter] = likeness * centres[mother] + np.sqrt(1 - likeness**2) * _unit(own)
        vectors, labels = [], []
        for who in members:
            count = int(np.exp(random.uniform(np.log(30), np.log(400))))
            ages = random.normal(size=(random.integers(1, 5), self._dimension)) @ self._within.T * 0.45
            far = np.where(random.random(count) < hard, random.uniform(1, 1.7, count), random.uniform(0.4, 0.85, count))
            noise = random.normal(size=(count, self._dimension)) @ self._within.T * far[:, None]
            vectors.append(_unit(centres[who] + ages[random.integers(0, len(ages), count)] + noise))
            labels += [int(who)] * count
        strangers = self._with_strangers([], random, 0.0, 2000)
        return FaceSet(
            np.concatenate([*vectors, strangers.vectors]).astype(np.float32),
            np.concatenate([labels, strangers.who]),
            np.concatenate([np.full(len(labels), 0.9), strangers.qualities]),
        )

    def _kind(self, random: Random, hard: float) -> int:
        return int(random.integers(1, len(DEGRADATIONS))) if random.random() < hard else 0

    def _with_strangers(self, rows: list[int], random: Random, hard: float, count: int) -> FaceSet:
        alone = [self._row.get((int(self._photos[who][0]), self._kind(random, hard))) for who in self.others]
        real = [row for row in alone if row is not None]
        spread = random.normal(size=(count - len(real), self._dimension)) @ self._between.T
        made = _unit(self._middle + spread).astype(np.float32)
        every = np.array(rows + real, np.int64)
        return FaceSet(
            np.concatenate([self.faces.vectors[every], made]),
            np.concatenate([self.faces.who[rows].astype(int), -1 - np.arange(count)]),
            np.concatenate([self.faces.qualities[every], np.full(len(made), 0.9)]),
        )


def _spread(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(covariance)
    root: NDArray[np.float64] = vectors * np.sqrt(np.maximum(values, 0))
    return root / np.linalg.norm(root)


def _unit(vectors: NDArray[np.floating]) -> NDArray[np.floating]:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
