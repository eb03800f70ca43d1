"""Calls that a test is certain to make, found in its source, so that they can be sent in one frame.

A round trip to the guest costs two context switches; a HumanEval test makes nine. Only what cannot be mistaken is taken:
the leading straight-line statements of a test, with constant arguments. The guest answers one by one and in order, so a
test that fails half-way ends exactly as it would have ended without foresight.
"""
from __future__ import annotations

import ast
import marshal
from typing import Any, Optional

from .values import is_plain

_CONDITIONAL = (
    ast.BoolOp, ast.IfExp, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.NamedExpr,
    ast.Await, ast.Yield, ast.YieldFrom, ast.JoinedStr, ast.Starred,
)  # fmt: skip
_CONSTANT = (
    ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.UnaryOp, ast.BinOp, ast.operator, ast.unaryop, ast.Load,
)  # fmt: skip


class Plan:
    """Calls of one group of tests: `payload` is what the guest gets, `prints` what the tests must then ask for."""

    def __init__(self, calls: list) -> None:
        self.payload = marshal.dumps(("batch", calls))
        self.prints = [fingerprint(args, kwargs) for args, kwargs in calls]


def fingerprint(args: Any, kwargs: dict) -> bytes:
    return marshal.dumps((list(args), kwargs), 2)


def foresee(tests: list, entry: str, is_last_group: bool) -> Optional[Plan]:
    """`tests`: (source, check function or None) of one group, in order; a None source is a test to stop at."""
    calls: list = []
    for index, (source, check) in enumerate(tests):
        if source is None:
            break
        try:
            found, complete = _leading_calls(source, check, entry)
        except (SyntaxError, ValueError, RecursionError):
            break
        last = is_last_group and index == len(tests) - 1
        # Another test may follow one that failed half-way: then only a test of a single call leaves nothing behind.
        if not last and not (complete and len(found) == 1):
            break
        calls += found
    return Plan(calls) if len(calls) > 1 else None


def _leading_calls(source: str, check: Optional[str], entry: str) -> tuple:
    """((args, kwargs) of each certain call, whether there are no others)."""
    body: list = ast.parse(source).body
    names = {entry}
    if check is not None:
        function = next((node for node in body if isinstance(node, ast.FunctionDef) and node.name == check), None)
        if function is None or len(function.args.args) != 1 or function.decorator_list or function.args.defaults:
            return [], False
        # Other statements of the module may call the candidate before the check does, or from within it.
        if any(mentions(node, {entry, check}) for node in body if node is not function):
            return [], False
        names.add(function.args.args[0].arg)
        body = function.body
    calls: list = []
    for statement in body:
        if isinstance(statement, (ast.Import, ast.ImportFrom, ast.Pass)):
            continue
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        if not isinstance(statement, ast.Assert):
            return calls, False
        # The message of a failed assertion may call the candidate again, out of order.
        if statement.msg is not None and any(isinstance(node, ast.Call) for node in ast.walk(statement.msg)):
            return calls, False
        found = _calls_of(statement.test, names)
        if found is None:
            return calls, False
        calls += found
    return calls, True


def mentions(tree: ast.AST, names: set) -> bool:
    return any(isinstance(node, ast.Name) and node.id in names for node in ast.walk(tree))


def _calls_of(expression: ast.expr, names: set) -> Optional[list]:
    nodes = list(ast.walk(expression))
    if any(isinstance(node, _CONDITIONAL) or isinstance(node, ast.Compare) and len(node.ops) > 1 for node in nodes):
        return None
    found = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names]
    mentions = sum(isinstance(node, ast.Name) and node.id in names for node in nodes)
    if mentions != len(found):
        return None
    calls = []
    for node in sorted(found, key=lambda call: (call.lineno, call.col_offset)):
        args = [constant(item) for item in node.args]
        kwargs = {keyword.arg: constant(keyword.value) for keyword in node.keywords}
        if None in kwargs or not is_plain(args) or not is_plain(kwargs):
            return None
        calls.append((args, kwargs))
    return calls


def constant(expression: ast.expr) -> Any:
    """Raises ValueError unless the expression is made of constants alone."""
    nodes = list(ast.walk(expression))
    if len(nodes) > 5000 or not all(isinstance(node, _CONSTANT) for node in nodes):
        raise ValueError("not constant")
    try:
        return eval(compile(ast.Expression(expression), "constant", "eval"), {"__builtins__": {}})
    except Exception as error:
        raise ValueError("not constant") from error
