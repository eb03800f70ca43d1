"""Which prompts a step of policy-gradient training asks. A function of seed, step and what was measured before."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .json_lines import read_records
from .language_model import TextTokenizer


@dataclass(frozen=True)
class Prompt:
    task_id: str
    text: str
    starter_code: str = ""
    entry_point: str = ""
    #: Whether what a model writes goes on from the starter code; else the whole program is found in its answer.
    continues: bool = True

    @property
    def question(self) -> str:
        """Without the lines that part it from an answer."""
        return self.text[:-2] if self.text.endswith("\n\n") else self.text


def read_prompts(path: Path) -> list[Prompt]:
    """prompts.jsonl of exported training data."""
    return [
        Prompt(
            record["taskId"], record["prompt"], record["starterCode"], record["entryPoint"], record.get("continues", True)
        )
        for record in read_records(path, ("taskId", "prompt", "starterCode", "entryPoint"))
    ]


def tokens_of_prompt(prompt: Prompt, tokenizer: TextTokenizer) -> list[int]:
    """What is not simply gone on from is a question, which a model may have a template for."""
    if prompt.continues:
        return tokenizer.encode(prompt.text)
    return tokenizer.encode_question([{"role": "user", "content": prompt.question}])


@dataclass
class Curriculum:
    """
    Draws tasks without repetition within a step, each with weight floor + 4 p (1 - p), p being its measured share of
    accepted attempts, old measurements counting less and less; a task never asked counts as p = 1/2.
    """

    #: 0 draws all tasks alike, whatever was measured.
    strength: float
    floor: float = 0.1
    memory: float = 0.7
    #: task id -> (weighted accepted, weighted attempts)
    measured: dict[str, tuple[float, float]] = field(default_factory=dict)

    def draw(self, prompts: Sequence[Prompt], count: int, seed: int, step: int) -> list[Prompt]:
        rng = random.Random(f"{seed} prompts {step}")
        # Efraimidis and Spirakis 2006: the largest of u^(1/w) are a weighted sample without replacement.
        keyed = [(rng.random() ** (1 / self._weight(prompt)), at) for at, prompt in enumerate(prompts)]
        return [prompts[at] for _, at in sorted(keyed, reverse=True)[:count]]

    def record(self, task_id: str, accepted: float, attempts: int) -> None:
        before = self.measured.get(task_id, (0.0, 0.0))
        self.measured[task_id] = (before[0] * self.memory + accepted, before[1] * self.memory + attempts)

    def _weight(self, prompt: Prompt) -> float:
        accepted, attempts = self.measured.get(prompt.task_id, (0.5, 1.0))
        share = accepted / attempts if attempts else 0.5
        return 1.0 + self.strength * (self.floor + 4 * share * (1 - share) - 1.0)
