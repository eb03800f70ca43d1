"""What the embedded model's manifest says of the pairs that it learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from ..likeness import Likeness, prompt_likeness, solution_likeness
from ..training_record import Source, TrainingEntry, TrainingRecord
from .recipe import Recipe
from .tasks import Task
from .training_pairs import Pair

NAME = "tiny-coder"


def record_of(recipe: Recipe, pairs: Sequence[Pair], tasks: Sequence[Task]) -> TrainingRecord:
    """Without times, since a build gives the same files again."""
    return TrainingRecord(
        name=NAME,
        parent=None,
        method="sft",
        steps=recipe.training.steps,
        seed=recipe.training.seed,
        config={**asdict(recipe.training), "vocabulary": recipe.vocabulary},
        sources=[Source("grammar", f"assay_trainer.tiny pairs {recipe.seed}", None)],
        entries=entries_of(pairs, tasks),
        examples=len(pairs),
        trainer="assay_trainer.tiny",
    )


def entries_of(pairs: Sequence[Pair], tasks: Sequence[Task]) -> list[TrainingEntry]:
    """One for each question; it names the task whose question it is."""
    ids = {task.prompt: task.id for task in tasks}
    by_prompt: dict[str, dict[str, Likeness]] = {}
    for pair in pairs:
        solutions = by_prompt.setdefault(pair.prompt, {})
        likeness = solution_likeness(pair.prompt + pair.completion)
        if likeness is not None:
            solutions[likeness.exact] = likeness
    return [
        TrainingEntry(ids.get(prompt), None, prompt_likeness(asked(prompt)), tuple(solutions.values()))
        for prompt, solutions in by_prompt.items()
    ]


def asked(prompt: str) -> str:
    """The prompt without the name of the function that it asks for."""
    return prompt.replace("solve(", "x(")
