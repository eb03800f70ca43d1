"""Causal models of transformers, with adapters of peft where that is installed."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils.logging import disable_progress_bar

from .common_config import CommonConfig
from .language_model import LanguageModel
from .training_record import TrainingRecord, write_training_record

#: Where a model does not say how long a text may be.
ANY_LENGTH = 1 << 20


class HuggingFaceLM(LanguageModel):
    """Weights are held in 32 bits whatever they are stored in; `stored` is written again."""

    def __init__(self, inner: nn.Module, stored: torch.dtype) -> None:
        super().__init__()
        self.inner = inner
        self.stored = stored
        self._adapted_by_peft = False

    @property
    def max_positions(self) -> int:
        return getattr(self._text_config, "max_position_embeddings", None) or ANY_LENGTH

    @property
    def hidden_size(self) -> int:
        return int(self._text_config.hidden_size)

    @property
    def _text_config(self) -> Any:
        return self.inner.config.get_text_config()

    def shape(self) -> dict[str, Any]:
        return dict(self.inner.config.to_dict())

    def forward(self, input_ids: Tensor, attention_mask: Tensor, position_ids: Tensor, *past: Any) -> tuple[Any, ...]:
        """`past` and what comes behind the logits: the library's own cache; none where gradients are wanted."""
        caches = not torch.is_grad_enabled()
        given = {"past_key_values": past[0]} if past else {}
        output = self._call(input_ids, attention_mask, position_ids, use_cache=caches, **given)
        return (output.logits, output.past_key_values) if caches else (output.logits,)

    def with_hidden(self, input_ids: Tensor, attention_mask: Tensor, position_ids: Tensor) -> tuple[Tensor, Tensor]:
        output = self._call(input_ids, attention_mask, position_ids, use_cache=False, output_hidden_states=True)
        return output.logits, output.hidden_states[-1]

    def _call(self, input_ids: Tensor, attention_mask: Tensor, position_ids: Tensor, **given: Any) -> Any:
        # Layers are made again only in training mode, in which attention would drop something too: the mode of the
        # layers themselves is set, and not that of what is in them.
        for layer in self.inner.modules():
            if getattr(layer, "gradient_checkpointing", False):
                layer.training = torch.is_grad_enabled()
        return self.inner(
            input_ids=input_ids, attention_mask=seen_by(attention_mask), position_ids=position_ids, **given
        )

    def recompute_layers(self, recomputes: bool) -> None:
        if recomputes:
            self.inner.gradient_checkpointing_enable({"use_reentrant": False})
        else:
            self.inner.gradient_checkpointing_disable()

    def adapt(self, config: CommonConfig) -> None:
        if importlib.util.find_spec("peft") is None:
            super().adapt(config)
            return
        from peft import LoraConfig, get_peft_model

        torch.manual_seed(config.seed)
        adapter = LoraConfig(
            r=config.lora_rank,
            lora_alpha=config.lora_alpha,
            lora_dropout=config.lora_dropout,
            target_modules=[name.strip() for name in config.lora_targets.split(",")],
            bias="none",
            task_type="CAUSAL_LM",
        )
        self.inner = get_peft_model(self.inner, adapter)
        self._adapted_by_peft = True

    def merge(self) -> None:
        if not self._adapted_by_peft:
            super().merge()
            return
        self.inner = self.inner.merge_and_unload()
        self._adapted_by_peft = False
        self.requires_grad_(True)

    def plain_weights(self, names: set[str]) -> dict[str, Tensor]:
        """Those of these names, without what the library repeats under another one."""
        return {name: weight for name, weight in self.inner.state_dict().items() if name in names}


class HuggingFaceTokenizer:
    def __init__(self, inner: Any) -> None:
        self.inner = inner
        if inner.eos_token_id is None:
            raise ValueError("the tokenizer names no token that ends a text (eos_token)")

    @property
    def end_id(self) -> int:
        return int(self.inner.eos_token_id)

    @property
    def pad_id(self) -> int:
        return self.end_id if self.inner.pad_token_id is None else int(self.inner.pad_token_id)

    def encode(self, text: str) -> list[int]:
        return list(self.inner.encode(text, add_special_tokens=False))

    def encode_question(self, messages: Sequence[Mapping[str, str]]) -> list[int]:
        """Through the model's own template where it has one."""
        if self.inner.chat_template is None:
            return self.encode("".join(f"{message['content']}\n\n" for message in messages))
        text = self.inner.apply_chat_template(list(messages), add_generation_prompt=True, tokenize=False)
        return self.encode(text)

    def decode(self, ids: list[int]) -> str:
        return str(self.inner.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False))


def read_huggingface(folder: Path) -> tuple[HuggingFaceLM, HuggingFaceTokenizer]:
    """From this folder alone: nothing is downloaded, and no code of it is run."""
    # Its bars would stand in the record of what was said.
    disable_progress_bar()
    local = {"local_files_only": True, "trust_remote_code": False}
    inner = AutoModelForCausalLM.from_pretrained(folder, **local)
    stored = inner.dtype
    inner.float().eval()
    return HuggingFaceLM(inner, stored), HuggingFaceTokenizer(AutoTokenizer.from_pretrained(folder, **local))


def write_huggingface(
    folder: Path, model: HuggingFaceLM, tokenizer: HuggingFaceTokenizer, record: TrainingRecord, origin: Path
) -> None:
    """As transformers, vLLM and others read it, in the precision that it was stored in; the record last."""
    model.inner.to(model.stored)
    model.inner.save_pretrained(folder, safe_serialization=True)
    tokenizer.inner.save_pretrained(folder)
    if (origin / "LICENSE").exists():
        shutil.copy(origin / "LICENSE", folder / "LICENSE")
    write_training_record(folder, record)


def seen_by(attention_mask: Tensor) -> Tensor:
    """
    (B, T) as it is; of (B, S, T) what the library takes, (B, 1, S, T): which token sees which before it. A token that
    sees nothing would have no weights to share out, so each sees itself.
    """
    if attention_mask.dim() == 2:
        return attention_mask
    length = attention_mask.shape[-1]
    itself = torch.eye(length, dtype=torch.bool, device=attention_mask.device)
    before = torch.ones(length, length, dtype=torch.bool, device=attention_mask.device).tril()
    return ((attention_mask > 0) & before | itself)[:, None]
