"""Byte-level BPE that gives the same ids as transformers.js reading `tokenizer.json`."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

END, PAD = "<|end|>", "<|pad|>"
SPECIALS = (END, PAD)
CONTRACTION = re.compile("'(?:s|t|re|ve|m|ll|d)")
# White space as JavaScript's regular expressions know it; Python's \s knows other characters.
SPACES = frozenset(
    "\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))
)


@dataclass(frozen=True)
class Tokenizer:
    """`vocabulary` maps a token, spelt as by `byte_alphabet`, to its id; `merges` are in order of rank."""

    vocabulary: dict[str, int]
    merges: tuple[tuple[str, str], ...]
    _ranks: dict[tuple[str, str], int] = field(init=False, repr=False, compare=False)
    _tokens: dict[int, str] = field(init=False, repr=False, compare=False)
    _cache: dict[str, tuple[int, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ranks", {pair: rank for rank, pair in enumerate(self.merges)})
        object.__setattr__(self, "_tokens", {number: token for token, number in self.vocabulary.items()})
        object.__setattr__(self, "_cache", {})

    @property
    def end_id(self) -> int:
        return self.vocabulary[END]

    @property
    def pad_id(self) -> int:
        return self.vocabulary[PAD]

    def encode(self, text: str) -> list[int]:
        """A special token is found only as itself, never made from its letters by merging."""
        ids: list[int] = []
        for part in re.split("(" + "|".join(map(re.escape, SPECIALS)) + ")", text):
            if part in SPECIALS:
                ids.append(self.vocabulary[part])
                continue
            for word in split_words(part):
                known = self._cache.get(word)
                if known is None:
                    known = tuple(self.vocabulary[token] for token in self._merge(spell(word)))
                    self._cache[word] = known
                ids.extend(known)
        return ids

    def encode_question(self, messages: Sequence[Mapping[str, str]]) -> list[int]:
        """As one text: there is no template for conversations."""
        return self.encode("".join(f"{message['content']}\n\n" for message in messages))

    def decode(self, ids: list[int]) -> str:
        """Without special tokens; bytes that are no UTF-8 become U+FFFD."""
        letters = {letter: byte for byte, letter in byte_alphabet().items()}
        text = "".join(self._tokens[number] for number in ids if self._tokens[number] not in SPECIALS)
        return bytes(letters[letter] for letter in text).decode("utf-8", errors="replace")

    def _merge(self, symbols: list[str]) -> list[str]:
        while len(symbols) > 1:
            pairs = zip(symbols, symbols[1:])
            rank, at = min((self._ranks.get(pair, len(self._ranks)), at) for at, pair in enumerate(pairs))
            if rank == len(self._ranks):
                break
            symbols[at : at + 2] = [symbols[at] + symbols[at + 1]]
        return symbols


@lru_cache(maxsize=None)
def byte_alphabet() -> dict[int, str]:
    """A visible character for each byte, as GPT-2 has it."""
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in visible]
    return {**{byte: chr(byte) for byte in visible}, **{byte: chr(256 + n) for n, byte in enumerate(hidden)}}


def spell(word: str) -> list[str]:
    alphabet = byte_alphabet()
    return [alphabet[byte] for byte in word.encode("utf-8", errors="surrogatepass")]


def split_words(text: str) -> list[str]:
    """GPT-2's pattern: 's|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"""
    kinds = [_kind(character) for character in text]
    words: list[str] = []
    at = 0
    while at < len(text):
        contraction = CONTRACTION.match(text, at)
        if contraction is not None:
            end = contraction.end()
        else:
            first = at + 1 if text[at] == " " and at + 1 < len(text) and kinds[at + 1] != "space" else at
            end = first
            while end < len(text) and kinds[end] == kinds[first]:
                end += 1
            # White space before a word leaves its last character to that word.
            if kinds[first] == "space" and end < len(text) and end - at > 1:
                end -= 1
        words.append(text[at:end])
        at = end
    return words


@lru_cache(maxsize=4096)
def _kind(character: str) -> str:
    if character in SPACES:
        return "space"
    return {"L": "letter", "N": "number"}.get(unicodedata.category(character)[0], "other")


def read_tokenizer(path: Path) -> Tokenizer:
    """Reads a `tokenizer.json` that `write_tokenizer` wrote."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    merges = tuple((left, right) for left, right in stored["model"]["merges"])
    return Tokenizer(vocabulary=stored["model"]["vocab"], merges=merges)


def tokenizer_json(tokenizer: Tokenizer) -> dict[str, object]:
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    added = [
        {
            "id": tokenizer.vocabulary[token],
            "content": token,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for token in SPECIALS
    ]
    model = {
        "type": "BPE",
        "dropout": None,
        "unk_token": None,
        "continuing_subword_prefix": None,
        "end_of_word_suffix": None,
        "fuse_unk": False,
        "byte_fallback": False,
        "vocab": tokenizer.vocabulary,
        "merges": [list(pair) for pair in tokenizer.merges],
    }
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": None,
        "pre_tokenizer": byte_level,
        "post_processor": byte_level,
        "decoder": byte_level,
        "model": model,
    }
