import { execFileSync } from "node:child_process";
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { compareRuns } from "../../src/app/compare-runs.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const fixture = join(root, "fixtures/runs/rollouts/20261121-033709-best-of-n-f8tm.jsonl");
const TASKS = 1000;
const { signal } = new AbortController();
const options = { k: 1, seed: 20260601, resamples: 10_000, allowed: [], signal };

/** Comparing two runs of 1,000 tasks: 100 candidates each, with peak memory, and 200 each, off the thread that a screen would need. */
async function main(json: boolean): Promise<void> {
	const report = (row: object, text: string) =>
		void process.stdout.write(json ? `${JSON.stringify({ type: "bench.row", bench: "compare", ...row })}\n` : text);
	const load = loadavg()[0] ?? 0;
	report(
		{ name: "machine", load },
		`compare: ${availableParallelism()} processors, load ${load.toFixed(1)}, Node ${process.versions.node}\n`,
	);
	const folder = mkdtempSync(join(tmpdir(), "assay-bench-"));
	try {
		for (const perTask of [100, 200]) {
			const sources = await Promise.all(
				["a", "b"].map((name, i) => writeRun(join(folder, `${name}${perTask}`), perTask, i)),
			);
			const [measured] = execFileSync(
				process.execPath,
				[fileURLToPath(import.meta.url), "--child", folder, ...sources],
				{ encoding: "utf8" },
			).split("\n");
			const { readSeconds, computeSeconds, rssMb, cpuSeconds } = JSON.parse(measured ?? "");
			report(
				{ perTask, readSeconds, computeSeconds, rssMb, cpuSeconds },
				`two runs of ${TASKS} tasks x ${perTask}: read in ${readSeconds.toFixed(2)} s, all figures with 10,000 clustered draws in ${computeSeconds.toFixed(2)} s (CPU of both ${cpuSeconds.toFixed(2)} s), ${rssMb.toFixed(0)} MB at most\n`,
			);
			const held = await longestHold(folder, sources);
			report(
				{ perTask, heldMs: held },
				`  meanwhile the other thread, which draws the screen, was never held up longer than ${held.toFixed(0)} ms\n`,
			);
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Rollouts as a run records them. */
async function writeRun(folder: string, perTask: number, which: number): Promise<string> {
	mkdirSync(folder, { recursive: true });
	const path = join(folder, "rollouts.jsonl");
	const [line = ""] = readFileSync(fixture, "utf8").split("\n");
	const model = JSON.parse(line);
	function* lines(): Generator<string> {
		let state = which + 1;
		for (let task = 0; task < TASKS; task++) {
			for (let sampleIndex = 0; sampleIndex < perTask; sampleIndex++) {
				state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
				const isRight = (state >>> 8) % 1000 < (task % 900) + 40 * which;
				const ids = { taskId: `task-${task}`, sampleIndex };
				const status = isRight ? "accepted" : "wrong_answer";
				const codeSha256 = state.toString(16).padStart(64, "0");
				const verdict = { ...model.verdict, ...ids, status, codeSha256 };
				yield `${JSON.stringify({ ...model, candidate: { ...model.candidate, ...ids }, verdict })}\n`;
			}
		}
	}
	await pipeline(Readable.from(lines()), createWriteStream(path));
	return path;
}

async function measure(workspace: string, sources: readonly string[]): Promise<void> {
	const startedAt = performance.now();
	let readAt = startedAt;
	await compareRuns({
		...options,
		workspace,
		sources,
		onRead() {
			readAt = performance.now();
		},
	});
	const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
	const row = {
		readSeconds: (readAt - startedAt) / 1000,
		computeSeconds: (performance.now() - readAt) / 1000,
		rssMb: maxRSS / 1024,
		cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
	};
	process.stdout.write(`${JSON.stringify(row)}\n`);
}

/** Milliseconds that a timer of this thread came late at worst, while a worker compares. */
async function longestHold(workspace: string, sources: readonly string[]): Promise<number> {
	const worker = new Worker(new URL(import.meta.url), { argv: ["--child", workspace, ...sources], stdout: true });
	worker.stdout.resume();
	let last = performance.now();
	let longest = 0;
	const timer = setInterval(() => {
		const now = performance.now();
		longest = Math.max(longest, now - last - 5);
		last = now;
	}, 5);
	await new Promise((resolve, reject) => worker.once("exit", resolve).once("error", reject));
	clearInterval(timer);
	return longest;
}

const [mode, workspace = "", ...sources] = process.argv.slice(2);
if (mode === "--child") await measure(workspace, sources);
else await main(process.argv.includes("--json"));
