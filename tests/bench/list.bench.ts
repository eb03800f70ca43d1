import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { buildApp } from "./build-app.js";
import type { ListAppStats } from "./list-app.js";
import { percentile } from "./screen-latency.js";
import { startOnTerminal, type TerminalProgram } from "./terminal-program.js";

const COUNT = 1_000_000;
const SIZE = { columns: 120, rows: 40 };
const KEY_GAP_MS = 60;
const MOVES = 400;
/** Room for the whole answer to a key of a filter or a sort. */
const SEARCH_GAP_MS = 700;
const FILTERS = ["wrong", "accepted #42", "humaneval/77", "~^time", "zzzz"];
const SORTS = ["state", "tests passed", "cpu time", "memory"];

/** A list of a million candidates on a pseudo-terminal: opened, moved in, filtered as one types, sorted. */
async function main(json: boolean): Promise<void> {
	const report = (row: object, text: string) =>
		void process.stdout.write(json ? `${JSON.stringify({ type: "bench.row", bench: "list", ...row })}\n` : text);
	report({ name: "machine" }, `list: ${availableParallelism()} processors, Node ${process.versions.node}\n`);
	const folder = mkdtempSync(join(tmpdir(), "assay-bench-"));
	const statsPath = join(folder, "stats.json");
	const app = await buildApp("list-app");
	const terminal = startOnTerminal([process.execPath, app, String(COUNT), statsPath], SIZE);
	try {
		await terminal.until((screen) => screen.text().includes("two_sum"));
		terminal.signal("SIGUSR1");
		await terminal.until((screen) => screen.text().includes("All candidates · 1 000 000"));
		await terminal.rest(1000);
		const since = (await terminal.usage()).at;
		for (const [name, keys] of Object.entries({ "one row": ["j", "k", "j"], pages: ["\x04", "\x04", "\x15"] })) {
			const answers = await press(
				terminal,
				Array.from({ length: MOVES / 2 }, (_, i) => keys[i % 3] ?? "j"),
			);
			report(
				{ name, ...movesOf(answers) },
				`moving, ${name.padEnd(8)} key ${movesText(movesOf(answers))} (${answers.length} keys)\n`,
			);
		}
		const jumps = await press(
			terminal,
			Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? "G" : "g")),
		);
		report(
			{ name: "ends", ...movesOf(jumps) },
			`moving, to ends key ${movesText(movesOf(jumps))} (${jumps.length} keys)\n`,
		);
		const typed: Answer[] = [];
		const beforeTyping = await terminal.usage();
		for (const filter of FILTERS) {
			await press(terminal, ["/", "\x15"]);
			typed.push(...(await press(terminal, [...filter], SEARCH_GAP_MS)));
			await press(terminal, ["\r", "\x1b"], 150);
		}
		const cpuMs = ((await terminal.usage()).cpuMs - beforeTyping.cpuMs) / typed.length;
		const first = typed.map(({ firstMs }) => firstMs);
		const last = typed.map(({ lastMs }) => lastMs);
		report(
			{ name: "filter", firstMs: first, lastMs: last, cpuMs },
			`filter as one types: first rows p50/p95 ${ms(percentile(first, 0.5))}/${ms(percentile(first, 0.95))} ms, all of them ${ms(percentile(last, 0.5))}/${ms(percentile(last, 0.95))} ms, worst ${ms(Math.max(...last))} ms (${typed.length} keys, ${ms(cpuMs)} ms CPU each)\n`,
		);
		for (const [i, sort] of SORTS.entries()) {
			await press(terminal, ["s", "g", ..."j".repeat(i + 1)]);
			const [answer] = await press(terminal, ["\r"], 1500);
			if (answer) report({ name: "sort", sort, ...answer }, `sort by ${sort.padEnd(13)} ${ms(answer.lastMs)} ms\n`);
		}
		const after = await terminal.usage();
		await terminal.end();
		const stats: ListAppStats = JSON.parse(readFileSync(statsPath, "utf8"));
		const row = { name: "memory", ...stats, rssMb: after.rssBytes / 1e6, seconds: after.at - since };
		report(
			row,
			`opened in ${ms(stats.openMs)} ms (its events through the reducer: ${ms(stats.reduceMs)} ms)  ${row.rssMb.toFixed(0)} MB\n`,
		);
	} finally {
		await terminal.end();
		rmSync(folder, { recursive: true, force: true });
	}
}

/** From the key to the first and to the last output before the next key. */
interface Answer {
	firstMs: number;
	lastMs: number;
}

async function press(terminal: TerminalProgram, keys: readonly string[], gapMs = KEY_GAP_MS): Promise<Answer[]> {
	const from = terminal.records.length;
	for (const key of keys) {
		terminal.press(key);
		await terminal.rest(gapMs);
	}
	const answers: Answer[] = [];
	let keyAt: number | null = null;
	let answer: Answer | null = null;
	for (const { kind, at } of terminal.records.slice(from)) {
		if (kind === "key") {
			answer = null;
			keyAt = at;
		} else if (kind === "output" && keyAt !== null) {
			const since = (at - keyAt) * 1000;
			if (answer) answer.lastMs = since;
			else {
				answer = { firstMs: since, lastMs: since };
				answers.push(answer);
			}
		}
	}
	return answers;
}

function movesOf(answers: readonly Answer[]): { p50: number; p95: number } {
	const times = answers.map(({ firstMs }) => firstMs);
	return { p50: percentile(times, 0.5), p95: percentile(times, 0.95) };
}

const ms = (value: number) => value.toFixed(1);
const movesText = ({ p50, p95 }: { p50: number; p95: number }) => `${ms(p50)}/${ms(p95)} ms (p50/p95)`;

await main(process.argv.includes("--json"));
