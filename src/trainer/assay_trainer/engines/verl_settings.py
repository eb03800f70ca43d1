"""Our settings as overrides of verl's configuration, by its documented names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..grpo import GrpoConfig
from ..job import Job
from ..policy_training import PolicyConfig
from ..ppo import PpoConfig

REWARD = Path(__file__).with_name("verl_reward.py")


def verl_overrides(job: Job, data: Path) -> list[str]:
    """`data`: prompts in parquet. Raises ValueError for what verl has no counterpart of."""
    config = job.config
    if not isinstance(config, PolicyConfig):
        raise ValueError("engine verl: trains by grpo and ppo; sft is trained by builtin or trl")
    if config.curriculum > 0:
        raise ValueError("engine verl: curriculum: it draws all prompts alike; builtin has a curriculum")
    if job.device == "cpu":
        raise ValueError("engine verl: needs CUDA devices")
    told = {**_common(job, config, data), **(_grpo(config) if isinstance(config, GrpoConfig) else _ppo(job, config))}
    return [f"{name}={_text(value)}" for name, value in told.items()]


def _common(job: Job, config: PolicyConfig, data: Path) -> dict[str, Any]:
    actor, rollout = "actor_rollout_ref.actor", "actor_rollout_ref.rollout"
    return {
        "data.train_files": data,
        "data.val_files": data,
        "data.train_batch_size": config.prompts_per_step,
        "data.max_prompt_length": 1024,
        "data.max_response_length": config.max_new_tokens,
        "data.filter_overlong_prompts": True,
        "data.seed": config.seed,
        "actor_rollout_ref.model.path": job.model,
        "actor_rollout_ref.model.enable_gradient_checkpointing": config.gradient_checkpointing,
        "actor_rollout_ref.model.lora_rank": config.lora_rank,
        "actor_rollout_ref.model.lora_alpha": config.lora_alpha,
        f"{actor}.optim.lr": config.learning_rate,
        f"{actor}.optim.lr_warmup_steps": config.warmup_steps,
        f"{actor}.optim.weight_decay": config.weight_decay,
        f"{actor}.grad_clip": config.clip_norm,
        f"{actor}.ppo_mini_batch_size": config.prompts_per_step,
        f"{actor}.ppo_epochs": config.updates_per_step,
        f"{actor}.ppo_micro_batch_size_per_gpu": 4,
        f"{actor}.clip_ratio_low": config.clip_low,
        f"{actor}.clip_ratio_high": config.clip_high,
        f"{actor}.entropy_coeff": 0,
        f"{rollout}.name": "vllm",
        f"{rollout}.n": config.group_size,
        f"{rollout}.temperature": config.temperature,
        f"{rollout}.gpu_memory_utilization": 0.5,
        f"{rollout}.tensor_model_parallel_size": 1,
        f"{rollout}.log_prob_micro_batch_size_per_gpu": 8,
        "actor_rollout_ref.ref.log_prob_micro_batch_size_per_gpu": 8,
        "custom_reward_function.path": REWARD,
        "custom_reward_function.name": "compute_score",
        "trainer.logger": '["console"]',
        "trainer.project_name": "assay",
        "trainer.experiment_name": job.name,
        "trainer.default_local_dir": job.run / "engine",
        "trainer.n_gpus_per_node": job.processes,
        "trainer.nnodes": 1,
        "trainer.save_freq": config.checkpoint_every,
        "trainer.test_freq": -1,
        "trainer.val_before_train": False,
        "trainer.resume_mode": "auto",
        "trainer.total_training_steps": config.steps,
        "trainer.total_epochs": config.steps,
    }


def _grpo(config: GrpoConfig) -> dict[str, Any]:
    return {
        "algorithm.adv_estimator": "grpo",
        "algorithm.norm_adv_by_std_in_grpo": config.normalise,
        "actor_rollout_ref.actor.use_kl_loss": config.kl_weight > 0,
        "actor_rollout_ref.actor.kl_loss_coef": config.kl_weight,
        "actor_rollout_ref.actor.kl_loss_type": "low_var_kl",
        "actor_rollout_ref.actor.loss_agg_mode": "token-mean" if config.average_over == "tokens" else "seq-mean-token-mean",
    }


def _ppo(job: Job, config: PolicyConfig) -> dict[str, Any]:
    if not isinstance(config, PpoConfig):
        raise ValueError(f"engine verl: no counterpart of {type(config).__name__}")
    return {
        "algorithm.adv_estimator": "gae",
        "algorithm.gamma": config.gamma,
        "algorithm.lam": config.smoothing,
        "algorithm.use_kl_in_reward": config.kl_weight > 0,
        "algorithm.kl_penalty": "low_var_kl",
        "algorithm.kl_ctrl.kl_coef": config.kl_weight,
        "critic.model.path": job.model,
        "critic.optim.lr": config.learning_rate,
        "critic.ppo_micro_batch_size_per_gpu": 4,
        "critic.cliprange_value": config.value_clip,
    }


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
