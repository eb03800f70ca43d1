import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { keyLatencies, percentile } from "./screen-latency.js";
import { startOnTerminal, type TerminalProgram } from "./terminal-program.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const program = join(root, "bin/assay.js");
const SIZE = { columns: 120, rows: 40 };
const WARMED_N = 16;
const N = 400;
const KEY_GAP_MS = 60;
const RUN_MS = 8000;

/** Keys on the program's own screens while a run goes on whose verdicts are nearly all known: the fastest one there is. */
async function main(json: boolean): Promise<void> {
	const report = (row: object, text: string) =>
		void process.stdout.write(json ? `${JSON.stringify({ type: "bench.row", bench: "cached", ...row })}\n` : text);
	report({ name: "machine" }, `cached: ${availableParallelism()} processors, Node ${process.versions.node}\n`);
	const workspace = mkdtempSync(join(tmpdir(), "assay-bench-"));
	const tasks = join(root, "fixtures/tasks");
	const words = ["run", tasks, "--backend", "mock", "-n", String(WARMED_N), "--workspace", workspace];
	execFileSync(process.execPath, [program, ...words], { stdio: "ignore" });
	const terminal = startOnTerminal([process.execPath, program, "open", "--workspace", workspace], SIZE);
	try {
		await terminal.until((screen) => /sandbox (bwrap|rlimit)/.test(screen.text()));
		await startRun(terminal);
		// The first key ends the following of the newest task.
		terminal.press("j");
		await terminal.rest(500);
		const before = await terminal.usage();
		for (let i = 0; i * KEY_GAP_MS < RUN_MS; i++) {
			terminal.press(i % 2 === 0 ? "j" : "k");
			await terminal.rest(KEY_GAP_MS * (0.5 + Math.random()));
		}
		const after = await terminal.usage();
		await terminal.end();
		const latencies = await keyLatencies(terminal.records, { ...SIZE, from: before.at });
		const answered = latencies.flatMap(({ ms }) => (ms === null ? [] : [ms]));
		const row = {
			name: "keys",
			keys: latencies.length,
			unanswered: latencies.length - answered.length,
			p50: percentile(answered, 0.5),
			p95: percentile(answered, 0.95),
			max: Math.max(...answered),
			cpuPercent: (after.cpuMs - before.cpuMs) / (after.at - before.at) / 10,
			rssMb: after.rssBytes / 2 ** 20,
		};
		report(
			row,
			`keys ${row.p50.toFixed(1)}/${row.p95.toFixed(1)}/${row.max.toFixed(1)} ms (p50/p95/max; ${row.keys} keys, ${row.unanswered} unanswered)  CPU of both threads ${row.cpuPercent.toFixed(0)} %  ${row.rssMb.toFixed(0)} MB\n`,
		);
	} finally {
		rmSync(workspace, { recursive: true, force: true });
	}
}

/** Best-of-N over all tasks, by the keys that a person would press. */
async function startRun(terminal: TerminalProgram): Promise<void> {
	terminal.press("a");
	await terminal.rest(300);
	terminal.press("r");
	await terminal.until((screen) => screen.text().includes("Best-of-N on"));
	for (let i = 0; i < 8; i++) {
		let isChosen = false;
		await terminal.until((screen) => {
			isChosen = screen.text().includes("< mock >");
			return true;
		});
		if (isChosen) break;
		terminal.press("l");
		await terminal.rest(300);
	}
	terminal.press("j");
	await terminal.rest(200);
	terminal.press("\x15");
	await terminal.rest(200);
	terminal.press(`${N}\r`);
	await terminal.until((screen) => screen.text().includes("live"));
}

await main(process.argv.includes("--json"));
