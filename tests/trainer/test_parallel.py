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
IMITATION = ("train_small.py",)


class SeveralProcesses(unittest.TestCase):
    def test_learn_what_one_alone_learns_and_the_first_alone_keeps_it(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            alone, first, second = (Path(folder, name) for name in ("alone.pt", "first.pt", "second.pt"))
            self._finish(self._start(IMITATION, alone, {}))
            self._train_both(IMITATION, first, second)
            self.assertFalse(second.exists())
            self._assert_close(alone, first)

    def test_go_on_together_from_what_the_first_has_kept(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            alone, first, second = (Path(folder, name) for name in ("alone.pt", "first.pt", "second.pt"))
            self._finish(self._start(IMITATION, alone, {}))
            self._kill_second_at(13, IMITATION, first, second)
            self.assertLess(torch.load(first)["step"], TRAINING.steps)
            self._train_both(IMITATION, first, second)
            self._assert_close(alone, first)

    def test_learn_by_rewards_from_the_same_attempts_what_one_alone_learns(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            alone, first, second = (Path(folder, name) for name in ("alone.pt", "first.pt", "second.pt"))
            program = ("train_small_policy.py", "update")
            self._finish(self._start(program, alone, {}))
            self._train_both(program, first, second)
            self._assert_close(alone, first)
            for method, expected in torch.load(alone)["measured"].items():
                got = torch.load(first)["measured"][method]
                self.assertEqual(set(got), set(expected))
                for name, value in expected.items():
                    self.assertAlmostEqual(got[name], value, places=4, msg=f"{method} {name}")

    def test_trained_by_rewards_end_alike_for_equal_seeds_killed_and_resumed_or_not(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            first, again, second = (Path(folder, name) for name in ("first.pt", "again.pt", "second.pt"))
            program = ("train_small_policy.py", "train")
            self._train_both(program, first, second)
            self.assertFalse(second.exists())
            self._kill_second_at(5, program, again, second)
            self.assertLess(torch.load(again)["step"], 6)
            self._train_both(program, again, second)
            expected, got = torch.load(first), torch.load(again)
            self.assertEqual((expected["step"], got["step"]), (6, 6))
            for name, weight in expected["model"].items():
                self.assertTrue(torch.equal(got["model"][name], weight), name)

    def _kill_second_at(self, step: int, program: tuple[str, ...], first: Path, second: Path) -> None:
        started = self._start_both(program, first, second)
        assert started[0].stdout is not None
        for line in started[0].stdout:
            if f'"step": {step},' in line:
                started[1].send_signal(signal.SIGKILL)
                break
        # One that has lost another comes to an end by itself.
        self.assertNotEqual(started[0].wait(timeout=60), 0)
        for process in started:
            process.communicate()

    def _train_both(self, program: tuple[str, ...], first: Path, second: Path) -> None:
        for process in self._start_both(program, first, second):
            self._finish(process)

    def _start_both(self, program: tuple[str, ...], first: Path, second: Path) -> list[subprocess.Popen[str]]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        shared = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
        return [self._start(program, path, {**shared, "RANK": str(rank)}) for rank, path in enumerate((first, second))]

    def _start(self, program: tuple[str, ...], checkpoint: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *program, str(checkpoint)],
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
        self.assertEqual(got["step"], expected["step"])
        for name, weight in expected["model"].items():
            torch.testing.assert_close(got["model"][name], weight, rtol=1e-3, atol=1e-4, msg=name)


if __name__ == "__main__":
    unittest.main()
