"""`python3 -m assay_trainer JOB.json`: events on standard output, text for people on standard error.

Exits with 2 for a job that cannot be run, 3 where this machine cannot judge, 130 when interrupted.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import sys
from pathlib import Path

from .dry_run import dry_run
from .events import say
from .job import read_job
from .run_job import run_job


def main() -> int:
    parser = argparse.ArgumentParser(prog="assay_trainer", description="Runs a training job.")
    parser.add_argument("job", type=Path, help="job.json")
    parser.add_argument("--with-parent", action="store_true", help="end when the process that started this one does")
    parser.add_argument("--dry-run", action="store_true", help="try a few steps, tell what all will take, keep nothing")
    chosen = parser.parse_args()
    if chosen.with_parent:
        end_with_parent()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        job = read_job(chosen.job)
        if chosen.dry_run:
            dry_run(job)
        else:
            run_job(job)
    except KeyboardInterrupt:
        say("interrupted; the same command goes on from the last checkpoint")
        return 130
    except (ValueError, FileNotFoundError) as problem:
        say(str(problem))
        return 2
    except FloatingPointError as problem:
        say(f"stopped: {problem}; a lower learning rate may help")
        return 3
    except Exception as problem:
        # Its module is known only where it was asked for.
        if type(problem).__name__ == "JudgeUnfit":
            say(f"this machine cannot judge: {problem}")
            return 3
        raise
    return 0


def end_with_parent() -> None:
    """Linux only; elsewhere an orphan ends at its next write to standard output."""
    parent = os.getppid()
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit(130)


if __name__ == "__main__":
    sys.exit(main())
