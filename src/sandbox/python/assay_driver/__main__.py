"""`python3 -m assay_driver --launch FILE --suites FILE [--tier T] < programs`: a verdict line for each program line."""
from __future__ import annotations

import argparse
import json
import sys
from itertools import islice
from pathlib import Path

from .pool import JudgePool, Job, JudgeUnfit
from .specification import read_launch_specification, read_suites

#: Programs that are read before any of them is judged.
BATCH = 256


def main() -> int:
    parser = argparse.ArgumentParser(prog="assay_driver")
    parser.add_argument("--launch", type=Path, required=True)
    parser.add_argument("--suites", type=Path, required=True)
    parser.add_argument("--tier", choices=("bwrap", "rlimit"), default=None)
    parser.add_argument("--workers", type=int, default=None)
    parser.add_argument("--no-gate", action="store_true", help="run hidden tests of programs that fail public ones")
    chosen = parser.parse_args()
    suites = {suite.task_id: suite for suite in read_suites(chosen.suites)}
    try:
        with JudgePool(read_launch_specification(chosen.launch), chosen.tier, chosen.workers) as pool:
            while lines := list(islice(sys.stdin, BATCH)):
                programs = [json.loads(line) for line in lines]
                jobs = [Job(program["code"], suites[program["taskId"]]) for program in programs]
                for program, verdict in zip(programs, pool.judge(jobs, gate=not chosen.no_gate)):
                    line = {"taskId": program["taskId"], "status": verdict.status, "cause": verdict.cause}
                    line |= {"phase": verdict.phase, "passed": verdict.passed, "total": verdict.total, "sandbox": pool.tier}
                    sys.stdout.write(json.dumps(line) + "\n")
    except JudgeUnfit as problem:
        sys.stderr.write(f"this machine cannot judge: {problem}\n")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
