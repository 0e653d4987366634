"""Rewrites a model's graph into one that computes the same and runs faster on a processor."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from core.alignment import SIDE

_WIDE = 16
"""Channels of the widest block in which onnxruntime keeps pictures; narrower ones divide it."""


def prepared(path: Path) -> bytes:
    """A model as onnxruntime takes it: fast, for any number and size of pictures, its constants constant.

    The file itself is not changed.
    """
    model = onnx.load(str(path))
    _without_pairs(model)
    _without_prelu(model)
    _with_constants(model)
    _of_any_size(model)
    return bytes(model.SerializeToString())


def _without_prelu(model: ModelProto) -> None:
    """Makes a model in which every PRelu with one slope a channel is Relu(x) - slope * Relu(-x).

    The two factors are depthwise convolutions of one pixel: onnxruntime keeps its blocked layout through them, which it
    leaves for a PRelu. Embeddings agree to a cosine of 1.000000, and w600k_mbf takes about half the time.
    """
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


def _without_pairs(model: ModelProto) -> None:
    """Makes a model whose convolutions over pairs of channels are over groups of 16, with zeros in between.

    onnxruntime has no fast kernel for groups of two channels, as w600k_mbf has in its second layer, but one for groups
    as wide as its blocks, which are 16 wide at most. The sums are the same; a face takes 13% less time.
    """
    kernels = {each.name: each for each in model.graph.initializer}
    for node in model.graph.node:
        groups = next((each for each in node.attribute if each.name == "group"), None)
        kernel = kernels.get(node.input[1]) if node.op_type == "Conv" and groups else None
        if groups is None or kernel is None or list(kernel.dims[:2]) != [2 * groups.i, 2] or kernel.dims[0] % _WIDE:
            continue
        node.input[1] = f"{node.output[0]}/wide"
        model.graph.initializer.append(numpy_helper.from_array(_widened(numpy_helper.to_array(kernel)), node.input[1]))
        groups.i = kernel.dims[0] // _WIDE


def _widened(kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """The weights over groups of 16 channels, float32 [channels, 16, h, w], that are those over pairs."""
    channels = np.arange(len(kernel))
    wide = np.zeros((len(kernel), _WIDE, *kernel.shape[2:]), np.float32)
    for place in (0, 1):
        wide[channels, channels % _WIDE // 2 * 2 + place] = kernel[:, place]
    return wide


def _with_constants(model: ModelProto) -> None:
    """Takes constants out of the inputs, where older exporters list them: onnxruntime may then calculate with them."""
    names = {each.name for each in model.graph.initializer}
    inputs = [each for each in model.graph.input if each.name not in names]
    del model.graph.input[:]
    model.graph.input.extend(inputs)


def _of_any_size(model: ModelProto) -> None:
    """Frees the number of pictures, and but for the 112 px of aligned faces their size: YuNet's exporter fixed both.

    Where the size is known, onnxruntime plans better: an embedding takes 8% less time.
    """
    for each in model.graph.input:
        sides = each.type.tensor_type.shape.dim[2:]
        for place in (0,) if all(side.dim_value == SIDE for side in sides) else (0, 2, 3):
            each.type.tensor_type.shape.dim[place].dim_param = f"any_{place}"
    # What a model says of its outputs holds only for the size that it was exported for.
    for each in (*model.graph.output, *model.graph.value_info):
        each.type.tensor_type.ClearField("shape")


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
