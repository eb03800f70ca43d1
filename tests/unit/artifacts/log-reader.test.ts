import {
	appendFileSync,
	mkdtempSync,
	openSync,
	renameSync,
	rmSync,
	truncateSync,
	writeFileSync,
	writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { createLineIndex } from "../../../src/artifacts/line-index.js";
import { createLogReader, type LogReader } from "../../../src/artifacts/log-reader.js";

const folder = mkdtempSync(join(tmpdir(), "assay-log-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const open: LogReader[] = [];
afterEach(() => {
	for (const reader of open.splice(0)) reader.close();
});

let files = 0;
const newPath = () => join(folder, `${files++}.log`);
function readerOf(path: string): LogReader {
	const reader = createLogReader(path);
	open.push(reader);
	return reader;
}
function takeAll(reader: LogReader): void {
	for (let turns = 0; reader.advance(); turns++) if (turns > 100_000) throw new Error("it never came to an end");
}
const texts = (reader: LogReader, from = 0, count = 1e9) => reader.rows(from, count).map(({ text }) => text);

test("lines are the same wherever the bytes are cut, also inside a character", () => {
	const lines = Array.from({ length: 400 }, (_, i) => `${i} zażółć 漢字 🙂 ${"x".repeat(i % 37)}`);
	const bytes = Buffer.from(`${lines.join("\n")}\n`);
	for (const size of [1, 2, 3, 7, 64, 1000]) {
		const path = newPath();
		writeFileSync(path, "");
		const reader = readerOf(path);
		for (let at = 0; at < bytes.length; at += size * 50) {
			// Several appends of odd sizes, then a look.
			for (let piece = at; piece < Math.min(at + size * 50, bytes.length); piece += size)
				appendFileSync(path, bytes.subarray(piece, Math.min(piece + size, at + size * 50)));
			takeAll(reader);
		}
		expect(reader.status).toMatchObject({ lines: 400, rows: 400, bytes: bytes.length });
		expect(texts(reader)).toEqual(lines);
		expect(texts(reader, 123, 3)).toEqual(lines.slice(123, 126));
	}
});

test("an index told of its bytes one by one has the marks of one told at once", () => {
	const bytes = Buffer.from(Array.from({ length: 1000 }, (_, i) => `${"y".repeat((i * 7) % 300)}\n`).join(""));
	const whole = createLineIndex();
	whole.add(bytes);
	const pieces = createLineIndex();
	for (const byte of bytes) pieces.add(Buffer.from([byte]));
	for (let line = 0; line < 1000; line++) expect(pieces.before(line)).toEqual(whole.before(line));
	expect(pieces.lines).toBe(1000);
});

test("a line without its end is shown, and goes on", () => {
	const path = newPath();
	writeFileSync(path, "one\ntw");
	const reader = readerOf(path);
	takeAll(reader);
	expect(texts(reader)).toEqual(["one", "tw"]);
	appendFileSync(path, "o\nthree");
	takeAll(reader);
	expect(texts(reader)).toEqual(["one", "two", "three"]);
});

test("a file that is not there yet is waited for", () => {
	const path = newPath();
	const reader = readerOf(path);
	takeAll(reader);
	expect(reader.status).toMatchObject({ isMissing: true, rows: 0 });
	writeFileSync(path, "there\n");
	takeAll(reader);
	expect(texts(reader)).toEqual(["there"]);
});

test("a file that is cut short is read from its start again", () => {
	const path = newPath();
	writeFileSync(path, "old line\nanother\n");
	const reader = readerOf(path);
	takeAll(reader);
	truncateSync(path, 0);
	appendFileSync(path, "new\n");
	takeAll(reader);
	expect(texts(reader)).toEqual(["new"]);
	expect(reader.status.generation).toBe(1);
});

test("of a file that is replaced the rest is read first, then the new one", () => {
	const path = newPath();
	writeFileSync(path, "a\n");
	const held = openSync(path, "a");
	const reader = readerOf(path);
	takeAll(reader);
	renameSync(path, `${path}.1`);
	writeFileSync(path, "fresh\n");
	writeSync(held, "last words\n");
	expect(reader.advance()).toBe(true);
	expect(texts(reader)).toEqual(["a", "last words"]);
	takeAll(reader);
	expect(texts(reader)).toEqual(["fresh"]);
	expect(reader.status.generation).toBe(1);
});

test("a line of 100 MB is cut with its length told, and the lines around it are as they are", () => {
	const path = newPath();
	writeFileSync(path, "before\n");
	const million = Buffer.alloc(1_000_000, "long ");
	for (let i = 0; i < 100; i++) appendFileSync(path, million);
	appendFileSync(path, "\nafter\nlast\n");
	const reader = readerOf(path);
	takeAll(reader);
	const rows = reader.rows(0, 10);
	expect(rows.map(({ bytes }) => bytes)).toEqual([6, 100_000_000, 5, 4]);
	expect(rows[1]?.text).toHaveLength(4096);
	expect(texts(reader, 2, 1)).toEqual(["after"]);
	expect(reader.find({ text: "after", isPattern: false }, 0, 1).row).toBe(2);
});

test("a cut inside a character leaves no broken one", () => {
	const path = newPath();
	writeFileSync(path, `${"漢".repeat(3000)}\n`);
	const reader = readerOf(path);
	takeAll(reader);
	expect(texts(reader)[0]).toBe("漢".repeat(1365));
});

test("NUL bytes, carriage returns and bytes that are no UTF-8 are lines like others", () => {
	const path = newPath();
	writeFileSync(path, Buffer.from("a\0b\nwindows\r\n\xff\xfe\n\nend", "latin1"));
	const reader = readerOf(path);
	takeAll(reader);
	expect(texts(reader)).toEqual(["a\0b", "windows", "\ufffd\ufffd", "", "end"]);
});

test("a filter shows the lines with a text or a pattern, also those that come later", () => {
	const path = newPath();
	const lines = Array.from({ length: 30_000 }, (_, i) => (i % 1000 === 7 ? `Error ${i}` : `fine ${i}`));
	writeFileSync(path, `${lines.join("\n")}\n`);
	const reader = readerOf(path);
	takeAll(reader);
	reader.setFilter({ text: "error", isPattern: false });
	expect(reader.status.unfiltered).toBe(30_000);
	takeAll(reader);
	expect(texts(reader)).toEqual(lines.filter((line) => line.startsWith("Error")));
	expect(reader.rows(3, 1)[0]?.line).toBe(3007);
	appendFileSync(path, "no\nan error at last\n");
	takeAll(reader);
	expect(texts(reader).at(-1)).toBe("an error at last");
	reader.setFilter({ text: "^fine 1\\d$", isPattern: true });
	takeAll(reader);
	expect(texts(reader)).toHaveLength(10);
	reader.setFilter(null);
	expect(reader.status.rows).toBe(30_002);
});

test("a search goes on in both directions, and says where to go on when it took long", () => {
	const path = newPath();
	const lines = Array.from({ length: 50_000 }, (_, i) => (i === 20_000 || i === 40_000 ? "needle" : "hay"));
	writeFileSync(path, lines.join("\n"));
	const reader = readerOf(path);
	takeAll(reader);
	const search = (from: number, direction: 1 | -1) => {
		for (let at: number | null = from; at !== null; ) {
			const { row, searchOn } = reader.find({ text: "NEEDLE", isPattern: false }, at, direction);
			if (row !== null) return row;
			at = searchOn;
		}
		return null;
	};
	expect(reader.find({ text: "needle", isPattern: false }, 0, 1)).toEqual({ row: null, searchOn: 8192 });
	expect(search(0, 1)).toBe(20_000);
	expect(search(20_001, 1)).toBe(40_000);
	expect(search(40_001, 1)).toBe(null);
	expect(search(49_999, -1)).toBe(40_000);
	expect(search(39_999, -1)).toBe(20_000);
	expect(search(19_999, -1)).toBe(null);
});
