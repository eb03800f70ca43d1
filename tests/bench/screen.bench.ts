import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildApp } from "./build-app.js";
import type { ScreenAppStats } from "./screen-app.js";
import { keyLatencies, percentile } from "./screen-latency.js";
import { startOnTerminal, type TerminalProgram } from "./terminal-program.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const program = join(root, "bin/assay.js");
const WARM_MS = 1500;
const HALF_MS = 4000;
const IDLE_MS = 5000;
const STARTS = 7;
const KEY_GAP_MS = 90;

interface Feed {
	name: string;
	updates: number;
	perUpdate: number;
}
const BUSY: Feed = { name: "2,000 events/s", updates: 250, perUpdate: 8 };
const STEADY: Feed = { name: "30 updates/s", updates: 30, perUpdate: 15 };
interface Case {
	columns: number;
	rows: number;
	feed: Feed;
	/** Ranking the candidates of the run that goes on, again and again. */
	ranks?: true;
}

const CASES: readonly Case[] = [
	{ columns: 120, rows: 40, feed: BUSY },
	{ columns: 120, rows: 40, feed: BUSY, ranks: true },
	{ columns: 120, rows: 40, feed: STEADY },
	{ columns: 80, rows: 24, feed: BUSY },
	{ columns: 200, rows: 60, feed: BUSY },
];

/** The screens on a pseudo-terminal under a feed of events, with and without the compositor, and the program at rest. */
async function main(json: boolean): Promise<void> {
	const report = (row: object, text: string) =>
		void process.stdout.write(json ? `${JSON.stringify({ type: "bench.row", bench: "screen", ...row })}\n` : text);
	report({ name: "machine" }, `screen: ${availableParallelism()} processors, Node ${process.versions.node}\n`);
	const app = await buildApp("screen-app");
	for (const of of CASES) {
		for (const painter of ["compositor", "plain Ink"]) {
			const row = await underFeed(app, painter, of);
			report(
				row,
				`${row.size.padEnd(7)} ${row.screen.padEnd(9)} ${row.feed.padEnd(15)} ${row.painter.padEnd(11)} key ${ms(row.keyP50)}/${ms(row.keyP95)} ms, where Ink draws ${ms(row.inkKeyP50)}/${ms(row.inkKeyP95)} ms (p50/p95; ${row.keys} keys, ${row.unanswered} unanswered)  frame p95 ${ms(row.frameP95)} ms, ${row.framesPerSecond.toFixed(0)}/s  CPU ${row.cpuPercent.toFixed(1)} %  ${row.kilobytesPerSecond.toFixed(0)} kB/s  ${row.rssMb.toFixed(0)} MB\n`,
			);
		}
	}
	const start = await starts();
	report(
		start,
		`start   Node alone ${ms(start.nodeMs)} ms  first frame ${ms(start.skeletonMs)} ms  live screen ${ms(start.liveMs)} ms  tasks listed ${ms(start.listedMs)} ms (medians of ${STARTS})\n`,
	);
	const rest = await atRest();
	report(
		rest,
		`at rest ${rest.bytes} bytes in ${IDLE_MS / 1000} s  CPU ${rest.cpuPercent.toFixed(2)} %  ${rest.rssMb.toFixed(0)} MB\n`,
	);
}

const ms = (value: number) => value.toFixed(1);
const median = (values: readonly number[]) => percentile(values, 0.5);

async function underFeed(app: string, painter: string, { columns, rows, feed, ranks }: Case) {
	const folder = mkdtempSync(join(tmpdir(), "assay-bench-"));
	const statsPath = join(folder, "stats.json");
	const argv = [process.execPath, app, painter, String(feed.updates), String(feed.perUpdate), statsPath];
	const terminal = startOnTerminal(argv, { columns, rows });
	try {
		await terminal.until((screen) => screen.text().includes("two_sum"));
		// The run dialog as it opens; a run of one task starts with the cursor on its candidates.
		await enter(terminal, "r", "Best-of-N on");
		await enter(terminal, "\r", "live");
		if (ranks) await enter(terminal, "O", "rerankable");
		await terminal.rest(WARM_MS);
		const before = await terminal.usage();
		await typeKeys(terminal, ["j", "k"], HALF_MS);
		const middle = await terminal.usage();
		await typeKeys(terminal, ["\t"], HALF_MS);
		const after = await terminal.usage();
		await terminal.end();
		const latencies = await keyLatencies(terminal.records, { columns, rows, from: before.at });
		const moves = latencies.filter(({ key }) => key !== "\t");
		const tabs = latencies.filter(({ key }) => key === "\t");
		const answered = (list: typeof latencies) => list.flatMap(({ ms }) => (ms === null ? [] : [ms]));
		const stats: ScreenAppStats = JSON.parse(readFileSync(statsPath, "utf8"));
		const seconds = middle.at - before.at;
		const bytes = terminal.records
			.filter(({ kind, at }) => kind === "output" && at >= before.at && at < middle.at)
			.reduce((sum, { payload }) => sum + payload.length, 0);
		return {
			painter,
			size: `${columns}x${rows}`,
			screen: ranks ? "Energy" : "Best-of-N",
			feed: feed.name,
			keys: latencies.length,
			unanswered: latencies.filter(({ ms }) => ms === null).length,
			keyP50: median(answered(moves)),
			keyP95: percentile(answered(moves), 0.95),
			inkKeyP50: median(answered(tabs)),
			inkKeyP95: percentile(answered(tabs), 0.95),
			frameP95: percentile(stats.frameMs, 0.95),
			framesPerSecond: stats.frameMs.length / (stats.events / (feed.updates * feed.perUpdate)),
			cpuPercent: (middle.cpuMs - before.cpuMs) / seconds / 10,
			kilobytesPerSecond: bytes / 1024 / seconds,
			rssMb: after.rssBytes / 2 ** 20,
		};
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

async function enter(terminal: TerminalProgram, keys: string, shown: string): Promise<void> {
	terminal.press(keys);
	await terminal.until((screen) => screen.text().includes(shown));
}

async function typeKeys(terminal: TerminalProgram, keys: readonly string[], forMs: number): Promise<void> {
	const end = performance.now() + forMs;
	for (let i = 0; performance.now() < end; i++) {
		terminal.press(keys[i % keys.length] ?? "");
		await terminal.rest(KEY_GAP_MS + Math.random() * KEY_GAP_MS);
	}
}

/** Of those that ship. */
const FIRST_TASK = "binary_search";

/** Process start to bytes on the terminal: Node writing a word, the program's first frame, its panes, its first tasks. */
async function starts() {
	const found = {
		nodeMs: [] as number[],
		skeletonMs: [] as number[],
		liveMs: [] as number[],
		listedMs: [] as number[],
	};
	for (let i = 0; i < STARTS; i++) {
		const bare = startOnTerminal([process.execPath, "-e", "process.stdout.write('x')"], { columns: 120, rows: 40 });
		await bare.until((screen) => screen.text().includes("x"));
		await bare.end();
		found.nodeMs.push(firstOutputMs(bare, () => true));
		const folder = mkdtempSync(join(tmpdir(), "assay-bench-"));
		const terminal = startOnTerminal([process.execPath, program, "open", "--workspace", folder], {
			columns: 120,
			rows: 40,
		});
		await terminal.until((screen) => screen.text().includes(FIRST_TASK));
		found.skeletonMs.push(firstOutputMs(terminal, () => true));
		found.liveMs.push(firstOutputMs(terminal, (text) => text.includes("▸")));
		found.listedMs.push(firstOutputMs(terminal, (text) => text.includes(FIRST_TASK)));
		await terminal.end();
		rmSync(folder, { recursive: true, force: true });
	}
	return {
		name: "start",
		nodeMs: median(found.nodeMs),
		skeletonMs: median(found.skeletonMs),
		liveMs: median(found.liveMs),
		listedMs: median(found.listedMs),
	};
}

function firstOutputMs({ records }: TerminalProgram, accepts: (text: string) => boolean): number {
	const start = records.find(({ kind }) => kind === "start")?.at ?? 0;
	const output = records.find(({ kind, payload }) => kind === "output" && accepts(payload.toString()));
	return output ? (output.at - start) * 1000 : Number.NaN;
}

async function atRest() {
	const folder = mkdtempSync(join(tmpdir(), "assay-bench-"));
	const terminal = startOnTerminal([process.execPath, program, "open", "--workspace", folder], {
		columns: 120,
		rows: 40,
	});
	await terminal.until((screen) => /sandbox (bwrap|rlimit)/.test(screen.text()));
	await terminal.rest(WARM_MS);
	const before = await terminal.usage();
	await terminal.rest(IDLE_MS);
	const after = await terminal.usage();
	await terminal.end();
	rmSync(folder, { recursive: true, force: true });
	const bytes = terminal.records
		.filter(({ kind, at }) => kind === "output" && at >= before.at && at < after.at)
		.reduce((sum, { payload }) => sum + payload.length, 0);
	const cpuMs = after.cpuMs + after.childrenCpuMs - before.cpuMs - before.childrenCpuMs;
	return { name: "at rest", bytes, cpuPercent: cpuMs / (after.at - before.at) / 10, rssMb: after.rssBytes / 2 ** 20 };
}

await main(process.argv.includes("--json"));
