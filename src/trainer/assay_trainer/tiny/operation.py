"""One step of a small program: how it is asked for, how it is written, and how it is got wrong."""

from __future__ import annotations

from dataclasses import dataclass

# A value's kind is also the name of the variable that holds it.
HINTS = {"n": "int", "xs": "list[int]", "s": "str", "ws": "list[str]", "flag": "bool"}


@dataclass(frozen=True)
class Operation:
    """
    In phrases and code `$k` is a number out of `numbers`, `$c` a letter out of `letters`, and `@` the variable that the
    step reads. Code is lines of which the last is an expression. All of `codes` mean the same; `slips` are wrong, and
    each is what a hasty reader would write.
    """

    key: str
    source: str
    target: str
    phrases: tuple[str, ...]
    codes: tuple[str, ...]
    slips: tuple[str, ...]
    numbers: tuple[int, ...] = ()
    letters: str = ""
    #: Slips far more often than the others do.
    hard: bool = False

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(map(str, self.numbers)) or tuple(self.letters)


@dataclass(frozen=True)
class Step:
    operation: Operation
    #: The number or letter as it is written in code; "" where the operation has none.
    parameter: str

    @property
    def key(self) -> str:
        return f"{self.operation.key}:{self.parameter}" if self.parameter else self.operation.key

    def fill(self, template: str, parameter: str | None = None) -> str:
        chosen = self.parameter if parameter is None else parameter
        return template.replace("$k", chosen).replace("$c", chosen).replace("@", self.operation.source)


def program_of(steps: tuple[Step, ...], codes: tuple[str, ...]) -> str:
    """The body of the function: `codes` are the steps' own, filled in."""
    lines: list[str] = []
    for number, (step, code) in enumerate(zip(steps, codes)):
        *before, value = code.split("\n")
        lines += before
        target = step.operation.target
        if number == len(steps) - 1:
            lines.append(f"return {value}")
        elif value != target:
            lines.append(f"{target} = {value}")
    return "".join(f"    {line}\n" for line in lines)


def signature_of(steps: tuple[Step, ...]) -> str:
    source, target = steps[0].operation.source, steps[-1].operation.target
    return f"def solve({source}: {HINTS[source]}) -> {HINTS[target]}:\n"
