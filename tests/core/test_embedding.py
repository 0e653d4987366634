"""Embeddings are those of InsightFace and of OpenCV, one at a time or many."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from insightface.app.common import Face
from insightface.model_zoo import get_model

from core.alignment import SIDE, aligned
from core.embedding import ARCFACE, SFACE, FaceEmbedder
from core.engine import FaceEngine
from core.images import DecodedImage
from core.models import ModelPack
from core.sessions import open_session
from core.types import Pixels
from tests import samples


@pytest.fixture(scope="module")
def embedder(any_pack: ModelPack) -> FaceEmbedder:
    normalisation = {"arcface": ARCFACE, "sface": SFACE}[any_pack.embedder.kind]
    return FaceEmbedder(open_session(any_pack.embedder.path), any_pack.dimension, normalisation)


@pytest.fixture(scope="module")
def crops(engine: FaceEngine) -> list[Pixels]:
    """The aligned faces of the six people of `t1`."""
    pixels = np.asarray(samples.t1())
    faces = engine.analyze(DecodedImage(pixels, 1280, 886, "JPEG"))
    return [aligned(pixels, face.detection.landmarks) for face in faces]


# InsightFace itself calls a function of scikit-image that is to be removed.
@pytest.mark.filterwarnings("ignore:`estimate` is deprecated:FutureWarning")
def test_an_embedding_is_that_of_insightface(engine: FaceEngine, pack: ModelPack) -> None:
    model = get_model(str(pack.embedder.path), providers=["CPUExecutionProvider"])
    pixels = np.asarray(samples.t1())
    faces = engine.analyze(DecodedImage(pixels, 1280, 886, "JPEG"))
    assert len(faces) == 6
    for face in faces:
        expected = model.get(pixels[:, :, ::-1], Face(kps=face.detection.landmarks))
        (seen,) = engine._embedder.embed([aligned(pixels, face.detection.landmarks)])
        cosine = float(seen @ expected) / float(np.linalg.norm(expected))
        assert cosine > 0.999


def test_an_embedding_is_that_of_opencv(other_engine: FaceEngine, other_pack: ModelPack) -> None:
    opencv = cv2.FaceRecognizerSF.create(str(other_pack.embedder.path), "")
    pixels = np.asarray(samples.t1())
    bgr = np.ascontiguousarray(pixels[:, :, ::-1])
    faces = other_engine.analyze(DecodedImage(pixels, 1280, 886, "JPEG"))
    assert len(faces) == 6
    for face in faces:
        box = face.detection.box
        found = [box.x, box.y, box.width, box.height, *face.detection.landmarks.ravel(), face.detection.confidence]
        expected = opencv.feature(opencv.alignCrop(bgr, np.array(found, np.float32)))[0]
        (seen,) = other_engine._embedder.embed([aligned(pixels, face.detection.landmarks)])
        cosine = float(seen @ expected) / float(np.linalg.norm(expected))
        assert cosine > 0.999


def test_embeddings_have_length_one_and_carry_their_model(any_engine: FaceEngine) -> None:
    face = any_engine.analyze(DecodedImage(np.asarray(samples.astronaut()), 512, 512, "PNG"))[0]
    assert face.embedding.model == any_engine.pack.name
    assert face.embedding.vector.shape == (any_engine.pack.dimension,)
    assert face.embedding.vector.dtype == np.float32
    assert np.linalg.norm(face.embedding.vector) == pytest.approx(1.0, abs=1e-5)


def test_many_crops_give_what_single_ones_give(embedder: FaceEmbedder, crops: list[Pixels]) -> None:
    alone = np.concatenate([embedder.embed([crop]) for crop in crops])
    np.testing.assert_array_equal(embedder.embed(crops), alone)


def test_no_crops_give_no_embeddings(embedder: FaceEmbedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimension)


def test_a_crop_of_one_colour_is_still_a_direction(embedder: FaceEmbedder) -> None:
    vectors = embedder.embed([np.full((SIDE, SIDE, 3), value, np.uint8) for value in (0, 127, 255)])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_different_people_differ_and_the_same_one_does_not(embedder: FaceEmbedder, crops: list[Pixels]) -> None:
    vectors = embedder.embed(crops)
    mirrored = embedder.embed([np.ascontiguousarray(crop[:, ::-1]) for crop in crops])
    others = (vectors @ vectors.T)[~np.eye(len(crops), dtype=bool)]
    assert others.max() < 0.4
    assert (vectors * mirrored).sum(axis=1).min() > 0.6
