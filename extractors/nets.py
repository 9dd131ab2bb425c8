"""Small neural networks as the pipeline runs them: one thread each, so that a process may fork and two share two cores."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import onnxruntime as ort


def model_session(model: Path) -> ort.InferenceSession:
    """Load an ONNX model on the processor.

    Two processes with a thread each beat one with two, and a session without threads may be forked.
    """
    _one_memory_for_all()
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # A plan of memory for each size of picture is laid beside what the first run took. The next document is read
    # by a new process, which gains nothing from plans and pays for 100 MB more.
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.use_env_allocators", "1")
    options.log_severity_level = 3
    return ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


@cache
def _one_memory_for_all() -> None:
    """Give all models one store of memory: each keeping its own holds their sum, none keeping any loses time on page faults."""
    settings = ort.OrtArenaCfg({"arena_extend_strategy": 1, "initial_chunk_size_bytes": 1 << 20})
    kind = ort.OrtMemoryInfo("Cpu", ort.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, ort.OrtMemType.DEFAULT)
    ort.create_and_register_allocator(kind, settings)
