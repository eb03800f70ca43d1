from __future__ import annotations

import json
import unittest
from pathlib import Path

from assay_trainer.tokenizer import END, read_tokenizer, split_words
from assay_trainer.tokenizer_training import train_tokenizer


class TheTokenizer(unittest.TestCase):
    def test_cuts_text_as_gpt_2_does(self) -> None:
        self.assertEqual(
            split_words("def f(x):\n    return x1 + 22"),
            ["def", " f", "(", "x", "):", "\n   ", " return", " x", "1", " +", " 22"],
        )
        self.assertEqual(split_words("it's  'so'\t\n"), ["it", "'s", " ", " '", "so", "'", "\t\n"])
        self.assertEqual(split_words("a \n b"), ["a", " \n", " b"])
        self.assertEqual(split_words("_x"), ["_", "x"])

    def test_gives_back_any_text(self) -> None:
        tokenizer = train_tokenizer(["return sum(x for x in xs)"] * 3, 300)
        for text in ("return xs", "héllo ☃ 日本 \U0001f600", " \t\n\x00\x1c", "١٢ Ⅷ ½"):
            self.assertEqual(tokenizer.decode(tokenizer.encode(text)), text)

    def test_merges_the_most_frequent_pair_first(self) -> None:
        tokenizer = train_tokenizer(["ab ab ab cd"], 260)
        self.assertEqual(tokenizer.merges[0], ("a", "b"))
        self.assertEqual(len(tokenizer.encode("ab")), 1)

    def test_knows_the_end_only_as_itself(self) -> None:
        tokenizer = train_tokenizer(["end"], 260)
        self.assertEqual(tokenizer.encode(END), [tokenizer.end_id])
        self.assertNotIn(tokenizer.end_id, tokenizer.encode("<|end |>"))

    def test_gives_the_ids_that_transformers_js_gave(self) -> None:
        fixtures = Path(__file__).parents[2] / "fixtures"
        tokenizer = read_tokenizer(fixtures / "models" / "tiny-coder" / "tokenizer.json")
        stored = json.loads((fixtures / "trainer" / "token-ids.json").read_text(encoding="utf-8"))
        self.assertGreater(sum(len(entry["ids"]) for entry in stored), 10_000)
        for entry in stored:
            self.assertEqual(tokenizer.encode(entry["text"]), entry["ids"])


if __name__ == "__main__":
    unittest.main()
