"""Runs inside the guest: executes a candidate, then answers calls. Never holds a test or an expected value."""
from __future__ import annotations

import builtins
import marshal
import os
import sys
from typing import Any, NoReturn

from .protocol import CALL, ENTRY, EXECUTE, GETATTR, LOOKUP, METHOD, NEXT, OPERATORS, SETATTR, batch_size, builtin_bases
from .stand_ins import KINDS
from .values import Unsupported, builtin_named, decode, encode, named_builtin
from .wire import FrameReader, to_json, write_frame

CHANNEL = 60
STAND_INS = tuple(KINDS.values())
SOURCE_NAME = "solution.py"
REQUEST_CAP = 64 << 20
IMMUTABLE = frozenset((type(None), bool, int, float, str, bytes, complex))
REFERENCE = "__assay_reference__"  # on an exception of the test's: its number there, so that it can come back as itself


def describe(error: BaseException) -> dict:
    """An exception as data. All of it is the candidate's claim: the tester trusts none of it with more than a name."""
    kind = type(error)
    answer: dict = {"t": kind.__name__, "b": builtin_bases(kind), "e": str(error)[:300]}
    number = getattr(error, "errno", None)
    if type(number) is int:
        answer["n"] = number
    if kind is ModuleNotFoundError:
        answer["mod"] = str(error.name)[:100]
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == SOURCE_NAME:
            answer["l"] = trace.tb_lineno
        trace = trace.tb_next
    for key, read in (("a", lambda: list(error.args)[:8]), ("d", lambda: dict(vars(error)))):
        try:
            answer[key] = encode(read(), refuse)
            if len(to_json(answer)) > 20_000:
                del answer[key]
        except Exception:
            answer.pop(key, None)
    reference = getattr(error, REFERENCE, None)
    if type(reference) is int:
        answer["r"] = reference
    return answer


def nothing() -> None:
    """Stands for the flush of a stream that the candidate took away."""


def refuse(value: Any) -> NoReturn:
    raise Unsupported("unsupported type " + type(value).__name__)


class Server:
    def __init__(self, channel: int, entry: Any, namespace: dict) -> None:
        self._channel = channel
        self._reader = FrameReader(channel, REQUEST_CAP)
        self._entry = entry
        self._namespace = namespace
        self._objects: dict = {ENTRY: entry}
        self._handles: dict = {}
        self._stand_ins: dict = {}
        self._pulled: dict = {}
        self._handed_out = False

    # -- values -----------------------------------------------------------------------------------------------------
    def hook_out(self, value: Any) -> dict:
        if isinstance(value, STAND_INS):
            for key, stand_in in self._stand_ins.items():
                if stand_in is value:
                    return {"H": key[1]}
        name = named_builtin(value)
        if name is not None:
            return {"y": name}
        self._handed_out = True
        if type(value) is type and issubclass(value, BaseException):
            # The test may want to catch it: all of the candidate's own classes above it, the most basic one first.
            own = [cls for cls in value.__mro__ if getattr(builtins, cls.__name__, None) is not cls]
            chain = [[self._handle_of(cls), cls.__name__[:80]] for cls in reversed(own)]
            return {"X": [chain, builtin_bases(value)]}
        handle = self._handle_of(value)
        kind = "i" if hasattr(value, "__next__") else "c" if callable(value) else "o"
        return {"h": [handle, kind, type(value).__name__[:80]]}

    def _handle_of(self, value: Any) -> int:
        handle = self._handles.get(id(value))
        if handle is None:
            handle = len(self._objects) + 1
            self._objects[handle] = value
            self._handles[id(value)] = handle
        return handle

    def _describe(self, error: BaseException) -> dict:
        answer = describe(error)
        known = [self._handles[id(cls)] for cls in type(error).__mro__ if id(cls) in self._handles]
        if known:
            answer["c"] = known[0]
        return answer

    def hook_in(self, tag: str, body: Any) -> Any:
        if tag == "o":
            return self._objects[body]
        if tag == "y":
            return builtin_named(body)
        if tag == "H":
            kind, handle = body
            stand_in = self._stand_ins.get((kind, handle))
            if stand_in is None:
                stand_in = self._stand_ins[(kind, handle)] = KINDS[kind](self, handle)
            return stand_in
        raise ValueError(tag)

    # -- serving ----------------------------------------------------------------------------------------------------
    def ask(self, question: dict) -> Any:
        """A question to the tester in the middle of a call; calls that it makes meanwhile are served."""
        hook = self.hook_out
        self._send({key: encode(item, hook) if key in ("a", "w", "x") else item for key, item in question.items()})
        while True:
            request = marshal.loads(self._reader.read())
            if request[0] == "answer":
                _, ok, value = request
                if ok:
                    return decode(value, self.hook_in)
                name, text, reference = value
                error = getattr(builtins, name)(text)
                setattr(error, REFERENCE, reference)
                raise error
            self._send(self.handle(request))

    def _send(self, answer: dict) -> None:
        write_frame(self._channel, to_json(answer).encode("utf-8", "surrogatepass"))

    def handle(self, request: tuple) -> dict:
        try:
            operation, target, name, plain, args, kwargs = request
            if not plain:
                args = decode(args, self.hook_in)
                kwargs = decode(kwargs, self.hook_in)
            if operation == CALL:
                return self._call(self._entry if target == ENTRY else self._objects[target], plain, args, kwargs)
            if operation == LOOKUP:
                return {"v": encode(self._namespace[name], self.hook_out)}
            if operation == EXECUTE:
                return {"v": self._execute(*args)}
            value = self._objects[target]
            if operation == METHOD:
                return self._call(getattr(value, name), plain, args, kwargs)
            if operation == GETATTR:
                result = getattr(value, name)
            elif operation == SETATTR:
                setattr(value, name, args[0])
                result = None
            elif operation == NEXT:
                return {"v": self._batch(value, name)}
            else:
                result = OPERATORS[name](value, *args)
            return {"v": encode(result, self.hook_out)}
        except BaseException as error:
            return {"e": self._describe(error)}

    def _execute(self, prelude: str, source: str, check: Any, entry: str) -> list:
        """A test that cannot be split from the candidate: it runs here, and what it says is the candidate's word."""
        names: dict = {"__name__": "test"}
        exec(compile(prelude, "prelude", "exec", dont_inherit=True), names)
        names.update(self._namespace)
        names[entry] = self._entry
        try:
            exec(compile(source, "test", "exec", dont_inherit=True), names)
            if check:
                names[check](self._entry)
        except AssertionError as error:
            return ["failed", str(error)[:300]]
        return ["passed", ""]

    def _call(self, function: Any, plain: bool, args: list, kwargs: dict) -> dict:
        given = [*args, *kwargs.values()] if kwargs else args
        mutable = [item for item in given if type(item) not in IMMUTABLE]
        if not mutable:
            return {"v": encode(function(*args, **kwargs) if kwargs else function(*args), self.hook_out)}
        before = self._fingerprint(mutable, plain)
        try:
            answer = {"v": encode(function(*args, **kwargs) if kwargs else function(*args), self.hook_out)}
        except BaseException as error:
            answer = {"e": self._describe(error)}
        if self._fingerprint(mutable, plain) != before:
            answer["m"] = [encode(item, self.hook_out) for item in given]
        return answer

    def _fingerprint(self, values: list, plain: bool) -> Any:
        if plain:
            try:
                return marshal.dumps(values, 2)
            except ValueError:
                return None
        return to_json(encode(values, self.hook_out))

    def _batch(self, iterator: Any, _name: Any) -> Any:
        """Some items and whether the iterator ended; an exception after some items is kept for the next batch.

        The first ones come one by one: a further item may cost more than the whole test, or change what it looks at.
        """
        items: list = []
        wanted = batch_size(self._pulled.get(id(iterator), 0)) if type(iterator).__module__ == "builtins" else 1
        self._pulled[id(iterator)] = self._pulled.get(id(iterator), 0) + wanted
        try:
            while len(items) < wanted:
                items.append(encode(next(iterator), self.hook_out))
        except StopIteration:
            return [items, True]
        except BaseException as error:
            if not items:
                raise
            pending = error

            class Raises:
                def __next__(self) -> Any:
                    raise pending

            for handle, value in self._objects.items():
                if value is iterator:
                    self._objects[handle] = Raises()
                    break
        return [items, False]

    def serve(self) -> NoReturn:
        flush_out, flush_err = (getattr(stream, "flush", nothing) for stream in (sys.stdout, sys.stderr))
        while True:
            try:
                request = marshal.loads(self._reader.read())
            except EOFError:
                os._exit(0)
            if request[0] != "batch":
                self._respond(self.handle(request), flush_out, flush_err)
                continue
            self._handed_out = False
            for args, kwargs in request[1]:
                answer = self.handle((CALL, ENTRY, None, True, args, kwargs))
                if self._handed_out:
                    # The tester may use the object before it wants the next answer: it asks one by one from here.
                    answer["stop"] = 1
                self._respond(answer, flush_out, flush_err)
                if self._handed_out:
                    break

    def _respond(self, answer: dict, flush_out: Any, flush_err: Any) -> None:
        try:
            flush_out()
            flush_err()
        except BaseException:
            pass
        try:
            self._send(answer)
        except (ValueError, RecursionError, UnicodeError) as error:
            self._send({"e": describe(error), "stop": 1} if "stop" in answer else {"e": describe(error)})


def run(code: Any, entry: str, module: Any) -> NoReturn:
    """Executes the candidate and serves its entry point. Does not return."""
    namespace = module.__dict__
    try:
        exec(code, namespace)
        problem = None
        function = namespace.get(entry)
        if not callable(function):
            problem = {"t": "no_entry_point", "e": entry}
    except BaseException as error:
        problem = describe(error)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:
            pass
    if problem is not None:
        write_frame(CHANNEL, to_json({"load": problem}).encode())
        os._exit(0)
    write_frame(CHANNEL, b'{"ready":1}')
    Server(CHANNEL, function, namespace).serve()
