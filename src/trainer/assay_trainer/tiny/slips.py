"""Wrong solutions of the kind that a hasty reader writes."""

from __future__ import annotations

import random
from dataclasses import dataclass

from .grammar import Program
from .operation import Step


@dataclass(frozen=True)
class SlipRates:
    """Probabilities, of a step but for `broken`, which is of a program."""

    usual: float
    hard: float
    #: A slip is of the operation's own kind, else the step is left out or its number is one off.
    own_kind: float
    broken: float
    #: A right step is written in another way than the first.
    variant: float


def draw_solution(rng: random.Random, program: Program, rates: SlipRates) -> str:
    """Right or wrong, as `rates` have it; wrong ones are not marked."""
    codes = [_draw_code(rng, step, rates) for step in program.steps]
    solution = program.solution(codes)
    return _break(rng, solution) if rng.random() < rates.broken else solution


def _draw_code(rng: random.Random, step: Step, rates: SlipRates) -> str:
    operation = step.operation
    if rng.random() >= (rates.hard if operation.hard else rates.usual):
        others = operation.codes[1:]
        return step.fill(rng.choice(others) if others and rng.random() < rates.variant else operation.codes[0])
    # A hard operation has one misreading that most fall for.
    own = operation.slips[0] if operation.hard else rng.choice(operation.slips)
    near = misread(step)
    if operation.hard or not near or rng.random() < rates.own_kind:
        return step.fill(own)
    return rng.choice(near)


def misread(step: Step) -> list[str]:
    """The step left out, where that leaves a program, and the step with its number one off."""
    operation = step.operation
    codes = [operation.source] if operation.source == operation.target else []
    if operation.numbers:
        codes += [step.fill(operation.codes[0], str(int(step.parameter) + change)) for change in (-1, 1)]
    return codes


def _break(rng: random.Random, solution: str) -> str:
    """Loses one bracket, or the colon where there is none."""
    head, body = solution.split("\n", 1)
    places = [at for at, character in enumerate(body) if character in ")]"]
    if not places:
        return f"{head[:-1]}\n{body}"
    at = rng.choice(places)
    return f"{head}\n{body[:at]}{body[at + 1 :]}"
