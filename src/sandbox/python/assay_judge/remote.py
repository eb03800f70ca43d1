"""The tester's side of the seam: a session with one guest, and proxies for what stays there.

Nothing here trusts a reply. A frame of the wrong shape is `Protocol`; a value is rebuilt from exact builtin types; an
object that is no data is a proxy that never answers a comparison with plain data by asking the candidate.
"""
from __future__ import annotations

import builtins
import collections
import itertools
import marshal
from typing import Any, Callable, Iterator, NoReturn, Optional

from .foresight import Plan, fingerprint
from .guest import ARITHMETIC, CALL, ENTRY, GETATTR, LOOKUP, METHOD, NEXT, OPERATE, SETATTR, batch_size, builtin_bases
from .values import Unsupported, builtin_named, decode, encode, is_plain, named_builtin
from .wire import FrameReader, from_json, write_frame

REPLY_CAP = 4 << 20
MAX_NESTING = 20
MAX_OBJECTS = 100_000


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
_MEMBERS = {"__init__": lambda self, *args, **kwargs: None, "__module__": "builtins"}
_RESERVED = frozenset(("args", "report", "add_note", "with_traceback", "value", "errno", "strerror"))


def _builtin_base(bases: Any, stop_iteration_expected: bool) -> type:
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
    base = _builtin_base(bases, stop_iteration_expected)
    cls = _RAISED.get(base)
    if cls is None:
        cls = _RAISED[base] = type(base.__name__, (CandidateRaised, base), dict(_MEMBERS))
    return cls


def _raise(report: Any, session: "Session") -> NoReturn:
    """The candidate's report holds short strings and small integers, or the reply is refused."""
    if type(report) is not dict:
        raise Protocol("bad error report")
    clean: dict = {}
    for key in ("t", "e", "mod"):
        if type(report.get(key)) is str:
            clean[key] = report[key][:300]
    for key in ("n", "l"):
        if type(report.get(key)) is int and abs(report[key]) < 1 << 31:
            clean[key] = report[key]
    if type(report.get("r")) is int and report["r"] in session.raised_by_test:
        raise session.raised_by_test[report["r"]]
    args: tuple = (clean.get("e", ""),)
    if type(report.get("a")) is list:
        args = tuple(_decode(report["a"], _no_hook))
    known = session.exceptions.get(report["c"]) if type(report.get("c")) is int else None
    cls = known or _raised_class(report.get("b"), session.stop_iteration_expected)
    error = cls.__new__(cls, *args)
    error.args = args
    attributes = _decode(report.get("d", {"d": []}), _no_hook)
    if type(attributes) is not dict:
        raise Protocol("bad error report")
    for name, value in attributes.items():
        if type(name) is str and name.isidentifier() and not name.startswith("_") and name not in _RESERVED:
            error.__dict__[name] = value
    error.report = clean
    raise error


def _no_hook(tag: str, _body: Any) -> NoReturn:
    raise ValueError(tag)


def _decode(value: Any, hook: Callable[[str, Any], Any]) -> Any:
    try:
        return decode(value, hook)
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, MemoryError) as error:
        raise Protocol("bad value") from error


class Session:
    """Calls into one guest. `allow_operators`: the entry point is a class, so its objects may overload operators."""

    def __init__(self, channel: int, allow_operators: bool, stop_iteration_expected: bool) -> None:
        self.channel = channel
        self.calls = 0
        self.allow_operators = allow_operators
        self.stop_iteration_expected = stop_iteration_expected
        self.exceptions: dict = {}  # handle of the candidate's class -> ours
        self.raised_by_test: dict = {}  # the last ones, by number
        self._raised_count = 0
        self._given: dict = {}
        self._reader = FrameReader(channel, REPLY_CAP)
        self._proxies: dict = {}
        self._own: dict = {}
        self._own_ids: dict = {}
        self._nesting = 0
        self._ahead: collections.deque = collections.deque()

    def send_ahead(self, plan: Plan) -> None:
        """Sends calls that the tests will make; `ahead` then takes their answers in order."""
        self._ahead.extend(plan.prints)
        try:
            write_frame(self.channel, plan.payload)
        except OSError as error:
            raise Died from error

    def call(self, args: tuple, kwargs: dict) -> Any:
        if not self._ahead:
            return self.request(CALL, ENTRY, None, args, kwargs)
        if fingerprint(args, kwargs) != self._ahead.popleft():
            raise Misforeseen
        self.calls += 1
        return self._result((*args, *kwargs.values()))

    def read(self) -> dict:
        try:
            reply = from_json(self._reader.read().decode("utf-8", "surrogatepass"))
        except (EOFError, OSError) as error:
            raise Died from error
        except OverflowError as error:
            raise Protocol("reply too large") from error
        except (ValueError, RecursionError, MemoryError) as error:
            raise Protocol("bad frame") from error
        if type(reply) is not dict:
            raise Protocol("bad frame")
        return reply

    def read_raw(self) -> bytes:
        try:
            return self._reader.read()
        except (EOFError, OSError) as error:
            raise Died from error
        except OverflowError as error:
            raise Protocol("reply too large") from error

    def _write(self, message: tuple) -> None:
        try:
            write_frame(self.channel, marshal.dumps(message))
        except OSError as error:
            raise Died from error

    def request(self, operation: int, target: int, name: Any = None, args: tuple = (), kwargs: Optional[dict] = None) -> Any:
        self.calls += 1
        kwargs = kwargs or {}
        if is_plain(args) and (not kwargs or is_plain(kwargs)):
            self._write((operation, target, name, True, list(args), kwargs))
        else:
            sent = encode(list(args), self._hook_out), {"d": [[key, encode(item, self._hook_out)] for key, item in kwargs.items()]}
            self._write((operation, target, name, False, *sent))
        if self._ahead:
            raise Misforeseen
        return self._result((*args, *kwargs.values()))

    def _result(self, given: tuple) -> Any:
        """`given`: the arguments by position, then those by name."""
        while True:
            reply = self.read()
            if "stop" in reply:
                self._ahead.clear()
            if "v" in reply or "e" in reply:
                break
            self._serve(reply)
        if "m" in reply:
            self._write_back(given, reply["m"])
        if "v" not in reply:
            _raise(reply["e"], self)
        return _decode(reply["v"], self._hook_in)

    # -- values -----------------------------------------------------------------------------------------------------
    def _hook_out(self, value: Any) -> dict:
        if isinstance(value, Remote):
            return {"o": object.__getattribute__(value, "_handle")}
        name = named_builtin(value)
        if name is not None:
            return {"y": name}
        handle = self._own_ids.get(id(value))
        if handle is None:
            if len(self._own) >= MAX_OBJECTS:
                raise Unsupported("too many objects")
            handle = len(self._own) + 1
            self._own[handle] = value
            self._own_ids[id(value)] = handle
        if callable(value):
            kind = "c"
        elif hasattr(value, "__next__"):
            kind = "i"
        elif type(type(value)) is type and type(value).__module__ == "test":
            kind = "o"
        else:
            raise Unsupported("a test cannot pass " + type(value).__name__)
        return {"H": [kind, handle]}

    def _hook_in(self, tag: str, body: Any) -> Any:
        if tag == "h":
            handle, kind, name = body
            if type(handle) is not int or type(name) is not str or not 0 < handle <= MAX_OBJECTS:
                raise ValueError("bad handle")
            if self._ahead:
                raise ValueError("an object among foreseen answers, which an honest guest announces")
            proxy = self._proxies.get(handle)
            if proxy is None:
                cls = {"i": RemoteIterator, "c": RemoteCallable, "o": Remote}[kind]
                if self.allow_operators:
                    cls = RemoteObject if kind != "i" else RemoteIterator
                proxy = self._proxies[handle] = cls(self, handle, name[:80])
            return proxy
        if tag == "X":
            return self._exception_class(*body)
        if tag == "y":
            return builtin_named(body)
        if tag == "H":
            return self._own[body]
        raise ValueError(tag)

    def _exception_class(self, chain: Any, bases: Any) -> type:
        """Stands for an exception class of the candidate, so that a test can catch its instances."""
        if self._ahead or type(chain) is not list or not 0 < len(chain) <= 20:
            raise ValueError("bad exception class")
        cls: Optional[type] = None
        for handle, name in chain:
            if type(handle) is not int or type(name) is not str or len(self.exceptions) > 1000:
                raise ValueError("bad exception class")
            known = self.exceptions.get(handle)
            if known is None:
                parents = (cls,) if cls else (CandidateRaised, _builtin_base(bases, self.stop_iteration_expected))
                known = self.exceptions[handle] = type(name[:80], parents, dict(_MEMBERS))
            cls = known
        assert cls is not None
        return cls

    # -- the candidate asks back ------------------------------------------------------------------------------------
    def _serve(self, question: dict) -> None:
        self._nesting += 1
        try:
            if self._nesting > MAX_NESTING:
                raise Protocol("callbacks nested too deep")
            try:
                answer = ("answer", True, encode(self._answer(question), self._hook_out))
            except Stop:
                raise
            except Exception as error:
                reference = self._raised_count = self._raised_count + 1
                self.raised_by_test[reference] = error
                self.raised_by_test.pop(reference - 100, None)
                names = [name for name in builtin_bases(type(error)) if not name.startswith("Unicode")]
                answer = ("answer", False, (names[0], str(error)[:300], reference))
        finally:
            self._nesting -= 1
        self._write(answer)

    def _answer(self, question: dict) -> Any:
        for key in ("cb", "nx", "ga", "sa"):
            if key in question:
                value = self._own.get(question[key]) if type(question[key]) is int else None
                break
        else:
            raise Protocol("bad kind")
        if value is None:
            raise Protocol("unknown object")
        if key == "cb" and callable(value):
            args = _decode(question.get("a", []), self._hook_in)
            kwargs = question.get("w", {})
            if type(args) is not list or type(kwargs) is not dict:
                raise Protocol("bad call")
            kwargs = _decode(kwargs, self._hook_in)
            return value(*args, **kwargs)
        if key == "nx" and hasattr(value, "__next__"):
            given = self._given.get(question[key], 0)
            wanted = batch_size(given)
            self._given[question[key]] = given + wanted
            items = list(itertools.islice(value, wanted))
            return [items, len(items) < wanted]
        name = question.get("n")
        if key in ("ga", "sa") and type(name) is str and not name.startswith("_") and type(value).__module__ == "test":
            if key == "ga":
                return getattr(value, name)
            if callable(getattr(type(value), name, None)):
                raise Protocol("a method of the test replaced")
            setattr(value, name, _decode(question.get("x"), self._hook_in))
            return None
        raise Protocol("bad question")

    # -- arguments changed in place ---------------------------------------------------------------------------------
    def _write_back(self, given: tuple, changed: Any) -> None:
        values = _decode(changed, self._hook_in)
        if type(values) is not list or len(values) != len(given):
            raise Protocol("bad arguments")
        for old, new in zip(given, values):
            _sync(old, new)


def _sync(old: Any, new: Any) -> Any:
    """Makes `old` equal to `new` in place where it can be, so that other names for it see the change."""
    if old is new or type(old) is not type(new):
        return new
    if type(old) is list:
        old[:] = [_sync(a, b) for a, b in zip(old, new)] + new[len(old) :]
    elif type(old) is dict or hasattr(type(old), "__setitem__") and isinstance(old, dict):
        items = {key: _sync(old[key], item) if key in old else item for key, item in new.items()}
        old.clear()
        old.update(items)
    elif type(old) is set:
        old.clear()
        old.update(new)
    elif type(old) is bytearray:
        old[:] = new
    elif type(old) is tuple and len(old) == len(new):
        return tuple([_sync(a, b) for a, b in zip(old, new)])
    elif hasattr(old, "popleft"):
        old.clear()
        old.extend(new)
    else:
        return new
    return old


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
