"""A rewritten graph computes what the original does, without a PRelu, and for pictures of any size."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest

from core.graphs import prepared
from core.models import ModelFile, ModelPack


def run(model: bytes, blob: np.ndarray) -> list[np.ndarray]:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return [np.asarray(each) for each in session.run(None, {session.get_inputs()[0].name: blob})]


def operators(model: bytes) -> set[str]:
    return {node.op_type for node in onnx.load_model_from_string(model).graph.node}


def test_embeddings_stay_what_they_are(any_pack: ModelPack) -> None:
    # As SFace is fed, and for ArcFace only somewhat bright.
    blob = np.random.default_rng(1).uniform(-1, 255, size=(4, 3, 112, 112)).astype(np.float32)
    original, rewritten = any_pack.embedder.path.read_bytes(), prepared(any_pack.embedder.path)
    assert "PRelu" in operators(original)
    assert "PRelu" not in operators(rewritten)
    before = np.concatenate([run(original, blob[row : row + 1])[0] for row in range(4)])
    (after,) = run(rewritten, blob)
    cosine = (before * after).sum(axis=1) / np.linalg.norm(before, axis=1) / np.linalg.norm(after, axis=1)
    assert cosine.min() > 0.99999


def test_no_convolution_is_over_pairs_of_channels(any_pack: ModelPack) -> None:
    graph = onnx.load_model_from_string(prepared(any_pack.embedder.path)).graph
    kernels = {each.name: list(each.dims) for each in graph.initializer}
    assert all(kernels[node.input[1]][1] != 2 for node in graph.node if node.op_type == "Conv")


def test_a_detector_computes_the_same(any_pack: ModelPack) -> None:
    blob = np.random.default_rng(2).normal(size=(1, 3, 640, 640)).astype(np.float32)
    before, after = run(any_pack.detector.path.read_bytes(), blob), run(prepared(any_pack.detector.path), blob)
    assert all(np.array_equal(one, other) for one, other in zip(before, after, strict=True))


def test_a_detector_takes_pictures_of_any_size(any_pack: ModelPack) -> None:
    outputs = run(prepared(any_pack.detector.path), np.zeros((1, 3, 64, 96), np.float32))
    rows = {each.reshape(-1, each.shape[-1]).shape[0] for each in outputs}
    anchors = {"scrfd": 2, "yunet": 1}[any_pack.detector.kind]
    assert rows == {anchors * (64 // stride) * (96 // stride) for stride in (8, 16, 32)}


@pytest.mark.parametrize("file", ["detector", "embedder"])
def test_the_file_itself_is_not_changed(any_pack: ModelPack, file: str) -> None:
    model: ModelFile = getattr(any_pack, file)
    prepared(model.path)
    model.verify()
