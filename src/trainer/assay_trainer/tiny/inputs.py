"""The arguments on which programs are compared and tasks are tested."""

from __future__ import annotations

import random
from functools import lru_cache
from typing import Union

Value = Union[int, str, list[int]]

EDGES: dict[str, tuple[Value, ...]] = {
    "n": (0, 1, -1, 2, 10, -12),
    "xs": ([], [0], [5], [-3], [4, 4, 4], [3, 2, 1], [-2, -5, 7, 0, -5]),
    "s": ("", " ", "a", "Ab", "  two words ", "AEIOU aeiou", "x1y22z333"),
}
WORDS = (
    "tree Stone river a to ox noon Level Data is area Rust kiosk 42 7up radar onto it sorts EASE stats Io ears".split()
)


@lru_cache(maxsize=None)
def arguments_of(kind: str) -> tuple[Value, ...]:
    """Edge cases first, then drawn ones; always the same."""
    rng = random.Random(f"inputs {kind}")
    drawn: list[Value] = []
    while len(drawn) < 40:
        value = _draw(rng, kind)
        if value not in drawn and value not in EDGES[kind]:
            drawn.append(value)
    return (*EDGES[kind], *drawn)


def _draw(rng: random.Random, kind: str) -> Value:
    if kind == "n":
        return rng.randint(-30, 75)
    if kind == "xs":
        low, high = rng.choice(((-9, 12), (0, 9), (-20, 20)))
        return [rng.randint(low, high) for _ in range(rng.randint(2, 8))]
    words = [rng.choice(WORDS) for _ in range(rng.randint(1, 5))]
    return (" " if rng.random() < 0.8 else "  ").join(words)
