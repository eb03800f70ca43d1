"""A world model as graphs that ONNX Runtime runs: encoder, predictor and pass head apart, batch and lengths open."""

from __future__ import annotations

import inspect
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from .committee import Committee

#: The first with layer norms in one operator.
OPERATOR_SET = 17


class EncoderGraph(nn.Module):
    """Both encoders, so that one run gives a program as before-state and as after-state."""

    def __init__(self, model: Committee) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor, kinds: Tensor, facts: Tensor) -> tuple[Tensor, Tensor]:
        state = self.model.encode(ids, kinds, facts)
        # Two outputs are two values, though one encoder makes both.
        return state, self.model.encode_target(ids, kinds, facts) if self.model.has_own_target else state + 0


class PredictorGraph(nn.Module):
    def __init__(self, model: Committee) -> None:
        super().__init__()
        self.model = model

    def forward(self, state: Tensor, ids: Tensor, operations: Tensor) -> Tensor:
        return self.model.predict(state, ids, operations)


class PassGraph(nn.Module):
    def __init__(self, model: Committee) -> None:
        super().__init__()
        self.model = model

    def forward(self, predicted: Tensor, target: Tensor, facts: Tensor) -> Tensor:
        return self.model.passes(predicted, target, facts)


def export_graphs(folder: Path, model: Committee, facts_count: int) -> None:
    facts = torch.zeros(2, facts_count)
    state = torch.zeros(2, model.width)
    ids = torch.tensor([[7, 8, 9], [7, 0, 0]])
    _export(
        EncoderGraph(model),
        folder / "encoder.onnx",
        {"ids": ids, "kinds": (ids > 0).long(), "facts": facts},
        ["state", "target"],
    )
    _export(
        PredictorGraph(model),
        folder / "predictor.onnx",
        {"state": state, "ids": ids, "operations": torch.tensor([[0], [0]])},
        ["predicted"],
    )
    _export(PassGraph(model), folder / "pass.onnx", {"predicted": state, "target": state, "facts": facts}, ["logit"])


def _export(module: nn.Module, path: Path, inputs: dict[str, Tensor], outputs: list[str]) -> None:
    axes = {
        name: {0: "batch", 1: name} if value.dtype == torch.int64 else {0: "batch"} for name, value in inputs.items()
    }
    if "kinds" in axes:
        axes["kinds"] = axes["ids"]
    # Later versions of torch would take another exporter, and write another graph.
    module.eval()
    classic = {"dynamo": False} if "dynamo" in inspect.signature(torch.onnx.export).parameters else {}
    with warnings.catch_warnings():
        # Of shapes that torch does not infer itself; the graphs are compared with torch, see parity.json.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            tuple(inputs.values()),
            str(path),
            input_names=list(inputs),
            output_names=outputs,
            dynamic_axes={**axes, **{name: {0: "batch"} for name in outputs}},
            opset_version=OPERATOR_SET,
            **classic,
        )
