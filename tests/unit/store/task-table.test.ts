import { expect, test } from "vitest";
import { createTaskTable, type TaskTable } from "../../../src/store/task-table.js";
import { fakeTaskRow } from "../../views/fake-workbench.js";
import { createTestTurns } from "./turns.js";

type Tasks = TaskTable<ReturnType<typeof fakeTaskRow>>;

const rows = (from: number, count: number) => Array.from({ length: count }, (_, i) => fakeTaskRow(from + i));
const ids = (tasks: Tasks, count = 3) => Array.from({ length: count }, (_, i) => tasks.at(i)?.id);

function table(count = 1000): { tasks: Tasks; turns: ReturnType<typeof createTestTurns> } {
	const turns = createTestTurns();
	const tasks: Tasks = createTaskTable(turns);
	tasks.add(rows(0, count));
	return { tasks, turns };
}

test("words of a filter all have to occur, !words must not, and ~words are patterns", () => {
	const { tasks, turns } = table();
	const shown = (filter: string) => {
		tasks.setFilter(filter);
		turns.run();
		return ids(tasks, tasks.count);
	};
	expect(shown("easy train").length).toBe(84);
	expect(shown("easy train !task_")).toEqual(["two_sum"]);
	expect(shown("~^(two|max)_su")).toEqual(["two_sum", "max_subarray"]);
	expect(shown("sum !~^max")).toEqual(["two_sum"]);
	expect(shown("~(two")).toEqual([]);
	expect(shown("").length).toBe(1000);
});

test("a facet word is looked for as a whole: another value that begins with it is left out", () => {
	const turns = createTestTurns();
	const tasks: Tasks = createTaskTable(turns);
	const tagged = (i: number, tag: string) => ({ ...fakeTaskRow(i), tags: ["other", tag] });
	tasks.add([tagged(0, "string"), tagged(1, "strings"), tagged(2, "substring")]);
	const shown = (filter: string) => {
		tasks.setFilter(filter);
		turns.run();
		return tasks.count;
	};
	expect(shown("tag:strings")).toBe(1);
	expect(shown("tag:string")).toBe(1);
	expect(shown("!tag:string")).toBe(2);
	expect(shown("string")).toBe(3);
	expect(shown("source:tests")).toBe(3);
});

test("rows that come while a filter is set are filtered too", () => {
	const turns = createTestTurns();
	const tasks: Tasks = createTaskTable(turns);
	tasks.setFilter("fizz");
	tasks.add(rows(0, 10));
	turns.run();
	expect(ids(tasks, 2)).toEqual(["fizzbuzz", undefined]);
});

test("a sort keeps the file's order among equals", () => {
	const { tasks, turns } = table();
	const first = (...sort: Parameters<Tasks["setSort"]>) => {
		tasks.setSort(...sort);
		turns.run();
		return ids(tasks);
	};
	expect(first("difficulty")).toEqual(["two_sum", "is_palindrome", "task_00006"]);
	first("tests");
	expect(tasks.at(0)?.hiddenTests).toBe(14);
	expect(first("id")).toEqual(["fibonacci", "fizzbuzz", "is_palindrome"]);
	expect(first("file order")).toEqual(["two_sum", "fizzbuzz", "reverse_string"]);
	expect(first("file order", true)).toEqual(["task_00999", "task_00998", "task_00997"]);
});

test("rows that come while a sort is set get their place", () => {
	for (const reversed of [false, true]) {
		for (const sort of ["file order", "id", "difficulty", "tests"] as const) {
			const whole = table(300);
			whole.tasks.setSort(sort, reversed);
			whole.turns.run();
			const pieces = table(0);
			pieces.tasks.setSort(sort, reversed);
			for (let i = 0; i < 300; i += 50) {
				pieces.tasks.add(rows(i, 50));
				if (i % 100 === 0) pieces.turns.run();
			}
			pieces.turns.run();
			expect(ids(pieces.tasks, 300)).toEqual(ids(whole.tasks, 300));
		}
	}
});

test("the cursor stays on its task, and the task on its line, while filter and sort change", () => {
	const { tasks, turns } = table();
	tasks.goTo(500);
	expect(tasks.windowOf(20)).toBe(481);
	tasks.move(-5);
	tasks.setSort("file order", true);
	turns.run();
	expect(tasks.at(tasks.position)?.id).toBe("task_00495");
	expect(tasks.position - tasks.windowOf(20)).toBe(14);
	tasks.setFilter("task_0049");
	turns.run();
	expect(tasks.at(tasks.position)?.id).toBe("task_00495");
	tasks.setFilter("task_0048");
	turns.run();
	expect(tasks.position).toBe(0);
});
