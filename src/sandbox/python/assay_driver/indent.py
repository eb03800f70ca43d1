"""The twin of `src/verify/python-indent.ts`."""
from __future__ import annotations

from .patterns import SPACES, is_blank, pattern

_INDENT = pattern(r"[ \t]+")
_BEGINS_PROGRAM = pattern(r"(?:(?:async<s>+)?def|class|import|from|@|#)\b|[@#]")
_LEAVES_FUNCTION = pattern(r"(?:return|yield)\b")


def dedent(text: str) -> str:
    """Takes away indentation that all lines share."""
    lines = text.split("\n")
    widths = [_width(line) for line in lines if not is_blank(line)]
    shared = min(widths, default=0)
    if shared == 0:
        return text
    return "\n".join(line[min(shared, len(line) - len(line.lstrip(SPACES))) :] for line in lines)


def reindent(body: str, opening: str) -> str:
    """Gives the continuation of a function's body the indentation that it lost, where it could not be Python as it is."""
    match = _INDENT.match(opening.rstrip(SPACES).split("\n")[-1])
    lines = body.split("\n")
    first = next((at for at, line in enumerate(lines) if not is_blank(line)), None)
    if match is None or first is None or _INDENT.match(lines[first]) or _BEGINS_PROGRAM.match(lines[first]):
        return body
    indent, head = match.group(), lines[first]
    rest = [line for line in lines[first + 1 :] if not is_blank(line)]
    if not head.rstrip(SPACES).endswith(":") and rest and _INDENT.match(rest[0]):
        return "\n".join([*lines[:first], indent + head, *lines[first + 1 :]])
    if not any(_LEAVES_FUNCTION.match(line) for line in (head, *rest)):
        return body
    return "\n".join(line if is_blank(line) else indent + line for line in lines)


def _width(line: str) -> int:
    match = _INDENT.match(line)
    return 0 if match is None else len(match.group())
