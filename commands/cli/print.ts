import { once } from "node:events";
import type { Writable } from "node:stream";

/** Waits when the reader is slow, so that a large listing is not held in memory; a reader that has gone is no error here. */
export async function write(stream: Writable, text: string): Promise<void> {
	if (stream.destroyed || stream.write(text)) return;
	const settled = new AbortController();
	try {
		await Promise.race(["drain", "close"].map((event) => once(stream, event, { signal: settled.signal })));
	} catch {
		// The stream failed: `main` listens for that and ends the command through its signal.
	} finally {
		settled.abort();
	}
}

export async function writeLine(stream: Writable, text: string): Promise<void> {
	await write(stream, `${text}\n`);
}

export async function writeJson(stream: Writable, value: unknown): Promise<void> {
	await write(stream, `${JSON.stringify(value)}\n`);
}

export interface Column<Row> {
	title: string;
	text: (row: Row) => string;
	align?: "left" | "right";
	/** Longer texts are cut with an ellipsis. */
	maxWidth?: number;
}

const ROWS_MEASURED = 500;

/** Column widths come from the first rows, so that rows beyond them stream. */
export async function* tableLines<Row>(
	columns: readonly Column<Row>[],
	rows: AsyncIterable<Row> | Iterable<Row>,
): AsyncGenerator<string> {
	let widths: number[] | null = null;
	let measured: string[][] = [];
	const measure = (): number[] =>
		columns.map((column, index) =>
			Math.min(
				column.maxWidth ?? Number.POSITIVE_INFINITY,
				Math.max(column.title.length, ...measured.map((cells) => cells[index]?.length ?? 0)),
			),
		);
	const flush = function* (): Generator<string> {
		if (measured.length === 0) return;
		widths = measure();
		yield layOut(
			columns,
			widths,
			columns.map((column) => column.title),
		);
		for (const cells of measured) yield layOut(columns, widths, cells);
		measured = [];
	};
	for await (const row of rows) {
		const cells = columns.map((column) => printable(column.text(row)));
		if (widths === null) {
			measured.push(cells);
			if (measured.length >= ROWS_MEASURED) yield* flush();
		} else yield layOut(columns, widths, cells);
	}
	yield* flush();
}

function layOut<Row>(columns: readonly Column<Row>[], widths: readonly number[], cells: readonly string[]): string {
	return columns
		.map((column, index) => {
			const width = widths[index] ?? 0;
			const cell = cells[index] ?? "";
			const cut = cell.length > width ? `${cell.slice(0, Math.max(0, width - 1))}…` : cell;
			return column.align === "right" ? cut.padStart(width) : cut.padEnd(width);
		})
		.join("  ")
		.trimEnd();
}

/** Control characters of foreign text would drive the terminal; they are shown as escapes. `keep` is for "\n" and "\t". */
export function printable(text: string, keep = ""): string {
	return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) => {
		if (keep.includes(character)) return character;
		const code = character.charCodeAt(0);
		return code <= 0xff ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`;
	});
}
