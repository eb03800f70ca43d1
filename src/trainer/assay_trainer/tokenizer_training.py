"""Learns the merges of a byte-level BPE."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from .tokenizer import SPECIALS, Tokenizer, byte_alphabet, spell, split_words


def train_tokenizer(texts: Iterable[str], vocabulary_size: int) -> Tokenizer:
    """Merges the most frequent pair until the vocabulary is full; of equal ones the first in code-point order."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(split_words(text))
    words = [(spell(word), count) for word, count in sorted(counts.items())]
    tokens = [*SPECIALS, *byte_alphabet().values()]
    if vocabulary_size < len(tokens):
        raise ValueError(
            f"train_tokenizer: {vocabulary_size} tokens do not hold the {len(tokens)} that are always there"
        )
    merges: list[tuple[str, str]] = []
    while len(tokens) < vocabulary_size:
        pair = _most_frequent_pair(words)
        if pair is None:
            break
        merges.append(pair)
        tokens.append(pair[0] + pair[1])
        for symbols, _ in words:
            _replace(symbols, pair)
    return Tokenizer(vocabulary={token: number for number, token in enumerate(tokens)}, merges=tuple(merges))


def _most_frequent_pair(words: list[tuple[list[str], int]]) -> tuple[str, str] | None:
    pairs: Counter[tuple[str, str]] = Counter()
    for symbols, count in words:
        for pair in zip(symbols, symbols[1:]):
            pairs[pair] += count
    return min(pairs, key=lambda pair: (-pairs[pair], pair), default=None)


def _replace(symbols: list[str], pair: tuple[str, str]) -> None:
    at = 0
    while at < len(symbols) - 1:
        if (symbols[at], symbols[at + 1]) == pair:
            symbols[at : at + 2] = [pair[0] + pair[1]]
        at += 1
