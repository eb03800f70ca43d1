"""`python3 -m assay_trainer.engines.read_log FORMAT LOG`: figures of a trainer that ran elsewhere, as events of ours."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..events import emit
from .log_lines import FORMATS


def main() -> None:
    parser = argparse.ArgumentParser(prog="assay_trainer.engines.read_log")
    parser.add_argument("format", choices=sorted(FORMATS))
    parser.add_argument("log", type=Path)
    chosen = parser.parse_args()
    convert(chosen.log, chosen.format)


def convert(log: Path, kind: str) -> None:
    """Lines that tell no step are counted from 1; what they tell of the whole run belongs to no step."""
    emit("train.imported", None, format=kind, log=str(log))
    step = 0
    with open(log, encoding="utf-8", errors="replace") as lines:
        for text in lines:
            line = FORMATS[kind](text.rstrip("\n"))
            if line is None:
                continue
            if "train_runtime" in line.figures:
                emit("train.summary", None, **line.figures)
                continue
            is_evaluation = any(name.startswith("eval_") for name in line.figures)
            step = line.step if line.step is not None else step + (not is_evaluation)
            if is_evaluation:
                emit("eval", step, **{name.removeprefix("eval_"): value for name, value in line.figures.items()})
            else:
                emit("train.step", step, **line.figures)
    emit("train.finished", step or None, imported=True)


if __name__ == "__main__":
    main()
