"""What a candidate gets in place of an argument that stays with the tester: a function, an iterator, an object."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator

if TYPE_CHECKING:
    from .guest import Server


class Callback:
    """Stands for a function that the test passed as an argument."""

    def __init__(self, server: "Server", handle: int) -> None:
        self._ask = lambda args, kwargs: server.ask({"cb": handle, "a": args, "w": kwargs})

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask(list(args), kwargs)


class RemoteIterator:
    """Stands for an iterator that the test passed as an argument."""

    def __init__(self, server: "Server", handle: int) -> None:
        self._items = _pull(server, handle)

    def __iter__(self) -> "RemoteIterator":
        return self

    def __next__(self) -> Any:
        return next(self._items)


def _pull(server: "Server", handle: int) -> Iterator[Any]:
    while True:
        items, ended = server.ask({"nx": handle})
        yield from items
        if ended:
            return


class RemoteRecord:
    """Stands for an object of a class that the test defines: its public attributes can be read and called."""

    def __init__(self, server: "Server", handle: int) -> None:
        object.__setattr__(self, "_server", server)
        object.__setattr__(self, "_handle", handle)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._server.ask({"ga": self._handle, "n": name})

    def __setattr__(self, name: str, value: Any) -> None:
        self._server.ask({"sa": self._handle, "n": name, "x": value})


# What a candidate does wrong with one of them is told in Python's own words: "'iterator' object is not subscriptable".
for _stand_in, _name in ((Callback, "function"), (RemoteIterator, "iterator"), (RemoteRecord, "object")):
    _stand_in.__name__ = _stand_in.__qualname__ = _name
    _stand_in.__module__ = "builtins"


KINDS = {"c": Callback, "i": RemoteIterator, "o": RemoteRecord}
