from __future__ import annotations

import contextlib
import io
import json
import tempfile
import unittest
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Optional

import torch

from assay_trainer.attempts import JudgedAttempts
from assay_trainer.batches import Example, collate
from assay_trainer.grpo import GrpoConfig, train_grpo, update
from assay_trainer.model import CausalLM, ModelConfig
from assay_trainer.optimisation import adamw
from assay_trainer.policy_training import PolicyRun
from assay_trainer.ppo import ActorCritic, PpoConfig, reward_per_token, train_ppo
from assay_trainer.ppo import update as update_ppo
from assay_trainer.prompts import Curriculum, Prompt
from assay_trainer.rewards import Attempt, RewardFunction
from assay_trainer.tokenizer_training import train_tokenizer

TOKENIZER = train_tokenizer([], 258)
PROMPTS = [Prompt(f"task/{letter}", f"write {letter}:") for letter in "abcd"]
CONFIG = GrpoConfig(steps=12, prompts_per_step=4, group_size=16, learning_rate=2e-2, max_new_tokens=2, seed=1)
PPO = PpoConfig(steps=24, prompts_per_step=4, group_size=16, learning_rate=1e-2, max_new_tokens=2, seed=1)


def tiny_model() -> CausalLM:
    torch.set_num_threads(1)
    model = CausalLM(
        ModelConfig(
            vocab_size=len(TOKENIZER.vocabulary),
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            num_key_value_heads=1,
            intermediate_size=16,
            max_position_embeddings=32,
        )
    )
    model.initialise(3)
    return model


def lower_half(attempts: Sequence[Attempt]) -> list[Optional[float]]:
    """Rewards a first byte below 0x80."""
    return [1.0 if attempt.completion[:1].isascii() and attempt.completion else 0.0 for attempt in attempts]


def constant(attempts: Sequence[Attempt]) -> list[Optional[float]]:
    return [0.5 for _ in attempts]


class Training(unittest.TestCase):
    def test_grpo_raises_the_reward(self) -> None:
        self._raises_the_reward(train_grpo, CONFIG)

    def test_ppo_raises_the_reward(self) -> None:
        self._raises_the_reward(train_ppo, PPO)

    def test_constant_rewards_change_nothing_and_the_run_says_why(self) -> None:
        for train, config in (
            (train_grpo, replace(CONFIG, weight_decay=0.1, kl_weight=0.1)),
            (train_ppo, replace(PPO, weight_decay=0.1, kl_weight=0.1)),
        ):
            with self.subTest(train.__name__):
                model, before = tiny_model(), tiny_model()
                events = self._run(train, model, constant, replace(config, steps=2))
                for (name, weight), old in zip(model.named_parameters(), before.parameters()):
                    self.assertTrue(torch.equal(weight, old), name)
                self.assertIn("equal", events[0]["m"]["skipped"])
                self.assertEqual(events[-1]["t"], "train.unchanged")

    def test_attempts_without_a_verdict_are_not_wrong_answers(self) -> None:
        events = self._run(train_grpo, tiny_model(), lambda attempts: [None] * len(attempts), replace(CONFIG, steps=1))
        self.assertEqual(events[0]["m"]["without_verdict"], 64)
        self.assertIsNone(events[0]["m"]["reward"])

    def test_interrupted_and_resumed_ends_with_the_weights_of_an_undisturbed_run(self) -> None:
        for train, config in ((train_grpo, CONFIG), (train_ppo, PPO)):
            config = replace(config, steps=6, checkpoint_every=2, curriculum=0.5, updates_per_step=2)
            with self.subTest(train.__name__), tempfile.TemporaryDirectory() as folder:
                undisturbed, resumed = tiny_model(), tiny_model()
                self._run(train, undisturbed, lower_half, config)
                calls = 0

                def failing(attempts: Sequence[Attempt]) -> list[Optional[float]]:
                    nonlocal calls
                    calls += 1
                    if calls == 4:
                        raise KeyboardInterrupt
                    return lower_half(attempts)

                checkpoint = Path(folder, "state.pt")
                with self.assertRaises(KeyboardInterrupt):
                    self._run(train, tiny_model(), failing, config, checkpoint)
                self.assertEqual(torch.load(checkpoint)["step"], 2)
                self._run(train, resumed, lower_half, config, checkpoint)
                for (name, weight), expected in zip(resumed.named_parameters(), undisturbed.parameters()):
                    self.assertTrue(torch.equal(weight, expected), name)

    def test_keeps_the_best_and_the_worst_attempt_of_each_step(self) -> None:
        config = replace(CONFIG, steps=3)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "samples.jsonl")
            with contextlib.redirect_stdout(io.StringIO()):
                run = PolicyRun(TOKENIZER, PROMPTS, None, lower_half, Path(folder, "state.pt"), samples=path)
                train_grpo(tiny_model(), run, config)
            samples = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        self.assertEqual({sample["step"] for sample in samples}, {1, 2, 3})
        for best, worst in zip(samples[::2], samples[1::2]):
            self.assertEqual(best["taskId"], worst["taskId"])
            self.assertGreaterEqual(best["reward"], worst["reward"])
            self.assertEqual(set(best), {"v", "step", "taskId", "reward", "text", "isCut"})

    def _raises_the_reward(self, train, config) -> None:
        events = self._run(train, tiny_model(), lower_half, config)
        rewards = [event["m"]["reward"] for event in events if event["t"] == "train.step"]
        self.assertEqual(len(rewards), config.steps)
        self.assertGreater(sum(rewards[-3:]) / 3, sum(rewards[:3]) / 3 + 0.2, rewards)

    def _run(self, train, model, reward: RewardFunction, config, checkpoint: Optional[Path] = None) -> list[dict]:
        output = io.StringIO()
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(output):
            run = PolicyRun(TOKENIZER, PROMPTS, None, reward, checkpoint or Path(folder, "state.pt"))
            train(model, run, config)
        return [json.loads(line) for line in output.getvalue().splitlines()]


class OneUpdate(unittest.TestCase):
    def test_makes_good_attempts_likelier_and_bad_ones_less_likely(self) -> None:
        model = tiny_model()
        attempts = judged([Example((5, 6), (7, 1)), Example((5, 6), (8, 1))], [[1.0, 0.0]])
        before = model(*inputs(attempts))[0][0, 1].log_softmax(-1)[[7, 8]]
        config = replace(CONFIG, group_size=2)
        measured = update(model, None, config, adamw(model, 0, 0.9, 0.95), attempts, 1e-3)
        after = model(*inputs(attempts))[0][0, 1].log_softmax(-1)[[7, 8]]
        self.assertGreater(float(after[0]), float(before[0]))
        self.assertLess(float(after[1]), float(before[1]))
        self.assertEqual((measured["clip_ratio/low"], measured["clip_ratio/high"]), (0, 0))

    def test_leaves_groups_with_equal_rewards_out(self) -> None:
        examples = [Example((5, 6), (7, 1)), Example((5, 6), (8, 1)), Example((9, 6), (7, 1)), Example((9, 6), (8, 1))]
        alone, beside = tiny_model(), tiny_model()
        config = replace(CONFIG, group_size=2)
        update(alone, None, config, adamw(alone, 0, 0.9, 0.95), judged(examples[:2], [[1.0, 0.0]]), 1e-3)
        both = judged(examples, [[1.0, 0.0], [1.0, 1.0]])
        measured = update(beside, None, config, adamw(beside, 0, 0.9, 0.95), both, 1e-3)
        self.assertEqual(measured["informative"], 0.5)
        for weight, expected in zip(beside.parameters(), alone.parameters()):
            self.assertTrue(torch.equal(weight, expected))


    def test_an_attempt_without_a_verdict_makes_no_prompt_informative(self) -> None:
        examples = [Example((5, 6), (7, 1)), Example((5, 6), (8, 1)), Example((9, 6), (7, 1)), Example((9, 6), (8, 1))]
        known = judged(examples, [[1.0, 0.0], [1.0, 0.0]])
        attempts = replace(known, counted=torch.tensor([[True, True], [True, False]]))
        actor = ActorCritic(tiny_model())
        config = replace(PPO, group_size=2)
        measured = update_ppo(actor, None, config, adamw(actor, 0, 0.9, 0.95), attempts, 1e-3)
        self.assertEqual(measured["informative"], 0.5)


class Parts(unittest.TestCase):
    def test_the_value_head_sees_what_the_policy_sees_and_starts_at_zero(self) -> None:
        model = tiny_model()
        attempts = judged([Example((5, 6), (7, 1))], [[1.0]])
        scores, values = ActorCritic(model)(attempts.batch, 1.0)
        logits = model(*inputs(attempts))[0][0, :-1].log_softmax(-1)
        self.assertTrue(torch.allclose(scores.logprobs[0], logits.gather(1, attempts.batch.ids[0, 1:, None])[:, 0]))
        self.assertEqual(values.tolist(), [[0.0] * 3])

    def test_the_reward_of_an_attempt_stands_at_its_last_token(self) -> None:
        mask = torch.tensor([[False, True, True, False], [True, True, True, True]])
        got = reward_per_token(torch.tensor([0.5, 1.0]), mask)
        self.assertEqual(got.tolist(), [[0, 0, 0.5, 0], [0, 0, 0, 1.0]])

    def test_the_curriculum_prefers_tasks_that_are_sometimes_solved(self) -> None:
        prompts = [Prompt(name, name) for name in ("always", "sometimes", "never")]
        curriculum = Curriculum(strength=1.0)
        curriculum.record("always", 8, 8)
        curriculum.record("sometimes", 4, 8)
        curriculum.record("never", 0, 8)
        drawn = [curriculum.draw(prompts, 1, 1, step)[0].task_id for step in range(300)]
        self.assertGreater(drawn.count("sometimes"), 200)
        self.assertGreater(drawn.count("never"), 0)
        self.assertEqual(drawn, [curriculum.draw(prompts, 1, 1, step)[0].task_id for step in range(300)])

    def test_a_group_of_one_is_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, "group_size"):
            replace(CONFIG, group_size=1)


def judged(examples: list[Example], rewards: list[list[float]]) -> JudgedAttempts:
    values = torch.tensor(rewards)
    lengths = torch.tensor([len(example.completion) for example in examples]).view(values.shape)
    everything = torch.ones(values.shape, dtype=torch.bool)
    return JudgedAttempts(collate(examples, 0), values, everything, everything, lengths, 1.0, 0.0, 0.0)


def inputs(attempts: JudgedAttempts) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    attention = attempts.batch.attention
    return attempts.batch.ids, attention, (attention.cumsum(1) - 1).clamp(min=0)


if __name__ == "__main__":
    unittest.main()
