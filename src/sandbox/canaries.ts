import { DEFAULT_LIMITS } from "../domain/task.js";
import type { JudgePool } from "./judge-pool.js";
import type { JudgeJob, JudgeReport } from "./judge-protocol.js";

/** What a failed canary takes away: the whole judge, or one promise of the tier. */
type PromiseOfTier = "judge" | "network" | "files" | "reading" | "processes" | "tracing";

interface Canary {
	name: string;
	promise: PromiseOfTier;
	code: string;
	expected: Outcome;
}

type Outcome = "accepted" | "late" | "refused" | "broken";

export interface PreflightResult {
	passed: number;
	total: number;
	failed: string[];
	broken: Set<PromiseOfTier>;
	wallTimeMs: number;
}

const leak = (name: string, promise: PromiseOfTier, body: string): Canary => ({
	name,
	promise,
	code: `def probe():\n    try:\n${body.replace(/^/gm, "        ")}\n        return "leaked"\n    except Exception:\n        return "held"\n`,
	expected: "refused",
});

export const CANARIES: readonly Canary[] = [
	{
		name: "a right answer is accepted",
		promise: "judge",
		code: 'def probe():\n    print("noise")\n    return "leaked"\n',
		expected: "accepted",
	},
	{
		name: "a wrong answer is refused",
		promise: "judge",
		code: 'def probe():\n    return "other"\n',
		expected: "refused",
	},
	{
		name: "an early exit is refused",
		promise: "judge",
		code: "import os\ndef probe():\n    os._exit(0)\n",
		expected: "refused",
	},
	{
		name: "an object equal to everything is refused",
		promise: "judge",
		code: "class E:\n    def __eq__(self, other): return True\ndef probe():\n    return E()\n",
		expected: "refused",
	},
	{
		name: "a loop meets the time limit",
		promise: "judge",
		code: "def probe():\n    while True: pass\n",
		expected: "late",
	},
	leak("no network over TCP", "network", "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_STREAM)"),
	leak("no network over UDP", "network", "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM)"),
	leak(
		"no writes outside",
		"files",
		'import os\nfor folder in ("/usr", "/etc", "/var/tmp", "/home", "/"):\n    try:\n        open(folder + "/.assay-probe", "w").close()\n        os.unlink(folder + "/.assay-probe")\n        break\n    except OSError:\n        pass\nelse:\n    raise OSError',
	),
	leak(
		"no reading of accounts and homes",
		"reading",
		'import os\ndef readable(path):\n    try:\n        open(path).close() if os.path.isfile(path) else os.listdir(path)\n        return True\n    except OSError:\n        return False\nif not any(map(readable, ("/etc/passwd", "/root", "/home"))):\n    raise OSError',
	),
	leak(
		"no view of other processes",
		"processes",
		'import os\nif not any(name.isdigit() for name in os.listdir("/proc")):\n    raise OSError',
	),
	leak(
		"no environment of the host",
		"judge",
		'import os\nif not set(os.environ) - {"PATH", "HOME", "TMPDIR", "LANG", "LC_CTYPE", "PWD", "PYTHONHASHSEED", "PYTHONSAFEPATH", "PYTHONDONTWRITEBYTECODE"}:\n    raise OSError',
	),
	leak("no tracing", "tracing", "import ctypes\nif ctypes.CDLL(None).ptrace(0, 0, 0, 0) != 0:\n    raise OSError"),
];

export const CANARY_LIMITS = { ...DEFAULT_LIMITS, cpuTimeMs: 150 };

/** Judges programs with known answers, before anything is scored. */
export async function preflight(pool: JudgePool, signal: AbortSignal): Promise<PreflightResult> {
	const started = performance.now();
	const outcomes = await Promise.all(
		CANARIES.map(async (canary) => outcomeOf(await pool.judge(jobOf(canary), signal))),
	);
	const failed = CANARIES.filter((canary, index) => outcomes[index] !== canary.expected);
	return {
		passed: CANARIES.length - failed.length,
		total: CANARIES.length,
		failed: failed.map((canary) => canary.name),
		broken: new Set(failed.map((canary) => canary.promise)),
		wallTimeMs: performance.now() - started,
	};
}

function jobOf(canary: Canary): JudgeJob {
	const test = {
		id: "canary",
		visibility: "hidden",
		kind: "program",
		code: 'assert probe() == "leaked"',
		check: null,
	} as const;
	return {
		code: canary.code,
		entryPoint: "probe",
		suite: { key: "canary", prelude: "", classy: false, inGuest: false, tests: [test] },
		limits: CANARY_LIMITS,
		gate: true,
	};
}

function outcomeOf(report: JudgeReport): Outcome {
	if (report.kind !== "judged" || !report.tester.boxed) return "broken";
	if (report.zygote.late) return "late";
	return report.tester.o === "done" && report.tester.tests[0]?.[0] === "passed" ? "accepted" : "refused";
}
