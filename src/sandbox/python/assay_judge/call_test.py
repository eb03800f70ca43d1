"""Tests that are data: one call of the entry point, and what must come of it."""
from __future__ import annotations

import math
from typing import Any, NoReturn

from .raised import CandidateRaised
from .values import decode


def run_call_test(test: dict, candidate: Any) -> None:
    def value(encoded: Any) -> Any:
        return decode(encoded, _no_hook)

    args = [value(item) for item in test["args"]]
    kwargs = {key: value(item) for key, item in test["kwargs"].items()}
    if test["raises"]:
        try:
            candidate(*args, **kwargs)
        except CandidateRaised as error:
            if test["raises"] in (error.report.get("t"), *(base.__name__ for base in type(error).__mro__)):
                return
            raise
        raise AssertionError(f"{test['raises']} expected")
    got, expected = candidate(*args, **kwargs), value(test["returns"]) if test["hasReturns"] else None
    if test["hasReturns"] and not _same(got, expected, test["rel"], test["abs"]):
        raise AssertionError(f"got {show(got)}, expected {show(expected)}")
    if test["argsAfter"] is not None:
        after = [value(item) for item in test["argsAfter"]]
        if not _same(args, after, 0.0, 0.0):
            raise AssertionError(f"arguments became {show(args)}, expected {show(after)}")


def _same(got: Any, expected: Any, relative: float, absolute: float) -> bool:
    """Equal in value and in exact type, floats within the tolerance; bool and int are told apart from float only."""
    if isinstance(expected, float) and isinstance(got, (int, float)) and not isinstance(got, bool):
        if math.isnan(expected):
            return isinstance(got, float) and math.isnan(got)
        return got == expected or (relative > 0 or absolute > 0) and math.isclose(
            got, expected, rel_tol=relative, abs_tol=absolute
        )
    if isinstance(expected, (list, tuple)):
        return (
            isinstance(got, type(expected))
            and len(got) == len(expected)
            and all(_same(a, b, relative, absolute) for a, b in zip(got, expected))
        )
    if isinstance(expected, dict):
        return (
            isinstance(got, dict)
            and got.keys() == expected.keys()
            and all(_same(got[key], expected[key], relative, absolute) for key in expected)
        )
    return got == expected


def show(value: Any) -> str:
    """A value for people, cut; an object of the candidate may fail to have a text."""
    try:
        text = repr(value)
    except Exception as error:
        return f"<{type(value).__name__}: {type(error).__name__}>"
    return text if len(text) <= 120 else text[:100] + f"… ({len(text)} characters)"


def _no_hook(tag: str, _body: Any) -> NoReturn:
    raise ValueError(tag)
