"""`accelerate launch -m assay_trainer.engines.trl_script JOB.json`: SFTTrainer or GRPOTrainer on a job of ours.

Prompts, masks and the judge are those of the builtin trainer; figures are printed as Trainer prints them, with their step.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Optional

from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback

from ..huggingface import HuggingFaceTokenizer
from ..job import Job, read_job
from ..judged_rewards import JudgedRewards
from ..prompts import Prompt, read_prompts
from ..rewards import Attempt
from ..training_examples import read_examples, tokens_of
from .trl_settings import adapter_arguments, last_checkpoint, trl_arguments

#: In the output folder: the whole model, with adapters merged.
TRAINED = "trained"


def main() -> None:
    job = read_job(Path(sys.argv[1]))
    tokenizer = AutoTokenizer.from_pretrained(job.model, local_files_only=True)
    # In full precision, as the builtin trainer holds weights; bf16 is a matter of multiplying.
    model = AutoModelForCausalLM.from_pretrained(job.model, local_files_only=True).float()
    trainer = imitating(job, model, tokenizer) if job.method == "sft" else rewarding(job, model, tokenizer)
    output = Path(trainer.args.output_dir)
    trainer.train(resume_from_checkpoint=last_checkpoint(output))
    if not trainer.is_world_process_zero():
        return
    trained = trainer.accelerator.unwrap_model(trainer.model)
    if hasattr(trained, "merge_and_unload"):
        trained = trained.merge_and_unload()
    trained.save_pretrained(output / TRAINED)
    tokenizer.save_pretrained(output / TRAINED)


def imitating(job: Job, model: Any, tokenizer: Any) -> Any:
    from trl import SFTConfig, SFTTrainer

    words = HuggingFaceTokenizer(tokenizer)
    examples = [tokens_of(example, words) for example in read_examples(job.data / "examples.jsonl")]
    rows = [
        {
            "input_ids": [*example.prompt, *example.completion],
            "completion_mask": [0] * len(example.prompt) + [1] * len(example.completion),
        }
        for example in examples
    ]
    return SFTTrainer(
        model=model,
        args=SFTConfig(**trl_arguments(job)),
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
        callbacks=[_StepInLine()],
        peft_config=_adapter(job),
    )


def rewarding(job: Job, model: Any, tokenizer: Any) -> Any:
    from trl import GRPOConfig, GRPOTrainer

    prompts = read_prompts(job.data / "prompts.jsonl")
    judge = job.judge
    if judge is None:
        raise ValueError("grpo learns from rewards: judge: missing")
    reward = JudgedRewards(job.data, judge.folder, prompts, judge.reward, judge.tier, judge.workers)

    def judged(completions: Sequence[Any], task_id: Sequence[str], **_: object) -> list[Optional[float]]:
        return reward([Attempt(task, text_of(completion)) for task, completion in zip(task_id, completions)])

    arguments = trl_arguments(job)
    if arguments["use_vllm"] and importlib.util.find_spec("vllm") is None:
        print("vllm is not here: attempts are sampled by transformers, which is slow", file=sys.stderr)
        arguments["use_vllm"] = False
    return GRPOTrainer(
        model=model,
        reward_funcs=[judged],
        args=GRPOConfig(**arguments),
        train_dataset=Dataset.from_list([{"prompt": asked(prompt), "task_id": prompt.task_id} for prompt in prompts]),
        processing_class=tokenizer,
        callbacks=[_StepInLine()],
        peft_config=_adapter(job),
    )


def asked(prompt: Prompt) -> Any:
    """A text to go on from, or a question for the model's template."""
    if prompt.continues:
        return prompt.text
    return [{"role": "user", "content": prompt.question}]


def text_of(completion: Any) -> str:
    return completion if isinstance(completion, str) else str(completion[-1]["content"])


class _StepInLine(TrainerCallback):
    """Given to the constructor, it runs before the one that prints."""

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: object) -> None:
        if logs is not None:
            logs["step"] = state.global_step


def _adapter(job: Job) -> Any:
    arguments = adapter_arguments(job.config)
    if arguments is None:
        return None
    from peft import LoraConfig

    return LoraConfig(**arguments)


if __name__ == "__main__":
    main()
