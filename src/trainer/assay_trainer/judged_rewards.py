"""Rewards from the judge that the workbench uses, driven without it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Optional

from .prompts import Prompt
from .rewards import Attempt

#: `binary`: accepted or not; `fractional`: the share of tests that passed.
REWARDS = ("binary", "fractional")


class JudgedRewards:
    """
    Calls of it are a RewardFunction. Equal programs of one call are judged once. An answer without a program earns 0; an
    attempt that the judge had trouble with has no reward. Raises JudgeUnfit where this machine cannot judge.
    """

    def __init__(
        self,
        data: Path,
        judge_folder: Path,
        prompts: Sequence[Prompt],
        reward: str = "binary",
        tier: Optional[str] = None,
        workers: Optional[int] = None,
    ) -> None:
        if reward not in REWARDS:
            raise ValueError(f"reward: one of {', '.join(REWARDS)}, not {reward}")
        # The judge is no part of this package, and no dependency of training without it.
        sys.path.insert(0, str(judge_folder))
        from assay_driver.extraction import extract_program
        from assay_driver.pool import Job, JudgePool
        from assay_driver.specification import read_launch_specification, read_suites

        self._job = Job
        self._extract = extract_program
        self._fractional = reward == "fractional"
        self._prompts = {prompt.task_id: prompt for prompt in prompts}
        self._suites = {suite.task_id: suite for suite in read_suites(data / "suites.jsonl")}
        missing = [prompt.task_id for prompt in prompts if prompt.task_id not in self._suites]
        if missing:
            raise ValueError(f"{data / 'suites.jsonl'}: no tests for {missing[0]}")
        self._pool = JudgePool(read_launch_specification(data / "launch.json"), tier, workers)

    @property
    def tier(self) -> str:
        return self._pool.tier

    def __call__(self, attempts: Sequence[Attempt]) -> list[Optional[float]]:
        programs = [(attempt.task_id, self._program_of(attempt)) for attempt in attempts]
        distinct = [(task_id, code) for task_id, code in dict.fromkeys(programs) if code is not None]
        verdicts = self._pool.judge(
            [self._job(code, self._suites[task_id]) for task_id, code in distinct],
            # The share of passed tests counts hidden ones too, whatever the public ones said.
            gate=not self._fractional,
        )
        rewards = {
            program: None
            if verdict.status == "judge_error"
            else (verdict.passed / max(1, verdict.total) if self._fractional else float(verdict.status == "accepted"))
            for program, verdict in zip(distinct, verdicts)
        }
        return [0.0 if program[1] is None else rewards[program] for program in programs]

    def _program_of(self, attempt: Attempt) -> Optional[str]:
        prompt = self._prompts[attempt.task_id]
        return self._extract(attempt.completion, prompt.entry_point, prompt.starter_code, prompt.continues)

    def close(self) -> None:
        self._pool.close()
