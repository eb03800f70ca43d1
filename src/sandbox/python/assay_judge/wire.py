"""Frames between the judge's processes: a 4-byte little-endian length, then the payload."""
from __future__ import annotations

import json
import os
import struct
from typing import Any

LENGTH = struct.Struct("<I")
to_json = json.JSONEncoder(separators=(",", ":")).encode
from_json = json.JSONDecoder().decode


def write_frame(fd: int, payload: bytes) -> None:
    view = memoryview(LENGTH.pack(len(payload)) + payload)
    while view:
        view = view[os.write(fd, view) :]


def write_json(fd: int, value: Any) -> None:
    write_frame(fd, to_json(value).encode())


class FrameReader:
    """Reads frames from a descriptor in as few system calls as the data allows."""

    __slots__ = ("fd", "cap", "_buffer")

    def __init__(self, fd: int, cap: int) -> None:
        self.fd = fd
        self.cap = cap
        self._buffer = b""

    def _fill(self, size: int) -> None:
        """Blocks until `size` bytes are buffered. Raises EOFError at the end of the stream."""
        buffer = self._buffer
        if len(buffer) >= size:
            return
        parts = [buffer]
        have = len(buffer)
        while have < size:
            chunk = os.read(self.fd, max(65536, min(size - have, 1 << 20)))
            if not chunk:
                raise EOFError
            parts.append(chunk)
            have += len(chunk)
        self._buffer = b"".join(parts)

    def read(self) -> bytes:
        """The next payload. Raises EOFError, or OverflowError when it is larger than the cap."""
        self._fill(4)
        (size,) = LENGTH.unpack_from(self._buffer)
        if size > self.cap:
            raise OverflowError(size)
        self._fill(4 + size)
        payload = self._buffer[4 : 4 + size]
        self._buffer = self._buffer[4 + size :]
        return payload
