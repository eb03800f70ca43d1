import { expect, test } from "vitest";
import { createTaskTable } from "../../../src/store/task-table.js";
import { fakeTaskRow } from "../../views/fake-workbench.js";

function table(count = 1000) {
	const tasks = createTaskTable<ReturnType<typeof fakeTaskRow>>();
	tasks.add(Array.from({ length: count }, (_, i) => fakeTaskRow(i)));
	return tasks;
}
const ids = (tasks: ReturnType<typeof table>, count = 3) => Array.from({ length: count }, (_, i) => tasks.at(i)?.id);

test("words of a filter all have to occur, and !words must not", () => {
	const tasks = table();
	tasks.setFilter("easy train");
	expect(tasks.count).toBe(84);
	tasks.setFilter("easy train !task_");
	expect(ids(tasks, tasks.count)).toEqual(["two_sum"]);
	tasks.setFilter("");
	expect(tasks.count).toBe(1000);
});

test("rows that come while a filter is set are filtered too", () => {
	const tasks = createTaskTable<ReturnType<typeof fakeTaskRow>>();
	tasks.setFilter("fizz");
	tasks.add(Array.from({ length: 10 }, (_, i) => fakeTaskRow(i)));
	expect(tasks.count).toBe(1);
	expect(tasks.positionOf("fizzbuzz")).toBe(0);
	expect(tasks.positionOf("two_sum")).toBe(-1);
});

test("a sort keeps the file's order among equals", () => {
	const tasks = table();
	tasks.setSort("difficulty");
	expect(ids(tasks)).toEqual(["two_sum", "is_palindrome", "task_00006"]);
	tasks.setSort("tests");
	expect(tasks.at(0)?.hiddenTests).toBe(14);
	tasks.setSort("file order");
	expect(ids(tasks)).toEqual(["two_sum", "fizzbuzz", "reverse_string"]);
	tasks.setSort("file order", true);
	expect(ids(tasks, 1)).toEqual(["task_00999"]);
});

test("rows that come while a sort is set get their place", () => {
	for (const reversed of [false, true]) {
		for (const sort of ["file order", "id", "difficulty", "tests"] as const) {
			const whole = table(300);
			whole.setSort(sort, reversed);
			const pieces = createTaskTable<ReturnType<typeof fakeTaskRow>>();
			pieces.setFilter("");
			pieces.setSort(sort, reversed);
			for (let i = 0; i < 300; i += 50) {
				pieces.add(Array.from({ length: 50 }, (_, j) => fakeTaskRow(i + j)));
			}
			expect(ids(pieces, 300)).toEqual(ids(whole, 300));
		}
	}
});
