"""`python3 -m assay_trainer JOB.json`: events on standard output, text for people on standard error.

Exits with 2 for a job that cannot be run, 3 where this machine cannot judge, 130 when interrupted.
"""

from __future__ import annotations

import argparse
import errno
import signal
import sys
from pathlib import Path

from .dry_run import dry_run
from .engines.launch import EngineFailure, run_engine, show_engine
from .events import say
from .job import read_job
from .parent_process import end_with_parent
from .run_job import run_job
from .world.job import WorldJob, run_world_job


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
            (dry_run if isinstance(job, WorldJob) or job.engine == "builtin" else show_engine)(job)
        elif isinstance(job, WorldJob):
            run_world_job(job)
        elif job.engine == "builtin":
            run_job(job)
        else:
            run_engine(job, chosen.job.resolve())
    except KeyboardInterrupt:
        say("interrupted; the same command goes on from the last checkpoint")
        return 130
    except (ValueError, FileNotFoundError) as problem:
        say(str(problem))
        return 2
    except OSError as problem:
        # What torch wrote to is not always known to the error.
        is_full = problem.errno in (errno.ENOSPC, errno.EDQUOT)
        why = "cannot be written: the disk is full" if is_full else problem.strerror or problem
        say(f"{problem.filename or chosen.job.parent}: {why}")
        return 3
    except EngineFailure as problem:
        say(str(problem))
        return 3
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


if __name__ == "__main__":
    sys.exit(main())
