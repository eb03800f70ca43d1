"""Code and questions as ids; the rules are in docs/world-model.md, and src/energy/world/tokenizer.ts follows the same ones."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PAD, NEWLINE, INDENT, DEDENT, ENTRY, UNKNOWN, SEPARATOR = range(7)
MARKS = ("<pad>", "<newline>", "<indent>", "<dedent>", "<entry>", "<unknown>", "<separator>")

PLAIN, UNBOUND, ENTRY_NAME, PARAMETER, TEXT = range(1, 6)
#: Of each id, what is known of the name it is part of; 0 is padding.
KINDS = ("padding", "plain", "unbound name", "entry point", "parameter", "in a string")

OPERATORS = tuple(
    "**= //= >>= <<= ... != == <= >= -> := += -= *= /= %= &= |= ^= @= ** // << >>".split()
)
_LEXEME = re.compile(
    r"(?P<long>[rRbBuUfF]{0,2}(?:\"\"\"(?:[^\\]|\\[\s\S])*?(?:\"\"\"|\Z)|'''(?:[^\\]|\\[\s\S])*?(?:'''|\Z)))"
    r"|(?P<short>[rRbBuUfF]{0,2}(?:\"(?:[^\"\\\n]|\\[\s\S])*\"?|'(?:[^'\\\n]|\\[\s\S])*'?))"
    r"|(?P<comment>#[^\n]*)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<joined>\\\r?\n)"
    r"|(?P<newline>\n)"
    r"|(?P<blank>[ \t\r\f\v]+)"
    r"|(?P<mark>" + "|".join(re.escape(operator) for operator in OPERATORS) + r"|[\s\S])"
)
_WORD = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<blank>[ \t\r\n\f\v]+)|(?P<mark>[\s\S])")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]")
_OPENING, _CLOSING = "([{", ")]}"
_QUOTES = re.compile("[\"']")


@dataclass(frozen=True)
class Encoded:
    ids: list[int]
    kinds: list[int]
    #: Of each id, the line of the text it came from, from 0.
    lines: list[int]


@dataclass(frozen=True)
class Tokenizer:
    pieces: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ids", {piece: at for at, piece in enumerate(self.pieces)})
        object.__setattr__(self, "_longest", max(map(len, self.pieces)))

    def state(self, code: str, entry_point: str | None, unbound: Iterable[str], most: int) -> Encoded:
        """The first `most` ids of a program, without its comments and docstrings."""
        encoded = Encoded([], [], [])
        for piece, kind, line in state_pieces(code, entry_point, unbound):
            for identity in self._of(piece):
                encoded.ids.append(identity)
                encoded.kinds.append(kind)
                encoded.lines.append(line)
            if len(encoded.ids) >= most:
                break
        return Encoded(encoded.ids[:most], encoded.kinds[:most], encoded.lines[:most])

    def action(self, text: str, entry_point: str | None, most: int) -> list[int]:
        """What was asked: the name that was asked for, then the text."""
        ids: list[int] = []
        if entry_point:
            for piece in text_pieces(entry_point):
                ids.extend(self._of(piece))
            ids.append(SEPARATOR)
        for piece in text_pieces(text):
            if len(ids) >= most:
                break
            ids.extend(self._of(piece))
        return ids[:most]

    def _of(self, piece: str) -> list[int]:
        known: dict[str, int] = getattr(self, "_ids")
        if piece in known:
            return [known[piece]]
        if not ("a" <= piece[0] <= "z"):
            return [UNKNOWN]
        # Every letter is a piece, so that the longest beginning that is known leaves less and less.
        ids: list[int] = []
        at = 0
        while at < len(piece):
            end = min(len(piece), at + getattr(self, "_longest"))
            while piece[at:end] not in known:
                end -= 1
            ids.append(known[piece[at:end]])
            at = end
        return ids


def state_pieces(code: str, entry_point: str | None, unbound: Iterable[str]) -> list[tuple[str, int, int]]:
    """Each piece with its kind and the line that it is on."""
    unbound_names = frozenset(unbound)
    lexemes = _lexemes(code)
    parameters = _parameters(lexemes)
    pieces: list[tuple[str, int, int]] = []
    widths = [0]
    for width, line in _logical_lines(lexemes):
        if all(lexeme.kind in ("long", "short") for lexeme in line):
            continue
        first = line[0].line
        if width > widths[-1]:
            widths.append(width)
            pieces.append((MARKS[INDENT], PLAIN, first))
        while width < widths[-1]:
            widths.pop()
            pieces.append((MARKS[DEDENT], PLAIN, first))
        for lexeme in line:
            if lexeme.kind == "name":
                if lexeme.text in unbound_names:
                    kind = UNBOUND
                elif lexeme.text == entry_point:
                    kind = ENTRY_NAME
                elif lexeme.text in parameters:
                    kind = PARAMETER
                else:
                    kind = PLAIN
                names = [MARKS[ENTRY]] if lexeme.text == entry_point else _parts(lexeme.text)
                pieces.extend((name, kind, lexeme.line) for name in names)
            elif lexeme.kind in ("long", "short"):
                pieces.append(('"', TEXT, lexeme.line))
                start = _QUOTES.search(lexeme.text)
                content = lexeme.text[start.start() :] if start else lexeme.text
                pieces.extend((piece, TEXT, lexeme.line) for piece in text_pieces(content) if piece not in "\"'")
            else:
                pieces.append((lexeme.text, PLAIN, lexeme.line))
        pieces.append((MARKS[NEWLINE], PLAIN, line[-1].line))
    return pieces


def text_pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for match in _WORD.finditer(text):
        if match.lastgroup == "name":
            pieces.extend(_parts(match.group()))
        elif match.lastgroup == "mark":
            pieces.append(match.group())
    return pieces


def learn_tokenizer(counts: Mapping[str, int], size: int, least: int = 2) -> Tokenizer:
    """The most frequent pieces; equals in the order of their code points. Marks, ASCII and operators are always there."""
    always = [*MARKS, *OPERATORS, *(chr(point) for point in range(33, 127) if not chr(point).isupper())]
    taken = set(always)
    learnt = sorted((piece for piece, count in counts.items() if count >= least and piece not in taken))
    learnt.sort(key=lambda piece: -counts[piece])
    return Tokenizer(tuple([*always, *learnt[: max(0, size - len(always))]]))


def write_tokenizer(path: Path, tokenizer: Tokenizer) -> None:
    stored = {"schema": "assay.world-tokenizer.v1", "pieces": list(tokenizer.pieces)}
    path.write_text(json.dumps(stored, ensure_ascii=False) + "\n", encoding="utf-8")


def read_tokenizer(path: Path) -> Tokenizer:
    return Tokenizer(tuple(json.loads(path.read_text(encoding="utf-8"))["pieces"]))


@dataclass(frozen=True)
class _Lexeme:
    kind: str
    text: str
    line: int
    #: Where its line begins to hold something, in columns.
    width: int


def _lexemes(code: str) -> list[_Lexeme]:
    """Without blanks and comments."""
    found: list[_Lexeme] = []
    line = 0
    width = 0
    fresh = True
    for match in _LEXEME.finditer(code):
        kind, text = match.lastgroup or "", match.group()
        if kind == "blank":
            if fresh:
                width = _columns(text)
        elif kind not in ("comment", "joined"):
            found.append(_Lexeme(kind, text, line, width))
        if kind == "newline":
            fresh, width = True, 0
        elif kind != "blank":
            fresh = False
        line += text.count("\n")
    return found


def _columns(blank: str) -> int:
    width = 0
    for character in blank:
        if character == " ":
            width += 1
        elif character == "\t":
            width += 8 - width % 8
    return width


def _logical_lines(lexemes: Sequence[_Lexeme]) -> list[tuple[int, list[_Lexeme]]]:
    """A line goes on while a bracket is open."""
    lines: list[tuple[int, list[_Lexeme]]] = []
    line: list[_Lexeme] = []
    depth = 0
    for lexeme in lexemes:
        if lexeme.kind == "newline":
            if depth == 0 and line:
                lines.append((line[0].width, line))
                line = []
            continue
        if lexeme.kind == "mark":
            if lexeme.text in _OPENING:
                depth += 1
            elif lexeme.text in _CLOSING:
                depth = max(0, depth - 1)
        line.append(lexeme)
    if line:
        lines.append((line[0].width, line))
    return lines


def _parameters(lexemes: Sequence[_Lexeme]) -> frozenset[str]:
    """Names right after `(`, `,`, `*` or `**` in the brackets of a `def`, outside further brackets."""
    names: set[str] = set()
    depth = 0
    for at, lexeme in enumerate(lexemes):
        if depth == 0:
            if lexeme.text == "(" and at >= 2 and lexemes[at - 2].text == "def" and lexemes[at - 1].kind == "name":
                depth = 1
        elif lexeme.kind == "mark" and lexeme.text in _OPENING:
            depth += 1
        elif lexeme.kind == "mark" and lexeme.text in _CLOSING:
            depth -= 1
        elif depth == 1 and lexeme.kind == "name" and lexemes[at - 1].text in ("(", ",", "*", "**"):
            names.add(lexeme.text)
    return frozenset(names)


def _parts(name: str) -> list[str]:
    return [part.lower() for part in _PART.findall(name)] or ["_"]
