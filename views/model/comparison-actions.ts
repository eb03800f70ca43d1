import type { ComparisonRequest, ReportFormat } from "../../src/app/comparisons.js";
import type { Comparison, Difference, DifferenceKind } from "../../src/domain/comparison.js";
import { COMPARED_ORDERS, COMPARED_PARTS, type ComparedOrder } from "../../src/store/compared-table.js";
import { forgottenFilter, GROUP_ORDERS, type GroupOrder } from "../../src/store/group-table.js";
import {
	changeCheckpoints,
	changeComparison,
	checkpointsState,
	comparedTable,
	groupTable,
	letterOf,
	type OpenComparison,
	RESULT_PARTS,
	TASK_TABS,
} from "./checkpoints-state.js";
import { prefetchTasks, shownPair } from "./compared-task.js";
import { logCommand, type Model, messageOf, tell, tellError } from "./model.js";
import { goToScreen } from "./navigation.js";
import { pickSort } from "./sort-menu.js";

/** Goes to the screen of checkpoints, where it is computed and shown. */
export function startComparison(
	model: Model,
	{ runIds, ...of }: { runIds: readonly string[] } & Pick<OpenComparison, "names" | "from">,
): void {
	goToScreen(model, 6);
	changeCheckpoints(model, {
		pane: "results",
		comparison: {
			...of,
			request: { runIds, allowed: [] },
			state: { kind: "reading", share: 0 },
			part: "tasks",
			isOfGroup: false,
			right: 1,
			sampleIndex: null,
			tab: "diff",
		},
	});
	void compute(model);
}

async function compute(model: Model): Promise<void> {
	const request = checkpointsState(model).comparison?.request;
	if (!request) return;
	const isStill = () => checkpointsState(model).comparison?.request === request && !model.signal.aborted;
	const stop = new AbortController();
	try {
		for await (const state of model.workbench.compareRuns(request, AbortSignal.any([model.signal, stop.signal]))) {
			if (!isStill()) {
				stop.abort();
				return;
			}
			changeComparison(model, { state });
			if (state.kind === "reading") continue;
			comparedTable(model).show(state.kind === "compared" ? state.comparison.tasks : []);
			groupTable(model).show(state.kind === "compared" ? state.comparison : null);
			comparedMoved(model);
			if (state.kind === "compared") logCommand(model, compareCommand(model, request));
		}
	} catch (error) {
		if (isStill()) changeComparison(model, { state: { kind: "failed", message: messageOf(error) } });
	}
}

export function compareCommand(model: Model, { runIds, allowed }: ComparisonRequest): string {
	const allow = allowed.length === 0 ? [] : ["--allow", allowed.join(",")];
	return ["assay", "compare", ...runIds, ...allow, "--workspace", model.workbench.workspace].join(" ");
}

/** What was compared; null before it has been. */
export function comparedOf(model: Model): Comparison | null {
	const state = checkpointsState(model).comparison?.state;
	return state?.kind === "compared" ? state.comparison : null;
}

/** What kept the sets from being compared. */
export function refusedDifferences(model: Model): readonly Difference[] {
	const state = checkpointsState(model).comparison?.state;
	return state?.kind === "refused" ? state.differences : [];
}

/** Lets the user put up with a kind of difference by its name, or with all of them. */
export function pickAllowed(model: Model): void {
	const kinds = [...new Set(refusedDifferences(model).map(({ kind }) => kind))];
	const one = kinds.map((kind) => ({
		label: kind,
		detail: refusedDifferences(model).find((difference) => difference.kind === kind)?.text ?? "",
		onPick: () => allow(model, [kind]),
	}));
	const all = { key: "a", label: "all of them", detail: kinds.join(", "), onPick: () => allow(model, kinds) };
	model.scroll.reset("dialog");
	model.ui.setState({
		dialog: { kind: "pick", title: "Compare in spite of", items: [all, ...one], position: 0, empty: "" },
	});
}

function allow(model: Model, kinds: readonly DifferenceKind[]): void {
	const { comparison } = checkpointsState(model);
	if (!comparison) return;
	const { request } = comparison;
	model.ui.setState({ dialog: null });
	changeComparison(model, {
		request: { ...request, allowed: [...new Set([...request.allowed, ...kinds])] },
		state: { kind: "reading", share: 0 },
	});
	void compute(model);
}

/** The cursor went to another task. */
export function comparedMoved(model: Model): void {
	model.scroll.reset("compared-task");
	changeComparison(model, { sampleIndex: null });
	prefetchTasks(model);
}

export function moveComparedTask(model: Model, by: number): void {
	comparedTable(model).move(by);
	comparedMoved(model);
}

export function filterCompared(model: Model, filter: string): void {
	comparedTable(model).setFilter(filter);
	comparedMoved(model);
}

/** Another number of the candidates that are shown. */
export function moveSample(model: Model, by: number): void {
	const read = shownPair(model)?.read;
	if (read?.state !== "read") return;
	const { left, right, sampleIndex } = read.value;
	const all = [...new Set([...left, ...right].map((candidate) => candidate.sampleIndex))].sort((a, b) => a - b);
	const to = all[Math.max(0, Math.min(all.indexOf(sampleIndex) + by, all.length - 1))];
	model.scroll.reset("compared-task");
	if (to !== undefined) changeComparison(model, { sampleIndex: to });
}

/** All tasks, those whose score changed, those that are solved by one alone. */
export function nextPart(model: Model): void {
	const table = comparedTable(model);
	table.setPart(after(COMPARED_PARTS, table.part(), 1));
	comparedMoved(model);
}

export function groupMoved(model: Model): void {
	model.changed();
}

export function filterGroups(model: Model, filter: string): void {
	groupTable(model).setFilter(filter);
	groupMoved(model);
}

/** Groups by another property of the tasks. */
export function nextGrouping(model: Model): void {
	groupTable(model).nextBy();
	groupMoved(model);
}

/** The tasks of the group under the cursor that were solved before and are no longer. */
export function showForgotten(model: Model): void {
	const group = groupTable(model).selected();
	if (group === null) return;
	comparedTable(model).setPart("all");
	changeComparison(model, { part: "tasks", isOfGroup: true, right: group.set });
	filterCompared(model, forgottenFilter(group));
	comparedTable(model).goTo(0);
	comparedMoved(model);
}

/** Out of the tasks of a group, or of a filter. */
export function leaveFilter(model: Model): void {
	filterCompared(model, "");
	if (checkpointsState(model).comparison?.isOfGroup) changeComparison(model, { part: "forgotten", isOfGroup: false });
}

export function moveResultPart(model: Model, by: number): void {
	const { comparison } = checkpointsState(model);
	if (!comparison) return;
	model.scroll.reset("results");
	changeComparison(model, { part: after(RESULT_PARTS, comparison.part, by), isOfGroup: false });
}

export function moveTaskTab(model: Model, by: number): void {
	const { comparison } = checkpointsState(model);
	if (!comparison) return;
	model.scroll.reset("compared-task");
	changeComparison(model, { tab: after(TASK_TABS, comparison.tab, by) });
}

/** Another of the sets beside the first one. */
export function nextRight(model: Model): void {
	const { comparison } = checkpointsState(model);
	if (!comparison) return;
	const others = comparison.names.length - 1;
	model.scroll.reset("compared-task");
	changeComparison(model, { right: (comparison.right % others) + 1, sampleIndex: null });
	prefetchTasks(model);
}

const SORT_WORDS: Record<ComparedOrder, { key: string; detail: string }> = {
	change: { key: "c", detail: "what got worst first" },
	task: { key: "t", detail: "letters" },
	first: { key: "a", detail: "best of A first" },
	last: { key: "b", detail: "best of the last first" },
};

const GROUP_SORT_WORDS: Record<GroupOrder, { key: string; detail: string }> = {
	forgotten: { key: "f", detail: "most forgotten first" },
	change: { key: "c", detail: "what got worst first" },
	name: { key: "n", detail: "letters" },
};

export function pickGroupSort(model: Model): void {
	pickSort(model, {
		title: "Sort groups by",
		table: groupTable(model),
		sorts: GROUP_ORDERS.map((sort) => ({ sort, ...GROUP_SORT_WORDS[sort] })),
		sorted: () => groupMoved(model),
	});
}

export function pickComparedSort(model: Model): void {
	pickSort(model, {
		title: "Sort tasks by",
		table: comparedTable(model),
		sorts: COMPARED_ORDERS.map((sort) => ({ sort, ...SORT_WORDS[sort] })),
		sorted: () => comparedMoved(model),
	});
}

export function reverseCompared(model: Model): void {
	const table = comparedTable(model);
	table.setSort(table.sort, !table.reversed);
	comparedMoved(model);
}

/** Asks in which format a report is to be written. */
export function pickReportFormat(model: Model, page: string, onPick: (format: ReportFormat) => void): void {
	const formats = [
		{ key: "m", label: "Markdown", detail: "for people", format: "md" },
		{ key: "h", label: "HTML", detail: page, format: "html" },
		{ key: "j", label: "JSON", detail: "every figure, for programs", format: "json" },
	] as const;
	const pick = (format: ReportFormat) => () => {
		model.ui.setState({ dialog: null });
		onPick(format);
	};
	const items = formats.map(({ format, ...item }) => ({ ...item, onPick: pick(format) }));
	model.scroll.reset("dialog");
	model.ui.setState({ dialog: { kind: "pick", title: "Write the report as", items, position: 0, empty: "" } });
}

export function pickReport(model: Model): void {
	pickReportFormat(model, "one page with charts and programs", (format) => writeReport(model, format));
}

function writeReport(model: Model, format: ReportFormat): void {
	const { comparison } = checkpointsState(model);
	if (!comparison) return;
	const { request } = comparison;
	void model.workbench.writeComparison(request, format).then(
		(path) => {
			tell(model, "note", `report written to ${path}`);
			logCommand(model, `${compareCommand(model, request)} --out ${path}`);
		},
		(error: unknown) => tellError(model, "report not written", error),
	);
}

/** Back to where it was asked for. */
export function closeComparison(model: Model): void {
	const { comparison, board } = checkpointsState(model);
	const from = comparison?.from ?? 6;
	changeCheckpoints(model, { pane: board ? "board" : "tree", comparison: null });
	if (from !== 6) goToScreen(model, from);
}

/** `A tiny-coder`: the letter and what the set was made by. */
export function setName({ names }: OpenComparison, set: number): string {
	return `${letterOf(set)} ${names[set] ?? ""}`;
}

function after<T>(all: readonly T[], one: T, by: number): T {
	return all[(all.indexOf(one) + by + all.length) % all.length] ?? one;
}
