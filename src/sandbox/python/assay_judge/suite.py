"""The tests of one task, compiled once and kept while its candidates follow each other."""
from __future__ import annotations

import ast
import collections
import itertools
import math
import re
import sys
from dataclasses import dataclass, field
from typing import Optional

from .assertions import CompiledTest, compile_test
from .foresight import foresee
from .observe import Observation

# Modules that tests of public sets use without importing them.
AMBIENT = {"sys": sys, "math": math, "re": re, "collections": collections, "itertools": itertools}


@dataclass
class Suite:
    key: str
    prelude: Optional[CompiledTest] = None
    tests: list = field(default_factory=list)
    free_names: frozenset = frozenset()
    plans: dict = field(default_factory=dict)
    stop_iteration_expected: bool = False
    problem: Optional[str] = None
    prelude_source: str = ""
    observation: Optional[Observation] = None  # of a test that observes


def whole_program(prelude: str) -> str:
    """A prompt may end in a bare `def` line, whose body is what is asked for."""
    try:
        ast.parse(prelude)
    except IndentationError:
        return prelude.rstrip() + "\n    pass\n"
    except (SyntaxError, ValueError):
        pass  # for compile_test to report
    return prelude


def load_suite(job: dict) -> Suite:
    suite = Suite(job["suite"])
    entry = job["entry"]
    try:
        names: set = set()
        if job["prelude"]:
            suite.prelude_source = whole_program(job["prelude"])
            suite.prelude = compile_test(suite.prelude_source, "prelude")
            names |= suite.prelude.free_names
        for test in job["tests"]:
            compiled = compile_test(test["code"], "test") if test["kind"] == "program" else None
            if compiled:
                names |= compiled.free_names
            if test["kind"] == "observe":
                suite.observation = Observation(test, entry)
            suite.tests.append((test, compiled))
        if job["inGuest"]:
            if not all(test["kind"] == "program" for test, _ in suite.tests):
                raise ValueError("only program tests can run in the guest")
            suite.prelude, names = None, set()
        prelude_names = suite.prelude.bound_names if suite.prelude else frozenset()
        suite.free_names = frozenset(names - prelude_names - set(AMBIENT) - {entry, "candidate", "__name__"})
        sources = [job["prelude"], *(test.get("code", "") for test in job["tests"])]
        suite.stop_iteration_expected = any("StopIteration" in source for source in sources)
        # Calls of the candidate's other names, and calls that helpers make, do not show in a test's source.
        calls_hide = job["classy"] or suite.free_names or suite.prelude and entry in suite.prelude.loaded_names
        if not job["inGuest"] and not calls_hide:
            suite.plans = _plans(suite.tests, entry)
    except BaseException as error:  # a test that cannot be compiled is the task's fault, never the candidate's
        suite.problem = f"{type(error).__name__}: {str(error)[:200]}"
    return suite


def _plans(tests: list, entry: str) -> dict:
    plans = {}
    groups = [group for group in ("public", "hidden") if any(test["visibility"] == group for test, _ in tests)]
    for group in groups:
        sources = [
            (test["code"], test["check"]) if test["kind"] == "program" else (None, None)
            for test, _ in tests
            if test["visibility"] == group
        ]
        plans[group] = foresee(sources, entry, group == groups[-1])
    return plans
