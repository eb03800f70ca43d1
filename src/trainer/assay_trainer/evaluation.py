"""How often a model is right on prompts that it does not train on, while it trains."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .attempts import draw_seed, make_attempts
from .common_config import CommonConfig
from .events import emit
from .language_model import LanguageModel, TextTokenizer
from .prompts import Prompt
from .rewards import RewardFunction
from .sampling import SamplingConfig

#: Prompts that are asked at once, with all their samples.
AT_ONCE = 16


@dataclass(frozen=True)
class HeldOut:
    tokenizer: TextTokenizer
    prompts: Sequence[Prompt]
    reward: RewardFunction
    #: Rewards of every task are appended to it, an evaluation a line.
    record: Path

    def is_due(self, step: int, config: CommonConfig) -> bool:
        """Before the first step, now and then, and behind the last."""
        return config.evaluate_every > 0 and (step % config.evaluate_every == 0 or step == config.steps)

    def is_recorded(self, step: int) -> bool:
        if not self.record.exists():
            return False
        with open(self.record, encoding="utf-8") as lines:
            return any(json.loads(line)["step"] == step for line in lines)

    def measure(self, model: LanguageModel, step: int, config: CommonConfig) -> None:
        """Emits `eval` with the mean reward; the same seeds at every step, so that two of them differ by the model alone."""
        tasks: list[dict[str, object]] = []
        known: list[float] = []
        without = 0
        for start in range(0, len(self.prompts), AT_ONCE):
            seed = draw_seed(config.seed, "evaluation", start)
            sampling = SamplingConfig(config.temperature, config.max_new_tokens, seed)
            asked = self.prompts[start : start + AT_ONCE]
            attempts = make_attempts(model, self.tokenizer, asked, config.evaluation_samples, self.reward, sampling)
            for prompt, rewards, counted in zip(asked, attempts.rewards.tolist(), attempts.counted.tolist()):
                given = [reward if counts else None for reward, counts in zip(rewards, counted)]
                tasks.append({"taskId": prompt.task_id, "rewards": given})
                known += [reward for reward in given if reward is not None]
                without += given.count(None)
        with open(self.record, "a", encoding="utf-8") as lines:
            lines.write(json.dumps({"v": 1, "step": step, "tasks": tasks}) + "\n")
        emit(
            "eval",
            step,
            reward=round(sum(known) / len(known), 6) if known else None,
            prompts=len(self.prompts),
            samples=config.evaluation_samples,
            without_verdict=without,
        )
