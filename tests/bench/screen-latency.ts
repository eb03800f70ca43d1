import { Screen, type TerminalRecord } from "./terminal-program.js";

export interface KeyLatency {
	key: string;
	/** Until the screen showed the cursor, or the keys of another pane, or what `seen` tells; null: it did not, before the next key. */
	ms: number | null;
}

/** How long each key took, told from what a terminal shows after each chunk of output. */
export async function keyLatencies(
	records: readonly TerminalRecord[],
	options: { columns: number; rows: number; from: number; until?: number; seen?: (screen: Screen) => string },
): Promise<KeyLatency[]> {
	const { columns, rows, from, until = Number.POSITIVE_INFINITY, seen = answerOf } = options;
	const screen = new Screen(columns, rows);
	const found: KeyLatency[] = [];
	let waiting: { key: string; at: number; before: string } | null = null;
	const settle = (ms: number | null) => {
		if (waiting && waiting.at >= from && waiting.at < until) found.push({ key: waiting.key, ms });
		waiting = null;
	};
	for (const record of records) {
		if (record.kind === "key") {
			settle(null);
			waiting = { key: record.payload.toString(), at: record.at, before: seen(screen) };
		}
		if (record.kind !== "output") continue;
		await screen.write(record.payload);
		if (waiting && seen(screen) !== waiting.before) settle((record.at - waiting.at) * 1000);
	}
	return found;
}

/** Where the cursor marks of all panes are, and the hints: a pane that is alone on the screen has no mark. */
function answerOf(screen: Screen): string {
	const lines = screen.lines();
	const marks = lines.flatMap((line, y) => [...line.matchAll(/▸/g)].map(({ index }) => `${y}:${index}`));
	return [...marks, lines.at(-1)].join(" ");
}

export function percentile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
