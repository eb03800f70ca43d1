"""The twin of `src/verify/python-prose.ts`."""
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Optional

from .patterns import SPACES, is_blank, pattern

_KEYWORDS = frozenset(
    "and as assert async await break case class continue def del elif else except exec finally for from global if import "
    "in is lambda match nonlocal not or pass print raise return try type while with yield".split()
)
_END_MARKS = pattern(
    r"<\|(?:endoftext|im_end|im_start|eot_id|end|file_separator)\|>|</s>|\[/?INST\]|<(?:end_of_turn|eos)>"
)
_LISTED = pattern(r"\d+[.)]<s>|[-*>]<s>+[A-Za-z]|#{2,}<s>|[A-Z]\w*(?: \w+)*[:.]<s>*<end>")
_BLOCK_HEAD = pattern(r"(?:else|try|finally):", re.IGNORECASE)
_TWO_WORDS = pattern(r"""([A-Za-z][\w'’-]*),? +["'`(]?[A-Za-z]""")
_SECOND_WORD = pattern(r"<S>+ +(\w+)")
_JOINS = frozenset(("if", "in", "is", "and", "or", "not", "for", "else"))
_STATEMENT = pattern(r"(?:def|class|async|@|if|for|while|\w+\()")
_HEAD = pattern(r"(?:if|elif|for|while|def|class|with|except|async)\b")
_OPEN_END = pattern(
    r"(?:[-+/%=<>&|^~!:@]|(?<!import )\*|(?<![\d.])\."
    r"|\b(?:and|or|not|in|is|if|elif|for|while|def|class|lambda|import|from|as|with|assert|del))<end>"
)
_TOKEN = pattern(
    '"""|' + "'''" + r'|"(?:[^"\\]|\\<any>)*"|' + r"'(?:[^'\\]|\\<any>)*'" + r"""|\#<any>*|[^"'#]+|<any>"""
)


def cut_at_end_mark(text: str) -> str:
    """Everything from the first mark on goes that a model writes where it ends."""
    match = _END_MARKS.search(text)
    return text if match is None else text[: match.start()]


def cut_prose(text: str) -> str:
    """Cuts unindented lines that cannot be Python in front of a program, and everything from the first one behind it."""
    lines = text.split("\n")
    is_top = _top_level_lines(lines)
    first = next((at for at, line in enumerate(lines) if not (is_blank(line) or _is_prose(line))), len(lines))
    if first == len(lines):
        return ""
    if all(is_blank(line) for line in lines[:first]):
        first = 0
    end = next((at for at in range(first, len(lines)) if is_top[at] and _is_prose(lines[at])), len(lines))
    if first == 0 and end == len(lines):
        return text
    return "\n".join(lines[first:end]).rstrip(SPACES) + "\n"


def cut_unfinished(text: str, needed: re.Pattern[str]) -> str:
    """Cuts the last unindented statement if it ends in the middle; `needed` has to be found before it."""
    lines = text.split("\n")
    is_top = _top_level_lines([*lines, ""])
    if is_top[-1] and not _needs_more(lines, is_top):
        return text
    starts = [at for at, line in enumerate(lines) if is_top[at] and _STATEMENT.match(line)]
    before = "\n".join(lines[: starts[-1] if starts else 0])
    return before.rstrip(SPACES) + "\n" if needed.search(before) else text


def _is_prose(line: str) -> bool:
    if _LISTED.match(line):
        return not _BLOCK_HEAD.match(line) and not line.startswith("#")
    match = _TWO_WORDS.match(line)
    if match is None or match.group(1) in _KEYWORDS:
        return False
    second = _SECOND_WORD.match(line)
    return (second.group(1) if second else "") not in _JOINS or line.rstrip(SPACES)[-1] in ".!?:"


def _needs_more(lines: Sequence[str], is_top: Sequence[bool]) -> bool:
    coded = [at for at, line in enumerate(lines) if not is_blank(line) and not line.lstrip(SPACES).startswith("#")]
    if not coded or not is_top[coded[-1]]:
        return False
    tokens = _tokens_of(lines[coded[-1]].strip(SPACES))
    code = "".join("_" if token[0] in "\"'" else "" if token[0] == "#" else token for token in tokens).strip(SPACES)
    return bool(_OPEN_END.search(code)) or (bool(_HEAD.match(code)) and ":" not in _without_brackets(code))


def _without_brackets(code: str) -> str:
    depth = 0
    kept: list[str] = []
    for character in code:
        depth = max(0, depth + _brackets_in(character))
        if depth == 0:
            kept.append(character)
    return "".join(kept)


def _top_level_lines(lines: Iterable[str]) -> list[bool]:
    """Which lines begin outside of triple-quoted strings and brackets."""
    quotes: Optional[str] = None
    depth = 0
    found: list[bool] = []
    for line in lines:
        found.append(quotes is None and depth == 0)
        rest = line
        while rest != "":
            if quotes is not None:
                end = rest.find(quotes)
                if end < 0:
                    break
                rest = rest[end + 3 :]
                quotes = None
                continue
            token = _first_token(rest)
            if token in ('"""', "'''"):
                quotes = token
            elif not token.startswith(('"', "'", "#")):
                depth = max(0, depth + _brackets_in(token))
            rest = rest[max(1, len(token)) :]
    return found


def _first_token(line: str) -> str:
    """A string, a comment, or what stands before the next one."""
    match = _TOKEN.match(line)
    return "" if match is None else match.group()


def _tokens_of(line: str) -> list[str]:
    tokens: list[str] = []
    while line != "":
        tokens.append(_first_token(line) or line[0])
        line = line[len(tokens[-1]) :]
    return tokens


def _brackets_in(code: str) -> int:
    return sum((character in "([{") - (character in ")]}") for character in code)
