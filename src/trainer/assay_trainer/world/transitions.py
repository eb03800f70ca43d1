"""Transitions of a data folder as sets: a before-state, what was asked, and the after-states that came of it."""

from __future__ import annotations

import gzip
import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from .tokens import PAD, Encoded, Tokenizer, learn_tokenizer, state_pieces, text_pieces

#: Structure number that tells whether a program parses, returns a value and reads no name that nothing binds.
VALID = "valid"
#: Fewer programs have no middle.
LEAST_FOR_MIDDLE = 4


@dataclass
class State:
    ids: list[int]
    kinds: list[int]
    facts: list[float]


@dataclass
class After:
    state: State
    operations: list[int]
    #: None: it was not run.
    accepted: bool | None
    valid: bool
    #: Made from a better one by changing it.
    mutant: bool
    #: A published solution.
    reference: bool = False
    #: How much of it the set's other valid programs hold, in deviations from their mean: see `centrality`.
    centrality: float = 0.0


@dataclass
class TransitionSet:
    group: str
    split: str
    before: State
    action: list[int]
    afters: list[After] = field(default_factory=list)


@dataclass(frozen=True)
class TransitionData:
    tokenizer: Tokenizer
    #: Names of the edit operations, from id 1 on; 0 is padding, and every unknown one.
    operations: tuple[str, ...]
    fact_names: tuple[str, ...]
    sets: tuple[TransitionSet, ...]
    #: Of the manifest's bytes.
    sha256: str


def read_manifest(folder: Path) -> tuple[dict[str, Any], str]:
    written = (folder / "manifest.json").read_bytes()
    manifest: dict[str, Any] = json.loads(written)
    if manifest.get("schema") != "assay.world-data.v1":
        raise ValueError(f"{folder}: no transitions; `assay world build` makes them")
    return manifest, hashlib.sha256(written).hexdigest()


def records_of(folder: Path) -> Iterator[dict[str, Any]]:
    """Streams them, in the order of the shards."""
    shards = sorted((folder / "shards").glob("*.jsonl.gz"))
    if not shards:
        raise ValueError(f"{folder}: holds no shard")
    for shard in shards:
        with gzip.open(shard, "rt", encoding="utf-8", newline="\n") as lines:
            for line in lines:
                yield json.loads(line)


def fold_of(group: str, folds: int) -> int:
    """Which of `folds` parts a task or repository falls into, whatever else there is."""
    return int.from_bytes(hashlib.sha256(group.encode()).digest()[:8], "big") % folds


def read_transitions(
    folder: Path, vocabulary: int, max_state: int, max_action: int, tokenizer: Tokenizer | None = None,
    operations: Sequence[str] | None = None, held_back: tuple[int, int] = (1, 0),
) -> TransitionData:
    """
    Reads the shards twice: pieces and operations are learnt from transitions for training first, unless they are given.
    `held_back` = (folds, fold): of several folds, the groups of one teach no piece either, and all others do.
    """
    manifest, sha256 = read_manifest(folder)
    folds, fold = held_back
    if tokenizer is None or operations is None:
        learnt = (
            record for record in records_of(folder)
            if (record["split"] == "train" if folds == 1 else fold_of(record["group"], folds) != fold)
        )
        tokenizer, operations = _learn(learnt, vocabulary)
    known = {name: at for at, name in enumerate(operations, 1)}
    sets: dict[tuple[str, str, str], TransitionSet] = {}
    signatures: dict[str, set[str]] = {}
    at_valid = manifest["facts"].index(VALID)
    for record in records_of(folder):
        before, after, text = record["before"], record["after"], record["action"]["text"]
        # Whatever it is called and however its signature is written: a task's solution, samples and mutants are one choice.
        begun = signatures.setdefault(record["group"], set())
        if record["source"] in ("solution", "sample"):
            begun.add(before["code"])
        key = (record["group"], "", "") if before["code"] in begun else (record["group"], before["code"], text)
        if key not in sets:
            asked = tokenizer.action(text, before["entryPoint"], max_action)
            sets[key] = TransitionSet(record["group"], record["split"], _state(before, tokenizer, max_state), asked)
        label = record["label"]
        sets[key].afters.append(
            After(
                _state(after, tokenizer, max_state),
                [known.get(name, PAD) for name in record["action"]["operations"]],
                None if label is None else label == "accepted",
                after["facts"][at_valid] > 0.5,
                record["source"] == "mutant" and before["code"] in begun,
                record["source"] == "solution",
            )
        )
    for found in sets.values():
        for after, central in zip(found.afters, centrality(found.afters)):
            after.centrality = central
    return TransitionData(tokenizer, tuple(operations), tuple(manifest["facts"]), tuple(sets.values()), sha256)


def centrality(afters: Sequence[After]) -> list[float]:
    """
    Of the valid programs that are no mutants: mean cosine of the logarithmic counts of pairs of pieces to the others,
    standardised within the set. 0 for all where there are too few to have a middle.
    """
    usable = [at for at, after in enumerate(afters) if after.valid and not after.mutant]
    found = [0.0] * len(afters)
    if len(usable) < LEAST_FOR_MIDDLE:
        return found
    columns: dict[tuple[int, int], int] = {}
    counted: list[Counter[int]] = []
    for at in usable:
        ids = afters[at].state.ids
        counted.append(Counter(columns.setdefault(pair, len(columns)) for pair in zip(ids, ids[1:])))
    vectors = torch.zeros(len(usable), max(1, len(columns)))
    for row, counts in enumerate(counted):
        for column, count in counts.items():
            vectors[row, column] = math.log1p(count)
    vectors = vectors / vectors.norm(dim=1, keepdim=True).clamp(min=1e-6)
    others = (vectors @ vectors.sum(dim=0) - 1) / (len(usable) - 1)
    standard = (others - others.mean()) / others.std(unbiased=False).clamp(min=1e-3)
    for at, value in zip(usable, standard.tolist()):
        found[at] = value
    return found


def _learn(records: Iterator[dict[str, Any]], vocabulary: int) -> tuple[Tokenizer, tuple[str, ...]]:
    seen: set[str] = set()
    pieces: Counter[str] = Counter()
    operations: Counter[str] = Counter()
    for record in records:
        operations.update(record["action"]["operations"])
        texts = [record["action"]["text"], record["before"]["code"], record["after"]["code"]]
        for at, text in enumerate(texts):
            if text in seen:
                continue
            seen.add(text)
            if at == 0:
                pieces.update(text_pieces(text))
            else:
                entry = record["before" if at == 1 else "after"]["entryPoint"]
                pieces.update(piece for piece, _, _ in state_pieces(text, entry, ()))
    names = sorted(name for name, count in operations.items() if count >= 2)
    return learn_tokenizer(pieces, vocabulary), tuple(names)


def _state(stored: dict[str, Any], tokenizer: Tokenizer, most: int) -> State:
    encoded: Encoded = tokenizer.state(stored["code"], stored["entryPoint"], stored["unbound"], most)
    return State(encoded.ids, encoded.kinds, stored["facts"])


def padded(rows: Sequence[Sequence[int]]) -> Tensor:
    """(rows, longest), at least one column; what is short ends in padding."""
    longest = max(1, *map(len, rows)) if rows else 1
    return torch.tensor([[*row, *([PAD] * (longest - len(row)))] for row in rows], dtype=torch.long)


def states_batch(states: Sequence[State], most: int | None = None) -> tuple[Tensor, Tensor, Tensor]:
    """ids, kinds (B, T) and facts (B, F), as `StateEncoder` reads them; of each the first `most` pieces."""
    return (
        padded([state.ids[:most] for state in states]),
        padded([state.kinds[:most] for state in states]),
        torch.tensor([state.facts for state in states]),
    )
