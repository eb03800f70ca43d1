"""What a program of the family does. Runs only code that this package wrote."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence

from .grammar import Program
from .inputs import Value, arguments_of

#: Outcome of one call as text: `repr` of what it returned, or the name of what it raised.
Behaviour = tuple[str, ...]


def behaviour_of(source: str, kind: str) -> Behaviour:
    return outcomes(source, arguments_of(kind))


def outcomes(source: str, arguments: Sequence[Value]) -> Behaviour:
    namespace: dict[str, object] = {}
    try:
        exec(compile(source, "program", "exec"), namespace)
    except SyntaxError:
        return ("SyntaxError",) * len(arguments)
    solve = namespace["solve"]
    if not callable(solve):
        raise TypeError(f"solve is {solve!r}")
    return tuple(_outcome(solve, argument) for argument in arguments)


def is_worth_asking(program: Program) -> bool:
    """It is total, tells inputs apart, and none of its steps is idle."""
    behaviour = behaviour_of(program.reference(), program.source)
    if any(outcome.startswith("!") for outcome in behaviour):
        return False
    most = max(behaviour.count(outcome) for outcome in set(behaviour))
    if most > 0.6 * len(behaviour):
        return False
    return all(behaviour_of(shorter.reference(), program.source) != behaviour for shorter in _without_a_step(program))


def _without_a_step(program: Program) -> list[Program]:
    kept: list[Program] = []
    for at, step in enumerate(program.steps):
        rest = program.steps[:at] + program.steps[at + 1 :]
        fits = all(left.operation.target == right.operation.source for left, right in zip(rest, rest[1:]))
        if rest and fits and step.operation.source == step.operation.target:
            kept.append(Program(rest))
    return kept


def _outcome(solve: Callable[[Value], object], argument: Value) -> str:
    try:
        result = solve(copy.copy(argument))
        return repr(list(result)) + "!" if type(result) is reversed else repr(result)
    except Exception as error:
        return f"!{type(error).__name__}"
