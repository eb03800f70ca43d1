"""What starts another trainer on a job of ours: commands, environment, files. A function of the job alone."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from ..job import Job
from . import trl_settings, verl_settings
from .log_lines import ReadLine, read_huggingface_line, read_verl_line
from .verl_reward import JOB

#: `builtin`: this package's own loops.
ENGINES = ("builtin", "trl", "verl")
PARQUET = "prompts.parquet"


@dataclass(frozen=True)
class EnginePlan:
    #: One after the other; each goes on where it was interrupted.
    commands: tuple[tuple[str, ...], ...]
    environment: dict[str, str]
    #: By path.
    files: dict[Path, str]
    #: What reads figures from the output of the commands.
    read_line: ReadLine
    #: Where the trained model is in the end, as transformers reads it.
    trained: Path
    #: Python packages.
    needs: tuple[str, ...]
    install: str


def plan_engine(job: Job, path: Path, python: str = sys.executable) -> EnginePlan:
    """`path`: of job.json. Raises ValueError for a job that the engine cannot be told."""
    if job.config.keep_every > 0:
        raise ValueError(f"keep_every: engine {job.engine} keeps no models on the way")
    package = Path(__file__).parents[2]
    environment = {"PYTHONPATH": str(package), "PYTHONUNBUFFERED": "1", "TOKENIZERS_PARALLELISM": "false", JOB: str(path)}
    engine = job.run / "engine"
    if job.engine == "trl":
        accelerate = job.run / "accelerate.json"
        script = "assay_trainer.engines.trl_script"
        launch = (python, "-m", "accelerate.commands.launch", "--config_file", str(accelerate), "-m", script, str(path))
        return EnginePlan(
            commands=(launch,),
            environment=environment,
            files={
                accelerate: _json(_accelerate(job)),
                job.run / "trl.json": _json(
                    {"arguments": trl_settings.trl_arguments(job), "adapter": trl_settings.adapter_arguments(job.config)}
                ),
            },
            read_line=read_huggingface_line,
            trained=engine / "trained",
            needs=("trl", "transformers", "accelerate", "datasets", *(("peft",) if job.config.lora_rank else ())),
            install="pip install 'trl[vllm]' peft",
        )
    if job.engine == "verl":
        parquet = job.run / PARQUET
        merged = engine / "trained"
        actor = engine / f"global_step_{job.config.steps}" / "actor"
        merge = ("merge", "--backend", "fsdp", "--local_dir", str(actor), "--target_dir", str(merged))
        return EnginePlan(
            commands=(
                (python, "-m", "assay_trainer.engines.verl_prompts", str(path), str(parquet)),
                (python, "-m", "verl.trainer.main_ppo", *verl_settings.verl_overrides(job, parquet)),
                (python, "-m", "verl.model_merger", *merge),
            ),
            environment=environment,
            files={},
            read_line=read_verl_line,
            trained=merged,
            needs=("verl", "vllm", "ray", "datasets", "transformers"),
            install="pip install 'verl[vllm]'",
        )
    raise ValueError(f"engine: one of {', '.join(ENGINES)}, not {job.engine!r}")


def _accelerate(job: Job) -> dict[str, object]:
    several = job.processes > 1
    on_processor = job.device == "cpu"
    return {
        "compute_environment": "LOCAL_MACHINE",
        "distributed_type": "NO" if not several else "MULTI_CPU" if on_processor else "MULTI_GPU",
        "num_machines": 1,
        "num_processes": job.processes,
        "machine_rank": 0,
        "mixed_precision": "no",
        "use_cpu": on_processor,
    }


def _json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"
