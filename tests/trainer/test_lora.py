from __future__ import annotations

import contextlib
import io
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

import torch

from assay_trainer.batches import collate
from assay_trainer.lora import LoraLinear, add_lora, merge_lora
from assay_trainer.model import CausalLM
from assay_trainer.sft import train
from small import PAD, TRAINING, small_examples, small_model


class LowRankAdaptation(unittest.TestCase):
    def test_begins_with_the_model_as_it_was_and_teaches_only_the_low_ranks(self) -> None:
        model, before = self._adapted(), small_model()
        self.assertTrue(torch.equal(_logits(model), _logits(before)))
        learning = {name.rsplit(".", 1)[1] for name, weight in model.named_parameters() if weight.requires_grad}
        self.assertEqual(learning, {"lora_a", "lora_b"})
        count = sum(isinstance(module, LoraLinear) for module in model.modules())
        self.assertEqual(count, 2 * 2)

    def test_merged_gives_the_logits_that_it_gave_and_the_layers_that_were_there(self) -> None:
        model = self._trained(0.0)
        model.eval()
        adapted = _logits(model)
        self.assertGreater(float((adapted - _logits(small_model())).abs().max()), 1e-3)
        merge_lora(model)
        torch.testing.assert_close(_logits(model), adapted, atol=1e-5, rtol=1e-4)
        self.assertEqual(set(model.state_dict()), set(small_model().state_dict()))
        changed = {
            name.split(".")[-2]
            for (name, weight), old in zip(model.named_parameters(), small_model().parameters())
            if not torch.equal(weight, old)
        }
        self.assertEqual(changed, {"q_proj", "v_proj"})

    def test_with_dropout_gives_equal_weights_for_equal_seeds(self) -> None:
        first = self._trained(0.3)
        torch.rand(11)
        second = self._trained(0.3)
        for weight, expected in zip(first.parameters(), second.parameters()):
            self.assertTrue(torch.equal(weight, expected))

    def test_refuses_a_layer_that_the_model_has_not(self) -> None:
        with self.assertRaisesRegex(ValueError, "no linear layer 'c_attn'"):
            add_lora(small_model(), 2, 4.0, 0.0, "q_proj,c_attn", 1)

    def _adapted(self, dropout: float = 0.0) -> CausalLM:
        model = small_model()
        add_lora(model, 4, 8.0, dropout, "q_proj, v_proj", 1)
        return model

    def _trained(self, dropout: float) -> CausalLM:
        model = self._adapted(dropout)
        config = replace(TRAINING, lora_dropout=dropout)
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            train(model, small_examples(), PAD, config, Path(folder, "a.pt"))
        return model


def _logits(model: CausalLM) -> torch.Tensor:
    batch = collate(small_examples(5), PAD)
    with torch.no_grad():
        return model(batch.ids, batch.attention, batch.positions)[0]


if __name__ == "__main__":
    unittest.main()
