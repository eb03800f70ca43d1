"""Draws small programs: one to three steps of which each reads what the one before it gave."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass

from .operation import Operation, Step, program_of, signature_of
from .operations_lists import list_operations
from .operations_numbers import number_operations
from .operations_reductions import reduction_operations
from .operations_texts import text_operations
from .operations_words import word_operations

SOURCES = ("n", "xs", "s")
SOURCE_WEIGHTS = (3, 5, 4)
LENGTHS = (1, 2, 3)
LENGTH_WEIGHTS = (20, 50, 30)
# Their output grows with the number itself, so they read only the argument, which is small.
FIRST_ONLY = frozenset(("count_up", "divisors"))
HELD_OUT_SHARE = 0.08


@dataclass(frozen=True)
class Program:
    steps: tuple[Step, ...]

    @property
    def key(self) -> str:
        return " ".join(step.key for step in self.steps)

    @property
    def source(self) -> str:
        return self.steps[0].operation.source

    @property
    def holds_out(self) -> bool:
        """Whether two of its steps follow each other in a way that training never shows."""
        return any(is_held_out(left.operation, right.operation) for left, right in zip(self.steps, self.steps[1:]))

    def reference(self) -> str:
        return self.solution([step.fill(step.operation.codes[0]) for step in self.steps])

    def solution(self, codes: Sequence[str]) -> str:
        """The whole function, from the code of each step."""
        return signature_of(self.steps) + program_of(self.steps, tuple(codes))

    def opening(self, question: str) -> str:
        return f"# {question}\n{signature_of(self.steps)}"


def operations_by_source() -> dict[str, tuple[Operation, ...]]:
    every = (
        *number_operations(),
        *list_operations(),
        *reduction_operations(),
        *text_operations(),
        *word_operations(),
    )
    return {kind: tuple(one for one in every if one.source == kind) for kind in ("n", "xs", "s", "ws", "flag")}


def draw_program(rng: random.Random, operations: dict[str, tuple[Operation, ...]]) -> Program:
    kind = rng.choices(SOURCES, SOURCE_WEIGHTS)[0]
    length = rng.choices(LENGTHS, LENGTH_WEIGHTS)[0]
    steps: list[Step] = []
    while len(steps) < length:
        used = {step.operation.key for step in steps} | (FIRST_ONLY if steps else frozenset())
        choices = [one for one in operations[kind] if one.key not in used]
        if not choices:
            break
        operation = rng.choice(choices)
        steps.append(Step(operation, rng.choice(operation.parameters) if operation.parameters else ""))
        kind = operation.target
    return Program(tuple(steps))


def draw_question(rng: random.Random, program: Program) -> str:
    parts = [step.fill(rng.choice(step.operation.phrases)) for step in program.steps]
    if len(parts) > 1 and rng.random() < 0.3:
        last = "then" if len(parts) == 2 else "finally"
        linked = [parts[0], *(f"then {part}" for part in parts[1:-1]), f"{last} {parts[-1]}"]
        return " ".join(f"{_capital(part)}." for part in linked)
    return f"{_capital(', then '.join(parts))}."


def is_held_out(left: Operation, right: Operation) -> bool:
    """Depends on the two names alone, so what is held out stays so when other operations are added."""
    digest = hashlib.sha256(f"{left.key} {right.key}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32 < HELD_OUT_SHARE


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
