"""
From what a model answered to the program that is judged. The twin of `src/verify/extract-code.ts` for tasks in Python;
tests/conformance/extraction.test.ts holds both to the same programs.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Optional

from .fences import FencedBlock, fenced_blocks
from .indent import dedent, reindent
from .patterns import SPACES, is_blank, pattern
from .prose import cut_at_end_mark, cut_prose, cut_unfinished

_NO_PROGRAM = pattern(r"(?:bash|sh|shell|console|text|txt|output|json|diff|markdown|md|plaintext)\b")
# What stands before the first unindented line is the body that was asked for.
_BODY = pattern(r"<line>[ \t]+<S>", re.MULTILINE)
_RETURN = pattern(r"<line>return\b", re.MULTILINE)
_INDENTED_RETURN = pattern(r"<line>[ \t]+return\b", re.MULTILINE)


def extract_program(completion: str, entry_point: str, starter_code: str, continues: bool) -> Optional[str]:
    """None: there is no program in it. `continues`: the model was to go on from the starter code."""
    answer = cut_at_end_mark(completion)
    if is_blank(answer):
        return None
    definition = _definition_of(entry_point)
    block = _program_block(fenced_blocks(answer), definition)
    program = _tidied(answer if block is None else block.text, entry_point, starter_code, continues)
    if is_blank(program):
        return None
    return _joined(starter_code, entry_point, definition, program) if continues else program


def _joined(starter_code: str, entry_point: str, definition: re.Pattern[str], program: str) -> str:
    """A whole program needs a line of its own, and no definition above it that has no body yet."""
    starts_over = pattern(
        rf"<s>*(?:(?:from|import|@|\#)[^\n]*\n<s>*)*(?:async<s>+)?(?:def|class)<s>+{re.escape(entry_point)}\b"
    )
    if not starts_over.match(program):
        return starter_code + program
    found = definition.search(starter_code) if starter_code.rstrip(SPACES).endswith(":") else None
    kept = starter_code if found is None else starter_code[: found.start()]
    return kept + ("" if kept.endswith("\n") or kept == "" else "\n") + program


def _tidied(text: str, entry_point: str, starter_code: str, continues: bool) -> str:
    definition = _definition_of(entry_point)
    code = cut_prose(text)
    if not continues or (definition.search(code) and not _is_body(code, entry_point)):
        return cut_unfinished(dedent(code), definition)
    return cut_unfinished(reindent(code, starter_code), _BODY)


def _is_body(code: str, entry_point: str) -> bool:
    """A body may have a variable or an inner function of the entry point's name; what returns in the open is a body."""
    if _RETURN.search(dedent(code)):
        return True
    defines = rf"<line>[ \t]*(?:(?:async<s>+)?def\b|class<s>+{re.escape(entry_point)}\b)"
    return not pattern(defines, re.MULTILINE).search(code) and bool(_INDENTED_RETURN.search(code))


def _definition_of(entry_point: str) -> re.Pattern[str]:
    name = re.escape(entry_point)
    return pattern(rf"<line>[ \t]*(?:async<s>+)?(?:def|class)<s>+{name}\b|<line>{name}<s>*=(?!=)", re.MULTILINE)


def _program_block(blocks: Sequence[FencedBlock], definition: re.Pattern[str]) -> Optional[FencedBlock]:
    """The first block that defines the entry point, else the first that may be a program, else the first."""
    written = [block for block in blocks if not is_blank(block.text)]
    for fits in (
        lambda block: definition.search(block.text),
        lambda block: not _NO_PROGRAM.match(block.tag),
        lambda block: True,
    ):
        for block in written:
            if fits(block):
                return block
    return None
