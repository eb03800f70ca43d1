from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import torch

from small import TRAINING

HERE = Path(__file__).parent


class SeveralProcesses(unittest.TestCase):
    def test_learn_what_one_alone_learns_and_the_first_alone_keeps_it(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            alone, first, second = (Path(folder, name) for name in ("alone.pt", "first.pt", "second.pt"))
            self._finish(self._start(alone, {}))
            for process in self._start_both(first, second):
                self._finish(process)
            self.assertFalse(second.exists())
            self._assert_close(alone, first)

    def test_go_on_together_from_what_the_first_has_kept(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            alone, first, second = (Path(folder, name) for name in ("alone.pt", "first.pt", "second.pt"))
            self._finish(self._start(alone, {}))
            started = self._start_both(first, second)
            assert started[0].stdout is not None
            for line in started[0].stdout:
                if '"step": 13,' in line:
                    started[1].send_signal(signal.SIGKILL)
                    break
            # One that has lost another comes to an end by itself.
            self.assertNotEqual(started[0].wait(timeout=60), 0)
            for process in started:
                process.communicate()
            self.assertLess(torch.load(first)["step"], TRAINING.steps)
            for process in self._start_both(first, second):
                self._finish(process)
            self._assert_close(alone, first)

    def _start_both(self, first: Path, second: Path) -> list[subprocess.Popen[str]]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        shared = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
        return [self._start(path, {**shared, "RANK": str(rank)}) for rank, path in enumerate((first, second))]

    def _start(self, checkpoint: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "train_small.py", str(checkpoint)],
            cwd=HERE,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _finish(self, process: subprocess.Popen[str]) -> None:
        _, said = process.communicate()
        self.assertEqual(process.returncode, 0, said)

    def _assert_close(self, one: Path, other: Path) -> None:
        expected, got = torch.load(one), torch.load(other)
        self.assertEqual(got["step"], TRAINING.steps)
        for name, weight in expected["model"].items():
            torch.testing.assert_close(got["model"][name], weight, rtol=1e-3, atol=1e-4, msg=name)


if __name__ == "__main__":
    unittest.main()
