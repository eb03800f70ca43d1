"""A server of OpenAI's protocol that answers every question with one program; its address, port and model are arguments.

It is healthy once it was asked a few times, as a server that loads a model is.
"""

from __future__ import annotations

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ANSWER = "```python\ndef add(a, b):\n    return a + b\n```\n"
asked: list[str] = []


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        asked.append(self.path)
        if self._is_refused():
            return
        if self.path == "/health":
            self._answer(200 if len(asked) > 2 else 503, b"")
        elif self.path == "/v1/models":
            self._answer(200, json.dumps({"object": "list", "data": [{"id": sys.argv[3], "object": "model"}]}).encode())
        else:
            self._answer(404, b"")

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self._is_refused():
            return
        usage = {"prompt_tokens": 5, "completion_tokens": 9, "total_tokens": 14}
        head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": question["model"]}
        chunks = [
            {**head, "choices": [{"index": 0, "delta": {"role": "assistant", "content": ANSWER}, "finish_reason": None}]},
            {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
            {**head, "choices": [], "usage": usage},
        ]
        text = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
        self._answer(200, text.encode(), "text/event-stream")

    def _is_refused(self) -> bool:
        key = os.environ.get("ASSAY_KEY")
        is_known = key is None or self.headers["Authorization"] == f"Bearer {key}"
        if is_known or self.path == "/health":
            return False
        self._answer(401, b"")
        return True

    def _answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    print(f"serves {sys.argv[3]}", flush=True)
    ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
