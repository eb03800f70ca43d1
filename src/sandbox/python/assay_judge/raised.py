"""How the judging of a candidate can end in the middle of a test, and exceptions that the candidate reports."""
from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any, Callable, NoReturn

from .values import decode

if TYPE_CHECKING:
    from .session import Session


class Stop(BaseException):
    """Ends the judging of a candidate: not an Exception, so that test code cannot catch it by accident."""


class Died(Stop):
    """The channel closed: the guest exited, was killed, or closed it."""


class TimedOut(Stop):
    """The wall-clock guard of the tester fired."""


class Protocol(Stop):
    """A reply that no honest guest sends."""


class Misforeseen(Stop):
    """A test made another call than was foreseen: a fault of the judge."""


class CandidateRaised(Exception):
    """An exception that the candidate reported. Mixed with the builtin class it names, so that a test can expect it."""

    report: dict = {}


_RAISED: dict = {}
MEMBERS = {"__init__": lambda self, *args, **kwargs: None, "__module__": "builtins"}
_RESERVED = frozenset(("args", "report", "add_note", "with_traceback", "value", "errno", "strerror"))


def builtin_base(bases: Any, stop_iteration_expected: bool) -> type:
    base: type = Exception
    if type(bases) is list:
        for name in bases[:20]:
            found = getattr(builtins, name, None) if type(name) is str else None
            if isinstance(found, type) and issubclass(found, Exception) and not issubclass(found, AssertionError):
                base = found
                break
    # Loops over map() and the like end quietly on a StopIteration: only a test that speaks of it gets one.
    unfit = base.__name__ in ("BaseExceptionGroup", "ExceptionGroup")
    if unfit or issubclass(base, StopIteration) and not stop_iteration_expected:
        base = Exception
    return base


def _raised_class(bases: Any, stop_iteration_expected: bool) -> type:
    base = builtin_base(bases, stop_iteration_expected)
    cls = _RAISED.get(base)
    if cls is None:
        cls = _RAISED[base] = type(base.__name__, (CandidateRaised, base), dict(MEMBERS))
    return cls


def clean_report(report: Any) -> dict:
    """What is kept of an error as the candidate tells it: short strings and small integers. Raises Protocol."""
    if type(report) is not dict:
        raise Protocol("bad error report")
    clean: dict = {key: report[key][:300] for key in ("t", "e", "mod") if type(report.get(key)) is str}
    clean.update({key: report[key] for key in ("n", "l") if type(report.get(key)) is int and abs(report[key]) < 1 << 31})
    return clean


def raise_reported(report: Any, session: Session) -> NoReturn:
    clean = clean_report(report)
    if type(report.get("r")) is int and report["r"] in session.raised_by_test:
        raise session.raised_by_test[report["r"]]
    args: tuple = (clean.get("e", ""),)
    if type(report.get("a")) is list:
        args = tuple(decode_or_refuse(report["a"], _no_hook))
    known = session.exceptions.get(report["c"]) if type(report.get("c")) is int else None
    cls = known or _raised_class(report.get("b"), session.stop_iteration_expected)
    error = cls.__new__(cls, *args)
    error.args = args
    attributes = decode_or_refuse(report.get("d", {"d": []}), _no_hook)
    if type(attributes) is not dict:
        raise Protocol("bad error report")
    for name, value in attributes.items():
        if type(name) is str and name.isidentifier() and not name.startswith("_") and name not in _RESERVED:
            error.__dict__[name] = value
    error.report = clean
    raise error


def _no_hook(tag: str, _body: Any) -> NoReturn:
    raise ValueError(tag)


def decode_or_refuse(value: Any, hook: Callable[[str, Any], Any]) -> Any:
    try:
        return decode(value, hook)
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, MemoryError) as error:
        raise Protocol("bad value") from error
