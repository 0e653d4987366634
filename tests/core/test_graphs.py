"""A rewritten graph computes what the original does, without a PRelu."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest

from core.graphs import without_prelu
from core.models import ModelFile, ModelPack


def run(model: bytes, blob: np.ndarray) -> list[np.ndarray]:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return [np.asarray(each) for each in session.run(None, {session.get_inputs()[0].name: blob})]


def operators(model: bytes) -> set[str]:
    return {node.op_type for node in onnx.load_model_from_string(model).graph.node}


def test_embeddings_stay_what_they_are(pack: ModelPack) -> None:
    blob = np.random.default_rng(1).normal(size=(4, 3, 112, 112)).astype(np.float32)
    original, rewritten = pack.embedder.path.read_bytes(), without_prelu(pack.embedder.path)
    assert "PRelu" in operators(original)
    assert "PRelu" not in operators(rewritten)
    (before,), (after,) = run(original, blob), run(rewritten, blob)
    cosine = (before * after).sum(axis=1) / np.linalg.norm(before, axis=1) / np.linalg.norm(after, axis=1)
    assert cosine.min() > 0.99999


def test_a_model_without_prelu_is_left_alone(pack: ModelPack) -> None:
    blob = np.random.default_rng(2).normal(size=(1, 3, 64, 96)).astype(np.float32)
    before, after = run(pack.detector.path.read_bytes(), blob), run(without_prelu(pack.detector.path), blob)
    assert all(np.array_equal(one, other) for one, other in zip(before, after, strict=True))


@pytest.mark.parametrize("file", ["detector", "embedder"])
def test_the_file_itself_is_not_changed(pack: ModelPack, file: str) -> None:
    model: ModelFile = getattr(pack, file)
    without_prelu(model.path)
    model.verify()
