import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readLogLines } from "../../src/app/read-log-lines.js";
import { runFiles } from "../../src/artifacts/layout.js";
import { formatCount } from "../../views/text/format.js";
import { buildApp } from "./build-app.js";
import type { LogWritten } from "./log-writer.js";
import { type KeyLatency, keyLatencies, percentile } from "./screen-latency.js";
import { type Screen, startOnTerminal, type TerminalProgram, type Usage } from "./terminal-program.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const SIZE = { columns: 120, rows: 40 };
const RATES = [200_000, 500_000];
const KEY_GAP_MS = 120;
const KEYS = ["j", "\x04", "k", "n", "\x15", "j", "n", "N"];

/** The log on the program's own screen, on a pseudo-terminal, while another process appends lines; keys are pressed meanwhile. */
async function main(json: boolean, seconds: number): Promise<void> {
	const report = (row: object, text: string) =>
		void process.stdout.write(json ? `${JSON.stringify({ type: "bench.row", bench: "logs", ...row })}\n` : text);
	report({ name: "machine" }, `logs: ${availableParallelism()} processors, Node ${process.versions.node}\n`);
	const writer = await buildApp("log-writer");
	for (const rate of RATES) {
		const row = await followed(writer, rate, seconds);
		report(
			row,
			`${formatCount(rate)} lines/s wanted, ${formatCount(Math.round(row.lines / row.seconds))} written for ${row.seconds.toFixed(1)} s: ${formatCount(row.lines)} lines, all on the screen ${ms(row.behindMs)} ms after the last; read again: ${row.isSame ? "the same sha256" : "NOT THE SAME sha256"}\n  key ${ms(row.moves.p50)}/${ms(row.moves.p95)} ms, to a match ${ms(row.matches.p50)}/${ms(row.matches.p95)} ms (p50/p95; ${row.keys} keys, ${row.unanswered} unanswered)  CPU ${row.cpuPercent.toFixed(0)} %  MB ${row.rssMb.map((mb) => mb.toFixed(0)).join(" ")}\n`,
		);
	}
}

async function followed(writer: string, rate: number, seconds: number) {
	const folder = mkdtempSync(join(tmpdir(), "assay-bench-"));
	const artifacts = join(folder, "artifacts");
	cpSync(join(root, "fixtures/runs"), artifacts, { recursive: true });
	const [name = ""] = readdirSync(join(artifacts, "logs"));
	const files = runFiles(artifacts, name.replace(/\.log$/, ""));
	const before = readFileSync(files.log, "utf8").split("\n").length - 1;
	const argv = [process.execPath, join(root, "bin/assay.js"), "open", "--workspace", folder];
	const terminal = startOnTerminal(argv, SIZE);
	try {
		await terminal.until((screen) => screen.text().includes("▸ binary_search"));
		terminal.press("7");
		await terminal.until((screen) => /▸.*completed/.test(screen.text()));
		terminal.press("L");
		await terminal.until((screen) => screen.text().includes("following"));
		const writtenPath = join(folder, "written.json");
		const child = spawn(process.execPath, [writer, files.log, String(rate), String(seconds), writtenPath]);
		const ended = once(child, "close");
		let isWriting = true;
		void ended.then(() => {
			isWriting = false;
		});
		await terminal.until((screen) => /line \d/.test(screen.text()));
		// Away from the end, so that what a key does can be told from what comes in.
		for (const keys of ["/", "needle", "\r", "g", "n", "n"]) {
			terminal.press(keys);
			await terminal.rest(300);
		}
		const usages = await pressWhile(terminal, () => isWriting);
		const written: LogWritten = JSON.parse(readFileSync(writtenPath, "utf8"));
		const since = performance.now();
		const whole = `${formatCount(before + written.lines)} lines`;
		await terminal.until((screen) => screen.text().includes(whole));
		const behindMs = performance.now() - since;
		terminal.press("G");
		await terminal.until((screen) => screen.text().includes(`line ${written.lines - 1}`));
		await terminal.end();
		const [first, last] = [usages[0], usages.at(-1)];
		if (!first || !last) throw new Error("the writing ended before it was measured: --seconds=N makes it longer");
		const latencies = await keyLatencies(terminal.records, {
			...SIZE,
			from: first.at,
			until: last.at,
			seen: linesSeen,
		});
		return {
			name: "follow",
			rate,
			...written,
			isSame: (await readAgain(files.log, before)) === written.sha256,
			behindMs,
			keys: latencies.length,
			unanswered: latencies.filter(({ ms }) => ms === null).length,
			moves: spread(latencies.filter(({ key }) => key.toLowerCase() !== "n")),
			matches: spread(latencies.filter(({ key }) => key.toLowerCase() === "n")),
			cpuPercent: (last.cpuMs - first.cpuMs) / (last.at - first.at) / 10,
			rssMb: Array.from(
				{ length: 9 },
				(_, i) => (usages[Math.round((i * (usages.length - 1)) / 8)] ?? last).rssBytes / 2 ** 20,
			),
		};
	} finally {
		await terminal.end();
		rmSync(folder, { recursive: true, force: true });
	}
}

async function pressWhile(terminal: TerminalProgram, isWriting: () => boolean): Promise<Usage[]> {
	const usages: Usage[] = [];
	for (let i = 0; isWriting(); i++) {
		if (i % KEYS.length === 0) usages.push(await terminal.usage());
		terminal.press(KEYS[i % KEYS.length] ?? "");
		await terminal.rest(KEY_GAP_MS);
	}
	return usages;
}

/** The lines on the screen, and which of them was found; not how many there are. */
function linesSeen(screen: Screen): string {
	return screen
		.lines()
		.map((text) => /▸?[^▸]*line (\d+) *[│▐█]?$/.exec(text.trimEnd())?.[0] ?? "")
		.join("\n");
}

function spread(latencies: readonly KeyLatency[]) {
	const answered = latencies.flatMap(({ ms }) => (ms === null ? [] : [ms]));
	return { p50: percentile(answered, 0.5), p95: percentile(answered, 0.95) };
}

/** The checksum of what came behind the first lines, through the reader of the screen. */
async function readAgain(path: string, skipped: number): Promise<string> {
	const hash = createHash("sha256");
	const { signal } = new AbortController();
	for await (const { line, text } of readLogLines({ path, isGoingOn: () => false }, { follows: false, signal })) {
		if (line >= skipped) hash.update(`${text}\n`);
	}
	return hash.digest("hex");
}

const ms = (value: number) => value.toFixed(1);
const wanted = process.argv.find((word) => word.startsWith("--seconds="));

await main(process.argv.includes("--json"), wanted === undefined ? 20 : Number(wanted.slice("--seconds=".length)));
