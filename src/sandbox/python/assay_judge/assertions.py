"""Test code of a task, compiled so that each `assert` is counted and a failed `==` keeps both of its values."""
from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass
from types import CodeType
from typing import Optional

REACHED = "__assay_reached__"
LEFT, RIGHT = "__assay_left__", "__assay_right__"


@dataclass(frozen=True)
class CompiledTest:
    code: CodeType
    # Names that the code uses and does not define, and those that it does define. Scopes are not told apart.
    free_names: frozenset
    bound_names: frozenset
    loaded_names: frozenset


class _Instrument(ast.NodeTransformer):
    def visit_Assert(self, node: ast.Assert) -> list:
        self.generic_visit(node)
        statements: list = [ast.Expr(ast.Call(ast.Name(REACHED, ast.Load()), [], []))]
        test = node.test
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq):
            statements.append(ast.Assign([ast.Name(LEFT, ast.Store())], test.left))
            statements.append(ast.Assign([ast.Name(RIGHT, ast.Store())], test.comparators[0]))
            test.left, test.comparators = ast.Name(LEFT, ast.Load()), [ast.Name(RIGHT, ast.Load())]
        statements.append(node)
        for statement in statements:
            ast.copy_location(statement, node)
        return statements


def compile_test(source: str, name: str) -> CompiledTest:
    """Raises SyntaxError and whatever else compile() raises."""
    tree = ast.parse(source, name)
    free, bound = _names(tree)
    loaded = frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    tree = ast.fix_missing_locations(_Instrument().visit(tree))
    return CompiledTest(compile(tree, name, "exec", dont_inherit=True), free, bound, loaded)


def _names(tree: ast.AST) -> tuple:
    """(names loaded and bound nowhere, names bound somewhere); after `import *` nothing is known to be free."""
    loaded, bound = set(), set(dir(builtins))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (loaded if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            bound.add(node.name)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).split(".")[0])
            if node.name == "*":
                return frozenset(), frozenset(bound)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
    return frozenset(loaded - bound), frozenset(bound)


def failed_values(error: BaseException, file_name: str) -> Optional[tuple]:
    """Both sides of the `==` that failed, or None for another kind of assertion."""
    frame = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file_name:
            frame = trace.tb_frame
        trace = trace.tb_next
    if frame is None or LEFT not in frame.f_locals:
        return None
    return frame.f_locals[LEFT], frame.f_locals[RIGHT]


def failed_line(error: BaseException, file_name: str) -> Optional[int]:
    line = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file_name:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
