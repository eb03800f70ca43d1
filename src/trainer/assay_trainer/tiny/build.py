"""From nothing to the tasks and the model."""

from __future__ import annotations

import time
from pathlib import Path

from ..batches import Example
from ..events import emit, say
from ..model import CausalLM
from ..model_folder import checksums_of, write_model_folder
from ..sft import train
from ..tokenizer import Tokenizer
from ..tokenizer_training import train_tokenizer
from .card import update_card
from .recipe import Recipe
from .task_file import write_tasks
from .tasks import draw_tasks
from .training_data import record_of
from .training_pairs import Pair, draw_pairs


def build(recipe: Recipe, tasks_folder: Path, model_folder: Path, work: Path) -> None:
    """`work` keeps the checkpoint that an interrupted run goes on from; it goes when the model is there."""
    started = time.monotonic()
    tasks = draw_tasks(recipe.seed, recipe.splits)
    write_tasks(tasks_folder, tasks)
    pairs = draw_pairs(recipe.seed, recipe.pairs, recipe.slips, tasks)
    tokenizer = train_tokenizer((text for pair in pairs for text in (pair.prompt, pair.completion)), recipe.vocabulary)
    examples = [example_of(pair, tokenizer) for pair in pairs]
    model = CausalLM(recipe.model(len(tokenizer.vocabulary)))
    model.initialise(recipe.seed)
    parameters = sum(weight.numel() for weight in model.parameters())
    emit("build.data", tasks=len(tasks), pairs=len(pairs), vocabulary=len(tokenizer.vocabulary), parameters=parameters)
    say(f"{len(tasks)} tasks, {len(pairs)} pairs, {len(tokenizer.vocabulary)} tokens, {parameters} parameters")
    work.mkdir(parents=True, exist_ok=True)
    checkpoint = work / "checkpoint.pt"
    train(model, examples, tokenizer.pad_id, recipe.training, checkpoint)
    training = record_of(recipe, pairs, tasks)
    write_model_folder(model_folder, model, tokenizer, recipe.max_new_tokens, tasks[0].prompt, training)
    checkpoint.unlink()
    checksums = checksums_of(model_folder)
    update_card(model_folder / "README.md", checksums)
    for name, digest in checksums.items():
        emit("build.file", name=name, sha256=digest)
        say(f"{digest}  {name}")
    say(f"{time.monotonic() - started:.0f} s")


def example_of(pair: Pair, tokenizer: Tokenizer) -> Example:
    """Prompt and completion are cut into tokens apart, as they are when a model is asked."""
    return Example(tuple(tokenizer.encode(pair.prompt)), (*tokenizer.encode(pair.completion), tokenizer.end_id))
