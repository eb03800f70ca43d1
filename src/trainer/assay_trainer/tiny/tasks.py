"""Tasks with their tests, and the splits that share nothing."""

from __future__ import annotations

import ast
import random
from dataclasses import dataclass

from .behaviour import Behaviour, behaviour_of, is_worth_asking
from .grammar import Program, draw_program, draw_question, operations_by_source
from .inputs import EDGES, Value, arguments_of
from .slips import misread

HIDDEN_TESTS = 12
PUBLIC_TESTS = 2


@dataclass(frozen=True)
class SplitSizes:
    train: int
    dev: int
    test_private: int
    #: Of `dev` and of `test_private`: tasks with a pair of steps that training never shows.
    held_out_pairs: float


@dataclass(frozen=True)
class Task:
    id: str
    split: str
    question: str
    program: Program
    public: tuple[tuple[Value, str], ...]
    hidden: tuple[tuple[Value, str], ...]

    @property
    def prompt(self) -> str:
        return self.program.opening(self.question)


def draw_tasks(seed: int, sizes: SplitSizes) -> list[Task]:
    """No two have the same id, question, canonical solution or behaviour; held-out ones are drawn first."""
    rng = random.Random(f"tasks {seed}")
    operations = operations_by_source()
    tasks: list[Task] = []
    taken: set[object] = set()
    for split, count in (("test_private", sizes.test_private), ("dev", sizes.dev), ("train", sizes.train)):
        pairs = round(count * sizes.held_out_pairs) if split != "train" else 0
        wanted = [True] * pairs + [False] * (count - pairs)
        for held_out in wanted:
            while True:
                program = draw_program(rng, operations)
                question = draw_question(rng, program)
                if program.holds_out != held_out or not is_worth_asking(program):
                    continue
                traits = _traits(program, question)
                if taken.isdisjoint(traits):
                    break
            tests = choose_tests(rng, program)
            if tests is None:
                raise ValueError(f"no tests tell {program.key} from its slips")
            taken |= traits
            tasks.append(Task(_id_of(program), split, question, program, *tests))
    return sorted(tasks, key=lambda task: task.id)


def choose_tests(
    rng: random.Random, program: Program
) -> tuple[tuple[tuple[Value, str], ...], tuple[tuple[Value, str], ...]] | None:
    """Public ones are plain; hidden ones hold edge cases and fail every slip that can be told from the reference."""
    arguments = arguments_of(program.source)
    right = behaviour_of(program.reference(), program.source)
    wrong = [other for other in _wrong_behaviours(program) if other != right]
    edges = len(EDGES[program.source])
    plain = [at for at in range(edges, len(arguments)) if len(right[at]) <= 60]
    public = rng.sample(plain, PUBLIC_TESTS)
    if len({right[at] for at in public}) < PUBLIC_TESTS:
        public = [plain[0], next((at for at in plain if right[at] != right[plain[0]]), plain[1])]
    hidden = [at for at in range(edges) if at not in public]
    alive = [other for other in wrong if all(other[at] == right[at] for at in hidden)]
    while alive:
        best = max(
            (at for at in range(len(arguments)) if at not in public),
            key=lambda at: sum(o[at] != right[at] for o in alive),
        )
        if all(other[best] == right[best] for other in alive):
            break
        hidden.append(best)
        alive = [other for other in alive if other[best] == right[best]]
    rest = [at for at in range(edges, len(arguments)) if at not in public and at not in hidden]
    hidden += rng.sample(rest, max(0, HIDDEN_TESTS - len(hidden)))
    if alive and any(other[at] != right[at] for other in alive for at in range(len(arguments)) if at not in public):
        return None
    return tuple((arguments[at], right[at]) for at in public), tuple((arguments[at], right[at]) for at in hidden)


def _wrong_behaviours(program: Program) -> list[Behaviour]:
    found: list[Behaviour] = []
    own = [step.fill(step.operation.codes[0]) for step in program.steps]
    for at, step in enumerate(program.steps):
        for code in [*(step.fill(slip) for slip in step.operation.slips), *misread(step)]:
            found.append(behaviour_of(program.solution([*own[:at], code, *own[at + 1 :]]), program.source))
    return found


def held_out_behaviours(tasks: list[Task]) -> frozenset[tuple[str, Behaviour]]:
    """What no program in the training data may do."""
    return frozenset(
        (task.program.source, behaviour_of(task.program.reference(), task.program.source))
        for task in tasks
        if task.split != "train"
    )


def canonical(solution: str) -> str:
    return ast.unparse(ast.parse(solution))


def _traits(program: Program, question: str) -> set[object]:
    reference = program.reference()
    return {_id_of(program), question, canonical(reference), (program.source, behaviour_of(reference, program.source))}


def _id_of(program: Program) -> str:
    names = {"-": "dash", ",": "comma", ";": "semicolon", "+": "plus", "_": "underscore"}
    words = [
        step.operation.key + (f"_{names.get(step.parameter, step.parameter)}" if step.parameter else "")
        for step in program.steps
    ]
    return "-".join(words)
