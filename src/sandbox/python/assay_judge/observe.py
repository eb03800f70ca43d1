"""What a candidate answers on inputs that everybody may see, for telling which candidates agree.

The inputs come from the calls that the task's text and its public tests show, and from changes of these by type. No
expected value and no hidden test has a part in it.
"""
from __future__ import annotations

import ast
import copy
import hashlib
import random
import re
from typing import Any, Callable, Optional

from .foresight import constant
from .proxies import Remote
from .raised import CandidateRaised
from .shown_examples import examples_in, holds, parsed_assertions
from .values import decode, is_plain

LARGEST_CALL = 20_000
TYPED = {"int": 3, "float": 1.5, "str": "abc", "bool": True, "list": [3, 1, 2], "List": [3, 1, 2], "dict": {"a": 1}, "Dict": {"a": 1}}


class Observation:
    """Inputs, examples and assertions of a task, and what one candidate after the other does on them."""

    def __init__(self, test: dict, entry: str) -> None:
        self._inputs = inputs_of(test, entry)
        self._examples = [(repr(args), _digest(gives)) for args, gives in examples_in(test["prompt"], entry)]
        self._assertions = parsed_assertions(test["assertions"], entry)
        self.start()

    def start(self) -> None:
        self._answers: list = []
        self._held: list = []

    def observe(self, candidate: Callable) -> None:
        """One short text per input: a hash of the answer; N for None, E for an exception, O for what is no data."""
        for args in self._inputs:
            try:
                self._answers.append(_digest(candidate(*copy.deepcopy(args))))
            except CandidateRaised:
                self._answers.append("E")
            except (RecursionError, ValueError, TypeError):
                self._answers.append("O")
        for assertion in self._assertions:
            self._held.append("1" if holds(assertion, candidate) else "0")

    def text(self) -> str:
        """Answers, examples, assertions, with a slash between; what was not come to is T, and failed."""
        answers = [*self._answers, *("T" for _ in self._inputs[len(self._answers) :])]
        given = dict(zip(map(repr, self._inputs), answers))
        examples = "".join("1" if given.get(args) == gives else "0" for args, gives in self._examples)
        return f"{' '.join(answers)}/{examples}/{''.join(self._held).ljust(len(self._assertions), '0')}"


def inputs_of(test: dict, entry: str) -> list:
    """Lists of arguments, the shown ones first; the same for every candidate of the task."""
    shown: list = []
    for source in test["sources"]:
        shown += _calls_in_program(source["code"], entry, source["check"])
    shown += [[decode(item, _no_hook) for item in args] for args in test["calls"]]
    shown += _calls_in_text(test["prompt"], entry) or [args for args, _ in examples_in(test["prompt"], entry)]
    shown = shown or _typed_input(test["prompt"], entry)
    dice = random.Random(test["seed"])
    inputs, seen = [], set()
    for attempt in range(4 * test["count"] + len(shown)):
        if len(inputs) >= test["count"] or not shown:
            break
        args = shown[attempt] if attempt < len(shown) else _changed_args(dice.choice(shown), dice)
        if is_plain(args) and len(repr(args)) <= LARGEST_CALL and repr(args) not in seen:
            seen.add(repr(args))
            inputs.append(args)
    return inputs


def _calls_in_program(code: str, entry: str, check: Optional[str]) -> list:
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return []
    names = {entry, "candidate"} if check else {entry}
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names]
    return [args for args in map(_arguments, calls) if args is not None]


def _calls_in_text(text: str, entry: str) -> list:
    """Calls with constant arguments anywhere in a text, e.g. after `>>>`."""
    found = []
    for match in re.finditer(rf"(?<!def )(?<![\w.]){re.escape(entry)}\(", text):
        for end in (at.end() for at in re.finditer(r"\)", text[match.end() : match.end() + 2000])):
            try:
                node = ast.parse(text[match.start() : match.end() + end].replace("\n", " "), mode="eval").body
            except (SyntaxError, ValueError, RecursionError):
                continue
            args = _arguments(node) if isinstance(node, ast.Call) else None
            if args is not None:
                found.append(args)
            break
    return found


def _arguments(call: ast.Call) -> Optional[list]:
    if call.keywords:
        return None
    try:
        return [constant(item) for item in call.args]
    except ValueError:
        return None


def _typed_input(prompt: str, entry: str) -> list:
    """Where no call is shown: a value for each parameter, by its annotation."""
    try:
        tree = ast.parse(prompt.rstrip() + "\n    pass\n")
    except (SyntaxError, ValueError, RecursionError):
        return []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == entry:
            return [[_typed_value(argument.annotation) for argument in node.args.args]]
    return []


def _typed_value(annotation: Any) -> Any:
    name = ast.unparse(annotation) if annotation is not None else "int"
    if name.lower().startswith("list[str"):
        return ["b", "a", "abc"]
    return copy.deepcopy(TYPED.get(name.split("[")[0], 3))


def _changed_args(args: list, dice: random.Random) -> list:
    changed = copy.deepcopy(args)
    for _ in range(dice.choice((1, 1, 2))):
        if changed:
            at = dice.randrange(len(changed))
            changed[at] = _changed(changed[at], dice)
    return changed


def _changed(value: Any, dice: random.Random) -> Any:
    """A value of the same type, not far away."""
    if value is True or value is False:
        return not value
    if isinstance(value, int):
        reach = max(10, abs(value))
        return dice.choice((value + 1, value - 1, value * 2, 0, 1, -value, dice.randint(0, reach), dice.randint(0, reach)))
    if isinstance(value, float):
        return dice.choice((value + 1.0, value - 0.5, value * 2, -value, 0.0, round(dice.uniform(0, 10), 2)))
    if isinstance(value, str):
        return _changed_text(value, dice)
    if isinstance(value, (list, tuple)):
        return type(value)(_changed_items(list(value), dice))
    if isinstance(value, dict) and value:
        key = dice.choice(list(value))
        return {**value, key: _changed(value[key], dice)} if dice.random() < 0.7 else {k: v for k, v in value.items() if k != key}
    return value


def _changed_text(text: str, dice: random.Random) -> str:
    if not text:
        return dice.choice(("a", "ab", " "))
    at = dice.randrange(len(text))
    kind = dice.randrange(6)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + dice.choice(text) + text[at:]
    if kind == 2:
        return text[:at] + dice.choice(text) + text[at + 1 :]
    if kind == 3:
        return text[::-1]
    return text + text[at:] if kind == 4 else text[at:]


def _changed_items(items: list, dice: random.Random) -> list:
    if not items:
        return items
    at = dice.randrange(len(items))
    kind = dice.randrange(6)
    if kind == 0:
        return items[:at] + items[at + 1 :]
    if kind == 1:
        return [*items, copy.deepcopy(items[at])]
    if kind == 2:
        dice.shuffle(items)
        return items
    if kind == 3:
        return [*items, _changed(copy.deepcopy(items[at]), dice)]
    items[at] = _changed(items[at], dice)
    return items


def _digest(value: Any) -> str:
    if value is None:
        return "N"
    if isinstance(value, Remote):
        return "O"
    return hashlib.sha256(_canonical(value).encode("utf-8", "surrogatepass")).hexdigest()[:10]


def _canonical(value: Any) -> str:
    """Equal for values that a test would call equal: 1, 1.0 and True are one, floats count nine digits."""
    if isinstance(value, Remote):
        return "?"
    if isinstance(value, (bool, int, float)):
        number = float(value) if abs(value) < 1e15 else value
        return f"{number:.9g}" if isinstance(number, float) else str(number)
    if isinstance(value, (list, tuple)):
        return type(value).__name__ + "[" + ",".join(map(_canonical, value)) + "]"
    if isinstance(value, (set, frozenset)):
        return "set[" + ",".join(sorted(map(_canonical, value))) + "]"
    if isinstance(value, dict):
        return "dict[" + ",".join(sorted(f"{_canonical(key)}:{_canonical(item)}" for key, item in value.items())) + "]"
    return repr(value)


def _no_hook(tag: str, _body: Any) -> Any:
    raise ValueError(tag)
