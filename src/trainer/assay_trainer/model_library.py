"""Opens a model's folder with the code that can hold it, and writes what became of it the same way."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .language_model import LanguageModel, TextTokenizer
from .model import CausalLM
from .model_folder import read_model_folder, write_model_folder
from .training_record import TrainingRecord

#: `own`: folders that assay wrote; `transformers`: any causal model that transformers knows; `auto`: the first that fits.
LIBRARIES = ("auto", "own", "transformers")
MAX_NEW_TOKENS = 96


@dataclass(frozen=True)
class OpenModel:
    model: LanguageModel
    tokenizer: TextTokenizer
    library: str
    #: Writes a model such as this one, on the processor and merged, into a folder that is not there yet.
    write: Callable[[LanguageModel, Path, TrainingRecord], None]


def open_model(folder: Path, library: str = "auto") -> OpenModel:
    """Raises ValueError where no library of that name can hold it."""
    if library not in LIBRARIES:
        raise ValueError(f"library: one of {', '.join(LIBRARIES)}, not {library!r}")
    is_own = (folder / "parity.json").exists()
    if library == "own" and not is_own:
        raise ValueError(f"{folder}: not written by assay; library transformers reads others")
    if library == "own" or (library == "auto" and is_own):
        model, tokenizer = read_model_folder(folder)
        
        def write(model: LanguageModel, aside: Path, record: TrainingRecord) -> None:
            if not isinstance(model, CausalLM):
                raise TypeError(f"{type(model).__name__}: no model of our own")
            _write_own(folder, model, aside, record)

        return OpenModel(model, tokenizer, "own", write)
    if importlib.util.find_spec("transformers") is None:
        raise ValueError(
            f"{folder}: needs the Python package transformers, which is not here: pip install transformers peft, "
            "and name that Python in ASSAY_TRAINER_PYTHON"
        )
    return read_trained(folder, folder)


def read_trained(origin: Path, trained: Path) -> OpenModel:
    """By transformers. `trained` is written as `origin` was: in our layout, with its graph, where that was ours."""
    from .huggingface import HuggingFaceLM, read_huggingface, write_huggingface

    held, words = read_huggingface(trained)

    def write(model: LanguageModel, aside: Path, record: TrainingRecord) -> None:
        if not isinstance(model, HuggingFaceLM):
            raise TypeError(f"{type(model).__name__}: no model of transformers")
        if (origin / "parity.json").exists():
            own, _ = read_model_folder(origin)
            own.load_state_dict(model.plain_weights(set(own.state_dict())))
            _write_own(origin, own, aside, record)
        else:
            write_huggingface(aside, model, words, record, origin)

    return OpenModel(held, words, "transformers", write)


def _write_own(origin: Path, model: CausalLM, aside: Path, record: TrainingRecord) -> None:
    _, tokenizer = read_model_folder(origin)
    generation = json.loads((origin / "generation_config.json").read_text(encoding="utf-8"))
    example = json.loads((origin / "parity.json").read_text(encoding="utf-8"))["text"]
    for name in ("chat_template.jinja", "LICENSE"):
        if (origin / name).exists():
            aside.mkdir(parents=True, exist_ok=True)
            shutil.copy(origin / name, aside / name)
    write_model_folder(aside, model, tokenizer, generation.get("max_new_tokens", MAX_NEW_TOKENS), example, record)
