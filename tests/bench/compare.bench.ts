import { execFileSync } from "node:child_process";
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { compareRuns } from "../../src/app/compare-runs.js";
import { checksumFile } from "../../src/artifacts/checksum.js";
import { artifactsRoot, relativePath, runFiles } from "../../src/artifacts/layout.js";
import { scanLines } from "../../src/artifacts/scan-lines.js";

const program = fileURLToPath(new URL("..", import.meta.url));
const RECORDED = "20261121-033709-best-of-n-f8tm";
const TASKS = 1000;
const { signal } = new AbortController();
const options = { k: 1, seed: 20260601, resamples: 10_000, allowed: [], signal };

/**
 * Comparing two runs of 1,000 tasks: 100 candidates each, as loose files and as recorded runs, with peak memory, beside
 * `JSON.parse` of the same lines on one thread; and 200 each, off the thread that a screen would need.
 */
async function main(json: boolean): Promise<void> {
	const report = (row: object, text: string) =>
		void process.stdout.write(json ? `${JSON.stringify({ type: "bench.row", bench: "compare", ...row })}\n` : text);
	const load = loadavg()[0] ?? 0;
	report(
		{ name: "machine", load },
		`compare: ${availableParallelism()} processors, load ${load.toFixed(1)}, Node ${process.versions.node}\n`,
	);
	for (const perTask of [100, 200]) {
		const workspace = mkdtempSync(join(tmpdir(), "assay-bench-"));
		try {
			const runs = await Promise.all([0, 1].map((which) => writeRun(workspace, perTask, which)));
			const loose = runs.map(({ path }) => path);
			const parse = child("--parse", workspace, loose);
			report(
				{ perTask, name: "baseline", ...parse },
				`two runs of ${TASKS} tasks x ${perTask}\n  JSON.parse of each line, on one thread: ${seconds(parse.seconds)}, CPU ${seconds(parse.cpuSeconds)}\n`,
			);
			for (const [name, sources] of Object.entries({
				"loose files": loose,
				"recorded runs": runs.map(({ runId }) => runId),
			})) {
				const measured = child("--compare", workspace, sources);
				const { readSeconds, computeSeconds, rssMb, cpuSeconds } = measured;
				report(
					{ perTask, name, ...measured },
					`  ${name}: read in ${seconds(readSeconds)}, all figures with 10,000 clustered draws in ${seconds(computeSeconds)}; CPU ${seconds(cpuSeconds)}, ${rssMb?.toFixed(0)} MB at most\n`,
				);
			}
			const heldMs = await longestHold(workspace, loose);
			report(
				{ perTask, heldMs },
				`  meanwhile the other thread, which draws the screen, was never held up longer than ${heldMs.toFixed(0)} ms\n`,
			);
		} finally {
			rmSync(workspace, { recursive: true, force: true });
		}
	}
}

function seconds(value: number | undefined): string {
	return `${value?.toFixed(2)} s`;
}

/** In a process of its own, whose peak of memory is its own. */
function child(mode: string, workspace: string, sources: readonly string[]): Record<string, number> {
	const script = fileURLToPath(import.meta.url);
	return JSON.parse(execFileSync(process.execPath, [script, mode, workspace, ...sources], { encoding: "utf8" }));
}

/** A run as it is recorded, with its manifest. */
async function writeRun(workspace: string, perTask: number, which: number): Promise<{ runId: string; path: string }> {
	const root = artifactsRoot(workspace);
	const runId = `20261121-03371${which}-best-of-n-f8tm`;
	const [from, to] = [runFiles(join(program, "fixtures/runs"), RECORDED), runFiles(root, runId)];
	for (const folder of ["rollouts", "plans", "runs", "manifests"]) mkdirSync(join(root, folder), { recursive: true });
	const model = JSON.parse(readFileSync(from.rollouts, "utf8").split("\n")[0] ?? "");
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
	await pipeline(Readable.from(lines()), createWriteStream(to.rollouts));
	for (const file of ["plan", "result"] as const) {
		writeFileSync(to[file], readFileSync(from[file], "utf8").replaceAll(RECORDED, runId));
	}
	const files = await Promise.all(
		[to.rollouts, to.plan, to.result].map(async (path) => ({
			path: relativePath(root, path),
			...(await checksumFile(path)),
		})),
	);
	const manifest = JSON.parse(readFileSync(from.manifest, "utf8").replaceAll(RECORDED, runId));
	writeFileSync(to.manifest, JSON.stringify({ ...manifest, files }));
	return { runId, path: to.rollouts };
}

async function measureComparison(workspace: string, sources: readonly string[]): Promise<void> {
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
	tell({ readSeconds: (readAt - startedAt) / 1000, computeSeconds: (performance.now() - readAt) / 1000 });
}

async function measureParsing(sources: readonly string[]): Promise<void> {
	const startedAt = performance.now();
	let parsed = 0;
	for (const path of sources) {
		for await (const { bytes } of scanLines(path)) {
			JSON.parse(bytes.toString("utf8"));
			parsed++;
		}
	}
	tell({ seconds: (performance.now() - startedAt) / 1000, parsed });
}

function tell(row: Record<string, number>): void {
	const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
	const own = { rssMb: maxRSS / 1024, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 };
	process.stdout.write(`${JSON.stringify({ ...row, ...own })}\n`);
}

/** Milliseconds that a timer of this thread came late at worst, while a worker compares. */
async function longestHold(workspace: string, sources: readonly string[]): Promise<number> {
	const worker = new Worker(new URL(import.meta.url), { argv: ["--compare", workspace, ...sources], stdout: true });
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
if (mode === "--compare") await measureComparison(workspace, sources);
else if (mode === "--parse") await measureParsing(sources);
else await main(process.argv.includes("--json"));
