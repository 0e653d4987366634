"""onnxruntime sessions, set up for throughput over several workers."""

from __future__ import annotations

from pathlib import Path

import onnxruntime

from core.errors import ModelError


def open_session(path: Path, threads: int = 1) -> onnxruntime.InferenceSession:
    """A session on the processor, of the model as `core.graphs` makes it faster.

    One thread is the best setting where several workers run side by side. Spinning is off: pools that wait in a busy
    loop take the processor from each other and from the window.

    Raises:
        ModelError: onnxruntime cannot load the file.
    """
    # Imported where a model is opened: a program that leaves that to its workers does without 45 MB.
    from core.graphs import prepared

    # Nothing about this computer or its photos is told to anybody: onnxruntime reports its use unless told not to.
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Without the arena memory goes back after a large picture instead of staying at its peak.
    options.enable_cpu_mem_arena = False
    # Errors only: what onnxruntime finds odd in a graph is not for users.
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(prepared(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnx and onnxruntime raise their own classes, without a common base
        raise ModelError(f"The face model {path.name} cannot be run: {error}") from error
