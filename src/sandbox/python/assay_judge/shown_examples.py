"""What a task's text says that calls give, and what somebody's assertions say: read as plain data, never run as a program.

Only calls of the entry point with constant arguments count, and around them comparisons, `not`, `and`, `or` and
constants. So assertions that a model wrote can be held against a candidate where tests are kept.
"""
from __future__ import annotations

import ast
import copy
import operator
import re
from typing import Any, Callable, NamedTuple, Optional

from .foresight import constant
from .proxies import Remote
from .raised import CandidateRaised

_SAYS = re.compile(r"\s*(?:==>|=>|==|=|->|→|➞|returns?\b|should\s+return\b)\s*")
# `>>> call` and the line below it. The standard library's reader of these would bring much into the memory of guests.
_PROMPTED = re.compile(r"^[ \t]*>>>[ \t]*(\S.*?)[ \t]*\n(?![ \t]*>>>)[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)
# `Input: xs = [1, 2], k = 1` and `Output: 3` below it, and `For n = 5 the output should be 8`.
_LABELLED = re.compile(r"^[ \t]*(?:Sample[ \t]+)?Input[ \t]*:[ \t]*(\S.*?)[ \t]*\n[ \t]*(?:Sample[ \t]+)?Output[ \t]*:[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)
_FOR = re.compile(
    r"\bFor[ \t]+(\w+[ \t]*=.*?)[,:]?[ \t]+(?:the|it|you|your|we)\b[^\n]*?"
    r"\b(?:output|result|answer)[ \t]+(?:(?:should|will|would|must)[ \t]+be|is)[ \t]*:?[ \t]*(\S[^\n]*)"
)
_COMPARED: dict = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.eq,  # a value that was sent is never the same object
    ast.IsNot: operator.ne,
    ast.In: lambda item, items: item in items,
    ast.NotIn: lambda item, items: item not in items,
}


class Example(NamedTuple):
    args: list
    gives: Any


def examples_in(text: str, entry: str) -> list:
    """
    Of a docstring's `>>>`; where it has none, of calls that are followed by such as `==` or `returns` and a literal; and
    where there is neither, of arguments and answers that are called input and output.
    """
    shown = _docstring(text, entry)
    found = [_example(call, gives, entry) for call, gives in _PROMPTED.findall(shown)]
    examples = [example for example in found if example is not None]
    return examples or _in_prose(shown, entry) or _labelled(text, shown, entry)


def parsed_assertions(sources: list, entry: str) -> list:
    """One expression for each source; None where it is more than may be held against a candidate."""
    return [_assertion(source, entry) for source in sources]


def holds(expression: Optional[ast.expr], candidate: Callable) -> bool:
    """Whether an assertion holds; a candidate that raises, or gives no plain data, fails it."""
    if expression is None:
        return False
    try:
        return bool(_value(expression, candidate))
    except (CandidateRaised, RecursionError, ValueError, TypeError, ArithmeticError):
        return False


def _docstring(text: str, entry: str) -> str:
    definition = _definition(text, entry)
    return text if definition is None else ast.get_docstring(definition, clean=True) or ""


def _definition(text: str, entry: str) -> Any:
    for source in (text, text.rstrip() + "\n    pass\n"):
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == entry:
                return node
    return None


def _example(call: str, gives: str, entry: str) -> Optional[Example]:
    try:
        node = ast.parse(call, mode="eval").body
        if not _is_call(node, entry):
            return None
        return Example([constant(item) for item in node.args], _literal(gives))
    except (SyntaxError, ValueError, RecursionError):
        return None


def _in_prose(text: str, entry: str) -> list:
    found = []
    for match in re.finditer(rf"(?<!def )(?<![\w.]){re.escape(entry)}\(", text):
        for end in (at.end() for at in re.finditer(r"\)", text[match.end() : match.end() + 2000])):
            call = text[match.start() : match.end() + end].replace("\n", " ")
            says = _SAYS.match(text, match.end() + end)
            try:
                ast.parse(call, mode="eval")
            except (SyntaxError, ValueError, RecursionError):
                continue
            example = _example(call, _said(text[says.end() :], entry), entry) if says else None
            if example is not None:
                found.append(example)
            break
    return found


def _labelled(text: str, shown: str, entry: str) -> list:
    parameters = _parameters(text, entry)
    found = [(match.start(), match[1], match[2]) for pattern in (_LABELLED, _FOR) for match in pattern.finditer(shown)]
    examples = [_named_example(given, said, parameters, entry) for _, given, said in sorted(found)]
    return [example for example in examples if example is not None]


def _named_example(given: str, said: str, parameters: list, entry: str) -> Optional[Example]:
    """`given` as in a call, each parameter once: by its name, or all of them in their order."""
    try:
        call = ast.parse(f"{entry}({given})", mode="eval").body
        if not isinstance(call, ast.Call) or not parameters:
            return None
        named = {keyword.arg: keyword.value for keyword in call.keywords}
        if sorted(map(str, named)) == sorted(parameters) and not call.args:
            args = [named[name] for name in parameters]
        elif len(call.args) == len(parameters) and not named:
            args = call.args
        else:
            return None
        return Example([constant(item) for item in args], _literal(_said(said, entry)))
    except (SyntaxError, ValueError, RecursionError):
        return None


def _parameters(text: str, entry: str) -> list:
    """Names of those that the function shown in the text takes; none where there is none, or it takes any number."""
    definition = _definition(text, entry)
    if definition is None or definition.args.vararg or definition.args.kwonlyargs or definition.args.kwarg:
        return []
    return [argument.arg for argument in (*definition.args.posonlyargs, *definition.args.args)]


def _said(text: str, entry: str) -> str:
    """The longest literal that the line begins with, up to the next call; of a chain such as `f(2) = 3 + 5 = 8` the last part."""
    line = text.split("\n")[0].split(f"{entry}(")[0].split(" = ")[-1].strip(" .,;")
    for end in range(len(line), 0, -1):
        try:
            _literal(line[:end])
        except (SyntaxError, ValueError, RecursionError):
            continue
        return line[:end]
    return ""


def _literal(text: str) -> Any:
    spelt = {"true": "True", "false": "False", "none": "None", "null": "None"}
    return constant(ast.parse(spelt.get(text.strip().rstrip(".").lower(), text.strip()), mode="eval").body)


def _assertion(source: str, entry: str) -> Optional[ast.expr]:
    try:
        body = ast.parse(source.strip()).body
        if len(body) != 1 or not isinstance(body[0], ast.Assert):
            return None
        test = body[0].test
        return test if _is_plain(test, entry) and _asks(test, entry) else None
    except (SyntaxError, ValueError, RecursionError):
        return None


def _is_call(node: ast.AST, entry: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == entry and not node.keywords


def _asks(test: ast.expr, entry: str) -> bool:
    return any(_is_call(node, entry) for node in ast.walk(test))


def _is_plain(node: ast.expr, entry: str) -> bool:
    """Raises ValueError where a part is no constant."""
    if isinstance(node, ast.Compare):
        return all(type(op) in _COMPARED for op in node.ops) and all(_is_plain(part, entry) for part in (node.left, *node.comparators))
    if isinstance(node, ast.BoolOp):
        return all(_is_plain(part, entry) for part in node.values)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _is_plain(node.operand, entry)
    for item in node.args if _is_call(node, entry) else [node]:
        constant(item)
    return True


def _value(node: ast.expr, candidate: Callable) -> Any:
    if isinstance(node, ast.Compare):
        left = _value(node.left, candidate)
        for op, part in zip(node.ops, node.comparators):
            right = _value(part, candidate)
            if not _COMPARED[type(op)](left, right):
                return False
            left = right
        return True
    if isinstance(node, ast.BoolOp):
        results = (_value(part, candidate) for part in node.values)
        return all(results) if isinstance(node.op, ast.And) else any(results)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return not _value(node.operand, candidate)
    if isinstance(node, ast.Call):
        given = candidate(*[copy.deepcopy(constant(item)) for item in node.args])
        if isinstance(given, Remote):
            raise ValueError("no plain data")
        return given
    return constant(node)
