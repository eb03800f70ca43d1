import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readMember } from "../../../src/app/member-files.js";

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "assay-member-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("of a host's mirror come its GPUs and what it said last, each once", () => {
	const reader = readMember(folder, 1, 1);
	expect([...reader.advance()]).toEqual([]);
	writeFileSync(join(folder, "out.log"), "first\nlast\n=====\n\n");
	writeFileSync(
		join(folder, "gpu.csv"),
		"2026/11/21 14:00:02.120, 3, GPU-8f, NVIDIA B200, 97, 141000, 183359, 912.40, 1000.00, 64, 1965, 0\n",
	);
	expect([...reader.advance()]).toMatchObject([
		{ kind: "gpus", member: 1, samples: [{ index: 3, busy: 97 }] },
		{ kind: "said", member: 1, node: null, line: "last" },
	]);
	expect([...reader.advance()]).toEqual([]);
	appendFileSync(join(folder, "out.log"), "\n");
	expect([...reader.advance()]).toEqual([]);
	reader.close();
});

test("of a log that nodes share comes what each said last, with its name from the beginning of the log", () => {
	const filler = "0: a line of the first\n".repeat(5000);
	writeFileSync(join(folder, "out.log"), `0: runs on n7\n1: runs on n8\n${filler}1: a line of the second\n`);
	const reader = readMember(folder, 0, 2);
	expect([...reader.advance()]).toEqual([
		{ kind: "said", member: 0, node: "n7", line: "a line of the first" },
		{ kind: "said", member: 1, node: "n8", line: "a line of the second" },
	]);
	reader.close();
});
