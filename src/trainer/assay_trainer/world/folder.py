"""A world model as a folder: weights, graphs, tokenizer, configuration, what it has seen, a card, and last the manifest."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ..events import Scalar
from ..likeness import Likeness, prompt_likeness, solution_likeness
from ..safetensors_file import read_safetensors, write_safetensors
from ..training_record import TrainingEntry
from .card import card_of
from .committee import Committee, Member
from .config import WorldConfig
from .evaluation import NEARNESS
from .export import export_graphs
from .model import PassHead, WorldModel, WorldShape, energy
from .tokens import Tokenizer, read_tokenizer, write_tokenizer
from .transitions import TransitionData, fold_of, padded, read_manifest, records_of

MANIFEST = "manifest.json"
SEEN = "seen.jsonl.gz"


@dataclass(frozen=True)
class Made:
    """Of one training, for its folder."""

    name: str
    data: Path
    config: WorldConfig
    #: On what the pass head was calibrated; None: it was not.
    calibrated_on: str | None
    #: On sets that nothing was learnt from.
    figures: Mapping[str, float | int | None]
    #: The same by step, on the way.
    history: Mapping[int, Mapping[str, Scalar]]


def write_world_folder(folder: Path, model: Committee, data: TransitionData, made: Made) -> None:
    """Weights are rounded to half precision first, so that half the bytes hold the very same numbers."""
    model.cpu().eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(weight.half().float())
    folder.mkdir(parents=True, exist_ok=True)
    write_tokenizer(folder / "tokenizer.json", data.tokenizer)
    config = _config(model, data, made)
    _write_json(folder / "config.json", config)
    write_safetensors(folder / "model.safetensors", _tensors(model), {"format": "pt"})
    export_graphs(folder, model, len(data.fact_names))
    _write_json(folder / "parity.json", _parity(model, data.tokenizer, made.config, len(data.fact_names)))
    lines = [json.dumps(entry.to_json(), separators=(",", ":")) for entry in seen_entries(made.data, made.config)]
    # Without time and name, so that the same data are the same bytes.
    (folder / SEEN).write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0))
    manifest, _ = read_manifest(made.data)
    (folder / "README.md").write_text(card_of(made.name, manifest, made.config, made.history, config), encoding="utf-8")
    _write_manifest(folder, data, made)


def read_world_folder(folder: Path) -> tuple[Committee, Tokenizer, dict[str, Any]]:
    """In single precision, for the processor."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    shape = WorldShape(**config["shape"])
    model = Committee([Member(WorldModel(shape), PassHead(shape)) for _ in range(config["members"])])
    stored = read_safetensors(folder / "model.safetensors")
    own = _weights_of(model)
    if set(stored) != set(own):
        raise ValueError(f"{folder}: holds other weights than its config.json tells of")
    with torch.no_grad():
        for name, weight in own.items():
            weight.copy_(stored[name])
    model.eval()
    return model, read_tokenizer(folder / "tokenizer.json"), config


def seen_entries(data: Path, config: WorldConfig) -> Iterator[TrainingEntry]:
    """Each group that was learnt or calibrated on, with likenesses of its questions and of what solves them."""
    manifest, _ = read_manifest(data)
    contents = {group["group"]: group["contentSha256"] for group in manifest["groups"]}
    prompts: dict[tuple[str, str], dict[Likeness, None]] = {}
    for record in records_of(data):
        if record["split"] == "test" if config.folds == 1 else fold_of(record["group"], config.folds) == config.fold:
            continue
        solutions = prompts.setdefault((record["group"], record["action"]["text"]), {})
        if record["source"] in ("solution", "commit") or record["label"] == "accepted":
            likeness = solution_likeness(record["after"]["code"])
            if likeness is not None:
                solutions.setdefault(likeness)
    for (group, text), solutions in prompts.items():
        yield TrainingEntry(group, contents.get(group), prompt_likeness(text), tuple(solutions))


def _config(model: Committee, data: TransitionData, made: Made) -> dict[str, object]:
    first = model.models[0]
    encoder = first.encoder
    return {
        "schema": "assay.world-model.v1",
        "width": model.width,
        "maxTokens": {"state": made.config.max_state, "action": made.config.max_action},
        "facts": [
            {"name": name, "mean": mean, "deviation": deviation}
            for name, mean, deviation in zip(data.fact_names, encoder.mean.tolist(), encoder.deviation.tolist())
        ],
        "operations": list(data.operations),
        "energy": {
            "noEdit": "energy of the before-state as its own after-state, with the same action",
            "among": {"nearness": NEARNESS},
        },
        "pass": None if made.calibrated_on is None else {"fittedOn": made.calibrated_on},
        "figures": dict(made.figures),
        "members": len(model.models),
        "shape": asdict(first.shape),
    }


def _weights_of(model: Committee) -> dict[str, Tensor]:
    """Each once by name, though several parts may hold it."""
    return {**dict(model.named_parameters()), **dict(model.named_buffers())}


def _tensors(model: Committee) -> dict[str, Tensor]:
    """What is fitted, in half precision; means, deviations and calibration as they are."""
    return {
        name: weight.half() if isinstance(weight, nn.Parameter) else weight
        for name, weight in _weights_of(model).items()
    }


#: What torch makes of it is stored beside the graphs, for another runtime to be compared with.
_EXAMPLE = "def add(first, second):\n    total = first + missing\n    return total\n"


@torch.no_grad()
def _parity(model: Committee, tokenizer: Tokenizer, config: WorldConfig, facts: int) -> dict[str, object]:
    encoded = tokenizer.state(_EXAMPLE, "add", ["missing"], config.max_state)
    asked = tokenizer.action("Write a function that adds two numbers.", "add", config.max_action)
    operations = [1] if model.models[0].shape.operations > 1 else [0]
    raw = torch.arange(facts, dtype=torch.float).unsqueeze(0) / 4
    ids, kinds = padded([encoded.ids]), padded([encoded.kinds])
    state, target = model.encode(ids, kinds, raw), model.encode_target(ids, kinds, raw)
    predicted = model.predict(state, padded([asked]), padded([operations]))
    return {
        "ids": encoded.ids,
        "kinds": encoded.kinds,
        "facts": raw[0].tolist(),
        "action": asked,
        "operations": operations,
        "state": _rounded(state),
        "target": _rounded(target),
        "predicted": _rounded(predicted),
        "energy": round(float(energy(predicted, target)), 5),
        "logit": round(float(model.passes(predicted, target, raw)), 5),
    }


def _rounded(vector: Tensor) -> list[float]:
    return [round(value, 5) for value in vector[0].tolist()]


def _write_manifest(folder: Path, data: TransitionData, made: Made) -> None:
    manifest = {
        "schema": "assay.manifest.v1",
        "kind": "world-model",
        "name": made.name,
        "parents": [{"kind": "world-data", "id": made.data.name, "sha256": data.sha256}],
        "files": [
            {"path": path.name, "bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
            for path in sorted(folder.iterdir())
            if path.name != MANIFEST and not path.name.endswith(".tmp")
        ],
        "metadata": {"recipe": asdict(made.config), "torch": torch.__version__},
    }
    aside = folder / f"{MANIFEST}.tmp"
    aside.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    aside.replace(folder / MANIFEST)


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
