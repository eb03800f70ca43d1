"""Objects that live in the guest, as a test sees them."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Iterator

from .protocol import ARITHMETIC, CALL, ENTRY, GETATTR, LOOKUP, METHOD, NEXT, OPERATE, SETATTR
from .raised import Protocol

if TYPE_CHECKING:
    from .session import Session


class Remote:
    """An object that lives in the guest. Its attributes and methods can be used; comparing it with data is False."""

    __slots__ = ("_session", "_handle", "_name")

    def __init__(self, session: Session, handle: int, name: str) -> None:
        object.__setattr__(self, "_session", session)
        object.__setattr__(self, "_handle", handle)
        object.__setattr__(self, "_name", name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._session.request(GETATTR, self._handle, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._session.request(SETATTR, self._handle, name, (value,))

    def __repr__(self) -> str:
        return f"<{self._name} of the candidate>"

    def _operate(self, name: str, *args: Any) -> Any:
        return self._session.request(OPERATE, self._handle, name, args)

    def _typed(self, name: str, kind: type) -> Any:
        value = self._operate(name)
        if type(value) is not kind:
            raise TypeError(f"{name} of the candidate's {self._name} gave {type(value).__name__}")
        return value

    def __len__(self) -> int:
        return self._typed("len", int)

    def __bool__(self) -> bool:
        return self._typed("bool", bool)

    def __contains__(self, item: Any) -> bool:
        """Looked for among the items: an object that claims to contain everything must show it."""
        return any(found is item or found == item for found in self)

    def __iter__(self) -> Any:
        return iter(self._operate("iter"))

    def __getitem__(self, key: Any) -> Any:
        return self._operate("getitem", key)

    __hash__ = object.__hash__

    def __eq__(self, other: Any) -> Any:
        return self is other


class RemoteCallable(Remote):
    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._session.request(CALL, self._handle, None, args, kwargs)


class RemoteIterator(Remote):
    __slots__ = ("_items",)

    def __init__(self, session: Session, handle: int, name: str) -> None:
        super().__init__(session, handle, name)
        object.__setattr__(self, "_items", self._pull())

    def _pull(self) -> Iterator[Any]:
        while True:
            batch = self._session.request(NEXT, self._handle)
            if type(batch) is not list or len(batch) != 2 or type(batch[0]) is not list:
                raise Protocol("bad batch")
            yield from batch[0]
            if batch[1] is not False:
                return

    def __iter__(self) -> "RemoteIterator":
        return self

    def __next__(self) -> Any:
        return next(self._items)


class RemoteObject(RemoteCallable):
    """Instance of a class task: operators are asked of the candidate too, since they are what the task is about."""

    __slots__ = ()

    def __eq__(self, other: Any) -> Any:
        if self is other:
            return True
        return isinstance(other, RemoteObject) and self._operate("eq", other) is True

    def __hash__(self) -> int:
        return self._typed("hash", int)

    def __contains__(self, item: Any) -> bool:
        return self._operate("contains", item) is True

    def __str__(self) -> str:
        return self._typed("str", str)

    def __repr__(self) -> str:
        return self._typed("repr", str)

    def __instancecheck__(self, other: Any) -> bool:
        return isinstance(other, Remote) and self._operate("instancecheck", other) is True

    def __index__(self) -> int:
        return self._typed("index", int)

    def __round__(self, *digits: Any) -> Any:
        return self._operate("round", *digits)

    def __format__(self, form: str) -> str:
        value = self._operate("format", form)
        return value if type(value) is str else ""

    def __int__(self) -> int:
        return self._typed("int", int)

    def __float__(self) -> float:
        return self._typed("float", float)

    def __enter__(self) -> Any:
        return self._session.request(METHOD, self._handle, "__enter__")

    def __exit__(self, *_error: Any) -> Any:
        return self._session.request(METHOD, self._handle, "__exit__", (None, None, None))


def _forward(name: str) -> Callable[..., Any]:
    def method(self: RemoteObject, *args: Any) -> Any:
        return self._operate(name, *args)

    return method


for _name in "neg pos abs lt le gt ge getitem setitem delitem invert reversed".split():
    setattr(RemoteObject, f"__{_name}__", _forward(_name))
for _name in ARITHMETIC:
    for _side in ("", "r", "i"):
        setattr(RemoteObject, f"__{_side}{_name.rstrip('_')}__", _forward(_side + _name))


def entry_point(session: Session, name: str) -> Callable[..., Any]:
    if session.allow_operators:
        return RemoteObject(session, ENTRY, name)

    def candidate(*args: Any, **kwargs: Any) -> Any:
        return session.call(args, kwargs)

    return candidate


def lookup(session: Session, name: str) -> Any:
    return session.request(LOOKUP, 0, name)
