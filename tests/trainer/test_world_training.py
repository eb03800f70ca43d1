from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import torch

from assay_trainer.world.calibration import fit_scale
from assay_trainer.world.committee import Committee, Member
from assay_trainer.world.config import WorldConfig
from assay_trainer.world.evaluation import Scores, energy_among, ordering, retrieval, score_sets
from assay_trainer.world.folder import read_world_folder
from assay_trainer.world.model import energy
from assay_trainer.world.training import new_learner, parts_of
from assay_trainer.world.transitions import After, State, TransitionData, TransitionSet, centrality, fold_of, padded, read_transitions
from small_transitions import write_transitions

CONFIG = {
    "steps": 12,
    "width": 8,
    "structure": 2,
    "embedding": 8,
    "directions": 8,
    "sets": 4,
    "setSize": 4,
    "vocabulary": 200,
    "checkpointEvery": 3,
    "reportEvery": 1,
    "evaluateEvery": 6,
}


class Training(unittest.TestCase):
    def test_killed_and_resumed_leaves_the_very_files_of_an_undisturbed_run(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            write_transitions(Path(folder, "data"))
            # A target encoder of its own is no weight that learns, and must outlive the process all the same.
            job, other = (_job(folder, name, targetKeep=0.9) for name in ("undisturbed", "killed"))
            self.assertEqual(_run(job), 0)
            with _start(other) as killed:
                assert killed.stdout is not None
                for line in killed.stdout:
                    if '"step": 8,' in line:
                        killed.send_signal(signal.SIGKILL)
                        break
            self.assertEqual(killed.returncode, -signal.SIGKILL)
            self.assertEqual(_run(other), 0)
            self.assertEqual(_sums(job), _sums(other))

    def test_leaves_a_folder_that_its_manifest_vouches_for_and_says_how_it_went(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            write_transitions(Path(folder, "data"))
            job = _job(folder, "whole", members=2)
            self.assertEqual(_run(job), 0)
            model = _model_of(job)
            manifest = json.loads((model / "manifest.json").read_text(encoding="utf-8"))
            self.assertEqual({file["path"]: file["sha256"] for file in manifest["files"]}, _sums(job))
            parity = json.loads((model / "parity.json").read_text(encoding="utf-8"))
            world, _, config = read_world_folder(model)
            facts = torch.tensor([parity["facts"]])
            ids, kinds = padded([parity["ids"]]), padded([parity["kinds"]])
            with torch.no_grad():
                target = world.encode_target(ids, kinds, facts)
                predicted = world.predict(
                    world.encode(ids, kinds, facts), padded([parity["action"]]), padded([parity["operations"]])
                )
                self.assertAlmostEqual(float(energy(predicted, target)), parity["energy"], places=3)
                self.assertAlmostEqual(float(world.passes(predicted, target, facts)), parity["logit"], places=3)
            self.assertEqual([fact["name"] for fact in config["facts"]], ["valid", "parses", "nodes"])
            lines = (job.parent / "whole" / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
            evaluations = [event["m"] for event in map(json.loads, lines) if event["t"] == "world.evaluation"]
            card = (model / "README.md").read_text(encoding="utf-8")
            for step in (6, 12, 18, 24):
                self.assertIn(f"\n| {step} | ", card)
            # Two of the first member, one of the second on its way, then one of both together.
            self.assertEqual(len(evaluations), 4)
            for name in ("auc", "auc_among_valid", "mrr", "no_action_mrr", "effective_rank_ratio", "mean_cosine"):
                self.assertIsInstance(evaluations[-1][name], float, name)

    def test_refuses_a_folder_that_holds_no_transitions(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "data").mkdir()
            Path(folder, "data", "manifest.json").write_text("{}", encoding="utf-8")
            self.assertEqual(_run(_job(folder, "none")), 2)


class Parts(unittest.TestCase):
    def test_of_folds_share_no_task_and_what_is_shown_is_not_learnt(self) -> None:
        with _data() as data:
            config = WorldConfig(steps=1, folds=2, fold=1)
            parts = parts_of(data, config)
            self.assertEqual({fold_of(found.group, 2) for found in parts.dev}, {1})
            self.assertEqual({fold_of(found.group, 2) for found in parts.train}, {0})
            self.assertEqual(len(parts.dev) + len(parts.train), len(data.sets))


class Scoring(unittest.TestCase):
    def test_do_not_depend_on_labels(self) -> None:
        with _data() as data:
            config = WorldConfig(steps=1, width=8, structure=2, embedding=8)
            sets = parts_of(data, config).dev
            model = _untrained(data, config)
            before = score_sets(model, sets, config, torch.device("cpu"))
            for found in sets:
                for after in found.afters:
                    after.accepted = not after.accepted
            after_change = score_sets(model, sets, config, torch.device("cpu"))
            for one, other in zip(before, after_change):
                self.assertTrue(torch.equal(one.energy, other.energy))
                self.assertTrue(torch.equal(one.among, other.among))
            self.assertIsNotNone(retrieval(sets, before))

    def test_order_pairs_and_count_ties_half(self) -> None:
        with _data() as data:
            config = WorldConfig(steps=1, width=8, structure=2, embedding=8)
            sets = parts_of(data, config).dev
            model = _untrained(data, config)
            scored = score_sets(model, sets, config, torch.device("cpu"))
            self.assertEqual(ordering(sets, scored, lambda scores: torch.zeros_like(scores.energy)).auc, 0.5)
            labels = iter([torch.tensor([-float(bool(after.accepted)) for after in found.afters]) for found in sets])
            self.assertEqual(ordering(sets, scored, lambda _: next(labels)).auc, 1.0)

    def test_among_candidates_are_low_where_many_are_alike_and_high_for_what_is_not_valid(self) -> None:
        targets = torch.tensor([[0.0, 0.0], [0.1, 0.0], [0.0, 0.1], [9.0, 9.0], [0.0, 0.0]])
        found = energy_among(targets, torch.tensor([True, True, True, True, False]))
        self.assertEqual(found.argsort().tolist()[3:], [3, 4])
        self.assertEqual(energy_among(targets[:1], torch.tensor([True])).shape, (1,))


class Retrieved(unittest.TestCase):
    def test_is_a_published_solution_among_those_of_others_and_rejected_programs(self) -> None:
        sets = [_asked(7, [_after(7), _after(8, accepted=False)]), _asked(9, [_after(9), _after(8, accepted=False)])]
        scored = [_scores([[0.0], [1.0]], predicted=0.0), _scores([[5.0], [1.0]], predicted=2.0)]
        found = retrieval(sets, scored)
        assert found is not None
        # 7 is first; before 9, at 5, comes 8, and 7 is as far as ever.
        self.assertAlmostEqual(found.text, (1 + 1 / 3) / 2, places=6)
        self.assertEqual(found.among, 3)

    def test_of_a_program_that_answers_two_questions_is_no_tie_with_itself(self) -> None:
        sets = [_asked(7, [_after(7)]), _asked(8, [_after(7)]), _asked(9, [_after(9)])]
        scored = [_scores([[at]], predicted=at) for at in (0.0, 0.0, 5.0)]
        found = retrieval(sets, scored)
        assert found is not None
        self.assertEqual((found.text, found.among), (1.0, 2))


class Plausibility(unittest.TestCase):
    def test_is_highest_for_what_the_others_hold_too(self) -> None:
        with _data() as data:
            afters = data.sets[0].afters
            central = centrality(afters)
            self.assertAlmostEqual(sum(central), 0.0, places=2)
            self.assertTrue(all(value == 0 for value, after in zip(central, afters) if not after.valid))


class Calibration(unittest.TestCase):
    def test_finds_the_scale_and_bias_that_labels_were_drawn_by(self) -> None:
        chance = torch.Generator().manual_seed(5)
        logits = torch.randn(20_000, dtype=torch.double, generator=chance)
        labels = (torch.rand(20_000, dtype=torch.double, generator=chance) < torch.sigmoid(3 * logits - 1)).double()
        scale, bias = fit_scale(logits, labels)
        self.assertAlmostEqual(scale, 3.0, delta=0.2)
        self.assertAlmostEqual(bias, -1.0, delta=0.1)


def _after(piece: int, accepted: bool = True) -> After:
    return After(State([piece], [1], [1.0]), [], accepted, valid=True, mutant=False, reference=accepted)


def _asked(piece: int, afters: list[After]) -> TransitionSet:
    return TransitionSet(f"task {piece}", "dev", State([piece], [1], [1.0]), [piece], afters)


def _scores(target: list[list[float]], predicted: float) -> Scores:
    none = torch.zeros(len(target))
    return Scores(none, none, none, none, none, torch.tensor(target), torch.tensor([predicted]), torch.tensor([9.0]))


def _untrained(data: TransitionData, config: WorldConfig) -> Committee:
    learner = new_learner(data, parts_of(data, config).train, config)
    return Committee([Member(learner.model, learner.head)])


class _data:
    """Small transitions, read; their folder is gone afterwards."""

    def __enter__(self) -> TransitionData:
        self._folder = tempfile.TemporaryDirectory()
        write_transitions(Path(self._folder.name, "data"))
        return read_transitions(Path(self._folder.name, "data"), 200, 64, 32)

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


def _job(folder: str, name: str, **settings: object) -> Path:
    job = {
        "schema": "assay.training-job.v1",
        "method": "world",
        # Not of the run: its files are to be the same ones.
        "name": "small",
        "data": str(Path(folder, "data")),
        "run": str(Path(folder, name)),
        "threads": 1,
        "device": "cpu",
        "config": {**CONFIG, **settings},
    }
    path = Path(folder, f"{name}.json")
    path.write_text(json.dumps(job), encoding="utf-8")
    return path


def _start(job: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "assay_trainer", str(job)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ,
    )


def _run(job: Path) -> int:
    with _start(job) as process:
        process.communicate()
    return process.returncode


def _model_of(job: Path) -> Path:
    return job.parent / job.stem / "model"


def _sums(job: Path) -> dict[str, str]:
    """Of every file but the manifest."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in _model_of(job).iterdir()
        if path.name != "manifest.json"
    }


if __name__ == "__main__":
    unittest.main()
