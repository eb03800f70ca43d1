from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import tempfile
import time
import unittest
from dataclasses import replace
from pathlib import Path

from assay_trainer.engines.launch import EngineFailure, Progress, _run, missing_of, show_engine
from assay_trainer.engines.log_lines import FORMATS, LogLine
from assay_trainer.engines.plan import EnginePlan, plan_engine
from assay_trainer.engines.trl_settings import last_checkpoint
from assay_trainer.engines.verl_prompts import rows_of
from assay_trainer.grpo import GrpoConfig
from assay_trainer.job import Job, JudgeConfig
from assay_trainer.ppo import PpoConfig
from assay_trainer.prompts import Prompt
from assay_trainer.sft import SftConfig

FIXTURES = Path(__file__).parents[2] / "fixtures"
LOGS = FIXTURES / "trainer" / "logs"
MODEL = FIXTURES / "models" / "tiny-coder"
GRPO = GrpoConfig(steps=3, prompts_per_step=4, group_size=8, learning_rate=1e-4, clip_high=0.28, kl_weight=0.02)
JOB = Job(
    method="grpo",
    name="one",
    model=Path("/models/base"),
    data=Path("/data/prompts"),
    held_out=None,
    run=Path("/runs/one"),
    judge=JudgeConfig(Path("/judge"), "binary", None, None),
    threads=1,
    library="auto",
    engine="trl",
    processes=4,
    device="auto",
    config=GRPO,
)


def lines_of(name: str, kind: str) -> list[LogLine]:
    read = FORMATS[kind]
    told = (read(line) for line in (LOGS / name).read_text(encoding="utf-8").splitlines())
    return [line for line in told if line is not None]


class LinesOfOtherTrainers(unittest.TestCase):
    def test_of_trainer_are_found_beside_its_bars_and_keep_their_names(self) -> None:
        first, second, third, evaluated, last = lines_of("huggingface.log", "huggingface")
        self.assertEqual(first, LogLine(None, {"loss": 1.2345, "grad_norm": 0.5, "learning_rate": 1e-4, "epoch": 0.1}))
        self.assertEqual((second.step, second.figures["loss"], second.figures["mean_token_accuracy"]), (20, 0.9876, 0.81))
        self.assertEqual((third.figures["loss"], third.figures["grad_norm"]), (None, None))
        self.assertEqual(evaluated.figures["eval_loss"], 0.91)
        self.assertIn("train_runtime", last.figures)

    def test_of_trl_have_rewards_groups_and_clips(self) -> None:
        (line,) = lines_of("trl.log", "trl")
        self.assertEqual(line.step, 2)
        wanted = ("reward", "frac_reward_zero_std", "kl", "clip_ratio/low_mean", "completions/clipped_ratio")
        self.assertEqual([line.figures[name] for name in wanted], [0.4375, 0.25, 0.0004, 0.0, 0.0625])

    def test_of_verl_are_read_from_its_console_through_ray_and_from_its_file(self) -> None:
        first, second, third = lines_of("verl.log", "verl")
        self.assertEqual((first.step, first.figures["critic/score/mean"], first.figures["actor/lr"]), (1, 0.375, 1e-6))
        self.assertEqual((second.figures["actor/kl_loss"], second.figures["val-core/assay/reward/mean@1"]), (None, 0.5))
        self.assertEqual((third.step, third.figures["training/epoch"]), (3, 1))

    def test_of_prime_rl_are_flat_objects_of_which_texts_are_left_out(self) -> None:
        first, second = lines_of("prime-rl.jsonl", "prime-rl")
        self.assertEqual((first.step, first.figures["train/agg/effective/coder/reward/mean"]), (1, 0.375))
        self.assertEqual(second.figures, {"mismatch_kl/all/mean": None, "eval/held/effective/coder/pass@1": 0.5})

    def test_become_events_with_their_step_or_counted(self) -> None:
        progress = Progress(JOB)
        known = {"completions/mean_length": 10.0, "num_tokens": 900.0}
        told = (LogLine(None, {"loss": 1.0}), LogLine(7, known), LogLine(7, {"train_runtime": 3.0}))
        events = events_of(lambda: [progress.tell(line) for line in told])
        self.assertEqual([(event["t"], event["step"]) for event in events], [("train.step", 1), ("train.step", 7), ("train.summary", None)])
        self.assertEqual(events[1]["m"], {"completions/mean_length": 10.0, "total_tokens": 900.0, "attempts": 32, "num_tokens": 320})


class Plans(unittest.TestCase):
    def test_for_trl_launch_it_on_every_device_with_our_settings_by_its_names(self) -> None:
        plan = plan_engine(JOB, Path("/runs/one/job.json"), "python")
        (command,) = plan.commands
        self.assertEqual(command[:3], ("python", "-m", "accelerate.commands.launch"))
        self.assertEqual(command[-2:], ("assay_trainer.engines.trl_script", "/runs/one/job.json"))
        files = {path.name: json.loads(text) for path, text in plan.files.items()}
        self.assertEqual(files["accelerate.json"]["num_processes"], 4)
        self.assertEqual(files["accelerate.json"]["distributed_type"], "MULTI_GPU")
        arguments = files["trl.json"]["arguments"]
        wanted = {"max_steps": 3, "num_generations": 8, "epsilon_high": 0.28, "beta": 0.02, "loss_type": "dapo"}
        self.assertEqual({name: arguments[name] for name in wanted}, wanted)
        self.assertEqual(arguments["per_device_train_batch_size"], 8)

    def test_for_verl_override_its_configuration_and_put_its_model_together(self) -> None:
        plan = plan_engine(replace(JOB, engine="verl"), Path("/runs/one/job.json"), "python")
        prompts, training, merging = plan.commands
        self.assertEqual(prompts[2], "assay_trainer.engines.verl_prompts")
        for wanted in ("algorithm.adv_estimator=grpo", "actor_rollout_ref.rollout.n=8", "trainer.n_gpus_per_node=4"):
            self.assertIn(wanted, training)
        self.assertTrue(any(part.endswith("engines/verl_reward.py") for part in training))
        self.assertIn("/runs/one/engine/global_step_3/actor", merging)
        ppo = PpoConfig(steps=3, prompts_per_step=4, group_size=1, learning_rate=1e-4, smoothing=0.9)
        _, training, _ = plan_engine(replace(JOB, engine="verl", config=ppo), Path("/j"), "python").commands
        for wanted in ("algorithm.adv_estimator=gae", "algorithm.lam=0.9", "critic.model.path=/models/base"):
            self.assertIn(wanted, training)

    def test_refuse_what_the_engine_has_no_counterpart_of(self) -> None:
        sft = SftConfig(steps=1, batch_size=4, learning_rate=0.1, schedule_steps=1)
        ppo = PpoConfig(steps=1, prompts_per_step=4, group_size=1, learning_rate=0.1)
        for job, message in (
            (replace(JOB, config=ppo), "trains by sft and grpo"),
            (replace(JOB, config=replace(GRPO, curriculum=1.0)), "curriculum"),
            (replace(JOB, processes=3), "32 do not share out among 3"),
            (replace(JOB, config=replace(sft, validation_share=0.5)), "validationShare"),
            (replace(JOB, engine="verl", config=sft), "trains by grpo and ppo"),
            (replace(JOB, engine="verl", device="cpu"), "needs CUDA"),
            (replace(JOB, engine="nemo"), "one of builtin, trl, verl"),
        ):
            with self.assertRaisesRegex(ValueError, message):
                plan_engine(job, Path("/j"))

    def test_for_trl_go_on_from_the_newest_checkpoint_that_is_whole(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            self.assertIsNone(last_checkpoint(Path(name, "none")))
            for step, files in ((8, ["trainer_state.json"]), (10, ["trainer_state.json"]), (12, ["model.safetensors"])):
                folder = Path(name, f"checkpoint-{step}")
                folder.mkdir()
                for file in files:
                    (folder / file).write_text("{}")
            self.assertEqual(last_checkpoint(Path(name)), str(Path(name, "checkpoint-10")))

    def test_are_shown_whole_with_what_is_missing(self) -> None:
        events = events_of(lambda: show_engine(JOB))
        plan, command, *files = events
        self.assertEqual(plan["m"]["missing"], ", ".join(missing_of(plan_engine(JOB, Path("/j")))))
        self.assertIn("PYTHONPATH=", command["m"]["text"])
        names = [Path(file["m"]["path"]).name for file in files]
        self.assertEqual(names, ["accelerate.json", "trl.json", "trl_script.py"])
        self.assertIn("GRPOTrainer", files[-1]["m"]["text"])

    def test_give_verl_a_question_and_the_id_of_its_task_and_no_test(self) -> None:
        (row,) = rows_of([Prompt("t/add", "Add.\n\n", continues=False)])
        self.assertEqual(row["prompt"], [{"role": "user", "content": "Add."}])
        self.assertEqual(row["reward_model"]["ground_truth"], "t/add")


@unittest.skipIf(importlib.util.find_spec("trl") is None, "needs the Python package trl")
class ThroughTrl(unittest.TestCase):
    def test_a_killed_run_goes_on_at_its_step_and_says_so_in_each_line(self) -> None:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        from assay_trainer.engines.trl_script import imitating

        with tempfile.TemporaryDirectory() as name:
            examples = [{"taskId": f"t/{at}", "prompt": f"a = {at}\n", "completion": "b = a\n"} for at in range(8)]
            Path(name, "examples.jsonl").write_text("".join(json.dumps(line) + "\n" for line in examples))
            config = SftConfig(
                steps=2, batch_size=2, learning_rate=1e-4, schedule_steps=4, report_every=1, checkpoint_every=2
            )
            lines: list[LogLine] = []
            for steps in (2, 4):
                job = replace(
                    JOB, method="sft", data=Path(name), run=Path(name), device="cpu", processes=1, config=replace(config, steps=steps)
                )
                model = AutoModelForCausalLM.from_pretrained(MODEL, local_files_only=True).float()
                tokenizer = AutoTokenizer.from_pretrained(MODEL, local_files_only=True)
                output = io.StringIO()
                with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()):
                    trainer = imitating(job, model, tokenizer)
                    trainer.train(resume_from_checkpoint=str(Path(name, "engine", "checkpoint-2")) if steps > 2 else None)
                told = (FORMATS["trl"](line) for line in output.getvalue().splitlines())
                lines += [line for line in told if line is not None and "loss" in line.figures]
        self.assertEqual([line.step for line in lines], [1, 2, 3, 4])


class Launched(unittest.TestCase):
    def test_output_becomes_events_and_a_failure_is_told_with_its_last_line(self) -> None:
        program = "print({'loss': '0.5', 'step': 3}); print('out of memory'); raise SystemExit(1)"
        plan = EnginePlan((), {}, {}, FORMATS["trl"], Path("/t"), (), "")

        def work() -> None:
            with self.assertRaisesRegex(EngineFailure, "status 1: out of memory"):
                _run(("/usr/bin/env", "python3", "-c", program), plan, Progress(JOB))

        with contextlib.redirect_stderr(io.StringIO()):
            (event,) = events_of(work)
        self.assertEqual((event["step"], event["m"]["loss"]), (3, 0.5))

    def test_children_of_a_launcher_are_gone_with_it(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            note = Path(name, "pid")
            program = f"sleep 300 & echo $! > {note}; echo started"
            plan = EnginePlan((), {}, {}, FORMATS["trl"], Path("/t"), (), "")
            with contextlib.redirect_stderr(io.StringIO()):
                _run(("/bin/sh", "-c", f"({program}) > /dev/null 2>&1; exit 0"), plan, Progress(JOB))
            pid = note.read_text(encoding="utf-8").strip()
            # It is told to end; that it has takes a moment, and whoever collects orphans may not have done so yet.
            deadline = time.monotonic() + 20
            while runs(pid):
                self.assertLess(time.monotonic(), deadline, "it goes on")
                time.sleep(0.01)


def runs(pid: str) -> bool:
    try:
        return Path("/proc", pid, "stat").read_text(encoding="utf-8").split()[2] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def events_of(work) -> list[dict]:
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        work()
    return [json.loads(line) for line in output.getvalue().splitlines()]


if __name__ == "__main__":
    unittest.main()
