from __future__ import annotations

import math
import unittest

import torch

from assay_trainer.policy import scores_of_logits
from assay_trainer.policy_losses import (
    average,
    clipped_objective,
    clipped_value_loss,
    generalised_advantages,
    group_advantages,
    k3_divergence,
    whiten,
)

MASK = torch.tensor([[0, 1, 1, 0], [1, 1, 1, 1]], dtype=torch.bool)


def tensor(*rows: list[float]) -> torch.Tensor:
    return torch.tensor(rows, dtype=torch.float64)


class Advantages(unittest.TestCase):
    def test_are_the_distance_from_the_mean_of_the_group(self) -> None:
        rewards = tensor([1, 0, 0, 0], [1, 1, 0, 0])
        groups = group_advantages(rewards, torch.ones(2, 4, dtype=torch.bool), normalise=False)
        self.assertEqual(groups.advantages.tolist(), [[0.75, -0.25, -0.25, -0.25], [0.5, 0.5, -0.5, -0.5]])

    def test_are_divided_by_the_standard_deviation_of_the_group_when_asked(self) -> None:
        groups = group_advantages(tensor([1, 0, 0, 0]), torch.ones(1, 4, dtype=torch.bool), normalise=True)
        deviation = math.sqrt(0.75 * 0.25)
        for got, centred in zip(groups.advantages[0].tolist(), (0.75, -0.25, -0.25, -0.25)):
            self.assertAlmostEqual(got, centred / deviation, places=12)

    def test_of_equal_rewards_are_exactly_zero_and_not_informative(self) -> None:
        groups = group_advantages(torch.full((1, 7), 0.1), torch.ones(1, 7, dtype=torch.bool), normalise=True)
        self.assertEqual(groups.advantages.tolist(), [[0.0] * 7])
        self.assertEqual(groups.informative.tolist(), [False])

    def test_leave_out_attempts_without_a_verdict(self) -> None:
        counted = torch.tensor([[True, True, False, True]])
        groups = group_advantages(tensor([1, 0, 0, 0.5]), counted, normalise=False)
        self.assertEqual(groups.advantages.tolist(), [[0.5, -0.5, 0.0, 0.0]])

    def test_generalised_follow_their_recursion_and_stop_at_the_last_kept_token(self) -> None:
        rewards, values = tensor([9, 0, 1, 9]), tensor([9, 0.5, 0.25, 9])
        kept = torch.tensor([[False, True, True, False]])
        last = 1 - 0.25
        first = (0 + 0.9 * 0.25 - 0.5) + 0.9 * 0.8 * last
        got = generalised_advantages(rewards, values, kept, gamma=0.9, smoothing=0.8)
        for value, expected in zip(got[0].tolist(), (0, first, last, 0)):
            self.assertAlmostEqual(value, expected, places=12)

    def test_whitened_have_mean_zero_and_deviation_one_over_kept_tokens_and_equal_ones_become_zero(self) -> None:
        white = whiten(torch.arange(8, dtype=torch.float64).view(2, 4), MASK)[MASK]
        self.assertAlmostEqual(float(white.mean()), 0, places=12)
        self.assertAlmostEqual(float(white.std(unbiased=False)), 1, places=12)
        self.assertEqual(whiten(torch.ones(2, 4), MASK).abs().sum().item(), 0)


class Objective(unittest.TestCase):
    def test_agrees_with_a_case_worked_out_by_hand(self) -> None:
        # Two tokens of probability 1/2 before; now 0.7 and 0.3. Ratios 1.4 and 0.6; bounds 0.8 and 1.2.
        old = torch.full((2, 2), math.log(0.5), dtype=torch.float64)
        new = torch.log(tensor([0.7, 0.3], [0.7, 0.3]))
        objective = clipped_objective(new, old, tensor([1.0], [-1.0]), 0.2, 0.2)
        for got, expected in zip(objective.losses.flatten().tolist(), (-1.2, -0.6, 1.4, 0.8)):
            self.assertAlmostEqual(got, expected, places=12)
        self.assertEqual(objective.high.tolist(), [[True, False], [False, False]])
        self.assertEqual(objective.low.tolist(), [[False, False], [False, True]])

    def test_on_the_policy_has_the_gradient_of_the_log_probability_times_the_advantage(self) -> None:
        torch.manual_seed(0)
        logits = torch.randn(2, 4, 5, dtype=torch.float64, requires_grad=True)
        targets = torch.tensor([[1, 2, 3, 4], [0, 1, 2, 3]])
        scores = scores_of_logits(logits, targets)
        advantages = tensor([2.0], [-0.5])
        loss = average(
            clipped_objective(scores.logprobs, scores.logprobs.detach(), advantages, 0.2, 0.2).losses, MASK, "tokens"
        )
        (got,) = torch.autograd.grad(loss, logits, retain_graph=True)
        (expected,) = torch.autograd.grad(-(scores.logprobs * advantages * MASK).sum() / MASK.sum(), logits)
        self.assertTrue(torch.allclose(got, expected, atol=1e-12))
        self.assertGreater(float(got.abs().sum()), 0)

    def test_agrees_with_finite_differences(self) -> None:
        torch.manual_seed(1)
        targets = torch.tensor([[1, 2, 3, 4], [0, 1, 2, 3]])
        old = scores_of_logits(torch.randn(2, 4, 5, dtype=torch.float64), targets).logprobs
        anchor = scores_of_logits(torch.randn(2, 4, 5, dtype=torch.float64), targets).logprobs
        advantages = tensor([1.5], [-0.7])

        def loss(logits: torch.Tensor, over: str) -> torch.Tensor:
            logprobs = scores_of_logits(logits, targets).logprobs
            losses = clipped_objective(logprobs, old, advantages, 0.2, 0.3).losses
            return average(losses + 0.1 * k3_divergence(logprobs, anchor), MASK, over)

        for over in ("tokens", "sequences"):
            start = torch.randn(2, 4, 5, dtype=torch.float64, requires_grad=True)
            self.assertTrue(torch.autograd.gradcheck(lambda logits: loss(logits, over), (start,)))

    def test_gives_no_gradient_to_masked_tokens(self) -> None:
        logits = torch.randn(2, 4, 5, requires_grad=True)
        logprobs = scores_of_logits(logits, torch.zeros(2, 4, dtype=torch.long)).logprobs
        average(clipped_objective(logprobs, logprobs.detach(), torch.ones(2, 1), 0.2, 0.2).losses, MASK, "tokens").backward()
        self.assertEqual((logits.grad.abs().sum(-1) > 0).tolist(), MASK.tolist())

    def test_averages_over_tokens_or_over_attempts(self) -> None:
        losses = tensor([9, 1, 3, 9], [1, 1, 1, 1])
        self.assertAlmostEqual(float(average(losses, MASK, "tokens")), 8 / 6, places=12)
        self.assertAlmostEqual(float(average(losses, MASK, "sequences")), (2 + 1) / 2, places=12)
        with self.assertRaisesRegex(ValueError, "every token is masked out"):
            average(losses, torch.zeros_like(MASK), "tokens")


class Divergence(unittest.TestCase):
    def test_is_never_negative_and_its_mean_over_draws_is_the_exact_divergence(self) -> None:
        policy, reference = torch.log(tensor([0.5, 0.3, 0.2])), torch.log(tensor([0.2, 0.2, 0.6]))
        estimates = k3_divergence(policy, reference)
        self.assertTrue(bool((estimates >= 0).all()))
        exact = float((policy.exp() * (policy - reference)).sum())
        self.assertAlmostEqual(float((policy.exp() * estimates).sum()), exact, places=12)


class ValueLoss(unittest.TestCase):
    def test_takes_the_worse_of_the_value_and_the_value_held_near_the_old_one(self) -> None:
        got = clipped_value_loss(tensor([1.0, 0.1]), tensor([0.0, 0.0]), tensor([1.0, 1.0]), 0.2)
        for value, expected in zip(got[0].tolist(), (0.5 * 0.8**2, 0.5 * 0.9**2)):
            self.assertAlmostEqual(value, expected, places=12)

    def test_agrees_with_finite_differences(self) -> None:
        torch.manual_seed(2)
        values, old, returns = (torch.randn(2, 3, dtype=torch.float64) for _ in range(3))
        values.requires_grad_(True)
        self.assertTrue(torch.autograd.gradcheck(lambda v: clipped_value_loss(v, old, returns, 0.2), (values,)))


if __name__ == "__main__":
    unittest.main()
