from __future__ import annotations

import contextlib
import io
import json
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from typing import Optional

import torch

from assay_trainer.model import CausalLM
from assay_trainer.sft import train
from assay_trainer.training_examples import TextExample, split_by_task
from small import PAD, TRAINING, small_examples, small_model

#: Random completions can be learnt by heart alone, so that the loss on others soon rises.
OVERFITTING = replace(TRAINING, steps=200, schedule_steps=200, validate_every=4, patience=3, checkpoint_every=10)


class TheValidationSplit(unittest.TestCase):
    def test_keeps_the_examples_of_a_task_together(self) -> None:
        examples = [TextExample(f"task/{at % 10}", "p", str(at)) for at in range(40)]
        learnt, aside = split_by_task(examples, 0.25, 7)
        self.assertEqual(len(learnt) + len(aside), 40)
        self.assertEqual(len({example.task_id for example in aside}), 3)
        self.assertFalse({example.task_id for example in learnt} & {example.task_id for example in aside})
        self.assertEqual(split_by_task(examples, 0.25, 7), (learnt, aside))

    def test_is_empty_unless_asked_for_and_never_everything(self) -> None:
        examples = [TextExample("only", "p", "c")] * 3
        self.assertEqual(split_by_task(examples, 0.0, 1), (examples, []))
        self.assertEqual(split_by_task(examples, 0.9, 1), (examples, []))


class EarlyStop(unittest.TestCase):
    def test_ends_training_and_keeps_the_weights_that_did_best(self) -> None:
        model = small_model()
        with tempfile.TemporaryDirectory() as folder:
            step, events = self._train(model, Path(folder, "state.pt"))
            measured = {event["step"]: event["m"]["loss"] for event in events if event["t"] == "eval"}
            self.assertLess(max(measured), OVERFITTING.steps)
            self.assertEqual(step, min(measured, key=lambda at: measured[at]))
            self.assertEqual(max(measured), step + 3 * 4)
            again, stopped = self._train(small_model(), Path(folder, "state.pt"))
        self.assertEqual(again, step)
        self.assertEqual([event["t"] for event in stopped], ["train.kept"])

    def test_interrupted_and_resumed_keeps_what_an_undisturbed_run_keeps(self) -> None:
        undisturbed, resumed = small_model(), small_model()
        with tempfile.TemporaryDirectory() as folder:
            expected, _ = self._train(undisturbed, Path(folder, "a.pt"))
            with self.assertRaises(KeyboardInterrupt):
                self._train(small_model(), Path(folder, "b.pt"), InterruptedAt(17))
            step, _ = self._train(resumed, Path(folder, "b.pt"))
        self.assertEqual(step, expected)
        for weight, other in zip(resumed.parameters(), undisturbed.parameters()):
            self.assertTrue(torch.equal(weight, other))

    def _train(
        self, model: CausalLM, checkpoint: Path, output: Optional[io.StringIO] = None
    ) -> tuple[int, list[dict]]:
        examples = small_examples(64)
        output = output or io.StringIO()
        with contextlib.redirect_stdout(output):
            step = train(model, examples[:32], PAD, OVERFITTING, checkpoint, examples[32:])
        return step, [json.loads(line) for line in output.getvalue().splitlines()]


class InterruptedAt(io.StringIO):
    """Standard output that is interrupted when a step is reported."""

    def __init__(self, step: int) -> None:
        super().__init__()
        self._mark = f'"step": {step},'

    def write(self, text: str) -> int:
        if self._mark in text:
            raise KeyboardInterrupt
        return super().write(text)


if __name__ == "__main__":
    unittest.main()
