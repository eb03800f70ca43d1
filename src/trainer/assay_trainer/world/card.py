"""The card of a world model: what it is of, what it does on tasks that it has not seen, what it is not for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .config import WorldConfig

_FIGURES = (
    ("auc", "energy: within-task AUC"),
    ("auc_among_valid", "energy: AUC among valid candidates"),
    ("no_action_auc", "energy without the question: AUC"),
    ("no_action_auc_among_valid", "energy without the question: AUC among valid"),
    ("shuffled_auc", "energy with another task's question: AUC"),
    ("shuffled_auc_among_valid", "energy with another task's question: AUC among valid"),
    ("pass_auc", "pass head: AUC"),
    ("pass_auc_among_valid", "pass head: AUC among valid"),
    ("mrr", "retrieval by question: mean reciprocal rank"),
    ("no_action_mrr", "retrieval without question: mean reciprocal rank"),
    ("effective_rank_ratio", "effective rank over width, of what retrieval looks through"),
)


#: Shown over training.
_CURVES = ("mrr", "no_action_mrr", "effective_rank_ratio", "auc", "auc_among_valid")


def card_of(
    name: str,
    manifest: Mapping[str, Any],
    config: WorldConfig,
    history: Mapping[int, Mapping[str, Any]],
    written: Mapping[str, Any],
) -> str:
    figures: Mapping[str, Any] = written["figures"]
    counts = manifest["counts"]
    by = ", ".join(f"{count} {source}" for source, count in counts["bySource"].items())
    licences = sorted({group["licence"] for group in manifest["groups"]})
    rows = [f"| {text} | {_number(figures[key])} |" for key, text in _FIGURES if key in figures]
    fitted = written["pass"]
    return "\n".join(
        [
            f"# {name}",
            "",
            "A world model of program edits: it predicts what a program becomes when a question is answered, and its energy is",
            "the squared distance of a candidate from that. The energy learnt from no verdict; the pass head did.",
            "",
            "## Data",
            "",
            f"{manifest['transitions']} transitions ({by}) of {len(manifest['groups'])} tasks and repositories; "
            f"licences: {', '.join(licences)}. `seen.jsonl.gz` names every task that it learnt from; rankings on them are",
            "refused unless asked for.",
            "",
            "## Figures",
            "",
            f"On {figures.get('rerankable', 0)} sets of the data's dev split with accepted and rejected candidates:",
            "",
            "| figure | value |",
            "|---|---|",
            *rows,
            "",
            "Over training, on the same sets:",
            "",
            "| step | MRR by question | without | effective rank | energy: AUC | among valid |",
            "|---|---|---|---|---|---|",
            *(
                f"| {step} | " + " | ".join(_number(then.get(key)) for key in _CURVES) + " |"
                for step, then in sorted(history.items())
            ),
            "",
            "Whether these meet the goals, with intervals and baselines: docs/world-model.md.",
            "",
            "## Recipe",
            "",
            f"{config.steps} steps of {config.sets} questions, width {config.width}, seed {config.seed}; "
            + (f"pass head calibrated on {fitted['fittedOn']}." if fitted else "pass head not calibrated."),
            "",
            "## Not for",
            "",
            "* Judging: a low energy is no verdict; only running tests is.",
            "* Tasks that it has seen, other languages than Python, programs much longer than those of its data.",
            "* Safety decisions about code: nothing of what a program does when it runs is known to it.",
            "",
        ]
    )


def _number(value: object) -> str:
    return "-" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)
