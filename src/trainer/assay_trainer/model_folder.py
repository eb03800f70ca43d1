"""A model as a folder: weights, graph, tokenizer and configuration, as transformers and transformers.js read them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import torch

from .model import CausalLM, ModelConfig, positions_of
from .onnx_export import export_onnx
from .safetensors_file import read_safetensors, write_safetensors
from .tokenizer import END, PAD, Tokenizer, read_tokenizer, tokenizer_json
from .training_record import TrainingRecord, write_training_record


def write_model_folder(
    folder: Path, model: CausalLM, tokenizer: Tokenizer, max_new_tokens: int, example: str, training: TrainingRecord
) -> None:
    """
    Rounds the model's weights to half precision, so that the weights at half the size are the very same numbers.
    `parity.json` holds what torch makes of `example`, for another runtime to be compared with. `training` is written last.
    """
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(weight.half().float())
    folder.mkdir(parents=True, exist_ok=True)
    _write_json(folder / "config.json", _config(model.config, tokenizer))
    _write_json(
        folder / "generation_config.json",
        {
            "bos_token_id": tokenizer.end_id,
            "eos_token_id": [tokenizer.end_id],
            "pad_token_id": tokenizer.pad_id,
            "max_new_tokens": max_new_tokens,
            "do_sample": True,
            "temperature": 1.0,
            "top_k": 0,
        },
    )
    _write_json(folder / "tokenizer.json", tokenizer_json(tokenizer))
    _write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "bos_token": END,
            "eos_token": END,
            "pad_token": PAD,
            "padding_side": "left",
            "model_max_length": model.config.max_position_embeddings,
            "clean_up_tokenization_spaces": False,
        },
    )
    half = {name: weight.half() for name, weight in model.named_parameters()}
    write_safetensors(folder / "model.safetensors", half, {"format": "pt"})
    export_onnx(model, folder / "onnx" / "model.onnx")
    _write_json(folder / "parity.json", _parity(model, tokenizer, example))
    write_training_record(folder, training)


def read_model_folder(folder: Path) -> tuple[CausalLM, Tokenizer]:
    stored = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config = ModelConfig(**{name: stored[name] for name in ModelConfig.__dataclass_fields__})
    model = CausalLM(config)
    weights = {name: weight.float() for name, weight in read_safetensors(folder / "model.safetensors").items()}
    model.load_state_dict(weights)
    model.eval()
    return model, read_tokenizer(folder / "tokenizer.json")


def checksums_of(folder: Path) -> dict[str, str]:
    """SHA-256 of each file but the card, by its path in the folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "README.md")
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _config(config: ModelConfig, tokenizer: Tokenizer) -> dict[str, object]:
    return {
        "model_type": "llama",
        "architectures": ["LlamaForCausalLM"],
        "vocab_size": config.vocab_size,
        "hidden_size": config.hidden_size,
        "num_hidden_layers": config.num_hidden_layers,
        "num_attention_heads": config.num_attention_heads,
        "num_key_value_heads": config.num_key_value_heads,
        "head_dim": config.head_dim,
        "intermediate_size": config.intermediate_size,
        "max_position_embeddings": config.max_position_embeddings,
        "rms_norm_eps": config.rms_norm_eps,
        "rope_theta": config.rope_theta,
        "hidden_act": "silu",
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": True,
        "bos_token_id": tokenizer.end_id,
        "eos_token_id": tokenizer.end_id,
        "pad_token_id": tokenizer.pad_id,
        "torch_dtype": "float32",
        "use_cache": True,
    }


@torch.no_grad()
def _parity(model: CausalLM, tokenizer: Tokenizer, example: str) -> dict[str, object]:
    ids = tokenizer.encode(example)
    attention = torch.ones(1, len(ids), dtype=torch.long)
    logits = model(torch.tensor([ids]), attention, positions_of(attention))[0][0, -1]
    return {"text": example, "ids": ids, "lastLogits": [round(logit, 5) for logit in logits.tolist()]}


def _write_json(path: Path, value: object) -> None:
    indent = None if path.name in ("tokenizer.json", "parity.json") else 2
    path.write_text(json.dumps(value, indent=indent, ensure_ascii=False) + "\n", encoding="utf-8")
