import { promptInputOf, type Task, type TestCase } from "../domain/task.js";
import { loadTask, type OpenTasksOptions, openTasks } from "../tasks/open-tasks.js";
import { countRecordedCandidates } from "../tasks/recorded-candidates.js";
import type { TaskDetail, TaskRow } from "./workbench.js";

export async function* listTasks(path: string, options: OpenTasksOptions = {}): AsyncGenerator<TaskRow> {
	for await (const task of openTasks(path, options)) yield await rowOf(task);
}

/** Throws `usage` when the task is not there. */
export async function openTask(path: string, taskId: string, options: OpenTasksOptions = {}): Promise<TaskDetail> {
	const task = await loadTask(path, taskId, options.format);
	const { limits, source, contamination, location } = task;
	const harness = task.kind === "function" ? task.harness : "split";
	return { ...(await rowOf(task)), input: promptInputOf(task), limits, harness, source, contamination, location };
}

export async function revealHiddenTests(
	path: string,
	taskId: string,
	options: OpenTasksOptions = {},
): Promise<string[]> {
	const task = await loadTask(path, taskId, options.format);
	return task.tests.filter((test) => test.visibility === "hidden").map(testText);
}

/** A test for people: its statements, or what it calls, runs or feeds. */
function testText(test: TestCase): string {
	switch (test.kind) {
		case "program":
			return test.code;
		case "call": {
			const { args, kwargs, returns, raises } = test;
			const given = JSON.stringify(kwargs === undefined ? args : [args, kwargs]);
			return `${given} -> ${raises === undefined ? JSON.stringify(returns) : `raises ${raises}`}`;
		}
		case "stdio":
			return `stdin:\n${test.stdin}\nstdout:\n${test.stdout}`;
		case "command":
			return `${test.runner} ${test.modules.join(" ")}`;
	}
}

async function rowOf(task: Task): Promise<TaskRow> {
	const { id, title, kind, language, difficulty, split, tags, source, tests } = task;
	const publicTests = tests.filter((test) => test.visibility === "public").length;
	return {
		id,
		title,
		kind,
		language,
		difficulty,
		split,
		tags,
		origin: source.origin,
		publicTests,
		hiddenTests: tests.length - publicTests,
		candidates:
			task.kind === "function" && task.candidates !== null ? await countRecordedCandidates(task.candidates) : 0,
	};
}
