import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { Comparison } from "../../src/domain/comparison.js";
import { RunEvent } from "../../src/domain/events.js";
import { Rollout, RunResult } from "../../src/domain/run.js";

const BIN = fileURLToPath(new URL("../../bin/assay.js", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "assay-e2e-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Ended {
	code: number | null;
	stdout: string;
	stderr: string;
}

function start(args: readonly string[]): ChildProcess {
	return spawn(process.execPath, [BIN, ...args], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
}

async function assay(...args: string[]): Promise<Ended> {
	const child = start(args);
	const texts = { stdout: "", stderr: "" };
	for (const name of ["stdout", "stderr"] as const) {
		child[name]?.setEncoding("utf8").on("data", (text: string) => {
			texts[name] += text;
		});
	}
	const [code] = await once(child, "close");
	return { code, ...texts };
}

/** Starts the command and sends the signal when that many verdicts have been reported. */
async function stopAfter(verdicts: number, signal: NodeJS.Signals, args: readonly string[]): Promise<number | null> {
	const child = start([...args, "--json"]);
	child.stderr?.resume();
	if (child.stdout === null) throw new Error("no stdout");
	let seen = 0;
	for await (const line of createInterface({ input: child.stdout })) {
		if (JSON.parse(line).type === "verdict.recorded" && ++seen === verdicts) child.kill(signal);
	}
	if (child.exitCode === null && child.signalCode === null) await once(child, "close");
	return child.exitCode;
}

const GOOD = "def twice(n):\n    return 2 * n\n";
const CANDIDATES: Record<string, [string, string]> = {
	"right.py": [GOOD, "accepted"],
	"off.py": ["def twice(n):\n    return 2 * n + 1\n", "wrong_answer"],
	"raises.py": ["def twice(n):\n    raise ValueError(n)\n", "runtime_error"],
	"broken.py": ["def twice(n:\n", "compile_error"],
};

function tasksFolder(name: string, count: number): string {
	const folder = join(root, name);
	for (let i = 0; i < count; i++) {
		const id = `twice-${i}`;
		mkdirSync(join(folder, "candidates", id), { recursive: true });
		const task = {
			schema: "assay.task.v1",
			id,
			prompt: "Write twice(n).",
			entryPoint: "twice",
			starterCode: "def twice(n):\n    ...\n",
			reference: GOOD,
			candidates: `candidates/${id}`,
			tests: { public: ["assert twice(1) == 2"], hidden: [`assert twice(${i}) == ${2 * i}`, "assert twice(-3) == -6"] },
			source: { origin: "test", license: "MIT" },
		};
		// JSON is YAML.
		writeFileSync(join(folder, `${id}.yaml`), JSON.stringify(task));
		const index = Object.entries(CANDIDATES).map(([file, [, expected]]) => ({ file, expect: expected }));
		writeFileSync(join(folder, "candidates", id, "index.yaml"), JSON.stringify(index));
		for (const [file, [code]] of Object.entries(CANDIDATES)) {
			writeFileSync(join(folder, "candidates", id, file), code);
		}
	}
	return folder;
}

function jsonLines(text: string): { type?: string }[] {
	return text
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line));
}

function artifacts(workspace: string, folder: string): string[] {
	return readdirSync(join(workspace, "artifacts", folder)).sort();
}

function judgedKeys(workspace: string): string[] {
	const [name = ""] = artifacts(workspace, "rollouts");
	const lines = jsonLines(readFileSync(join(workspace, "artifacts", "rollouts", name), "utf8"));
	return lines.map((line) => {
		const { candidate } = Rollout.parse(line);
		return `${candidate.taskId}/${candidate.sampleIndex}`;
	});
}

function leftovers(workspace: string): string[] {
	const names = readdirSync(join(workspace, "artifacts"), { recursive: true }).map(String);
	return names.filter((name) => name.endsWith(".tmp") || name.endsWith(".lock"));
}

test("recorded candidates get the verdicts that are written beside them, and the run can be evaluated", async () => {
	const workspace = join(root, "w-run");
	const tasks = tasksFolder("tasks-run", 3);
	const run = await assay(
		"run",
		tasks,
		"--backend",
		"static",
		"-n",
		"4",
		"--workspace",
		workspace,
		"--json",
		"--out",
		"r.json",
	);
	expect(run.code).toBe(0);
	const events = jsonLines(run.stdout).map((line) => RunEvent.parse(line));
	expect(events.at(-1)?.type).toBe("run.finished");
	const result = RunResult.parse(JSON.parse(readFileSync(join(root, "r.json"), "utf8")));
	expect(result.statusCounts).toEqual({ accepted: 3, wrong_answer: 3, runtime_error: 3, compile_error: 3 });
	expect(result.passAtK[0]).toEqual({ k: 1, value: 0.25, tasks: 3 });
	expect(leftovers(workspace)).toEqual([]);

	const evaluation = await assay("eval", "latest", "--workspace", workspace, "--json", "--k", "1,4");
	expect(JSON.parse(evaluation.stdout)).toMatchObject({
		runId: result.runId,
		passAtK: [
			{ k: 1, value: 0.25 },
			{ k: 4, value: 1 },
		],
	});
	const check = await assay("run", tasks, "--backend", "noop", "--workspace", workspace, "--check", "--quiet");
	expect([check.code, check.stdout]).toEqual([1, ""]);
});

test("verify writes one line per sample in the order of the input and ends with verify.finished", async () => {
	const workspace = join(root, "w-verify");
	const tasks = tasksFolder("tasks-verify", 2);
	const codes = Object.values(CANDIDATES).map(([code]) => code);
	const samples = [...codes, ...codes].map((solution, index) => ({ task_id: `twice-${index % 2}`, solution }));
	writeFileSync(join(root, "samples.jsonl"), samples.map((sample) => `${JSON.stringify(sample)}\n`).join(""));
	const verify = await assay("verify", tasks, "samples.jsonl", "--workspace", workspace, "--json", "--out", "v.jsonl");
	expect(verify.code).toBe(0);
	expect(jsonLines(verify.stdout).at(-1)).toMatchObject({
		type: "verify.finished",
		samples: 8,
		statusCounts: { accepted: 2 },
	});
	const lines = jsonLines(readFileSync(join(root, "v.jsonl"), "utf8"));
	expect(lines.map((line) => [Reflect.get(line, "taskId"), Reflect.get(line, "status")])).toEqual(
		samples.map(({ task_id }, index) => [task_id, Object.values(CANDIDATES)[index % 4]?.[1]]),
	);

	const reference = await assay("verify", tasks, "reference", "--workspace", workspace, "--out", "-", "--check");
	expect(reference.code).toBe(0);
	expect(jsonLines(reference.stdout).map((line) => Reflect.get(line, "status"))).toEqual(["accepted", "accepted"]);
	expect(reference.stderr).toContain("2 candidates, 2 tasks");
});

test.each([
	["SIGKILL", null],
	["SIGINT", 130],
] as const)("a run stopped by %s is finished by --resume, with nothing judged twice", async (signal, code) => {
	const workspace = join(root, `w-${signal}`);
	const tasks = tasksFolder(`tasks-${signal}`, 30);
	const args = ["run", tasks, "--backend", "mock", "-n", "4", "--no-cache", "--workspace", workspace];
	expect(await stopAfter(20, signal, args)).toBe(code);
	const done = judgedKeys(workspace);
	expect(done.length).toBeLessThan(120);
	if (signal === "SIGKILL") expect(artifacts(workspace, "manifests")).toEqual([]);
	const [plan = ""] = artifacts(workspace, "plans");

	const resumed = await assay("run", "--resume", plan.replace(/\.md$/, ""), "--workspace", workspace, "--json");
	expect(resumed.code).toBe(0);
	const keys = judgedKeys(workspace);
	expect([keys.length, new Set(keys).size]).toEqual([120, 120]);
	expect(keys.slice(0, done.length)).toEqual(done);
	const [log = ""] = artifacts(workspace, "logs");
	const events = jsonLines(readFileSync(join(workspace, "artifacts", "logs", log), "utf8")).map((line) =>
		RunEvent.parse(line),
	);
	expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index));
	expect(events.filter(({ type }) => type === "verdict.recorded")).toHaveLength(120);
	expect(leftovers(workspace)).toEqual([]);
});

/** Processes below `pid`, each with its start time, so that a number that is used again is not taken for the same. */
function descendantsOf(pid: number): string[] {
	const children = new Map<number, string[]>();
	for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
		const found = statOf(name);
		if (found !== null) children.set(found.parent, [...(children.get(found.parent) ?? []), found.key]);
	}
	const below = (parent: number): string[] =>
		(children.get(parent) ?? []).flatMap((key) => [key, ...below(Number(key.split(" ")[0]))]);
	return below(pid);
}

function statOf(pid: string): { parent: number; key: string } | null {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
		const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
		return fields[0] === "Z" ? null : { parent: Number(fields[1]), key: `${pid} ${fields[19]}` };
	} catch {
		return null;
	}
}

async function allGone(keys: readonly string[]): Promise<void> {
	for (const deadline = Date.now() + 10_000; Date.now() < deadline; ) {
		if (keys.every((key) => statOf(key.split(" ")[0] ?? "")?.key !== key)) return;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	expect(keys.filter((key) => statOf(key.split(" ")[0] ?? "")?.key === key)).toEqual([]);
}

/** What must be the same however often a run was stopped: everything but times, ids and the order of the candidates. */
function outcomeOf(workspace: string) {
	const [name = ""] = artifacts(workspace, "runs");
	const result = RunResult.parse(JSON.parse(readFileSync(join(workspace, "artifacts", "runs", name), "utf8")));
	const { statusCounts, causeCounts, passAtK, rewardMeans, taskSetFingerprint, sampleCount } = result;
	const tasks = result.tasks.toSorted((a, b) => (a.taskId < b.taskId ? -1 : 1));
	return { statusCounts, causeCounts, passAtK, rewardMeans, taskSetFingerprint, sampleCount, tasks };
}

test("a run killed at many moments leaves no process and no half of a file, and ends as if it had not been", async () => {
	const tasks = tasksFolder("tasks-kill", 20);
	const args = (workspace: string) => [
		"run",
		tasks,
		"--backend",
		"mock",
		"-n",
		"6",
		"--no-cache",
		"--quiet",
		"--workspace",
		workspace,
	];
	const whole = join(root, "w-whole");
	const began = Date.now();
	expect((await assay(...args(whole))).code).toBe(0);
	const lasted = Date.now() - began;
	const workspace = join(root, "w-killed");
	let plan: string | undefined;
	for (let kill = 0; kill < 8; kill++) {
		const child = start([...args(workspace), ...(plan === undefined ? [] : ["--resume", plan])]);
		const ended = once(child, "close");
		// Not a wait for something: the moment is what is tried.
		await new Promise((resolve) => setTimeout(resolve, (lasted * (kill + 1)) / 10));
		const judges = child.pid === undefined ? [] : descendantsOf(child.pid);
		child.kill("SIGKILL");
		await ended;
		await allGone(judges);
		for (const folder of ["runs", "manifests"].filter((name) => existsSync(join(workspace, "artifacts", name)))) {
			const names = artifacts(workspace, folder).filter((name) => name.endsWith(".json"));
			for (const name of names) JSON.parse(readFileSync(join(workspace, "artifacts", folder, name), "utf8"));
		}
		const plans = existsSync(join(workspace, "artifacts", "plans")) ? artifacts(workspace, "plans") : [];
		plan = plans.find((name) => name.endsWith(".md"))?.replace(/\.md$/, "");
	}
	const last = await assay(...args(workspace), ...(plan === undefined ? [] : ["--resume", plan]));
	expect(last).toMatchObject({ code: 0 });
	expect(outcomeOf(workspace)).toEqual(outcomeOf(whole));
	const keys = judgedKeys(workspace);
	expect([keys.length, new Set(keys).size]).toEqual([120, 120]);
	// A start that was killed before its plan was whole is no run: its lock and half a plan may lie there.
	expect(leftovers(workspace).filter((name) => plan === undefined || name.includes(plan))).toEqual([]);
});

test("prepared repository tasks end as they are meant to, and --check says so", async () => {
	const fixtures = fileURLToPath(new URL("../../fixtures/tasks", import.meta.url));
	const both = [
		"run",
		fixtures,
		"--task",
		"toy_fix",
		"--task",
		"toy_noop",
		"--check",
		"--workspace",
		join(root, "w-toy"),
	];
	const prepared = await assay(...both, "--backend", "patch");
	expect(prepared.stdout).toContain(
		"check       met: 2 of 2 tasks ended as they should; meant to fail, and did: toy_noop",
	);
	expect(prepared.code).toBe(0);
	const untouched = await assay(...both, "--backend", "noop");
	expect(untouched.stdout).toContain("check       not met: 1 of 2 tasks");
	expect(untouched.code).toBe(1);
	expect((await assay("eval", "latest", "--check", "--workspace", join(root, "w-toy"))).code).toBe(1);
});

test("bad samples are refused in one line with file, line and field, before anything is recorded", async () => {
	const workspace = join(root, "w-bad");
	const tasks = tasksFolder("tasks-bad", 1);
	const good = JSON.stringify({ task_id: "twice-0", solution: GOOD });
	for (const [text, message] of [
		[`${good}\n{"task_id": "twi`, "bad.jsonl:2: not valid JSON"],
		[`${good}\n{"task_id": "other", "solution": ""}\n`, "bad.jsonl:2: field task_id: "],
		[`{"task_id": "twice-0"}\n`, "bad.jsonl:1: field completion"],
	] as const) {
		writeFileSync(join(root, "bad.jsonl"), text);
		const refused = await assay("verify", tasks, "bad.jsonl", "--workspace", workspace, "--out", "never.jsonl");
		expect(refused.code).toBe(2);
		expect(refused.stderr).toContain(message);
		expect(refused.stderr).not.toContain("    at ");
	}
	expect(readdirSync(root)).not.toContain("never.jsonl");
});

test("two runs are compared from the command line, and what is not comparable is refused with exit 2", async () => {
	const workspace = join(root, "w-compare");
	const tasks = tasksFolder("tasks-compare", 12);
	const common = ["--workspace", workspace, "--quiet"];
	for (const seed of ["1", "2"]) {
		await assay("run", tasks, "--backend", "mock", "-n", "4", "--seed", seed, ...common);
	}
	const runs = artifacts(workspace, "runs")
		.map((name) => name.replace(/\.json$/, ""))
		.sort();
	const compared = await assay("compare", ...runs, "--json", "--resamples", "500", ...common);
	expect(compared.code).toBe(0);
	const [comparison] = jsonLines(compared.stdout).map((line) => Comparison.parse(line));
	expect(comparison?.sets.map(({ runId, subject }) => [runId, subject])).toEqual(runs.map((run) => [run, "mock"]));
	expect(comparison?.pairs[0]?.difference.tasks).toBe(12);

	await assay("run", tasks, "--backend", "mock", "-n", "2", "--sandbox", "rlimit", ...common);
	const refused = await assay("compare", runs[0] ?? "", "latest", ...common);
	expect(refused.code).toBe(2);
	expect(refused.stderr).toContain("not comparable: 12 tasks have another number of judged candidates");
	expect(refused.stderr).toContain("isolation tiers");
	expect(refused.stderr).toContain("--allow n,tier");

	const [first = ""] = artifacts(workspace, "rollouts");
	const path = join(workspace, "artifacts", "rollouts", first);
	writeFileSync(path, readFileSync(path, "utf8").replace("wrong_answer", "accepted"));
	const tampered = await assay("compare", ...runs, ...common);
	expect(tampered.stderr).toContain("its checksum is not the manifest's");
});
