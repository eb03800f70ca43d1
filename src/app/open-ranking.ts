import { FolderRanking } from "../domain/folder-ranking.js";
import { type RankedTask, type RankingMade, TaskRanking } from "../domain/ranking.js";
import { ORACLE, type RankerNeeds } from "../energy/rankers.js";
import { AssayError } from "../lib/errors.js";
import { readJsonLines } from "../lib/jsonl.js";
import { parseAt } from "../lib/schema.js";
import { figuresOf, type RankingReport } from "./rank-run.js";

/** `tasks`: without programs, which are not in the file. */
export type OpenedRanking =
	| { kind: "run"; report: RankingReport; tasks: RankedTask[] }
	| { kind: "folder"; ranking: FolderRanking };

/** What `assay rank --out` wrote, with its figures taken anew. Throws `usage` that names the line. */
export async function openRanking(path: string, signal: AbortSignal): Promise<OpenedRanking> {
	const tasks: RankedTask[] = [];
	const marks = {
		model: new Map<string, NonNullable<TaskRanking["model"]>>(),
		fitted: new Map<string, NonNullable<TaskRanking["fitted"]>>(),
	};
	let runId = "";
	let made: RankingMade | null = null;
	for await (const { value, line } of readJsonLines(path)) {
		signal.throwIfAborted();
		const place = `${path}:${line}`;
		if (tasks.length === 0 && isFolder(value)) return { kind: "folder", ranking: parseAt(FolderRanking, value, place) };
		const ranking = parseAt(TaskRanking, value, place);
		if (tasks.length > 0 && ranking.runId !== runId)
			throw new AssayError("usage", `${place}: is of run ${ranking.runId}, and those before it of ${runId}`);
		runId = ranking.runId;
		made = ranking.made;
		tasks.push(taskOf(ranking));
		if (ranking.model !== null) marks.model.set(ranking.taskId, ranking.model);
		if (ranking.fitted !== null) marks.fitted.set(ranking.taskId, ranking.fitted);
	}
	if (tasks.length === 0) throw new AssayError("usage", `${path}: holds no ranking`);
	const [model] = marks.model.values();
	const [fitted] = marks.fitted.values();
	const seen = (of: Iterable<{ seen: NonNullable<TaskRanking["model"]>["seen"] }>) =>
		[...of].flatMap((by) => by.seen ?? []);
	const by: Pick<RankingReport, "model" | "fitted"> = {
		model: model === undefined ? null : { name: model.name, id: model.id, seen: seen(marks.model.values()) },
		fitted: fitted === undefined ? null : { runId: fitted.runId, tasks: null, seen: seen(marks.fitted.values()) },
	};
	const groups = tasks.map((task) => ({
		...task,
		scores: new Map([...task.scores, [ORACLE.name, task.accepted.map(Number)]]),
	}));
	const report: RankingReport = {
		runId,
		made,
		n: null,
		tasks: new Set(groups.map(({ taskId }) => taskId)).size,
		candidates: groups.reduce((sum, { accepted }) => sum + accepted.length, 0),
		leftOut: null,
		folds: made?.folds ?? null,
		...by,
		...figuresOf(groups, hadBy(tasks), by),
	};
	return { kind: "run", report, tasks };
}

/** What its rankers had: those that lacked it gave all candidates 0. */
function hadBy(tasks: readonly RankedTask[]): Set<RankerNeeds> {
	const says = (name: string): boolean =>
		tasks.some(({ scores }) => Array.from(scores.get(name) ?? []).some((score) => score !== 0));
	const had = new Set<RankerNeeds>(["nothing", "logprob", "execution", "world model"]);
	if (says("public tests")) had.add("public tests");
	if (says("CodeT")) had.add("assertions");
	return had;
}

function isFolder(value: unknown): boolean {
	return typeof value === "object" && value !== null && "schema" in value && value.schema === "assay.folder-ranking.v1";
}

function taskOf({ taskId, candidates }: TaskRanking): RankedTask {
	const names = Object.keys(candidates[0]?.scores ?? {});
	return {
		taskId,
		starterCode: "",
		sampleIndexes: candidates.map(({ sampleIndex }) => sampleIndex),
		accepted: candidates.map(({ accepted }) => accepted),
		valid: candidates.map(({ valid }) => valid),
		duplicateOf: candidates.map(({ duplicateOf }) => duplicateOf),
		rollouts: candidates.map(() => null),
		scores: new Map(names.map((name) => [name, Float64Array.from(candidates, ({ scores }) => scores[name] ?? 0)])),
	};
}
