"""`python3 -m assay_trainer.engines.verl_prompts JOB.json OUT.parquet`: prompts in the columns that verl reads."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..job import read_job
from ..prompts import Prompt, read_prompts


def main() -> None:
    from datasets import Dataset

    job, out = read_job(Path(sys.argv[1])), Path(sys.argv[2])
    aside = out.with_name(f"{out.name}.tmp")
    Dataset.from_list(rows_of(read_prompts(job.data / "prompts.jsonl"))).to_parquet(str(aside))
    os.replace(aside, out)


def rows_of(prompts: Sequence[Prompt]) -> list[dict[str, Any]]:
    """The task's id stands where verl has the expected answer: the judge alone knows tests."""
    return [
        {
            "data_source": "assay",
            "prompt": [{"role": "user", "content": prompt.question}],
            "ability": "code",
            "reward_model": {"style": "rule", "ground_truth": prompt.task_id},
            "extra_info": {"index": at},
        }
        for at, prompt in enumerate(prompts)
    ]


if __name__ == "__main__":
    main()
