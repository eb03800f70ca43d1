from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path

from assay_trainer.likeness import Likeness, prompt_likeness, solution_likeness
from assay_trainer.tiny.recipe import Recipe
from assay_trainer.tiny.tasks import draw_tasks
from assay_trainer.tiny.training_data import asked
from assay_trainer.training_record import (
    Parent,
    Source,
    TrainingEntry,
    TrainingRecord,
    parent_in,
    read_entries,
    write_training_record,
)

FIXTURES = Path(__file__).parents[2] / "fixtures"
MODEL = FIXTURES / "models" / "tiny-coder"


class TrainingRecords(unittest.TestCase):
    def test_tell_the_likeness_that_the_workbench_tells(self) -> None:
        contract = json.loads((FIXTURES / "contract" / "likeness.json").read_text(encoding="utf-8"))
        self.assertGreater(len(contract["prompts"]), 100)
        for case in contract["prompts"]:
            self.assertEqual(prompt_likeness(case["text"]), Likeness(**case["likeness"]), case["text"])
        for case in contract["solutions"]:
            expected = case["likeness"] and Likeness(**case["likeness"])
            self.assertEqual(solution_likeness(case["text"]), expected, case["text"])

    def test_are_read_as_they_were_written_and_refuse_unknown_fields(self) -> None:
        entry = TrainingEntry("a", None, prompt_likeness("add two"), (Likeness("0" * 16, None),))
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "model.safetensors").write_bytes(b"weights")
            self.assertEqual(parent_in(folder), Parent(folder.name, name, None))
            write_training_record(folder, self._record([entry]))
            self.assertEqual(read_entries(folder), [entry])
            manifest = json.loads((folder / "training.json").read_text(encoding="utf-8"))
            self.assertEqual([file["path"] for file in manifest["files"]], ["model.safetensors"])
            self.assertEqual(parent_in(folder).name, "one")
            self.assertIsNotNone(parent_in(folder).manifest_sha256)
        with self.assertRaisesRegex(ValueError, "expected the fields"):
            TrainingEntry.from_json({**entry.to_json(), "more": 1})

    def test_name_only_methods_that_there_are(self) -> None:
        with self.assertRaisesRegex(ValueError, "'guessing' is none of sft"):
            self._record([], "guessing")

    def _record(self, entries: list[TrainingEntry], method: str = "sft") -> TrainingRecord:
        return TrainingRecord("one", None, method, 1, 0, {}, [Source("tasks", "t", None)], entries, 1, "tests")


class TheEmbeddedModelsRecord(unittest.TestCase):
    def test_names_no_held_out_task_and_no_prompt_of_one(self) -> None:
        recipe = Recipe()
        tasks = draw_tasks(recipe.seed, recipe.splits)
        entries = read_entries(MODEL)
        names = {entry.task_id for entry in entries}
        prompts = {entry.prompt.exact for entry in entries if entry.prompt is not None}
        held_out = [task for task in tasks if task.split != "train"]
        self.assertFalse([task.id for task in held_out if task.id in names])
        self.assertFalse([task.id for task in held_out if prompt_likeness(asked(task.prompt)).exact in prompts])
        self.assertEqual(len([task for task in tasks if task.id in names]), 107)


if __name__ == "__main__":
    unittest.main()
