from __future__ import annotations

import unittest
from pathlib import Path


from assay_trainer.model_folder import checksums_of, read_model_folder
from assay_trainer.tiny.behaviour import behaviour_of
from assay_trainer.tiny.recipe import Recipe
from assay_trainer.tiny.task_file import yaml_of
from assay_trainer.tiny.tasks import canonical, draw_tasks
from assay_trainer.tiny.training_pairs import Pair, draw_pairs
from assay_trainer.tokenizer_training import train_tokenizer

FIXTURES = Path(__file__).parents[2] / "fixtures"
MODEL = FIXTURES / "models" / "tiny-coder"


class TheEmbeddedModel(unittest.TestCase):
    recipe = Recipe()

    @classmethod
    def setUpClass(cls) -> None:
        cls.tasks = draw_tasks(cls.recipe.seed, cls.recipe.splits)

    def test_has_the_tasks_that_its_recipe_draws(self) -> None:
        folder = FIXTURES / "tasks" / "tiny"
        self.assertEqual({path.name for path in folder.glob("*.yaml")}, {f"{task.id}.yaml" for task in self.tasks})
        for task in self.tasks:
            self.assertEqual((folder / f"{task.id}.yaml").read_text(encoding="utf-8"), yaml_of(task), task.id)

    def test_has_tasks_that_share_no_question_solution_or_behaviour(self) -> None:
        for trait in (
            lambda task: task.id,
            lambda task: task.question,
            lambda task: canonical(task.program.reference()),
            lambda task: (task.program.source, behaviour_of(task.program.reference(), task.program.source)),
        ):
            self.assertEqual(len({trait(task) for task in self.tasks}), len(self.tasks))

    def test_has_tasks_with_two_public_and_at_least_ten_other_hidden_tests(self) -> None:
        for task in self.tasks:
            self.assertEqual(len(task.public), 2, task.id)
            self.assertGreaterEqual(len(task.hidden), 10, task.id)
            shown = [argument for argument, _ in task.public]
            self.assertFalse([argument for argument, _ in task.hidden if argument in shown], task.id)

    def test_learns_nothing_of_a_held_out_task(self) -> None:
        held_out = [task for task in self.tasks if task.split != "train"]
        prompts = {task.prompt for task in held_out}
        solutions = {canonical(task.program.reference()) for task in held_out}
        pairs = draw_pairs(self.recipe.seed, 3000, self.recipe.slips, self.tasks)
        self.assertFalse([pair.prompt for pair in pairs if pair.prompt in prompts])
        self.assertFalse([pair.completion for pair in pairs if _canonical_or_none(pair) in solutions])

    def test_has_the_tokenizer_and_the_checksums_that_its_card_names(self) -> None:
        card = (MODEL / "README.md").read_text(encoding="utf-8")
        for name, digest in checksums_of(MODEL).items():
            self.assertIn(f"| `{name}` | `{digest}` |", card)

    def test_is_trained_on_data_that_are_drawn_again_alike(self) -> None:
        pairs = draw_pairs(self.recipe.seed, self.recipe.pairs, self.recipe.slips, self.tasks)
        texts = (text for pair in pairs for text in (pair.prompt, pair.completion))
        _, stored = read_model_folder(MODEL)
        self.assertEqual(train_tokenizer(texts, self.recipe.vocabulary), stored)

    def test_is_below_eight_megabytes(self) -> None:
        self.assertLess(sum(path.stat().st_size for path in MODEL.rglob("*") if path.is_file()), 8_000_000)


def _canonical_or_none(pair: Pair) -> str | None:
    try:
        return canonical(pair.prompt + pair.completion)
    except SyntaxError:
        return None


if __name__ == "__main__":
    unittest.main()
