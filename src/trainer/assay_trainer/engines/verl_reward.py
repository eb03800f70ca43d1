"""Our judge as verl's reward function; verl imports this file by its path."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any, Optional

from assay_trainer.job import read_job
from assay_trainer.judged_rewards import JudgedRewards
from assay_trainer.prompts import read_prompts
from assay_trainer.rewards import Attempt

#: Names the job; verl's workers inherit it.
JOB = "ASSAY_TRAINING_JOB"


def compute_score(data_source: str, solution_str: str, ground_truth: str, extra_info: Optional[dict[str, Any]] = None) -> float:
    """`ground_truth` holds the task's id alone: tests never lie in data. A failure of the judge is no wrong answer: it raises."""
    (reward,) = _judge()([Attempt(ground_truth, solution_str)])
    if reward is None:
        raise RuntimeError(f"the judge had trouble with an attempt at {ground_truth}")
    return float(reward)


@lru_cache(maxsize=1)
def _judge() -> JudgedRewards:
    """One for each worker."""
    job = read_job(Path(os.environ[JOB]))
    if job.judge is None:
        raise ValueError(f"{os.environ[JOB]}: judge: missing")
    prompts = read_prompts(job.data / "prompts.jsonl")
    return JudgedRewards(job.data, job.judge.folder, prompts, job.judge.reward, job.judge.tier, job.judge.workers)
