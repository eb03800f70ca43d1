import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { fetchTasks } from "../../../src/app/fetch-tasks.js";
import { createDuplicateIndex } from "../../../src/tasks/duplicates.js";
import { findLeaks } from "../../../src/tasks/leaks.js";
import { countTasks, loadTask, openTasks } from "../../../src/tasks/open-tasks.js";
import { origins } from "../../../src/tasks/origins.js";
import { openSamples } from "../../../src/tasks/samples.js";

const folder = fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const humaneval = `${folder}/humaneval/HumanEval.jsonl.gz`;
const mbpp = `${folder}/mbpp/mbpp.jsonl`;

describe.skipIf(!existsSync(folder))("the public sets (skipped without ../shared/data)", () => {
	test("HumanEval has 164 tasks, each with a reference and one hidden test", async () => {
		let count = 0;
		for await (const task of openTasks(humaneval)) {
			count++;
			if (task.kind !== "function") throw new Error(task.id);
			expect(task.reference?.startsWith(task.prompt)).toBe(true);
			expect(task.tests.map(({ id }) => id)).toEqual(["hidden-1"]);
		}
		expect(count).toBe(164);
		expect((await loadTask(humaneval, "HumanEval/38")).kind).toBe("function");
	});

	test("MBPP has 974 tasks, each with an entry point, and eleven with hidden tests", async () => {
		let [count, hidden] = [0, 0];
		for await (const task of openTasks(mbpp)) {
			count++;
			if (task.tests.some(({ visibility }) => visibility === "hidden")) hidden++;
			if (task.id === "MBPP/601") expect(task).toMatchObject({ entryPoint: "max_chain_length" });
		}
		expect([count, hidden]).toEqual([974, 11]);
	});

	test("MBPP's duplicates are found among its half a million pairs, and none of its hidden tests leaks", async () => {
		const index = createDuplicateIndex();
		for await (const task of openTasks(mbpp)) {
			index.add(task, null);
			if (task.kind === "function") expect(findLeaks(task)).toEqual([]);
		}
		const pairs = index.duplicates().map(({ taskId, otherId, kind }) => `${taskId} ${otherId} ${kind}`);
		expect(pairs).toEqual(expect.arrayContaining(["MBPP/872 MBPP/216 exact", "MBPP/793 MBPP/195 near"]));
		expect(pairs.length).toBeLessThan(60);
	});

	test("HumanEval's docstrings show cases of its hidden tests, never a whole one", async () => {
		let shown = 0;
		for await (const task of openTasks(humaneval)) {
			if (task.kind !== "function") continue;
			const leaks = findLeaks(task);
			expect(leaks.filter(({ what }) => what === "test")).toEqual([]);
			shown += leaks.length;
		}
		expect(shown).toBeGreaterThan(50);
	});

	test("the local copies are what `tasks fetch` expects", async () => {
		const signal = new AbortController().signal;
		const offline = { signal, fetch: () => Promise.reject(new TypeError("no network in tests")) };
		expect(await fetchTasks(origins.humaneval, humaneval, offline)).toBe("present");
		expect(await fetchTasks(origins.mbpp, mbpp, offline)).toBe("present");
	});

	test("8,200 real completions are 100 samples of each of 82 tasks", async () => {
		const counts = new Map<string, number>();
		for await (const sample of openSamples(`${folder}/codet/samples.jsonl`)) {
			expect(sample.sampleIndex).toBe(counts.get(sample.taskId) ?? 0);
			counts.set(sample.taskId, sample.sampleIndex + 1);
		}
		expect(counts.size).toBe(82);
		expect([...counts.values()].every((count) => count === 100)).toBe(true);
	});

	test("tasks of EvalPlus's and LDB's shape are read as HumanEval's are", async () => {
		expect(await countTasks(`${folder}/ldb/mbpp.seed.codellama.jsonl`, { format: "humaneval" })).toBeGreaterThan(100);
	});
});
