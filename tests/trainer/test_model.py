from __future__ import annotations

import unittest

import torch

from assay_trainer.losses import masked_nll
from assay_trainer.model import attention_bias, positions_of
from small import CONFIG, small_model


class TheModel(unittest.TestCase):
    def test_gives_the_same_logits_token_by_token_with_a_cache_as_in_one_go(self) -> None:
        model = small_model()
        ids = torch.randint(0, CONFIG.vocab_size, (3, 11), generator=torch.Generator().manual_seed(1))
        attention = torch.ones_like(ids)
        whole = model(ids, attention, positions_of(attention))[0]
        past: tuple[torch.Tensor, ...] = ()
        for at in range(ids.shape[1]):
            seen = attention[:, : at + 1]
            logits, *present = model(ids[:, at : at + 1], seen, positions_of(seen)[:, -1:], *past)
            past = tuple(present)
            torch.testing.assert_close(logits[:, 0], whole[:, at], atol=1e-5, rtol=1e-5)

    def test_is_not_changed_by_padding_on_the_left(self) -> None:
        model = small_model()
        ids = torch.randint(1, CONFIG.vocab_size, (1, 7), generator=torch.Generator().manual_seed(2))
        attention = torch.ones_like(ids)
        plain = model(ids, attention, positions_of(attention))[0]
        padded_ids = torch.cat([torch.zeros(1, 4, dtype=torch.long), ids], dim=1)
        padded = torch.cat([torch.zeros(1, 4, dtype=torch.long), attention], dim=1)
        logits = model(padded_ids, padded, positions_of(padded))[0]
        torch.testing.assert_close(logits[:, 4:], plain, atol=1e-5, rtol=1e-5)

    def test_never_looks_ahead(self) -> None:
        bias = attention_bias(torch.tensor([[0, 1, 1, 1]]), 3)
        self.assertEqual((bias[0, 0] == 0).long().tolist(), [[0, 1, 0, 0], [0, 1, 1, 0], [0, 1, 1, 1]])

    def test_gets_a_gradient_in_every_parameter(self) -> None:
        model = small_model()
        ids = torch.arange(CONFIG.vocab_size).reshape(2, 20)
        attention = torch.ones_like(ids)
        logits = model(ids, attention, positions_of(attention))[0]
        masked_nll(logits[:, :-1], ids[:, 1:], torch.ones(2, 19, dtype=torch.bool)).backward()
        for name, weight in model.named_parameters():
            self.assertIsNotNone(weight.grad, name)
            self.assertGreater(float(weight.grad.abs().sum()), 0.0, name)

    def test_starts_from_the_same_numbers_whatever_was_drawn_before(self) -> None:
        first = small_model(4).state_dict()
        torch.rand(17)
        second = small_model(4).state_dict()
        self.assertTrue(all(torch.equal(weight, second[name]) for name, weight in first.items()))


if __name__ == "__main__":
    unittest.main()
