"""A training job: what it begins with, what it learns from, where it leaves what it made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Optional, Type, TypeVar, Union

from .grpo import GrpoConfig
from .ppo import PpoConfig
from .sft import SftConfig
from .world.config import WorldConfig
from .world.job import WorldJob, world_job_of

METHODS = {"sft": SftConfig, "grpo": GrpoConfig, "ppo": PpoConfig}
MethodConfig = Union[SftConfig, GrpoConfig, PpoConfig]
Config = TypeVar("Config")


@dataclass(frozen=True)
class JudgeConfig:
    #: Folder with `assay_driver` and `assay_judge`.
    folder: Path
    reward: str
    tier: Optional[str]
    workers: Optional[int]


@dataclass(frozen=True)
class Job:
    """job.json; mirrors `TrainingJob` in src/domain/training-job.ts."""

    method: str
    name: str
    model: Path
    data: Path
    #: Prompts that are asked to see how training goes, and never learnt from; of methods that learn from rewards.
    held_out: Optional[Path]
    #: Folder of this run: state, events and, in the end, the model.
    run: Path
    judge: Optional[JudgeConfig]
    threads: int
    #: Whose code holds the model: see `model_library`.
    library: str
    #: Whose loop trains: see `engines`.
    engine: str
    #: Of an engine that shares its work out, one a GPU.
    processes: int
    #: `auto`, `cpu` or `cuda`.
    device: str
    config: MethodConfig


def read_job(path: Path) -> Union[Job, WorldJob]:
    """Raises ValueError that names file and field."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    try:
        if stored["schema"] != "assay.training-job.v1":
            raise ValueError(f"schema: expected assay.training-job.v1, not {stored['schema']!r}")
        method = stored["method"]
        if method == "world":
            return world_job_of(stored, config_of(WorldConfig, stored["config"]))
        if method not in METHODS:
            raise ValueError(f"method: one of {', '.join(METHODS)}, world, not {method!r}")
        judge = stored["judge"]
        return Job(
            method=method,
            name=stored["name"],
            model=Path(stored["model"]),
            data=Path(stored["data"]),
            held_out=None if stored["heldOut"] is None else Path(stored["heldOut"]),
            run=Path(stored["run"]),
            judge=None
            if judge is None
            else JudgeConfig(Path(judge["folder"]), judge["reward"], judge["tier"], judge["workers"]),
            threads=stored["threads"],
            library=stored.get("library", "auto"),
            engine=stored.get("engine", "builtin"),
            processes=stored.get("processes", 1),
            device=stored["device"],
            config=config_of(METHODS[method], stored["config"]),
        )
    except KeyError as missing:
        raise ValueError(f"{path}: {missing.args[0]}: missing") from None
    except (TypeError, ValueError) as problem:
        raise ValueError(f"{path}: {problem}") from None


def config_of(kind: Type[Config], values: Mapping[str, Any]) -> Config:
    """From JSON's camelCase. A field that the method does not have is refused rather than ignored."""
    known = {camel(field.name): field.name for field in fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise ValueError(f"config.{unknown[0]}: no setting of this method")
    return kind(**{known[name]: value for name, value in values.items()})


def camel(name: str) -> str:
    """As JSON spells it."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
