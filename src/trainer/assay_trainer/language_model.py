"""What training needs of a model and of its tokenizer, whoever wrote them."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from .common_config import CommonConfig
from .lora import add_lora, merge_lora


class TextTokenizer(Protocol):
    @property
    def end_id(self) -> int: ...

    @property
    def pad_id(self) -> int: ...

    def encode(self, text: str) -> list[int]: ...

    def encode_question(self, messages: Sequence[Mapping[str, str]]) -> list[int]:
        """A conversation up to where the model is to answer."""

    def decode(self, ids: list[int]) -> str: ...


class LanguageModel(nn.Module):
    @property
    def max_positions(self) -> int:
        raise NotImplementedError

    @property
    def hidden_size(self) -> int:
        raise NotImplementedError

    def shape(self) -> dict[str, Any]:
        """Plain data that tell one architecture from another."""
        raise NotImplementedError

    def forward(self, input_ids: Tensor, attention_mask: Tensor, position_ids: Tensor, *past: Any) -> tuple[Any, ...]:
        """
        input_ids, position_ids (B, S); attention_mask (B, P + S), 1 where a token counts, or (B, S, P + S), 1 where a
        token sees another; past: what a call for the P tokens before gave behind its logits, or nothing. Gives logits
        (B, S, V), then what the next call takes as past.
        """
        raise NotImplementedError

    def with_hidden(self, input_ids: Tensor, attention_mask: Tensor, position_ids: Tensor) -> tuple[Tensor, Tensor]:
        """Logits, and the hidden states (B, S, H) that they come from."""
        raise NotImplementedError

    def recompute_layers(self, recomputes: bool) -> None:
        """Whether what layers made is thrown away on the way up and made again for the gradient: less memory, more time."""
        raise NotImplementedError

    def adapt(self, config: CommonConfig) -> None:
        """From now on only matrices of a low rank learn."""
        add_lora(self, config.lora_rank, config.lora_alpha, config.lora_dropout, config.lora_targets, config.seed)

    def merge(self) -> None:
        """Puts what was adapted into the weights."""
        merge_lora(self)


def learnt_weights(model: nn.Module) -> dict[str, Tensor]:
    """The state but for weights that never change, under whatever name."""
    fixed = {weight.data_ptr() for weight in model.parameters() if not weight.requires_grad}
    return {name: weight for name, weight in model.state_dict().items() if weight.data_ptr() not in fixed}


def copy_on_processor(model: LanguageModel) -> LanguageModel:
    """Of its own, merged; the device holds no second one meanwhile."""
    copied: dict[int, object] = {}
    for weight in model.parameters():
        copied[id(weight)] = nn.Parameter(weight.detach().cpu().clone(), weight.requires_grad)
    for buffer in model.buffers():
        copied[id(buffer)] = buffer.detach().cpu().clone()
    other = copy.deepcopy(model, copied)
    other.recompute_layers(False)
    other.merge()
    return other
