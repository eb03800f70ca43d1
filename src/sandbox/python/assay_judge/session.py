"""The tester's side of the seam: a session with one guest.

Nothing here trusts a reply. A frame of the wrong shape is `Protocol`; a value is rebuilt from exact builtin types; an
object that is no data is a proxy that never answers a comparison with plain data by asking the candidate.
"""
from __future__ import annotations

import collections
import itertools
import marshal
from typing import Any, Optional

from .foresight import Plan, fingerprint
from .protocol import CALL, ENTRY, batch_size, builtin_bases
from .proxies import Remote, RemoteCallable, RemoteIterator, RemoteObject
from .raised import MEMBERS, CandidateRaised, Died, Misforeseen, Protocol, Stop, builtin_base, decode_or_refuse, raise_reported
from .values import Unsupported, builtin_named, encode, is_plain, named_builtin
from .wire import FrameReader, from_json, write_frame

REPLY_CAP = 4 << 20
MAX_NESTING = 20
MAX_OBJECTS = 100_000


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
            raise_reported(reply["e"], self)
        return decode_or_refuse(reply["v"], self._hook_in)

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
                parents = (cls,) if cls else (CandidateRaised, builtin_base(bases, self.stop_iteration_expected))
                known = self.exceptions[handle] = type(name[:80], parents, dict(MEMBERS))
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
            args = decode_or_refuse(question.get("a", []), self._hook_in)
            kwargs = question.get("w", {})
            if type(args) is not list or type(kwargs) is not dict:
                raise Protocol("bad call")
            kwargs = decode_or_refuse(kwargs, self._hook_in)
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
            setattr(value, name, decode_or_refuse(question.get("x"), self._hook_in))
            return None
        raise Protocol("bad question")

    # -- arguments changed in place ---------------------------------------------------------------------------------
    def _write_back(self, given: tuple, changed: Any) -> None:
        values = decode_or_refuse(changed, self._hook_in)
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
