import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Candidate, programCandidate } from "../../src/domain/run.js";
import type { FunctionTask } from "../../src/domain/task.js";
import { findPython } from "../../src/sandbox/python-runtime.js";
import { openTasks } from "../../src/tasks/open-tasks.js";
import { openSamples } from "../../src/tasks/samples.js";
import { extractCode } from "../../src/verify/extract-code.js";
import { openVerifier } from "../../src/verify/open-verifier.js";
import { treeCpuMs, treeMemoryBytes } from "./process-tree.js";

const REPEAT = 10;
const BASELINE_REPEAT = 1;
const ROUNDS = 3;
const data = (path: string): string => fileURLToPath(new URL(`../../shared/data/${path}`, import.meta.url));

interface Row {
	name: string;
	samples: number;
	perSecond: number;
	cpuMsPerSample: number;
	/** Typical and highest memory of all processes together, candidates included. */
	memoryMb: number;
	peakMemoryMb: number;
	accepted: number;
}

/** Reference solutions through the judge, beside one `python3` process a sample without any isolation. */
async function main(json: boolean): Promise<void> {
	const humaneval = data("humaneval/HumanEval.jsonl.gz");
	const fromFixtures = !existsSync(humaneval);
	const path = fromFixtures ? fileURLToPath(new URL("../fixtures/tasks", import.meta.url)) : humaneval;
	const tasks: FunctionTask[] = [];
	for await (const task of openTasks(path, {}))
		if (task.kind === "function" && task.reference !== null) tasks.push(task);
	const rows: Row[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		rows.push(await measure("assay judge", tasks, REPEAT, judgeAll));
		rows.push(await measure("python3 per sample, no isolation", tasks, BASELINE_REPEAT, startPerSample));
	}
	const samples = data("codet/samples.jsonl");
	if (!fromFixtures && existsSync(samples)) rows.push(await realSamples(tasks, samples));
	if (json) {
		for (const row of rows) process.stdout.write(`${JSON.stringify({ type: "bench.row", bench: "judge", ...row })}\n`);
		return;
	}
	process.stdout.write(
		`judge: ${fromFixtures ? "own tasks" : "HumanEval"}, ${availableParallelism()} processors, Node ${process.versions.node}\n`,
	);
	for (const row of rows) {
		process.stdout.write(
			`${row.name.padEnd(34)} ${String(row.samples).padStart(5)} samples  ${row.perSecond.toFixed(1).padStart(7)}/s  ${row.cpuMsPerSample.toFixed(2).padStart(6)} ms CPU each  ${row.memoryMb.toFixed(0).padStart(4)} MB, at most ${row.peakMemoryMb.toFixed(0).padStart(4)}  ${row.accepted} accepted\n`,
		);
	}
	const ratios = Array.from(
		{ length: ROUNDS },
		(_, round) => (rows[2 * round]?.perSecond ?? 0) / (rows[2 * round + 1]?.perSecond ?? 1),
	);
	process.stdout.write(
		`ratio to the baseline, round by round: ${ratios.map((ratio) => `${ratio.toFixed(1)}x`).join(" ")}\n`,
	);
}

type Work = (tasks: readonly FunctionTask[], repeat: number, started: () => void) => Promise<number>;

async function measure(name: string, tasks: readonly FunctionTask[], repeat: number, work: Work): Promise<Row> {
	const memory = watchMemory();
	let cpu = 0;
	let since = 0;
	const accepted = await work(tasks, repeat, () => {
		cpu = treeCpuMs();
		since = performance.now();
	});
	const samples = tasks.length * repeat;
	return {
		name,
		samples,
		perSecond: samples / ((lastEnd - since) / 1000),
		cpuMsPerSample: (lastCpu - cpu) / samples,
		...memory(),
		accepted,
	};
}

function watchMemory(): () => Pick<Row, "memoryMb" | "peakMemoryMb"> {
	const seen: number[] = [];
	const timer = setInterval(() => seen.push(treeMemoryBytes() / 2 ** 20), 400);
	return () => {
		clearInterval(timer);
		seen.sort((a, b) => a - b);
		return { memoryMb: seen[seen.length >> 1] ?? 0, peakMemoryMb: seen.at(-1) ?? 0 };
	};
}

let lastEnd = 0;
let lastCpu = 0;
function stop(): void {
	lastEnd = performance.now();
	lastCpu = treeCpuMs();
}

const judgeAll: Work = async (tasks, repeat, started) => {
	const signal = new AbortController().signal;
	const verifier = await openVerifier({ workers: null, tier: null, cacheDir: null, signal });
	started();
	const accepted = await inWindow(verifier.concurrency * 2, spread(tasks, repeat), async (task) => {
		const candidate = candidateOf(task, task.reference ?? "");
		const verdict = await verifier.verify(task, candidate, { gate: true, signal });
		return verdict.status === "accepted";
	});
	stop();
	await verifier.close();
	return accepted;
};

const startPerSample: Work = async (tasks, repeat, started) => {
	const python = await findPython();
	started();
	const accepted = await inWindow(availableParallelism(), spread(tasks, repeat), (task) => runPlain(python.path, task));
	stop();
	return accepted;
};

function runPlain(python: string, task: FunctionTask): Promise<boolean> {
	const tests = task.tests.map((test) =>
		test.kind === "program" ? `${test.code}\n${test.check ? `${test.check}(${task.entryPoint})` : ""}` : "",
	);
	const child = spawn(python, ["-"], { stdio: ["pipe", "ignore", "ignore"] });
	child.stdin.on("error", () => {});
	child.stdin.end([task.reference, ...tests].join("\n"));
	return new Promise((resolve) => child.on("close", (code) => resolve(code === 0)));
}

async function realSamples(tasks: readonly FunctionTask[], path: string): Promise<Row> {
	const byId = new Map(tasks.map((task) => [task.id, task]));
	const cacheDir = await mkdtemp(join(tmpdir(), "assay-bench-"));
	const signal = new AbortController().signal;
	const verifier = await openVerifier({ workers: null, tier: null, cacheDir, signal });
	const memory = watchMemory();
	const cpu = treeCpuMs();
	const since = performance.now();
	let samples = 0;
	const accepted = await inWindow(verifier.concurrency * 2, openSamples(path, {}), async (sample) => {
		const task = byId.get(sample.taskId);
		if (!task) return false;
		samples++;
		const { code } = extractCode(task, sample);
		const candidate = { ...candidateOf(task, code), sampleIndex: sample.sampleIndex };
		return (await verifier.verify(task, candidate, { gate: true, signal })).status === "accepted";
	});
	stop();
	await verifier.close();
	await rm(cacheDir, { recursive: true, force: true });
	return {
		name: "assay judge, 8,200 real samples",
		samples,
		perSecond: samples / ((lastEnd - since) / 1000),
		cpuMsPerSample: (lastCpu - cpu) / samples,
		...memory(),
		accepted,
	};
}

function candidateOf(task: FunctionTask, code: string | null): Candidate {
	return programCandidate(task.id, 0, "bench", code);
}

function* spread(tasks: readonly FunctionTask[], repeat: number): Generator<FunctionTask> {
	for (const task of tasks) for (let round = 0; round < repeat; round++) yield task;
}

/** Runs `work` over the items, `width` at a time, and counts how often it said yes. */
async function inWindow<T>(
	width: number,
	items: Iterable<T> | AsyncIterable<T>,
	work: (item: T) => Promise<boolean>,
): Promise<number> {
	let yes = 0;
	const running = new Set<Promise<void>>();
	for await (const item of items) {
		const job: Promise<void> = work(item).then((answer) => {
			if (answer) yes++;
			running.delete(job);
		});
		running.add(job);
		if (running.size >= width) await Promise.race(running);
	}
	await Promise.all(running);
	return yes;
}

await main(process.argv.includes("--json"));
