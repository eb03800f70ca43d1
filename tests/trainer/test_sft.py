from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

import torch

from assay_trainer.batches import Example, collate, epoch_order
from assay_trainer.losses import masked_nll
from assay_trainer.sft import train
from small import PAD, TRAINING, small_examples, small_model

HERE = Path(__file__).parent


class FineTuning(unittest.TestCase):
    def test_learns_completions_and_never_prompts(self) -> None:
        batch = collate([Example((1, 2, 3), (4, 5)), Example((6,), (7, 8, 9))], PAD)
        learnt = [
            [token for token, kept in zip(row[1:], mask) if kept]
            for row, mask in zip(batch.ids.tolist(), batch.learnt.tolist())
        ]
        self.assertEqual(learnt, [[4, 5], [7, 8, 9]])

    def test_gives_no_gradient_to_what_is_masked(self) -> None:
        logits = torch.randn(2, 5, 7, requires_grad=True)
        mask = torch.tensor([[0, 0, 1, 1, 0], [1, 0, 0, 0, 0]], dtype=torch.bool)
        masked_nll(logits, torch.zeros(2, 5, dtype=torch.long), mask).backward()
        self.assertEqual((logits.grad.abs().sum(-1) > 0).tolist(), mask.tolist())

    def test_refuses_a_batch_without_anything_to_learn(self) -> None:
        with self.assertRaisesRegex(ValueError, "every token is masked out"):
            masked_nll(torch.randn(1, 2, 3), torch.zeros(1, 2, dtype=torch.long), torch.zeros(1, 2, dtype=torch.bool))

    def test_shows_each_example_once_in_an_epoch_and_another_order_in_the_next(self) -> None:
        lengths = [len(example) for example in small_examples()]
        first, second = epoch_order(lengths, 4, 1, 0), epoch_order(lengths, 4, 1, 1)
        self.assertEqual(sorted(at for batch in first for at in batch), list(range(64)))
        self.assertNotEqual(first, second)

    def test_killed_and_resumed_ends_with_the_weights_of_an_undisturbed_run(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            undisturbed, killed = Path(folder, "undisturbed.pt"), Path(folder, "killed.pt")
            self._train(undisturbed)
            process = self._start(killed)
            assert process.stdout is not None
            for line in process.stdout:
                if '"step": 13,' in line:
                    process.send_signal(signal.SIGKILL)
                    break
            process.stdout.close()
            self.assertEqual(process.wait(), -signal.SIGKILL)
            self.assertLess(torch.load(killed)["step"], TRAINING.steps)
            self._train(killed)
            expected, resumed = torch.load(undisturbed), torch.load(killed)
        self.assertEqual(resumed["step"], TRAINING.steps)
        for name, weight in expected["model"].items():
            self.assertTrue(torch.equal(weight, resumed["model"][name]), name)

    def test_refuses_the_checkpoint_of_another_configuration(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "checkpoint.pt")
            self._train(path)
            with self.assertRaisesRegex(ValueError, "another configuration"):
                train(small_model(), small_examples(), PAD, replace(TRAINING, seed=4), path)

    def _start(self, checkpoint: Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "train_small.py", str(checkpoint)], cwd=HERE, stdout=subprocess.PIPE, text=True
        )

    def _train(self, checkpoint: Path) -> None:
        process = self._start(checkpoint)
        output, _ = process.communicate()
        self.assertEqual(process.returncode, 0, output)


if __name__ == "__main__":
    unittest.main()
