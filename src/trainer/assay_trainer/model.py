"""A decoder in the architecture and with the parameter names of Llama. Runs on torch 1.13, exports to ONNX."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from .language_model import LanguageModel


@dataclass(frozen=True)
class ModelConfig:
    vocab_size: int
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    intermediate_size: int
    max_position_embeddings: int
    rms_norm_eps: float = 1e-5
    rope_theta: float = 10000.0

    @property
    def head_dim(self) -> int:
        return self.hidden_size // self.num_attention_heads

    def __post_init__(self) -> None:
        if self.hidden_size % self.num_attention_heads or self.head_dim % 2:
            raise ValueError(
                f"hidden_size {self.hidden_size} does not give {self.num_attention_heads} heads of even size"
            )
        if self.num_attention_heads % self.num_key_value_heads:
            raise ValueError(f"{self.num_attention_heads} heads do not share {self.num_key_value_heads} evenly")


class CausalLM(LanguageModel):
    """Input and output embeddings are one matrix."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.model = Decoder(config)

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, position_ids: Tensor, *past: Tensor
    ) -> tuple[Tensor, ...]:
        """`past`, and what comes behind the logits: key and value of each layer in turn, (B, KV, P, D) each."""
        hidden, present = self.model(input_ids, attention_mask, position_ids, past)
        return (hidden @ self.model.embed_tokens.weight.t(), *present)

    @property
    def max_positions(self) -> int:
        return self.config.max_position_embeddings

    @property
    def hidden_size(self) -> int:
        return self.config.hidden_size

    def shape(self) -> dict[str, Any]:
        return asdict(self.config)

    def with_hidden(self, input_ids: Tensor, attention_mask: Tensor, position_ids: Tensor) -> tuple[Tensor, Tensor]:
        hidden, _ = self.model(input_ids, attention_mask, position_ids, ())
        return hidden @ self.model.embed_tokens.weight.t(), hidden

    def recompute_layers(self, recomputes: bool) -> None:
        self.model.recomputes = recomputes

    def initialise(self, seed: int) -> None:
        """The same numbers for the same seed, whatever was drawn before."""
        generator = torch.Generator().manual_seed(seed)
        residual = (2 * self.config.num_hidden_layers) ** -0.5
        for name, weight in sorted(self.named_parameters()):
            if weight.dim() == 1:
                nn.init.ones_(weight)
                continue
            std = 0.5 * weight.shape[1] ** -0.5
            if name.endswith(("o_proj.weight", "down_proj.weight")):
                std *= residual
            with torch.no_grad():
                weight.normal_(0.0, std, generator=generator)


class Decoder(nn.Module):
    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.recomputes = False
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.num_hidden_layers))
        self.norm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        cosine, sine = rotary_table(config)
        self.register_buffer("cosine", cosine, persistent=False)
        self.register_buffer("sine", sine, persistent=False)

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, position_ids: Tensor, past: tuple[Tensor, ...]
    ) -> tuple[Tensor, list[Tensor]]:
        hidden = self.embed_tokens(input_ids)
        rotation = (self.cosine[position_ids].unsqueeze(1), self.sine[position_ids].unsqueeze(1))
        bias = attention_bias(attention_mask, input_ids.shape[1])
        present: list[Tensor] = []
        for number, layer in enumerate(self.layers):
            cached = (past[2 * number], past[2 * number + 1]) if past else None
            if self.recomputes and torch.is_grad_enabled() and not past:
                hidden, key, value = checkpoint(layer, hidden, bias, rotation, None, use_reentrant=False)
            else:
                hidden, key, value = layer(hidden, bias, rotation, cached)
            present += [key, value]
        return self.norm(hidden), present


class Layer(nn.Module):
    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.input_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.self_attn = Attention(config)
        self.post_attention_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.mlp = MLP(config)

    def forward(
        self, hidden: Tensor, bias: Tensor, rotation: tuple[Tensor, Tensor], past: tuple[Tensor, Tensor] | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        attended, key, value = self.self_attn(self.input_layernorm(hidden), bias, rotation, past)
        hidden = hidden + attended
        return hidden + self.mlp(self.post_attention_layernorm(hidden)), key, value


class Attention(nn.Module):
    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.heads, self.kv_heads, self.head_dim = (
            config.num_attention_heads,
            config.num_key_value_heads,
            config.head_dim,
        )
        self.q_proj = nn.Linear(config.hidden_size, self.heads * self.head_dim, bias=False)
        self.k_proj = nn.Linear(config.hidden_size, self.kv_heads * self.head_dim, bias=False)
        self.v_proj = nn.Linear(config.hidden_size, self.kv_heads * self.head_dim, bias=False)
        self.o_proj = nn.Linear(self.heads * self.head_dim, config.hidden_size, bias=False)

    def forward(
        self, hidden: Tensor, bias: Tensor, rotation: tuple[Tensor, Tensor], past: tuple[Tensor, Tensor] | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        batch, length, width = hidden.shape
        query = self.q_proj(hidden).view(batch, length, self.heads, self.head_dim).transpose(1, 2)
        key = self.k_proj(hidden).view(batch, length, self.kv_heads, self.head_dim).transpose(1, 2)
        value = self.v_proj(hidden).view(batch, length, self.kv_heads, self.head_dim).transpose(1, 2)
        query, key = rotate(query, rotation), rotate(key, rotation)
        if past is not None:
            key, value = torch.cat([past[0], key], dim=2), torch.cat([past[1], value], dim=2)
        # Heads that share a key stand beside each other: (B, KV, group, S, D) against (B, KV, 1, T, D).
        grouped = query.reshape(batch, self.kv_heads, self.heads // self.kv_heads, length, self.head_dim)
        scores = grouped @ key.unsqueeze(2).transpose(3, 4) * self.head_dim**-0.5
        weights = torch.softmax(scores + bias.unsqueeze(2), dim=-1)
        mixed = (weights @ value.unsqueeze(2)).reshape(batch, self.heads, length, self.head_dim)
        return self.o_proj(mixed.transpose(1, 2).reshape(batch, length, width)), key, value


class MLP(nn.Module):
    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.up_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.down_proj = nn.Linear(config.intermediate_size, config.hidden_size, bias=False)

    def forward(self, hidden: Tensor) -> Tensor:
        return self.down_proj(nn.functional.silu(self.gate_proj(hidden)) * self.up_proj(hidden))


class RMSNorm(nn.Module):
    def __init__(self, size: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, hidden: Tensor) -> Tensor:
        return hidden * torch.rsqrt(hidden.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight


def rotary_table(config: ModelConfig) -> tuple[Tensor, Tensor]:
    """Cosine and sine of each position's angles, (positions, D) each; both halves of D turn alike, as in Llama."""
    half = torch.arange(0, config.head_dim, 2, dtype=torch.float32) / config.head_dim
    angles = torch.arange(config.max_position_embeddings, dtype=torch.float32)[:, None] / config.rope_theta**half
    angles = torch.cat([angles, angles], dim=-1)
    return angles.cos(), angles.sin()


def rotate(heads: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
    """heads (B, H, S, D), cosine and sine (B, 1, S, D)."""
    cosine, sine = rotation
    left, right = heads.chunk(2, dim=-1)
    return heads * cosine + torch.cat([-right, left], dim=-1) * sine


def attention_bias(attention_mask: Tensor, length: int) -> Tensor:
    """
    (B, 1, S, T): 0 where a query may look, else a very small number. attention_mask (B, T), or (B, S, T) where each
    query has its own; queries are last.
    """
    total = attention_mask.shape[-1]
    keys = torch.arange(total, device=attention_mask.device)
    queries = torch.arange(length, device=attention_mask.device) + (total - length)
    seen = attention_mask[:, None] if attention_mask.dim() == 3 else attention_mask[:, None, None, :]
    allowed = (keys[None, :] <= queries[:, None])[None, None] & (seen > 0)
    return (~allowed).float() * -1e9


def positions_of(attention_mask: Tensor) -> Tensor:
    """(B, T): a padded token has position 0, the first counted one too."""
    return (attention_mask.cumsum(dim=1) - 1).clamp(min=0)
