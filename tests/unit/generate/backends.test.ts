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
	return { recordedCandidates: () => Promise.resolve(RECORDED), preparedPatch: () => null, samples: null, ...over };
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

function patchOf(patch: string) {
	return lookups({ preparedPatch: () => ({ patch, file: "/t/toy.yaml", line: 12 }) });
}

function change(path: string, body = "@@ -1 +1 @@\n-a\n+b\n"): string {
	return `--- a/${path}\n+++ b/${path}\n${body}`;
}

test("patch gives the prepared patch of a repository task", async () => {
	const text = change("src/toy.py");
	expect(await backends.patch.countFor(repositoryInput, patchOf(text), 2)).toBe(2);
	expect(await backends.patch.generate(repositoryInput, patchOf(text), request(0))).toMatchObject({ code: text });
	expect(await backends.patch.countFor(repositoryInput, lookups(), 2)).toBe(0);
});

test.each([
	["a parent folder", change("../out.py"), 1, '"../out.py" leaves the repository'],
	["a parent folder further in", change("src/../../x"), 1, "leaves the repository"],
	["an absolute path", "--- /etc/passwd\n+++ /etc/passwd\n@@ -1 +1 @@\n-a\n+b\n", 1, "is absolute"],
	["an absolute path behind b/", change("/etc/passwd"), 1, "is absolute"],
	["the .git folder", change(".git/hooks/pre-commit"), 1, "is inside .git"],
	["the .git folder in other letters", change("sub/.GIT/config"), 1, "is inside .git"],
	["a quoted path", '--- "a/\\056\\056/x"\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n', 1, "leaves the repository"],
	["a rename", "diff --git a/x b/x\nrename from x\nrename to ../y\n", 3, "leaves the repository"],
	["the second file", `${change("fine.py")}${change("../x")}`, 6, "leaves the repository"],
])("a patch with %s is refused with file, line and the line in the patch", async (_name, text, line, message) => {
	const counting = Promise.resolve().then(() => backends.patch.countFor(repositoryInput, patchOf(text), 1));
	await expect(counting).rejects.toThrow(`/t/toy.yaml:12: patch line ${line}: the path`);
	await expect(
		Promise.resolve().then(() => backends.patch.generate(repositoryInput, patchOf(text), request(0))),
	).rejects.toThrow(message);
});

test("removed and added lines that look like headers are no headers", async () => {
	const text = change("x.sql", "@@ -1,2 +1,2 @@\n--- ../comment\n+++ /etc\n same\n");
	expect(await backends.patch.countFor(repositoryInput, patchOf(text), 1)).toBe(1);
});
