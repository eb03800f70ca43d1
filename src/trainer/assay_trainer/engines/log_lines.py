"""What other trainers print about their steps, as figures by name. Their names are kept: the screen knows them."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Optional, Union

Figures = dict[str, Union[float, None]]


@dataclass(frozen=True)
class LogLine:
    #: None: the line does not tell it.
    step: Optional[int]
    figures: Figures


#: None for a line that tells no figures.
ReadLine = Callable[[str], Optional[LogLine]]

_VERL_PAIR = re.compile(r"^(\S+?):(-?(?:\d+(?:\.\d*)?(?:e[+-]?\d+)?|nan|inf))$", re.IGNORECASE)
#: Ray writes who speaks before each line of a worker.
_RAY_PREFIX = re.compile(r"^(?:\x1b\[\d+m)?\([^)]*\bpid=\d+[^)]*\)(?:\x1b\[0m)?\s*")


def read_huggingface_line(line: str) -> Optional[LogLine]:
    """`{'loss': 0.5, 'grad_norm': 1.2, 'epoch': 0.1}`, of Trainer and of TRL; `step` stands there if a callback put it in."""
    start, end = line.find("{'"), line.rfind("}")
    if start < 0 or end < start:
        return None
    try:
        told = ast.literal_eval(re.sub(r"\b(nan|-?inf)\b", "None", line[start : end + 1]))
    except (ValueError, SyntaxError):
        return None
    return _line_of(told, told.get("step")) if isinstance(told, dict) else None


def read_verl_line(line: str) -> Optional[LogLine]:
    """`step:3 - actor/pg_loss:0.01 - critic/score/mean:0.5`, or a line of its file logger, `{"step": 3, "data": {...}}`."""
    text = _RAY_PREFIX.sub("", line.strip())
    if text.startswith("{"):
        told = _json_of(text)
        return _line_of(told["data"], told.get("step")) if told and isinstance(told.get("data"), dict) else None
    parts = text.split(" - ")
    pairs = [_VERL_PAIR.match(part.strip()) for part in parts]
    if len(pairs) < 2 or pairs[0] is None or pairs[0][1] != "step":
        return None
    return _line_of({pair[1]: pair[2] for pair in pairs[1:] if pair is not None}, pairs[0][2])


def read_prime_line(line: str) -> Optional[LogLine]:
    """A line of prime-rl's metrics.jsonl: one flat object with `step` and `time`."""
    told = _json_of(line.strip())
    if told is None or "step" not in told:
        return None
    return _line_of({name: value for name, value in told.items() if name != "time"}, told["step"])


FORMATS: Mapping[str, ReadLine] = {
    "huggingface": read_huggingface_line,
    "trl": read_huggingface_line,
    "verl": read_verl_line,
    "prime-rl": read_prime_line,
}


def _line_of(told: Mapping[str, Any], step: Any) -> Optional[LogLine]:
    figures = {name: _number(value) for name, value in told.items() if name != "step" and _is_figure(value)}
    number = _number(step)
    return LogLine(None if number is None else int(number), figures) if figures else None


def _is_figure(value: Any) -> bool:
    if value is None:
        return True
    if isinstance(value, str):
        try:
            float(value)
        except ValueError:
            return False
        return True
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _number(value: Any) -> Optional[float]:
    """None for what is no finite number."""
    number = None if value is None else float(value)
    return number if number is not None and abs(number) < float("inf") else None


def _json_of(text: str) -> Optional[dict[str, Any]]:
    try:
        told = json.loads(text)
    except json.JSONDecodeError:
        return None
    return told if isinstance(told, dict) else None
