import type { TaskDetail, TaskRow } from "../../src/app/workbench.js";
import { TASK_SORTS, type TaskSort } from "../../src/store/task-table.js";
import { type Model, messageOf, tell, tellError } from "./model.js";
import { pickSort } from "./sort-menu.js";

/** Rows handed to the table at once while a file is being read. */
const BATCH = 500;
/** The cursor has come to rest on a task. */
const REST_MS = 40;
const KEPT_DETAILS = 64;

/** Reads the task list in the background; the first page shows before the end of a large file is reached. */
export async function loadTasks(model: Model): Promise<void> {
	model.tasks.subscribe(() => showSelected(model));
	await readTasks(model);
}

/** Reads on after what was there when reading failed. */
export function retryTasks(model: Model): void {
	model.ui.setState({ tasks: "reading" });
	void readTasks(model);
}

async function readTasks(model: Model): Promise<void> {
	let known = model.tasks.total;
	let batch: TaskRow[] = [];
	const flush = () => {
		model.tasks.add(batch);
		batch = [];
		taskMoved(model);
	};
	try {
		for await (const row of model.workbench.listTasks(model.signal)) {
			if (known-- > 0) continue;
			batch.push(row);
			if (batch.length >= BATCH || model.tasks.total === 0) flush();
		}
		flush();
		model.ui.setState({ tasks: "read" });
	} catch (error) {
		if (model.signal.aborted) return;
		flush();
		model.ui.setState({ tasks: { error: messageOf(error) } });
		tellError(model, "tasks", error);
	}
}

export function selectedTask(model: Model): TaskRow | null {
	return model.tasks.row(model.tasks.selectedRow);
}

export function moveInList(model: Model, by: number): void {
	model.tasks.move(by);
	taskMoved(model);
}

/** After the cursor, the filter or the sort changed. */
export function taskMoved(model: Model): void {
	showSelected(model);
	model.changed();
}

/** Loads what the detail pane shows. An answer that comes after the cursor went on is dropped. */
function showSelected(model: Model): void {
	const row = selectedTask(model);
	const { openTask } = model.ui.getState();
	if (row === null) {
		if (openTask !== null) model.ui.setState({ openTask: null });
		return;
	}
	if (openTask?.id === row.id) return;
	model.scroll.reset("task");
	model.scroll.reset("tests");
	const known = kept.get(model)?.get(row.id) ?? null;
	model.ui.setState({ openTask: { id: row.id, detail: known, error: null } });
	if (known) return;
	const isStill = () => model.ui.getState().openTask?.id === row.id;
	// A cursor that runs through the list reads nothing; reading would make it slower.
	model.timers.after(REST_MS, () => {
		if (isStill()) readTask(model, row.id, isStill);
	});
}

function readTask(model: Model, id: string, isStill: () => boolean): void {
	void model.workbench.openTask(id).then(
		(detail) => {
			keep(model, detail);
			if (isStill()) model.ui.setState({ openTask: { id, detail, error: null } });
		},
		(error: unknown) => {
			if (isStill()) model.ui.setState({ openTask: { id, detail: null, error: messageOf(error) } });
		},
	);
}

const kept = new WeakMap<Model, Map<string, TaskDetail>>();

function keep(model: Model, detail: TaskDetail): void {
	const details = kept.get(model) ?? new Map<string, TaskDetail>();
	kept.set(model, details.set(detail.id, detail));
	const [oldest] = details.keys();
	if (details.size > KEPT_DETAILS && oldest !== undefined) details.delete(oldest);
}

export function toggleMark(model: Model): void {
	const row = selectedTask(model);
	if (!row) return;
	const marks = new Set(model.ui.getState().marks);
	if (!marks.delete(row.id)) marks.add(row.id);
	model.ui.setState({ marks, rangeStart: row.id });
	moveInList(model, 1);
}

/** Marks everything from the task that was marked last to the cursor, both ways. */
export function markRange(model: Model): void {
	const { rangeStart, marks } = model.ui.getState();
	const { tasks } = model;
	const start = rangeStart === null ? -1 : tasks.positionOfId(rangeStart);
	if (start < 0) {
		tell(model, "note", "mark the one end with Space, go to the other end, and press V");
		return;
	}
	const [first, last] = [start, tasks.position].sort((a, b) => a - b);
	const range = Array.from({ length: (last ?? 0) - (first ?? 0) + 1 }, (_, i) => tasks.at((first ?? 0) + i)?.id ?? []);
	const row = selectedTask(model);
	model.ui.setState({ marks: new Set([...marks, ...range.flat()]), rangeStart: row?.id ?? null });
}

/** Marks all that the filter shows, or clears the marks when all of them are marked. */
export function toggleAllMarks(model: Model): void {
	const ids: string[] = [];
	for (let i = 0; i < model.tasks.count; i++) ids.push(model.tasks.at(i)?.id ?? "");
	const was = model.ui.getState().marks;
	const all = ids.every((id) => was.has(id));
	model.ui.setState({ marks: all ? new Set() : new Set([...was, ...ids]) });
}

/** Applies a filter and keeps the cursor on its task where that is still shown. */
export function filterTasks(model: Model, filter: string): void {
	model.tasks.setFilter(filter);
	taskMoved(model);
}

/** Lets the user choose the order of the list; the cursor stays on its task. */
export function pickTaskSort(model: Model): void {
	const sorts = TASK_SORTS.map((sort) => ({ sort, ...SORTS[sort] }));
	pickSort(model, { title: "Sort tasks by", table: model.tasks, sorts, sorted: () => taskMoved(model) });
}

const SORTS: Record<TaskSort, { key: string; detail: string }> = {
	"file order": { key: "f", detail: "as they stand in the file or folder" },
	id: { key: "i", detail: "letters" },
	difficulty: { key: "d", detail: "easy first" },
	split: { key: "s", detail: "letters" },
	tests: { key: "t", detail: "most first" },
	candidates: { key: "c", detail: "most recorded ones first" },
};

export function reverseTaskSort(model: Model): void {
	model.tasks.setSort(model.tasks.sort, !model.tasks.reversed);
	taskMoved(model);
}

/** Asks first: whoever has read the hidden tests can no longer judge a solution without them in mind. */
export function askForHiddenTests(model: Model): void {
	const row = selectedTask(model);
	if (!row) return;
	model.ui.setState({
		dialog: {
			kind: "confirm",
			title: "Show hidden tests?",
			lines: [
				`${row.id} has ${row.hiddenTests} hidden tests.`,
				"They decide the verdict and are never shown to a generator.",
				"Seen once, they colour how you write prompts and read candidates.",
			],
			yes: "show them",
			onYes: () => {
				void model.workbench.revealHiddenTests(row.id).then(
					(tests) => {
						model.scroll.reset("dialog");
						const text = tests.map((test, i) => `# ${i + 1} of ${tests.length}\n${test}`).join("\n\n");
						model.ui.setState({ dialog: { kind: "text", title: `Hidden tests of ${row.id}`, text } });
					},
					(error: unknown) => tellError(model, "hidden tests", error),
				);
			},
		},
	});
}
