"""Models that are kept on the way, whole and vouched for: every so many steps, and whenever somebody asks for one.

Who asks leaves a file `checkpoint.request` in the run's folder; it is gone when the model is there. A model that somebody
fetches has a file `step-N.fetching` beside it, and is not removed meanwhile.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Optional

from .events import emit, say
from .training_record import MANIFEST

FOLDER = "checkpoints"
REQUEST = "checkpoint.request"
#: A request that is being answered.
TAKEN = "checkpoint.taken"
#: Why a request could not be answered.
FAILED = "checkpoint.failed"


class KeptModels:
    def __init__(
        self, run: Path, every: int, last: int, write: Callable[[Path, int], None], record: str = MANIFEST
    ) -> None:
        """
        `every`: steps between two, 0: only when asked; `last`: how many of the newest stay, 0: all; `record`: the file that
        `write` leaves last.
        """
        self._run = run
        self._folder = run / FOLDER
        self._every = every
        self._last = last
        self._write = write
        self._record = record

    def is_due(self, step: int) -> bool:
        return (self._every > 0 and step % self._every == 0) or (self._run / REQUEST).exists()

    def keep(self, step: int) -> None:
        """A model that cannot be written takes nothing away from the training."""
        with contextlib.suppress(FileNotFoundError):
            (self._run / FAILED).unlink(missing_ok=True)
            os.replace(self._run / REQUEST, self._run / TAKEN)
        folder = self._folder / f"step-{step}"
        try:
            if not (folder / self._record).exists():
                self._keep_in(folder, step)
            emit("train.checkpoint", None, kept=step, path=str(folder))
            self._remove_old()
        except Exception as problem:
            say(f"the model of step {step} could not be kept: {problem}")
            if (self._run / TAKEN).exists():
                with contextlib.suppress(OSError):
                    (self._run / FAILED).write_text(f"{problem}\n", encoding="utf-8")
        with contextlib.suppress(FileNotFoundError):
            (self._run / TAKEN).unlink()

    def _keep_in(self, folder: Path, step: int) -> None:
        aside = folder.with_name(f"{folder.name}.tmp")
        shutil.rmtree(aside, ignore_errors=True)
        aside.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._write(aside, step)
            shutil.rmtree(folder, ignore_errors=True)
            os.replace(aside, folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _remove_old(self) -> None:
        if self._last == 0:
            return
        steps = sorted(step for step in map(self._step_of, self._folder.iterdir()) if step is not None)
        for step in steps[: -self._last]:
            folder, gone = self._folder / f"step-{step}", self._folder / f"step-{step}.tmp"
            # Out of sight first: whoever begins to fetch it from here on sees that it is no longer there.
            os.replace(folder, gone)
            if (self._folder / f"step-{step}.fetching").exists():
                os.replace(gone, folder)
            else:
                shutil.rmtree(gone)

    def _step_of(self, folder: Path) -> Optional[int]:
        """None: no whole model is there."""
        number = folder.name[len("step-") :]
        whole = folder.name.startswith("step-") and number.isdigit() and (folder / self._record).exists()
        return int(number) if whole else None
