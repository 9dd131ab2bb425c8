"""Small neural networks as the pipeline runs them: one thread each, so that a process may fork and two share two cores."""

from __future__ import annotations

from pathlib import Path

import onnxruntime as ort


def model_session(model: Path) -> ort.InferenceSession:
    """Load an ONNX model on the processor.

    Two processes with a thread each beat one with two, and a session without threads may be forked.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    return ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
