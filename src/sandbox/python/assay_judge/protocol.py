"""What guest and tester agree on: the requests, the operators that cross, the first frame, the size of batches."""
from __future__ import annotations

import builtins
import operator
from typing import Any

BOXED = b"1"  # sent once the guest is confined and before candidate code runs: a later death is the candidate's
BATCH = 64

# Requests of the tester.
CALL, METHOD, GETATTR, SETATTR, NEXT, OPERATE, LOOKUP, EXECUTE = range(8)
ENTRY = 0  # target of CALL: the entry point; other targets are handles

OPERATORS = {
    name: getattr(operator, name)
    for name in (
        "add sub mul truediv floordiv mod pow matmul neg pos abs lt le gt ge eq ne getitem setitem delitem contains "
        "and_ or_ xor lshift rshift invert"
    ).split()
}
OPERATORS.update(len=len, bool=bool, str=str, repr=repr, int=int, float=float, hash=hash, iter=iter, reversed=reversed)
OPERATORS.update(index=operator.index, round=round, format=format, instancecheck=lambda value, other: isinstance(other, value))
ARITHMETIC = "add sub mul truediv floordiv mod pow matmul and_ or_ xor lshift rshift".split()


def _reflected(function: Any) -> Any:
    return lambda value, other: function(other, value)


for _name in ARITHMETIC:
    OPERATORS["r" + _name] = _reflected(OPERATORS[_name])
    OPERATORS["i" + _name] = getattr(operator, "i" + _name.rstrip("_"))


def builtin_bases(kind: type) -> list:
    return [base.__name__ for base in kind.__mro__ if getattr(builtins, base.__name__, None) is base]


def batch_size(pulled: int) -> int:
    """How many items to take from an iterator of which `pulled` were taken before."""
    return 1 if pulled < BATCH else min(BATCH, pulled // BATCH * 4)
