import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { splitTasks } from "../../../src/app/split-tasks.js";
import { createFingerprint } from "../../../src/tasks/fingerprint.js";
import { openTasks } from "../../../src/tasks/open-tasks.js";
import { assignSplit, DEFAULT_FRACTIONS, parseFractions, readSplitManifest } from "../../../src/tasks/splits.js";
import { ADD, collect, fileWith, folderWith, jsonLines } from "./files.js";

const ids = Array.from({ length: 5000 }, (_, index) => `task/${index}`);
const thousand = ids.slice(0, 1000).map((id) => ({ ...ADD, id, split: null }));

describe("splits", () => {
	test("have about the shares asked for", () => {
		const counts = { train: 0, dev: 0, test_public: 0, test_private: 0, stress: 0 };
		for (const id of ids) counts[assignSplit(id, 20260601, DEFAULT_FRACTIONS)]++;
		expect(counts.train / ids.length).toBeCloseTo(0.8, 1);
		expect(counts.dev / ids.length).toBeCloseTo(0.1, 1);
		expect(counts.test_private + counts.stress).toBe(0);
	});

	test("depend on the seed", () => {
		const moved = ids.filter((id) => assignSplit(id, 1, DEFAULT_FRACTIONS) !== assignSplit(id, 2, DEFAULT_FRACTIONS));
		expect(moved.length).toBeGreaterThan(1000);
	});

	test("stay as they are when a task is added", async () => {
		const options = { seed: 7, fractions: DEFAULT_FRACTIONS, keepDeclared: false };
		const few = await splitTasks(fileWith("few.jsonl", jsonLines(...thousand.slice(0, 500))), options);
		const many = await splitTasks(fileWith("many.jsonl", jsonLines(...thousand)), options);
		for (const split of ["train", "dev", "test_public"] as const) {
			expect(many.manifest.splits[split]).toEqual(expect.arrayContaining(few.manifest.splits[split]));
		}
		expect(many.manifest.fingerprint).not.toBe(few.manifest.fingerprint);
	});

	test("of tasks that name their own can be kept", async () => {
		const path = fileWith("t.jsonl", jsonLines(...thousand.slice(0, 20).map((task) => ({ ...task, split: "stress" }))));
		const options = { seed: 7, fractions: DEFAULT_FRACTIONS };
		expect((await splitTasks(path, { ...options, keepDeclared: false })).declaredElsewhere).toBe(20);
		expect((await splitTasks(path, { ...options, keepDeclared: true })).manifest.counts.stress).toBe(20);
	});

	test.each([
		["80/10/10/0/0", [0.8, 0.1, 0.1]],
		["0.5,0.25,0.25", [0.5, 0.25, 0.25]],
		["100", [1, 0, 0]],
	])("%s are shares", (text, [train, dev, publicTest]) => {
		expect(parseFractions(text)).toEqual({ train, dev, test_public: publicTest, test_private: 0, stress: 0 });
	});

	test.each(["80/30", "a/b", "-10/110", "", "0/0", "1/1/1/1/1/1", "50//50"])("%j are no shares", (text) => {
		expect(() => parseFractions(text)).toThrow(/shares/);
	});

	test("are read back from a manifest, and a broken one is told by line and field", async () => {
		const { manifest } = await splitTasks(fileWith("t.jsonl", jsonLines(...thousand)), {
			seed: 7,
			fractions: DEFAULT_FRACTIONS,
			keepDeclared: false,
		});
		const path = fileWith("splits.json", JSON.stringify(manifest, null, "\t"));
		expect(await readSplitManifest(path)).toEqual(manifest);
		writeFileSync(path, JSON.stringify({ ...manifest, seed: "7" }, null, "\t"));
		await expect(readSplitManifest(path)).rejects.toThrow(`${path}:3: field seed: expected number, received string`);
	});
});

describe("the fingerprint of a task set", () => {
	async function fingerprint(path: string): Promise<string> {
		const print = createFingerprint();
		for (const task of await collect(openTasks(path))) await print.add(task);
		return print.digest();
	}

	test("does not depend on order, place, split or recorded candidates", async () => {
		const [a, b] = [
			{ ...ADD, id: "a" },
			{ ...ADD, id: "b" },
		];
		const one = await fingerprint(fileWith("x.jsonl", jsonLines(a, b)));
		expect(await fingerprint(fileWith("y.jsonl", jsonLines({ ...b, split: "dev" }, a)))).toBe(one);
	});

	test("changes with a hidden test, and with the content of a repository's files", async () => {
		const plain = await fingerprint(fileWith("x.jsonl", jsonLines(ADD)));
		const changed = { ...ADD, tests: { ...ADD.tests, hidden: ["assert add(2, 2) == 4"] } };
		expect(await fingerprint(fileWith("x.jsonl", jsonLines(changed)))).not.toBe(plain);
		const folder = folderWith({
			"repo/a.py": "x = 1\n",
			"t.yaml":
				"schema: assay.task.v1\nkind: repository\nid: r\nrepo: repo\ninstruction: Do.\ntests: { hidden: [{ kind: command, runner: unittest, modules: [t] }] }\n",
		});
		const before = await fingerprint(folder);
		expect(await fingerprint(folder)).toBe(before);
		writeFileSync(join(folder, "repo/a.py"), "x = 2\n");
		expect(await fingerprint(folder)).not.toBe(before);
	});
});
