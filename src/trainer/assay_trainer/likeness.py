"""`assay.likeness.v1`: what is left of a prompt or a program so that its near copies are found again.

The twin of `src/tasks/likeness.ts`; both are held to `fixtures/contract/likeness.json`.
"""

from __future__ import annotations

import base64
import hashlib
import re
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

WORDS = 3
TOKENS = 5
SKETCH = 64
MIN_WORDS = 16
MIN_TOKENS = 32
#: `return sum(xs)` is the solution of too many tasks.
MIN_EXACT_TOKENS = 9

_TOKEN = re.compile(
    r"#[^\n]*"
    r"|[rRbBuUfF]{0,2}(\"\"\"|''')[\s\S]*?\1"
    r'|[rRbBuUfF]{0,2}"(?:[^"\\\n]|\\[^\n])*"'
    r"|[rRbBuUfF]{0,2}'(?:[^'\\\n]|\\[^\n])*'"
    r"|[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_\x80-\U0010ffff]*"
    r"|[0-9][A-Za-z0-9_.\x80-\U0010ffff]*"
    r"|\*\*=?|//=?|->|[<>=!+\-*/%&|^:@]=|<<=?|>>=?"
    r"|[!-/:-@\[-^`{-~]"
)
_NAME = re.compile(r"[A-Za-z_\x80-\U0010ffff]")
_QUOTED = re.compile(r"[rRbBuUfF]*'([^\n]*)'")
_WORD = re.compile(r"[0-9a-z_\xc0-\u1fff\u2070-\u2fff\u3040-\U0010ffff]+")
_SPACE = re.compile(r"[ \t\n\r\f\v]+")
_SIGNATURE = re.compile(r"(?<![^\n])[ \t]*(?:async )?def [^\n]*")
_IMPORT = re.compile(r"(?<![^\n])[ \t]*(?:import|from)[ \t][^\n]*")
#: Names that mean the same in every program; all others, but for those after a dot, are the author's choice.
_FIXED = frozenset(
    "False None True and as assert async await break class continue def del elif else except finally for from global if "
    "import in is lambda nonlocal not or pass raise return try while with yield abs all any bool chr dict divmod "
    "enumerate filter float int isinstance iter len list map max min next ord pow print range repr reversed round set "
    "sorted str sum tuple type zip self math re collections itertools functools heapq Counter defaultdict deque reduce".split()
)


#: Parentheses that are not needed and `else: if` are layout, too.
_LONG: dict[str, tuple[str, ...]] = {"(": (), ")": (), ";": (), "elif": ("else", ":", "if")}


@dataclass(frozen=True)
class Likeness:
    exact: str
    #: None: too short for "nearly the same" to mean anything.
    near: str | None


def prompt_likeness(asked: str) -> Likeness:
    text = asked.lower()
    words = _WORD.findall(_SIGNATURE.sub("", text))
    return Likeness(_digest(_SPACE.sub(" ", text).strip(" ")), None if len(words) < MIN_WORDS else _sketch(words, WORDS))


def solution_likeness(code: str) -> Likeness | None:
    """None: too short to tell it from the solutions of other tasks."""
    tokens = _plain(_code_tokens(_IMPORT.sub("", code), lambda name: f"${name}"))
    if len(tokens) < MIN_EXACT_TOKENS:
        return None
    numbers: dict[str, str] = {}
    numbered = [numbers.setdefault(token, f"${len(numbers)}") if _is_chosen(token) else token for token in tokens]
    alike = ["$" if _is_chosen(token) else token for token in tokens]
    return Likeness(_digest(" ".join(numbered)), None if len(tokens) < MIN_TOKENS else _sketch(alike, TOKENS))


def _is_chosen(token: str) -> bool:
    return len(token) > 1 and token.startswith("$")


def _code_tokens(code: str, rename: Callable[[str], str]) -> list[str]:
    tokens: list[str] = []
    for match in _TOKEN.finditer(code):
        token = match.group()
        if token.startswith("#") or match.group(1) is not None:
            continue
        if _NAME.match(token) and token[-1] not in "\"'":
            tokens.append(token if token in _FIXED or tokens[-1:] == ["."] else rename(token))
        else:
            tokens.append(_QUOTED.sub(r'"\1"', token) if _QUOTED.fullmatch(token) else token)
    return tokens


def _plain(tokens: Sequence[str]) -> list[str]:
    """Without signatures, so that a body is like the whole function, and without what an author may write or leave out."""
    kept: list[str] = []
    depth = -1
    for token in tokens:
        if depth < 0 and token == "def":
            depth = 0
        elif depth < 0:
            kept.extend(_LONG.get(token, (token,)))
        elif token == ":" and depth == 0:
            depth = -1
        elif token in "([{":
            depth += 1
        elif token in ")]}":
            depth -= 1
    return kept


def _sketch(tokens: Sequence[str], size: int) -> str:
    runs = {" ".join(tokens[start : start + size]) for start in range(max(len(tokens), size) - size + 1)}
    smallest = sorted({_mixed(zlib.crc32(run.encode())) for run in runs})[:SKETCH]
    return base64.b64encode(struct.pack(f"<{len(smallest)}I", *smallest)).decode()


def _mixed(h: int) -> int:
    h = ((h ^ (h >> 16)) * 0x85EBCA6B) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 0xC2B2AE35) & 0xFFFFFFFF
    return h ^ (h >> 16)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
