import { expect, test } from "vitest";
import { createCandidateTable } from "../../../src/store/candidate-table.js";
import { reduce } from "../../../src/store/reduce.js";
import { createRunState } from "../../../src/store/run-state.js";
import { selectRow } from "../../../src/store/select-run.js";
import { events } from "./sample-events.js";
import { createTestTurns } from "./turns.js";

function table(task: number | null) {
	const turns = createTestTurns();
	const run = events.reduce(reduce, createRunState());
	const candidates = createCandidateTable(turns);
	candidates.show(run, task);
	const shown = () =>
		Array.from({ length: candidates.count }, (_, i) => {
			const row = selectRow(run, candidates.rowAt(i));
			return row ? `${row.taskId}#${row.sampleIndex} ${row.verdict?.status}` : null;
		});
	const filtered = (filter: string) => {
		candidates.setFilter(filter);
		turns.run();
		return shown();
	};
	return { run, candidates, turns, shown, filtered };
}

test("the candidates of one task, or those of all of them", () => {
	expect(
		table(1)
			.shown()
			.every((text) => text?.startsWith("bb#")),
	).toBe(true);
	expect(table(1).shown()).toHaveLength(12);
	expect(table(null).shown()).toHaveLength(48);
});

test("words are looked for in task, status, cause, flags and stage; #n is the start of a sample index", () => {
	const { filtered, run } = table(null);
	expect(filtered("ccc")).toHaveLength(12);
	expect(filtered("ccc #1")).toEqual(expect.arrayContaining([expect.stringMatching(/^ccc#1 /)]));
	expect(filtered("ccc #1")).toHaveLength(3);
	expect(filtered("ccc #")).toHaveLength(12);
	expect(filtered("wrong").every((text) => text?.endsWith("wrong_answer"))).toBe(true);
	expect(filtered("wrong").length + filtered("!wrong").length).toBe(48);
	expect(filtered("assertion")).toEqual(filtered("wrong"));
	expect(filtered("accepted")).toHaveLength(run.tasks.reduce((sum, task) => sum + task.accepted, 0));
	expect(filtered("~^acc !ccc").every((text) => !text?.startsWith("ccc"))).toBe(true);
});

test("a candidate that the filter hides stays selected, and the cursor comes back with it", () => {
	const { candidates, filtered } = table(0);
	candidates.goTo(3);
	const row = candidates.selectedRow;
	filtered("#7");
	expect(candidates.position).toBe(-1);
	expect(candidates.selectedRow).toBe(row);
	filtered("");
	expect(candidates.position).toBe(3);
});

test("a sort by state puts accepted ones first and keeps samples in order among equals", () => {
	const { candidates, turns, shown } = table(null);
	candidates.setSort("state");
	turns.run();
	const statuses = shown().map((text) => text?.split(" ")[1]);
	expect(statuses[0]).toBe("accepted");
	expect(statuses.lastIndexOf("accepted")).toBe(statuses.filter((status) => status === "accepted").length - 1);
});

test("the list of another run has nothing of the one before", () => {
	const { candidates, filtered, shown } = table(null);
	filtered("wrong");
	candidates.show(createRunState(), null);
	expect(shown()).toEqual([]);
	expect(candidates.selectedRow).toBe(-1);
});
