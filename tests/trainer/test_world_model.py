from __future__ import annotations

import json
import math
import unittest
from dataclasses import replace
from pathlib import Path

import torch

from assay_trainer.world.config import WorldConfig
from assay_trainer.world.losses import margin_loss, prediction_loss, set_contrast, sigreg, unit_directions
from assay_trainer.world.model import PassHead, WorldModel, WorldShape, energy
from assay_trainer.world.monitors import measure_collapse
from assay_trainer.world.steps import Sampler, losses_of, make_draw
from assay_trainer.world.tokens import PAD, UNKNOWN, Tokenizer
from assay_trainer.world.transitions import After, State, TransitionSet

ROOT = Path(__file__).resolve().parents[2]
SHAPE = WorldShape(vocabulary=30, facts=3, operations=4, width=8, structure=2, embedding=8, layers=2, kernel=3, pools=2)
CONFIG = WorldConfig(steps=1, width=8, structure=2, embedding=8, directions=16, action_weight=0.5)


def small_world(**changes: object) -> WorldModel:
    torch.manual_seed(3)
    model = WorldModel(WorldShape(**{**SHAPE.__dict__, **changes}))
    model.eval()
    return model


def small_sets(labels: tuple[bool | None, ...] = (True, False, None)) -> list[TransitionSet]:
    def state(*ids: int) -> State:
        return State([7 + at for at in ids], [1] * len(ids), [float(len(ids)), 1.0, 0.5])

    return [
        TransitionSet(
            f"task {at}",
            "train",
            state(at, 1),
            [8, 9 + at],
            [After(state(at, *range(k + 2)), [1 + k % 2], label, k != 1, False) for k, label in enumerate(labels)],
        )
        for at in range(3)
    ]


class Tokens(unittest.TestCase):
    def test_have_the_ids_that_the_workbench_is_held_to(self) -> None:
        stored = json.loads((ROOT / "fixtures/trainer/world-tokens.json").read_text(encoding="utf-8"))
        tokenizer = Tokenizer(tuple(stored["pieces"]))
        for case in stored["states"]:
            encoded = tokenizer.state(case["code"], case["entryPoint"], case["unbound"], case["most"])
            self.assertEqual((encoded.ids, encoded.kinds, encoded.lines), (case["ids"], case["kinds"], case["lines"]))
        for case in stored["actions"]:
            self.assertEqual(tokenizer.action(case["text"], case["entryPoint"], case["most"]), case["ids"])


class States(unittest.TestCase):
    def test_do_not_change_with_padding_or_with_what_else_is_encoded(self) -> None:
        encoder = small_world().encoder
        ids, kinds = torch.tensor([[7, 8, 9]]), torch.tensor([[1, 2, 1]])
        facts = torch.tensor([[1.0, 0.0, 2.0]])
        alone = encoder(ids, kinds, facts)
        beside = encoder(
            torch.tensor([[7, 8, 9, 0, 0, 0], [9, 9, 9, 9, 9, 9]]),
            torch.tensor([[1, 2, 1, 0, 0, 0], [1, 1, 1, 1, 1, 1]]),
            facts.repeat(2, 1),
        )
        self.assertTrue(torch.allclose(alone[0], beside[0], atol=1e-6))

    def test_of_nothing_are_numbers(self) -> None:
        model = small_world()
        empty = model.encoder(torch.zeros(1, 1, dtype=torch.long), torch.zeros(1, 1, dtype=torch.long), torch.zeros(1, 3))
        predicted = model.predictor(empty, torch.zeros(1, 4, dtype=torch.long), torch.zeros(1, 1, dtype=torch.long))
        self.assertTrue(bool(torch.isfinite(predicted).all()))

    def test_differ_by_the_kind_of_a_name_and_by_structure(self) -> None:
        encoder = small_world().encoder
        ids = torch.tensor([[7, 8, 9]])
        plain = encoder(ids, torch.tensor([[1, 1, 1]]), torch.zeros(1, 3))
        self.assertFalse(torch.allclose(plain, encoder(ids, torch.tensor([[1, 2, 1]]), torch.zeros(1, 3))))
        self.assertFalse(torch.allclose(plain, encoder(ids, torch.tensor([[1, 1, 1]]), torch.ones(1, 3))))


class Draws(unittest.TestCase):
    def test_ask_each_task_once_before_one_is_asked_again(self) -> None:
        sampler = Sampler(small_sets(), WorldConfig(steps=4, sets=2))
        asked = [int(found) for step in range(3) for found in sampler.draw(step).action[:, 1]]
        self.assertEqual(sorted(asked[:3]), sorted(asked[3:]))
        self.assertEqual(len(set(asked[:3])), 3)

    def test_hide_before_states_whole_and_leave_questions_out_as_often_as_asked(self) -> None:
        sets = [(found, found.afters) for found in small_sets()]
        for share in (0.0, 1.0):
            config = WorldConfig(steps=1, before_hidden_share=share, action_left_out=share, hidden_share=0)
            draw = make_draw(sets, config, _chance())
            before = draw.states[0][:3]
            self.assertEqual(bool(((before == UNKNOWN) | (before == PAD)).all()), share == 1)
            self.assertEqual(bool((draw.action == PAD).all()), share == 1)
            self.assertTrue(torch.equal(draw.states[0][3:], make_draw(sets, config, None).states[0][3:]))

    def test_tell_which_answers_are_of_one_task_though_they_were_asked_for_differently(self) -> None:
        first, second, third = small_sets()
        draw = make_draw([(found, found.afters[:1]) for found in (first, replace(second, group=first.group), third)], CONFIG, None)
        self.assertEqual(draw.related.tolist(), [[True, True, False], [True, True, False], [False, False, True]])


class Energies(unittest.TestCase):
    def test_are_squared_distances(self) -> None:
        self.assertEqual(energy(torch.tensor([1.0, 2.0]), torch.tensor([4.0, -2.0])).item(), 25.0)

    def test_of_an_edit_that_changes_nothing_are_those_of_no_edit(self) -> None:
        model = small_world()
        before = (torch.tensor([[7, 8]]), torch.tensor([[1, 1]]), torch.zeros(1, 3))
        none = torch.zeros(1, 1, dtype=torch.long)
        predicted = model.predictor(model.encoder(*before), torch.tensor([[9, 10]]), none)
        self.assertEqual((energy(predicted, model.target(*before)) - energy(predicted, model.encoder(*before))).item(), 0.0)

    def test_depend_on_the_question(self) -> None:
        model = small_world()
        state, none = torch.randn(1, 8), torch.zeros(1, 1, dtype=torch.long)
        asked, other = (model.predictor(state, torch.tensor([[word]]), none) for word in (9, 10))
        self.assertFalse(torch.allclose(asked, other))

    def test_and_what_they_are_made_of_learn_nothing_from_labels(self) -> None:
        model, head = small_world(), PassHead(SHAPE)
        found = losses_of(model, head, make_draw([(s, s.afters) for s in small_sets()], CONFIG, None), CONFIG, _chance())
        found["pass"].backward()
        self.assertTrue(all(weight.grad is None for weight in model.parameters()))
        self.assertTrue(any(weight.grad is not None and bool(weight.grad.any()) for weight in head.parameters()))

    def test_have_the_same_gradient_whatever_the_labels_are(self) -> None:
        gradients = []
        for labels in ((True, False, None), (False, None, True)):
            model, head = small_world(), PassHead(SHAPE)
            draw = make_draw([(s, s.afters) for s in small_sets(labels)], CONFIG, None)
            torch.stack(list(losses_of(model, head, draw, CONFIG, _chance()).values())).sum().backward()
            gradients.append([None if weight.grad is None else weight.grad.clone() for weight in model.parameters()])
        for one, other in zip(*gradients):
            self.assertTrue(one is other is None or torch.equal(one, other))


class Target(unittest.TestCase):
    def test_of_its_own_follows_the_encoder_and_learns_nothing_itself(self) -> None:
        model = small_world(separate_target=True)
        with torch.no_grad():
            model.encoder.pieces.weight.fill_(1.0)
            model.target.pieces.weight.fill_(0.0)
        model.move_target(0.75)
        self.assertTrue(torch.allclose(model.target.pieces.weight, torch.tensor(0.25)))
        self.assertFalse(any(weight.requires_grad for weight in model.target.parameters()))


class Losses(unittest.TestCase):
    def test_sigreg_of_one_point_is_what_its_formula_says(self) -> None:
        # One projection x = 0: cos is 1, sin is 0, so that the integrand is (1 - phi)^2 phi.
        knots = [3 * at / 16 for at in range(17)]
        values = [(1 - math.exp(-t * t / 2)) ** 2 * math.exp(-t * t / 2) for t in knots]
        expected = (sum(values) - (values[0] + values[-1]) / 2) * 3 / 16
        found = sigreg(torch.zeros(1, 2), torch.tensor([[1.0], [0.0]]))
        self.assertAlmostEqual(found.item(), expected, places=6)

    def test_sigreg_counts_states_and_averages_directions(self) -> None:
        one = sigreg(torch.zeros(1, 2), torch.eye(2)).item()
        self.assertAlmostEqual(sigreg(torch.zeros(5, 2), torch.eye(2)).item(), 5 * one, places=5)

    def test_sigreg_is_small_for_a_normal_cloud_and_large_for_one_that_collapsed(self) -> None:
        directions = unit_directions(8, 64, _chance())
        normal = torch.randn(512, 8, generator=_chance())
        line = normal[:, :1].repeat(1, 8)
        self.assertLess(sigreg(normal, directions), 1.0)
        for collapsed in (torch.zeros(512, 8), line, normal * 0.1, normal + 2):
            self.assertGreater(sigreg(collapsed, directions), 10 * sigreg(normal, directions))

    def test_sigreg_has_the_gradient_of_its_differences(self) -> None:
        states = torch.randn(4, 3, dtype=torch.double, generator=_chance(), requires_grad=True)
        directions = unit_directions(3, 5, _chance()).double()
        self.assertTrue(torch.autograd.gradcheck(lambda given: sigreg(given, directions), (states,)))

    def test_prediction_counts_each_state_by_its_weight(self) -> None:
        predicted, target = torch.zeros(2, 2), torch.tensor([[1.0, 1.0], [3.0, 3.0]])
        self.assertAlmostEqual(prediction_loss(predicted, target, torch.tensor([3.0, 1.0])).item(), 3.0, places=5)

    def test_contrast_is_cross_entropy_of_the_boltzmann_distribution(self) -> None:
        energies = torch.tensor([[0.0, math.log(3.0)], [1.0, 2.0]])
        likely = torch.tensor([[1.0, 0.0], [0.0, 0.0]])
        present = torch.tensor([[True, True], [True, True]])
        self.assertAlmostEqual(set_contrast(energies, likely, present, 1.0).item(), -math.log(0.75), places=6)

    def test_contrast_leaves_out_what_is_not_present(self) -> None:
        energies, likely = torch.tensor([[5.0, 0.0]]), torch.tensor([[1.0, 0.0]])
        self.assertAlmostEqual(set_contrast(energies, likely, torch.tensor([[True, False]]), 1.0).item(), 0.0, places=6)

    def test_contrast_counts_no_set_in_which_there_is_nothing_to_choose(self) -> None:
        energies, likely = torch.zeros(2, 2), torch.tensor([[1.0, 0.0], [1.0, 0.0]])
        present = torch.tensor([[True, True], [True, False]])
        self.assertAlmostEqual(set_contrast(energies, likely, present, 1.0).item(), math.log(2), places=6)

    def test_margin_asks_for_no_more_than_the_margin(self) -> None:
        self.assertEqual(margin_loss(torch.tensor([1.0, 1.0]), torch.tensor([3.0, 1.5]), 1.0).item(), 0.25)


class Monitors(unittest.TestCase):
    def test_tell_a_collapsed_batch_from_a_round_one(self) -> None:
        collapsed = measure_collapse(torch.ones(64, 4))
        self.assertEqual((collapsed.effective_rank_ratio, collapsed.median_variance), (0.25, 0.0))
        self.assertAlmostEqual(collapsed.mean_cosine, 1.0, places=6)
        corners = torch.tensor([[x, y] for x in (-1.0, 1.0) for y in (-1.0, 1.0)])
        spread = measure_collapse(corners)
        self.assertAlmostEqual(spread.effective_rank_ratio, 1.0, places=6)
        self.assertAlmostEqual(spread.mean_cosine, -1 / 3, places=6)
        self.assertEqual((spread.least_variance, spread.median_variance), (1.0, 1.0))


def _chance() -> torch.Generator:
    return torch.Generator().manual_seed(11)


if __name__ == "__main__":
    unittest.main()
