import { expect, test } from "vitest";
import { checkRun } from "../../../src/app/check-run.js";
import { runBestOfN } from "../../../src/app/run-best-of-n.js";
import { runFiles } from "../../../src/artifacts/layout.js";
import { readPlan } from "../../../src/artifacts/run-plan.js";
import { DEFAULT_LIMITS, type RepositoryTask } from "../../../src/domain/task.js";
import { fakeVerifier } from "./fake-verifier.js";
import { functionTask, memoryInputs, runConfig, surroundings, temporaryFolder } from "./run-fixtures.js";

const summary = (taskId: string, n: number, accepted: number) => ({
	taskId,
	n,
	accepted,
	statuses: {},
	distinct: null,
	beyond: null,
});

test("a task is met by an accepted candidate, or by none where it is meant to fail", () => {
	const tasks = [summary("solved", 2, 1), summary("unsolved", 2, 0), summary("meant", 1, 0), summary("lucky", 1, 1)];
	const mustFail = ["meant", "lucky"];
	expect(checkRun({ tasks, mustFail, taskCount: 4 })).toEqual({
		met: false,
		tasks: 4,
		asExpected: 2,
		failedAsMeant: ["meant"],
	});
	expect(checkRun({ tasks: [summary("meant", 1, 0)], mustFail, taskCount: 1 }).met).toBe(true);
});

test("what was not judged does not count as a failure that is meant, nor does a task that was never reached", () => {
	expect(checkRun({ tasks: [summary("meant", 0, 0)], mustFail: ["meant"], taskCount: 1 }).met).toBe(false);
	expect(checkRun({ tasks: [summary("a", 1, 1)], mustFail: [], taskCount: 2 }).met).toBe(false);
});

function repositoryTask(id: string, over: Pick<RepositoryTask, "expect" | "backend">): RepositoryTask {
	const { tags, split, difficulty, source, contamination, location, schema } = functionTask(id);
	const shared = {
		schema,
		id,
		title: id,
		language: "python",
		tags,
		split,
		difficulty,
		source,
		contamination,
		location,
	};
	return {
		...shared,
		kind: "repository",
		tests: [],
		limits: DEFAULT_LIMITS,
		repo: temporaryFolder(),
		instruction: "Mend it",
		compile: null,
		...over,
	};
}

test.each([
	["patch", { fix: "accepted", bad: "wrong_answer", noop: "no_code" }, ["bad", "noop"]],
	["noop", { fix: "no_code", bad: "no_code", noop: "no_code" }, ["noop"]],
] as const)("backend %s judges each repository task as it is prepared", async (backend, statuses, mustFail) => {
	const tasks = [
		repositoryTask("fix", { expect: "passed", backend: { kind: "patch", patch: "# accepted\n" } }),
		repositoryTask("bad", { expect: "failed", backend: { kind: "patch", patch: "# wrong_answer\n" } }),
		repositoryTask("noop", { expect: "failed", backend: { kind: "noop" } }),
		repositoryTask("open", { expect: null, backend: null }),
	];
	const workspace = temporaryFolder();
	const result = await runBestOfN({
		...surroundings(workspace),
		verifier: fakeVerifier(),
		inputs: { ...memoryInputs([]), tasks: () => streamOf(tasks) },
		config: runConfig({ backend, n: 1 }),
		resume: null,
	});
	const judged = Object.fromEntries(result.tasks.map((task) => [task.taskId, Object.keys(task.statuses)[0]]));
	expect(judged).toMatchObject(statuses);
	expect(result.taskCount).toBe(backend === "patch" ? 3 : 4);
	expect(result.mustFail).toEqual(mustFail);
	expect(readPlan(runFiles(`${workspace}/artifacts`, result.runId)).mustFail).toEqual(mustFail);
});

async function* streamOf<T>(items: readonly T[]): AsyncGenerator<T> {
	yield* await Promise.resolve(items);
}
