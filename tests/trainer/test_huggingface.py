"""The models of transformers through the trainer's own loops; left out by name where the library is not installed."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import tempfile
import unittest
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Optional

import torch

from assay_trainer.batches import Example, collate, pack
from assay_trainer.grpo import GrpoConfig, train_grpo
from assay_trainer.losses import masked_nll
from assay_trainer.model_folder import read_model_folder
from assay_trainer.model_library import open_model
from assay_trainer.policy_training import PolicyRun
from assay_trainer.ppo import ActorCritic, PpoConfig, train_ppo
from assay_trainer.prompts import Prompt
from assay_trainer.rewards import Attempt
from assay_trainer.sampling import SamplingConfig, sample
from assay_trainer.sft import SftConfig, train
from assay_trainer.training_record import Source, TrainingRecord

MODEL = Path(__file__).parents[2] / "fixtures" / "models" / "tiny-coder"
NO_TRANSFORMERS = importlib.util.find_spec("transformers") is None
NO_PEFT = importlib.util.find_spec("peft") is None
SFT = SftConfig(steps=4, batch_size=4, learning_rate=1e-3, schedule_steps=4, report_every=1)
PROMPTS = [Prompt(f"t/{word}", f"def {word}(x):\n    ") for word in ("double", "negate", "square", "half")]


def record() -> TrainingRecord:
    return TrainingRecord("one", None, "sft", 1, 0, {}, [Source("tasks", "t", None)], [], 1, "tests")


def examples() -> list[Example]:
    _, tokenizer = read_model_folder(MODEL)
    return [
        Example(tuple(tokenizer.encode(f"def f{n}(x):\n    ")), (*tokenizer.encode(f"return x + {n}"), tokenizer.end_id))
        for n in range(12)
    ]


def events_of(work) -> list[dict]:
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        work()
    return [json.loads(line) for line in output.getvalue().splitlines()]


def short(attempts: Sequence[Attempt]) -> list[Optional[float]]:
    return [float(len(attempt.completion) % 2) for attempt in attempts]


@unittest.skipIf(NO_TRANSFORMERS, "needs the Python package transformers")
class ThroughTransformers(unittest.TestCase):
    def setUp(self) -> None:
        torch.set_num_threads(1)
        self.own, self.tokenizer = read_model_folder(MODEL)
        self.opened = open_model(MODEL, "transformers")
        self.model = self.opened.model

    def test_the_embedded_model_has_the_logits_that_it_has_in_our_code(self) -> None:
        for batch in (collate(examples(), 1), pack(examples(), 60, 1)):
            ours = self.own(batch.ids, batch.attention, batch.positions)[0][:, :-1][batch.learnt]
            theirs = self.model(batch.ids, batch.attention, batch.positions)[0][:, :-1][batch.learnt]
            torch.testing.assert_close(theirs, ours, atol=1e-4, rtol=1e-4)

    def test_tokens_and_samples_are_the_same(self) -> None:
        text = PROMPTS[0].text + "return x  # ünï\n"
        self.assertEqual(self.opened.tokenizer.encode(text), self.tokenizer.encode(text))
        prompts = [self.tokenizer.encode(prompt.text) for prompt in PROMPTS]
        config = SamplingConfig(1.0, 20, 7)
        ends = (self.tokenizer.end_id, self.tokenizer.pad_id)
        self.assertEqual((self.opened.tokenizer.end_id, self.opened.tokenizer.pad_id), ends)
        self.assertEqual(sample(self.model, prompts, *ends, config), sample(self.own, prompts, *ends, config))

    def test_fine_tuning_takes_the_same_steps(self) -> None:
        losses = [
            [event["m"]["loss"] for event in self._fine_tuned(model, replace(SFT, packed_length=packed))]
            for packed in (0, 64)
            for model in (read_model_folder(MODEL)[0], open_model(MODEL, "transformers").model)
        ]
        for ours, theirs in zip(losses[::2], losses[1::2]):
            for one, other in zip(ours, theirs):
                self.assertAlmostEqual(one, other, places=4)
            self.assertLess(ours[-1], ours[0])

    def test_learning_from_rewards_takes_the_same_steps(self) -> None:
        common = {"steps": 2, "prompts_per_step": 4, "group_size": 4, "learning_rate": 1e-4, "max_new_tokens": 12}
        for training, config in (
            (train_grpo, GrpoConfig(**common, kl_weight=0.05, updates_per_step=2)),
            (train_ppo, PpoConfig(**common)),
        ):
            measured = []
            for opened in (open_model(MODEL, "own"), open_model(MODEL, "transformers")):
                with tempfile.TemporaryDirectory() as folder:
                    run = PolicyRun(opened.tokenizer, PROMPTS, None, short, Path(folder, "state.pt"))
                    events = events_of(lambda: training(opened.model, run, config))
                measured.append([(event["m"]["reward"], event["m"]["loss"]) for event in events])
            for ours, theirs in zip(*measured):
                self.assertEqual(ours[0], theirs[0], training.__name__)
                self.assertAlmostEqual(ours[1], theirs[1], places=4)

    def test_layers_that_are_made_again_give_the_same_gradient(self) -> None:
        self._made_again_alike(self.model)

    def test_a_model_of_another_maker_is_written_as_it_is_read(self) -> None:
        from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

        shape = LlamaConfig(
            vocab_size=len(self.tokenizer.vocabulary),
            hidden_size=32,
            intermediate_size=48,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            tie_word_embeddings=False,
            max_position_embeddings=64,
        )
        words = PreTrainedTokenizerFast(
            tokenizer_file=str(MODEL / "tokenizer.json"), eos_token="<|end|>", pad_token="<|pad|>"
        )
        words.chat_template = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}<assistant>"
        with tempfile.TemporaryDirectory() as name:
            origin, made = Path(name, "origin"), Path(name, "made")
            torch.manual_seed(1)
            LlamaForCausalLM(shape).to(torch.bfloat16).save_pretrained(origin)
            words.save_pretrained(origin)
            opened = open_model(origin)
            self.assertEqual(opened.library, "transformers")
            question = [{"role": "user", "content": "add"}]
            self.assertEqual(opened.tokenizer.encode_question(question), opened.tokenizer.encode("<user>add<assistant>"))
            self._fine_tuned(opened.model, SFT)
            trained = opened.model.inner.state_dict()["model.layers.0.mlp.up_proj.weight"].clone()
            opened.write(made, record())
            again = AutoModelForCausalLM.from_pretrained(made, local_files_only=True)
            self.assertEqual(again.dtype, torch.bfloat16)
            kept = again.state_dict()["model.layers.0.mlp.up_proj.weight"]
            self.assertTrue(torch.equal(kept, trained.to(torch.bfloat16)))
            manifest = json.loads((made / "training.json").read_text(encoding="utf-8"))
            self.assertIn("model.safetensors", [file["path"] for file in manifest["files"]])
            self.assertEqual(open_model(made).tokenizer.encode("x = 1"), opened.tokenizer.encode("x = 1"))

    @unittest.skipIf(NO_PEFT, "needs the Python package peft")
    def test_adapters_of_peft_learn_alone_and_are_merged_into_a_folder_of_ours(self) -> None:
        config = replace(SFT, lora_rank=4, lora_alpha=8.0, lora_targets="q_proj,v_proj")
        self.model.adapt(config)
        learning = {name for name, weight in self.model.named_parameters() if weight.requires_grad}
        self.assertTrue(learning)
        self.assertTrue(all("lora_" in name for name in learning), learning)
        with tempfile.TemporaryDirectory() as name:
            state, made = Path(name, "state.pt"), Path(name, "made")
            events_of(lambda: train(self.model, examples(), 1, config, state))
            kept = torch.load(state)["model"]
            self.assertEqual({part.split(".")[-2] for part in kept}, {"default"})
            batch = collate(examples(), 1)
            self.model.eval()
            adapted = self.model(batch.ids, batch.attention, batch.positions)[0][:, :-1][batch.learnt]
            self.model.merge()
            self.opened.write(made, record())
            merged, _ = read_model_folder(made)
            self.assertTrue((made / "onnx" / "model.onnx").exists())
        logits = merged(batch.ids, batch.attention, batch.positions)[0][:, :-1][batch.learnt]
        torch.testing.assert_close(logits, adapted, atol=2e-2, rtol=1e-2)
        before = self.own.state_dict()
        changed = {name.split(".")[-2] for name, weight in merged.state_dict().items() if not torch.equal(weight, before[name])}
        self.assertEqual(changed, {"q_proj", "v_proj"})

    def test_the_value_head_sees_hidden_states_behind_the_last_norm(self) -> None:
        batch = collate(examples(), 1)
        ours, theirs = (
            model.with_hidden(batch.ids, batch.attention, batch.positions)[1][:, :-1][batch.learnt]
            for model in (self.own, self.model)
        )
        torch.testing.assert_close(theirs, ours, atol=1e-4, rtol=1e-4)
        self.assertEqual(ActorCritic(self.model).value.in_features, self.own.hidden_size)

    def _fine_tuned(self, model, config: SftConfig) -> list[dict]:
        with tempfile.TemporaryDirectory() as folder:
            return events_of(lambda: train(model, examples(), 1, config, Path(folder, "state.pt")))

    def _made_again_alike(self, model) -> None:
        batch = collate(examples(), 1)
        gradients = []
        for recomputes in (False, True):
            model.recompute_layers(recomputes)
            model.eval()
            model.zero_grad(set_to_none=True)
            logits = model(batch.ids, batch.attention, batch.positions)[0]
            masked_nll(logits[:, :-1], batch.ids[:, 1:], batch.learnt).backward()
            gradients.append([weight.grad for weight in model.parameters()])
        for one, other in zip(*gradients):
            torch.testing.assert_close(one, other)


class WithoutIt(unittest.TestCase):
    def test_a_folder_of_another_maker_is_refused_with_the_remedy(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            with self.assertRaisesRegex(ValueError, "not written by assay"):
                open_model(Path(name), "own")
            if NO_TRANSFORMERS:
                with self.assertRaisesRegex(ValueError, "pip install transformers"):
                    open_model(Path(name))
        with self.assertRaisesRegex(ValueError, "library: one of auto, own, transformers"):
            open_model(MODEL, "jax")


if __name__ == "__main__":
    unittest.main()
