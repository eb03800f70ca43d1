from __future__ import annotations

import contextlib
import io
import json
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

import torch

from assay_trainer.batches import Batch, Example, collate, pack
from assay_trainer.grpo import update
from assay_trainer.hardware import choose_device, computing
from assay_trainer.losses import masked_nll
from assay_trainer.optimisation import adamw, take_step
from assay_trainer.ppo import ActorCritic
from assay_trainer.ppo import update as ppo_update
from assay_trainer.sft import train
from small import PAD, TRAINING, small_examples, small_model
from test_policy_training import CONFIG as GRPO
from test_policy_training import PPO, judged, tiny_model


class Packing(unittest.TestCase):
    def test_hides_the_examples_of_a_row_from_each_other(self) -> None:
        model = small_model()
        examples = small_examples(7)
        packed = pack(examples, 40, PAD)
        self.assertLess(len(packed.ids), 7)
        logits = model(packed.ids, packed.attention, packed.positions)[0]
        found = 0
        for example in examples:
            alone = collate([example], PAD)
            expected = model(alone.ids, alone.attention, alone.positions)[0][0]
            tokens = list(alone.ids[0])
            for row in range(len(packed.ids)):
                for at in range(packed.ids.shape[1] - len(tokens) + 1):
                    if list(packed.ids[row, at : at + len(tokens)]) == tokens and packed.positions[row, at] == 0:
                        torch.testing.assert_close(logits[row, at : at + len(tokens)], expected, atol=1e-5, rtol=1e-4)
                        found += 1
        self.assertEqual(found, 7)

    def test_learns_the_same_tokens_and_the_same_gradient(self) -> None:
        examples = small_examples(9)
        apart, packed = collate(examples, PAD), pack(examples, 32, PAD)
        self.assertEqual(_learnt_tokens(apart), _learnt_tokens(packed))
        self._same_gradient(_gradient(apart), _gradient(packed))

    def test_gives_a_longer_example_a_row_of_its_own(self) -> None:
        packed = pack([Example((1,) * 20, (2,) * 20), Example((3,), (4,)), Example((5,), (6,))], 8, PAD)
        self.assertEqual([len(set(row.tolist()) - {PAD}) for row in packed.ids], [2, 4])

    def _same_gradient(self, one: list[torch.Tensor], other: list[torch.Tensor]) -> None:
        for left, right in zip(one, other):
            torch.testing.assert_close(left, right, atol=1e-6, rtol=1e-4)


class MicroBatches(unittest.TestCase):
    def test_hold_no_more_tokens_than_told_but_one_row_at_least(self) -> None:
        batch = collate(small_examples(16), PAD)
        width = batch.ids.shape[1]
        parts = [part for _, part in batch.parts(3 * width)]
        self.assertEqual([len(part.ids) for part in parts], [3, 3, 3, 3, 3, 1])
        self.assertEqual(len(list(batch.parts(1))), 16)
        self.assertEqual(len(list(batch.parts(0))), 1)

    def test_fine_tune_to_the_weights_of_the_whole_batch(self) -> None:
        whole, parted = small_model(), small_model()
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            train(whole, small_examples(), PAD, TRAINING, Path(folder, "a.pt"))
            config = replace(TRAINING, micro_batch_tokens=20)
            train(parted, small_examples(), PAD, config, Path(folder, "b.pt"))
        for weight, expected in zip(parted.parameters(), whole.parameters()):
            torch.testing.assert_close(weight, expected, atol=2e-4, rtol=1e-3)

    def test_take_the_policy_step_of_the_whole_batch(self) -> None:
        examples = [Example((5, 6), (7 + at, 1, 2)[: 2 + at % 2]) for at in range(6)]
        attempts = judged(examples, [[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]])
        for over in ("tokens", "sequences"):
            grpo = replace(GRPO, group_size=3, kl_weight=0.1, updates_per_step=2, average_over=over)
            stepped = []
            for tokens in (0, 7):
                model, reference = tiny_model(), tiny_model()
                config = replace(grpo, micro_batch_tokens=tokens)
                measured = update(model, reference, config, adamw(model, 0, 0.9, 0.95), attempts, 1e-3)
                stepped.append((measured, list(model.parameters())))
            self._same(*stepped)
        stepped = []
        for tokens in (0, 7):
            actor = ActorCritic(tiny_model())
            config = replace(PPO, group_size=3, updates_per_step=2, micro_batch_tokens=tokens)
            measured = ppo_update(actor, tiny_model(), config, adamw(actor, 0, 0.9, 0.95), attempts, 1e-3)
            stepped.append((measured, list(actor.parameters())))
        self._same(*stepped)

    def _same(self, one: tuple, other: tuple) -> None:
        self.assertEqual(one[0].keys(), other[0].keys())
        for name, value in one[0].items():
            self.assertAlmostEqual(value, other[0][name], places=4, msg=name)
        for weight, expected in zip(one[1], other[1]):
            torch.testing.assert_close(weight, expected, atol=1e-5, rtol=1e-3)


class Precision(unittest.TestCase):
    def test_of_half_the_bits_still_learns_and_leaves_weights_whole(self) -> None:
        model = small_model()
        output = io.StringIO()
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(output):
            with computing(torch.device("cpu"), "bfloat16"):
                logits = model(torch.ones(1, 3).long(), torch.ones(1, 3).long(), torch.arange(3)[None])[0]
                train(model, small_examples(), PAD, replace(TRAINING, precision="bfloat16"), Path(folder, "a.pt"))
        self.assertEqual(logits.dtype, torch.bfloat16)
        losses = [json.loads(line)["m"]["loss"] for line in output.getvalue().splitlines()]
        self.assertLess(sum(losses[-4:]), sum(losses[:4]))
        self.assertEqual({weight.dtype for weight in model.parameters()}, {torch.float32})

    def test_keeps_the_first_ratio_at_one(self) -> None:
        attempts = judged([Example((5, 6), (7, 1)), Example((5, 6), (8, 1))], [[1.0, 0.0]])
        model = tiny_model()
        with computing(torch.device("cpu"), "bfloat16"):
            measured = update(
                model, None, replace(GRPO, group_size=2), adamw(model, 0, 0.9, 0.95), attempts, 1e-3
            )
        self.assertAlmostEqual(measured["loss"], 0.0, places=6)

    def test_is_chosen_by_names_that_there_are(self) -> None:
        with self.assertRaisesRegex(ValueError, "precision: one of auto, float32, bfloat16"):
            replace(TRAINING, precision="float8")
        with self.assertRaisesRegex(ValueError, "device: one of auto, cpu, cuda"):
            choose_device("tpu")
        self.assertEqual(choose_device("cpu").type, "cpu")

    @unittest.skipIf(torch.cuda.is_available(), "a CUDA device is here")
    def test_a_device_that_is_not_here_is_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, "no CUDA device"):
            choose_device("cuda")
        self.assertEqual(choose_device("auto").type, "cpu")


@unittest.skipUnless(torch.cuda.is_available(), "needs a CUDA device")
class OnAGpu(unittest.TestCase):
    def test_fine_tuning_learns_what_it_learns_on_a_processor(self) -> None:
        losses: dict[str, list[float]] = {}
        for device in ("cpu", "cuda"):
            model = small_model().to(device)
            output = io.StringIO()
            with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(output):
                train(model, small_examples(), PAD, TRAINING, Path(folder, "a.pt"))
            losses[device] = [json.loads(line)["m"]["loss"] for line in output.getvalue().splitlines()]
        for one, other in zip(losses["cpu"], losses["cuda"]):
            self.assertAlmostEqual(one, other, places=2)


def _learnt_tokens(batch: Batch) -> list[int]:
    return sorted(batch.ids[:, 1:][batch.learnt].tolist())


def _gradient(batch: Batch) -> list[torch.Tensor]:
    model = small_model()
    logits = model(batch.ids, batch.attention, batch.positions)[0]
    masked_nll(logits[:, :-1], batch.ids[:, 1:], batch.learnt).backward()
    return [weight.grad for weight in model.parameters()]


if __name__ == "__main__":
    unittest.main()
