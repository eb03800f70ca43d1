"""The pairs that the model learns from: questions of the family with solutions of which some are wrong."""

from __future__ import annotations

import random
from dataclasses import dataclass

from .behaviour import behaviour_of
from .grammar import draw_program, draw_question, operations_by_source
from .slips import SlipRates, draw_solution
from .tasks import Task, canonical, held_out_behaviours


@dataclass(frozen=True)
class Pair:
    """Together a whole program: the completion continues the prompt."""

    prompt: str
    completion: str


def draw_pairs(seed: int, count: int, rates: SlipRates, tasks: list[Task]) -> list[Pair]:
    """
    No question is that of a held-out task, or asks for the same in other words, or needs a pair of steps that is held
    out; no solution, right or wrong, reads like that of a held-out task.
    """
    rng = random.Random(f"pairs {seed}")
    operations = operations_by_source()
    held_out = [task for task in tasks if task.split != "train"]
    questions = {task.question for task in held_out}
    behaviours = held_out_behaviours(tasks)
    solutions = {canonical(task.program.reference()) for task in held_out}
    pairs: list[Pair] = []
    allowed: dict[str, bool] = {}
    while len(pairs) < count:
        program = draw_program(rng, operations)
        question = draw_question(rng, program)
        solution = draw_solution(rng, program, rates)
        if program.holds_out or question in questions:
            continue
        known = allowed.get(program.key)
        if known is None:
            reference = program.reference()
            known = (program.source, behaviour_of(reference, program.source)) not in behaviours
            allowed[program.key] = known
        if not known or _reads_as(solution, solutions):
            continue
        head = solution.index("\n") + 1
        pairs.append(Pair(program.opening(question), solution[head:]))
    return pairs


def _reads_as(solution: str, solutions: set[str]) -> bool:
    try:
        return canonical(solution) in solutions
    except SyntaxError:
        return False
