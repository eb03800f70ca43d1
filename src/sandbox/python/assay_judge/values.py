"""Plain data across the seam between candidate and tester.

A closed encoding over JSON: None, bool, int, float, str and list as they are, all else as a one-key object. Nothing of
the candidate's classes crosses: a subclass of a builtin type is sent as its builtin value, read by the base class's own
methods, and the receiver rebuilds exact builtin types. Objects that are not data cross as handles.
"""
from __future__ import annotations

import builtins
import collections
import datetime
import decimal
import fractions
from typing import Any, Callable, Optional

SCALARS = frozenset((type(None), bool, int, float, str))
EXACT = frozenset((type(None), bool, float, str))
BIG = 1 << 4096  # decimal digits take quadratic time in both directions, hexadecimal ones linear
MAX_DEPTH = 200
MAPPINGS = {
    collections.Counter: "Counter",
    collections.OrderedDict: "OrderedDict",
    collections.defaultdict: "defaultdict",
}
_CLASSES = {name: cls for cls, name in MAPPINGS.items()}
# Builtins that may cross by name: types, and functions that run nothing they are given. The tester would run them itself.
NAMED_BUILTINS = frozenset(
    "abs all any ascii bin bool bytearray bytes chr complex dict divmod enumerate filter float frozenset hash hex int "
    "isinstance issubclass iter len list map max min next object oct ord pow range repr reversed round set slice sorted "
    "str sum tuple zip".split()
)
_BASES = (int, float, str, list, tuple, dict, frozenset, set, bytes, bytearray, complex)

Hook = Callable[[Any], Optional[dict]]


class Unsupported(TypeError):
    """A value that is not data, met where handles are not allowed."""


def encode(value: Any, hook: Hook, depth: int = 0) -> Any:
    """`hook` turns an object that is no data into a handle, or raises Unsupported."""
    kind = type(value)
    if kind in EXACT:
        return value
    if kind is int:
        return value if -BIG < value < BIG else {"i": hex(value)}
    if depth > MAX_DEPTH:
        raise Unsupported("value nested too deep")
    deeper = depth + 1
    if kind is list:
        return [encode(item, hook, deeper) for item in value]
    if kind is tuple:
        return {"t": [encode(item, hook, deeper) for item in value]}
    if kind is dict:
        return {"d": [[encode(key, hook, deeper), encode(item, hook, deeper)] for key, item in value.items()]}
    if kind is set:
        return {"s": [encode(item, hook, deeper) for item in value]}
    if kind is frozenset:
        return {"f": [encode(item, hook, deeper) for item in value]}
    if kind is bytes:
        return {"b": value.hex()}
    if kind is bytearray:
        return {"ba": value.hex()}
    if kind is complex:
        return {"c": [value.real, value.imag]}
    if kind is range:
        return {"r": [value.start, value.stop, value.step]}
    if kind is slice:
        return {"sl": [encode(item, hook, deeper) for item in (value.start, value.stop, value.step)]}
    if kind is collections.deque:
        return {"q": [encode(item, hook, deeper) for item in value]}
    if kind in MAPPINGS:
        items = [[encode(key, hook, deeper), encode(item, hook, deeper)] for key, item in dict.items(value)]
        return {"m": [MAPPINGS[kind], items]}
    if kind is decimal.Decimal:
        return {"D": str(value)}
    if kind is fractions.Fraction:
        return {"F": [encode(value.numerator, hook, deeper), encode(value.denominator, hook, deeper)]}
    if kind is datetime.date or kind is datetime.datetime:
        return {"T": [kind.__name__, value.isoformat()]}
    if value is Ellipsis or value is NotImplemented:
        return {"k": str(value)}
    if issubclass(kind, tuple):
        fields = kind.__dict__.get("_fields")
        if type(fields) is tuple and len(fields) == tuple.__len__(value) and all(map(_is_field, fields)):
            return {"n": [kind.__name__, list(fields), [encode(item, hook, deeper) for item in tuple.__iter__(value)]]}
    for base in _BASES:
        if issubclass(kind, base):
            return encode(_base_value(value, base), hook, depth)
    return hook(value)


def _base_value(value: Any, base: type) -> Any:
    """The value of a subclass's instance as its builtin base sees it; overridden methods are not asked."""
    if base is int:
        return int.__add__(value, 0)
    if base is float:
        return float.__add__(value, 0.0)
    if base is complex:
        return complex.__add__(value, 0j)
    if base is str:
        return str.__str__(value)[:] if type(value) is str else str.__add__(value, "")
    if base is bytes:
        return bytes.__add__(value, b"")
    if base is bytearray:
        return bytearray(bytearray.__iter__(value))
    if base is dict:
        return dict(dict.items(value))
    return base(base.__iter__(value))


def decode(value: Any, hook: Callable[[str, Any], Any]) -> Any:
    """Inverse of `encode`. Raises ValueError, TypeError, LookupError or similar on anything that is no encoding."""
    kind = type(value)
    if kind is list:
        return [decode(item, hook) for item in value]
    if kind is not dict:
        return value
    ((tag, body),) = value.items()
    if tag == "t":
        return tuple([decode(item, hook) for item in body])
    if tag == "d":
        return {decode(key, hook): decode(item, hook) for key, item in body}
    if tag == "s":
        return {decode(item, hook) for item in body}
    if tag == "f":
        return frozenset({decode(item, hook) for item in body})
    if tag == "i":
        return int(body, 16)
    if tag == "n":
        return Record.make(*body, hook)
    if tag == "b":
        return bytes.fromhex(body)
    if tag == "ba":
        return bytearray.fromhex(body)
    if tag == "c":
        return complex(body[0], body[1])
    if tag == "r":
        start, stop, step = body
        return range(start, stop, step)
    if tag == "sl":
        return slice(*[decode(item, hook) for item in body])
    if tag == "q":
        return collections.deque([decode(item, hook) for item in body])
    if tag == "m":
        name, items = body
        plain = {decode(key, hook): decode(item, hook) for key, item in items}
        return collections.defaultdict(None, plain) if name == "defaultdict" else _CLASSES[name](plain)
    if tag == "D":
        return _decimal(decimal.Decimal(_text(body)))
    if tag == "F":
        numerator, denominator = body
        return fractions.Fraction(_integer(decode(numerator, hook)), _integer(decode(denominator, hook)))
    if tag == "T":
        name, text = body
        return {"date": datetime.date, "datetime": datetime.datetime}[name].fromisoformat(_text(text))
    if tag == "x":
        return float(_text(body))
    if tag == "k":
        return {"Ellipsis": Ellipsis, "NotImplemented": NotImplemented}[body]
    return hook(tag, body)


class Record(tuple):
    """A named tuple of the other side: a tuple whose items can be read by name too."""

    @classmethod
    def make(cls, name: Any, fields: Any, items: Any, hook: Callable[[str, Any], Any]) -> "Record":
        record = cls([decode(item, hook) for item in items])
        if len(fields) != len(record) or not all(map(_is_field, fields)):
            raise ValueError("bad fields")
        record.__dict__.update(zip(fields, record))
        record.__dict__.update(_fields=tuple(fields), _name=_text(name))
        return record

    def _asdict(self) -> dict:
        return dict(zip(self._fields, self))

    def __repr__(self) -> str:
        return f"{self._name}({', '.join(f'{name}={item!r}' for name, item in zip(self._fields, self))})"


def _is_field(name: Any) -> bool:
    return type(name) is str and name.isidentifier() and not name.startswith("_")


def named_builtin(value: Any) -> Optional[str]:
    """Name of a builtin that may cross by name."""
    name = getattr(value, "__name__", None)
    if type(name) is not str or getattr(builtins, name, None) is not value:
        return None
    return name if name in NAMED_BUILTINS or isinstance(value, type) and issubclass(value, BaseException) else None


def builtin_named(name: Any) -> Any:
    """Inverse of `named_builtin`. Raises ValueError."""
    value = getattr(builtins, name, None) if type(name) is str else None
    if value is None or named_builtin(value) != name:
        raise ValueError("bad name")
    return value


def _text(value: Any) -> str:
    if type(value) is not str or len(value) > 10_000:
        raise ValueError("bad text")
    return value


def _decimal(value: decimal.Decimal) -> decimal.Decimal:
    """int() of 1e999999999 would keep C code busy for hours, where no alarm is heard."""
    if value.is_finite() and abs(value.adjusted()) > 20_000:
        raise ValueError("exponent too large")
    return value


def _integer(value: Any) -> int:
    if type(value) is not int:
        raise ValueError("bad integer")
    return value


def is_plain(value: Any, depth: int = 0) -> bool:
    """Whether `marshal` carries the value exactly: scalars and list, tuple, set, frozenset, dict, bytes of them."""
    kind = type(value)
    if kind in SCALARS or kind is bytes or kind is complex:
        return True
    if depth > 50:
        return False
    if kind is dict:
        return is_plain(list(value), depth + 1) and is_plain(list(value.values()), depth + 1)
    if kind is list or kind is tuple or kind is set or kind is frozenset:
        return set(map(type, value)) <= SCALARS or all(is_plain(item, depth + 1) for item in value)
    return False
