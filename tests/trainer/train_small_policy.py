"""
Trains the tiny model by rewards; arguments are `train` and the checkpoint's path. With `update` it learns once by each method
from attempts that are the same for all.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import torch

from assay_trainer.attempts import make_attempts
from assay_trainer.grpo import train_grpo
from assay_trainer.grpo import update as update_grpo
from assay_trainer.optimisation import adamw
from assay_trainer.parallel import is_first, joined
from assay_trainer.policy_training import PolicyRun
from assay_trainer.ppo import ActorCritic
from assay_trainer.ppo import update as update_ppo
from assay_trainer.sampling import SamplingConfig
from test_policy_training import CONFIG, PPO, PROMPTS, TOKENIZER, lower_half, tiny_model

#: Fewer prompts than processes in the end of a step's share: 3 prompts of 2 processes.
SHORT = {"steps": 6, "prompts_per_step": 3, "group_size": 4, "checkpoint_every": 2, "kl_weight": 0.1, "updates_per_step": 2}


def train(checkpoint: Path) -> None:
    run = PolicyRun(TOKENIZER, PROMPTS, None, lower_half, checkpoint)
    train_grpo(tiny_model(), run, replace(CONFIG, **SHORT))


def update_once(checkpoint: Path) -> None:
    model, reference = tiny_model(), tiny_model()
    actor = ActorCritic(tiny_model())
    attempts = make_attempts(model, TOKENIZER, PROMPTS[:3], 4, lower_half, SamplingConfig(1.0, 2, 7))
    config, of_ppo = (replace(of, **SHORT, micro_batch_tokens=20) for of in (CONFIG, PPO))
    measured = {
        "grpo": update_grpo(model, reference, config, adamw(model, 0.0, 0.9, 0.95), attempts, 1e-2),
        "ppo": update_ppo(actor, reference, of_ppo, adamw(actor, 0.0, 0.9, 0.95), attempts, 1e-2),
    }
    if is_first():
        weights = {**model.state_dict(), **{f"ppo {name}": weight for name, weight in actor.state_dict().items()}}
        torch.save({"step": 1, "model": weights, "measured": measured}, checkpoint)


if __name__ == "__main__":
    what, path = sys.argv[1:]
    with joined(torch.device("cpu")):
        (update_once if what == "update" else train)(Path(path))
