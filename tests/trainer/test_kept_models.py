from __future__ import annotations

import contextlib
import io
import json
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

import torch

from assay_trainer.kept_models import FAILED, FOLDER, REQUEST, KeptModels
from assay_trainer.language_model import LanguageModel, copy_on_processor
from assay_trainer.sft import train
from small import PAD, TRAINING, small_examples, small_model

STEPS = TRAINING.steps


def write_marker(folder: Path, step: int) -> None:
    folder.mkdir(parents=True)
    (folder / "training.json").write_text(json.dumps({"steps": step}), encoding="utf-8")


class ModelsOnTheWay(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.run_folder = Path(folder.name)

    def test_the_newest_stay_and_one_that_is_fetched_does_too(self) -> None:
        kept = KeptModels(self.run_folder, 1, 2, write_marker)
        (self.run_folder / FOLDER).mkdir()
        (self.run_folder / FOLDER / "step-2.fetching").touch()
        for step in range(1, 6):
            self._keep(kept, step)
        self.assertEqual(self._steps(), [2, 4, 5])
        (self.run_folder / FOLDER / "step-2.fetching").unlink()
        self._keep(kept, 6)
        self.assertEqual(self._steps(), [5, 6])

    def test_a_request_is_answered_once_and_gone_then(self) -> None:
        kept = KeptModels(self.run_folder, 0, 0, write_marker)
        self.assertFalse(kept.is_due(1))
        (self.run_folder / REQUEST).touch()
        self.assertTrue(kept.is_due(2))
        self._keep(kept, 2)
        self.assertFalse(kept.is_due(3))
        self.assertEqual(self._steps(), [2])

    def test_one_that_cannot_be_written_leaves_nothing_and_says_why(self) -> None:
        def fail(folder: Path, step: int) -> None:
            write_marker(folder, step)
            raise OSError("no room")

        (self.run_folder / REQUEST).touch()
        self._keep(KeptModels(self.run_folder, 0, 3, fail), 1)
        self.assertEqual(self._steps(), [])
        self.assertEqual((self.run_folder / FAILED).read_text(encoding="utf-8"), "no room\n")

    def test_training_ends_with_the_same_weights_whether_models_are_kept_or_not(self) -> None:
        config = replace(TRAINING, lora_rank=2)

        def trained(every: int) -> tuple[LanguageModel, Path]:
            run = self.run_folder / str(every)
            run.mkdir()
            model = small_model()
            model.adapt(config)

            def write(folder: Path, step: int) -> None:
                folder.mkdir(parents=True)
                torch.save(copy_on_processor(model).state_dict(), folder / "weights.pt")
                (folder / "training.json").write_text("{}", encoding="utf-8")

            with contextlib.redirect_stdout(io.StringIO()):
                train(model, small_examples(), PAD, config, run / "state.pt", kept=KeptModels(run, every, 0, write))
            return model, run

        plain, _ = trained(0)
        watched, run = trained(2)
        for (name, weight), other in zip(plain.state_dict().items(), watched.state_dict().values()):
            self.assertTrue(torch.equal(weight, other), name)
        folders = sorted((run / FOLDER).iterdir())
        self.assertEqual(len(folders), (STEPS - 1) // 2)
        model = small_model()
        # Merged: it has the layers of the model that training began with.
        model.load_state_dict(torch.load(folders[-1] / "weights.pt"))

    def _keep(self, kept: KeptModels, step: int) -> None:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            kept.keep(step)

    def _steps(self) -> list[int]:
        folder = self.run_folder / FOLDER
        return sorted(int(path.name[5:]) for path in folder.iterdir() if path.is_dir()) if folder.exists() else []


if __name__ == "__main__":
    unittest.main()
