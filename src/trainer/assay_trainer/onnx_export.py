"""Export in the layout that transformers.js loads."""

from __future__ import annotations

import inspect
import warnings
from pathlib import Path

import torch

from .model import CausalLM


def export_onnx(model: CausalLM, path: Path) -> None:
    """
    Batch and lengths stay open and have the names that transformers.js looks for; heads and their size are numbers,
    because it builds empty caches from them.
    """
    config = model.config
    caches = [f"{layer}.{kind}" for layer in range(config.num_hidden_layers) for kind in ("key", "value")]
    past = [torch.zeros(2, config.num_key_value_heads, 5, config.head_dim) for _ in caches]
    ids = torch.zeros(2, 3, dtype=torch.long)
    attention = torch.ones(2, 8, dtype=torch.long)
    positions = torch.arange(5, 8).expand(2, 3).contiguous()
    inputs = ["input_ids", "attention_mask", "position_ids", *(f"past_key_values.{name}" for name in caches)]
    outputs = ["logits", *(f"present.{name}" for name in caches)]
    token_axes = {0: "batch_size", 1: "sequence_length"}
    axes: dict[str, dict[int, str]] = {
        "input_ids": token_axes,
        "attention_mask": {0: "batch_size", 1: "total_sequence_length"},
        "position_ids": token_axes,
        "logits": token_axes,
        **{name: {0: "batch_size", 2: "past_sequence_length"} for name in inputs[3:]},
        **{name: {0: "batch_size", 2: "total_sequence_length"} for name in outputs[1:]},
    }
    # Later versions of torch would take another exporter, and write another graph.
    classic = {"dynamo": False} if "dynamo" in inspect.signature(torch.onnx.export).parameters else {}
    model.eval()
    path.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", torch.jit.TracerWarning)
        torch.onnx.export(
            model,
            (ids, attention, positions, *past),
            str(path),
            input_names=inputs,
            output_names=outputs,
            dynamic_axes=axes,
            opset_version=14,
            **classic,
        )
