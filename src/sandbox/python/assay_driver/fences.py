"""The twin of `src/verify/fences.ts`."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

from .patterns import SPACES, pattern

_FENCE_LINE = pattern(r"([ \t]*)(`{3,}|~{3,})[ \t]*([^\n`]*)<end>")
_BEGINS_CODE = pattern(r"<s>*(def|class|import|from|return|for|if)\b")


@dataclass(frozen=True)
class FencedBlock:
    text: str
    #: What stands behind the opening fence, in lower case.
    tag: str
    #: False: the text ended first.
    closed: bool


def fenced_blocks(text: str) -> list[FencedBlock]:
    """
    In order. A text that has only the closing fence is one block; a block whose end is missing goes on to the end of the
    text.
    """
    if "```" not in text and "~~~" not in text:
        return []
    lines = text.split("\n")
    blocks: list[FencedBlock] = []
    opened: Optional[tuple[str, str, str, int]] = None
    for index, line in enumerate(lines):
        match = _FENCE_LINE.match(line.rstrip(SPACES))
        if match is None:
            continue
        indent, fence, tag = match.groups()
        if opened is None:
            opened = (fence, indent, tag.strip(SPACES).lower(), index + 1)
        elif tag == "" and fence.startswith(opened[0]):
            blocks.append(FencedBlock(_block_text(lines[opened[3] : index], opened[1]), opened[2], True))
            opened = None
    if opened is None:
        return blocks
    _, indent, tag, start = opened
    before = "\n".join(lines[: start - 1])
    if not blocks and tag == "" and _BEGINS_CODE.match(before):
        return [FencedBlock(f"{before}\n", "", True)]
    return [*blocks, FencedBlock(_block_text(lines[start:], indent), tag, False)]


def _block_text(lines: Sequence[str], indent: str) -> str:
    """A block in a list is indented as its fence is."""
    own = "\n".join(line[len(indent) :] if line.startswith(indent) else line for line in lines)
    return "" if not lines else (own[:-1] if own.endswith("\n") else own) + "\n"
