"""`python3 -m assay_trainer.tiny build|sample`"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from ..events import emit, say
from ..model_folder import read_model_folder
from ..sampling import SamplingConfig, sample
from .build import build
from .recipe import Recipe
from .tasks import draw_tasks


def main() -> None:
    parser = argparse.ArgumentParser(prog="assay_trainer.tiny")
    commands = parser.add_subparsers(dest="command", required=True)
    building = commands.add_parser("build", help="make the tasks and train the model")
    building.add_argument("--tasks", type=Path, required=True)
    building.add_argument("--model", type=Path, required=True)
    building.add_argument("--work", type=Path, required=True)
    sampling = commands.add_parser("sample", help="write a samples file for `assay verify`")
    sampling.add_argument("--model", type=Path, required=True)
    sampling.add_argument("--split", choices=("train", "dev", "test_private"), default=None)
    sampling.add_argument("--out", type=Path, required=True)
    sampling.add_argument("-n", type=int, default=8)
    sampling.add_argument("--temperature", type=float, default=1.0)
    sampling.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    # More threads add in another order, and cost more than they give on a model of this size.
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    if chosen.command == "build":
        build(Recipe(), chosen.tasks, chosen.model, chosen.work)
    else:
        write_samples(chosen.model, chosen.split, chosen.out, chosen.n, chosen.temperature, chosen.seed)


def write_samples(folder: Path, split: str | None, out: Path, n: int, temperature: float, seed: int) -> None:
    recipe = Recipe()
    model, tokenizer = read_model_folder(folder)
    tasks = [task for task in draw_tasks(recipe.seed, recipe.splits) if split in (None, task.split)]
    lines: list[str] = []
    for number, task in enumerate(tasks):
        config = SamplingConfig(temperature, recipe.max_new_tokens, seed * len(tasks) + number)
        prompts = [tokenizer.encode(task.prompt)] * n
        for index, drawn in enumerate(sample(model, prompts, tokenizer.end_id, tokenizer.pad_id, config)):
            completion = tokenizer.decode(list(drawn.ids))
            lines.append(json.dumps({"task_id": task.id, "sample_index": index, "completion": completion}))
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    emit("sample.written", tasks=len(tasks), samples=len(lines))
    say(f"{len(lines)} samples of {len(tasks)} tasks in {out}")


if __name__ == "__main__":
    main()
