"""Our settings by TRL's names."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Optional

from ..common_config import CommonConfig
from ..grpo import GrpoConfig
from ..job import Job
from ..sft import SftConfig


def trl_arguments(job: Job) -> dict[str, Any]:
    """Of SFTConfig or GRPOConfig. Raises ValueError for a setting that TRL has no counterpart of."""
    config = job.config
    if isinstance(config, SftConfig):
        return {**_common(job), **_imitation(job, config)}
    if isinstance(config, GrpoConfig):
        return {**_common(job), **_reward(job, config)}
    raise ValueError("engine trl: trains by sft and grpo; ppo is trained by builtin or verl")


def adapter_arguments(config: CommonConfig) -> dict[str, Any] | None:
    """Of peft's LoraConfig."""
    if config.lora_rank == 0:
        return None
    return {
        "r": config.lora_rank,
        "lora_alpha": config.lora_alpha,
        "lora_dropout": config.lora_dropout,
        "target_modules": [name.strip() for name in config.lora_targets.split(",")],
        "bias": "none",
        "task_type": "CAUSAL_LM",
    }


def last_checkpoint(output: Path) -> Optional[str]:
    """The newest that is whole: Trainer writes its state behind weights and optimiser, and a kill may come between."""
    whole = [path.parent for path in output.glob("checkpoint-*/trainer_state.json")]
    steps = {int(path.name.rpartition("-")[2]): path for path in whole}
    return str(steps[max(steps)]) if steps else None


def _common(job: Job) -> dict[str, Any]:
    config = job.config
    return {
        "output_dir": str(job.run / "engine"),
        "max_steps": config.steps,
        "learning_rate": config.learning_rate,
        "warmup_steps": config.warmup_steps,
        "lr_scheduler_type": "cosine_with_min_lr",
        "lr_scheduler_kwargs": {"min_lr_rate": config.final_rate},
        "weight_decay": config.weight_decay,
        "adam_beta1": config.beta1,
        "adam_beta2": config.beta2,
        "max_grad_norm": config.clip_norm,
        "seed": config.seed,
        "save_steps": config.checkpoint_every,
        "save_total_limit": 2,
        "gradient_checkpointing": config.gradient_checkpointing,
        "bf16": config.precision == "bfloat16" or (config.precision == "auto" and job.device != "cpu"),
        "use_cpu": job.device == "cpu",
        "report_to": [],
        "disable_tqdm": True,
    }


def _imitation(job: Job, config: SftConfig) -> dict[str, Any]:
    if config.validation_share > 0:
        raise ValueError("engine trl: validationShare: builtin has a validation split; trl is run without")
    return {
        "per_device_train_batch_size": _share("batch_size", config.batch_size, job.processes),
        "logging_steps": config.report_every,
        "packing": config.packed_length > 0,
        "max_length": config.packed_length or None,
        "completion_only_loss": True,
    }


def _reward(job: Job, config: GrpoConfig) -> dict[str, Any]:
    if config.curriculum > 0:
        raise ValueError("engine trl: curriculum: it draws all prompts alike; builtin has a curriculum")
    attempts = config.prompts_per_step * config.group_size
    return {
        "per_device_train_batch_size": _share("prompts_per_step times group_size", attempts, job.processes),
        "logging_steps": 1,
        "num_generations": config.group_size,
        "num_iterations": config.updates_per_step,
        "temperature": config.temperature,
        "max_completion_length": config.max_new_tokens,
        "epsilon": config.clip_low,
        "epsilon_high": config.clip_high,
        "beta": config.kl_weight,
        "scale_rewards": "group" if config.normalise else "none",
        "loss_type": "dapo" if config.average_over == "tokens" else "grpo",
        "use_vllm": job.device != "cpu",
        "vllm_mode": "colocate",
    }


def _share(what: str, whole: int, processes: int) -> int:
    if whole % processes:
        raise ValueError(f"{what}: {whole} do not share out among {processes} processes")
    return math.ceil(whole / processes)
