import { expect, test } from "vitest";
import { promptInputOf } from "../../../src/domain/task.js";
import type { Lookups, RecordedCandidate } from "../../../src/generate/backend.js";
import { backendOf, backends } from "../../../src/generate/index.js";
import { functionTask } from "../app/run-fixtures.js";

const RECORDED: RecordedCandidate[] = [
	{ file: "right.py", code: "right 1", expect: "accepted" },
	{ file: "wrong.py", code: "wrong 1", expect: "wrong_answer" },
	{ file: "slow.py", code: "wrong 2", expect: ["time_limit_exceeded", "wrong_answer"] },
];

function lookups(over: Partial<Lookups> = {}): Lookups {
	return {
		recordedCandidates: () => Promise.resolve(RECORDED),
		preparedPatch: () => null,
		samples: null,
		repositoryFiles: () => [],
		extract: (completion) => ({
			completion,
			code: completion,
			extraction: { method: "whole", blocks: 0, repairs: [] },
		}),
		...over,
	};
}

function request(sampleIndex: number, seed = 1) {
	return { sampleIndex, seed, signal: new AbortController().signal };
}

const INPUT = promptInputOf(functionTask("t", { starterCode: "def f(): ...\n" }));

test("noop gives the starter code unchanged, and an empty patch for a repository", async () => {
	expect(await backends.noop.generate(INPUT, lookups(), request(0))).toMatchObject({ code: "def f(): ...\n" });
	const repository = { ...INPUT, kind: "repository" as const };
	expect(await backends.noop.generate(repository, lookups(), request(0))).toMatchObject({ code: "" });
});

test("static gives the recorded candidates in their order, and no more than there are", async () => {
	expect(await backends.static.countFor(INPUT, lookups(), 10)).toBe(3);
	expect(await backends.static.countFor(INPUT, lookups(), 2)).toBe(2);
	expect(await backends.static.generate(INPUT, lookups(), request(2))).toMatchObject({ code: "wrong 2" });
});

test("mock is the same for the same seed, and mixes right and wrong", async () => {
	const picks = async (seed: number) =>
		await Promise.all(
			Array.from(
				{ length: 60 },
				async (_, i) => (await backends.mock.generate(INPUT, lookups(), request(i, seed))).code,
			),
		);
	const first = await picks(7);
	expect(await picks(7)).toEqual(first);
	expect(await picks(8)).not.toEqual(first);
	expect(new Set(first)).toEqual(new Set(["right 1", "wrong 1", "wrong 2"]));
});

test("mock says that it is no model, everywhere where it is named", async () => {
	expect(backends.mock.description).toContain("mock");
	expect(backends.mock.description).toContain("no model");
	expect((await backends.mock.generate(INPUT, lookups(), request(0))).model).toBe("mock");
});

test("mock does not fail where all recorded candidates are right, or all are wrong", async () => {
	for (const expected of ["accepted", "runtime_error"]) {
		const only = lookups({ recordedCandidates: () => Promise.resolve([{ file: "a", code: "x", expect: expected }]) });
		for (let i = 0; i < 20; i++) expect((await backends.mock.generate(INPUT, only, request(i))).code).toBe("x");
	}
});

test("an unknown backend is named together with those that there are", () => {
	expect(() => backendOf("gpt")).toThrow('no backend is called "gpt"');
	expect(() => backendOf("toString")).toThrow("no backend");
});

const repositoryInput = { ...INPUT, kind: "repository" as const };

test("patch gives what a repository task is prepared with: its patch, or nothing", async () => {
	for (const prepared of ["--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+b\n", ""]) {
		const given = lookups({ preparedPatch: () => prepared });
		expect(await backends.patch.countFor(repositoryInput, given, 2)).toBe(2);
		expect(await backends.patch.generate(repositoryInput, given, request(0))).toMatchObject({ code: prepared });
	}
	expect(await backends.patch.countFor(repositoryInput, lookups(), 2)).toBe(0);
});
