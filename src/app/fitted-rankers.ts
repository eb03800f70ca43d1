import { FittedRankers } from "../domain/fitted-ranker.js";
import type { FunctionTask } from "../domain/task.js";
import type { SeenTask } from "../domain/training.js";
import type { LabelledRows } from "../energy/cross-validation.js";
import { FEATURES } from "../energy/features.js";
import { fitSet, probabilities, setsOf } from "../energy/fitted-rankers.js";
import { AssayError } from "../lib/errors.js";
import { readTextFile, reasonOf } from "../lib/input-file.js";
import { parseAt } from "../lib/schema.js";
import { SeenTasks } from "../lineage/seen-tasks.js";
import { scoredEntryOf } from "../lineage/training-entry.js";
import type { Scored } from "./ranked-groups.js";
import { TaughtError } from "./taught-error.js";

interface FitOptions {
	runId: string;
	tasks: AsyncIterable<FunctionTask>;
	folds: number;
	seed: number;
	signal: AbortSignal;
}

/** Trees and calibration for tasks to come. Throws `usage` where these candidates teach nothing. */
export async function fitRankers(groups: readonly Scored[], options: FitOptions): Promise<FittedRankers> {
	const { runId, folds, seed, signal } = options;
	const tasks: FittedRankers["tasks"] = [];
	for await (const task of options.tasks) {
		signal.throwIfAborted();
		tasks.push({ ...(await scoredEntryOf(task)), taskId: task.id });
	}
	const mixed = groups.filter(({ accepted }) => accepted.includes(true) && accepted.includes(false));
	if (new Set(mixed.map(({ taskId }) => taskId)).size < folds) {
		throw new AssayError(
			"usage",
			`--fit: ${mixed.length} tasks with accepted and other candidates are too few for ${folds} folds`,
			{ hint: "fit on a run of more tasks, or with fewer --folds" },
		);
	}
	const pause = async (): Promise<void> => {
		await new Promise(setImmediate);
		signal.throwIfAborted();
	};
	const setOf = async (name: "trees, static" | "trees, everything") => {
		const rows: LabelledRows[] = groups.flatMap(({ taskId, accepted, rows: of }) => {
			const values = of.get(name)?.values;
			return values === undefined ? [] : [{ taskId, accepted, values }];
		});
		const width = groups[0]?.rows.get(name)?.width;
		if (width === undefined || rows.length < groups.length) return null;
		return await fitSet(rows, { width, folds, seed, pause });
	};
	const still = await setOf("trees, static");
	if (still === null) throw new Error("static numbers of a group are missing");
	return {
		schema: "assay.fitted-rankers.v1",
		runId,
		features: FEATURES,
		tasks,
		candidates: groups.reduce((sum, { accepted }) => sum + accepted.length, 0),
		seed,
		folds,
		static: still,
		everything: await setOf("trees, everything"),
	};
}

/** Far above what any set of trees takes. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Throws `usage` that names file and field. */
export async function readFittedRankers(path: string): Promise<FittedRankers> {
	const text = await readTextFile(path, MOST_BYTES);
	let stored: unknown;
	try {
		stored = JSON.parse(text);
	} catch (cause) {
		throw new AssayError("usage", `${path}: is no JSON: ${reasonOf(cause)}`, {
			hint: "`assay rank RUN --fit FILE` makes one",
		});
	}
	const fitted = parseAt(FittedRankers, stored, path);
	if (fitted.features !== FEATURES) {
		throw new AssayError("usage", `${path}: features: was fitted on ${fitted.features}, here they are ${FEATURES}`, {
			hint: "fit it again with `assay rank RUN --fit FILE`",
		});
	}
	return fitted;
}

/** Tasks that are scored and were fitted on, by id or under another name. Throws `usage` with them unless that is allowed. */
export async function seenByFitted(
	fitted: FittedRankers,
	tasks: AsyncIterable<FunctionTask>,
	{ allowSeen, signal }: { allowSeen: boolean; signal: AbortSignal },
): Promise<SeenTask[]> {
	const scored = new SeenTasks();
	for await (const task of tasks) {
		signal.throwIfAborted();
		scored.score({ ...(await scoredEntryOf(task)), taskId: task.id });
	}
	for (const entry of fitted.tasks) scored.train(entry, fitted.runId);
	const seen = scored.seen();
	if (seen.length > 0 && !allowSeen) {
		throw new TaughtError("fitted rankers: were fitted on", {
			seen,
			of: scored.scoredCount,
			hint: "without --fitted, trees are cross-validated by task; --allow-seen ranks all the same, marked everywhere",
		});
	}
	return seen;
}

/** Adds the scores of each set that has what it needs. */
export function addFitted(groups: readonly Scored[], fitted: FittedRankers): void {
	for (const { name, set, rowsOf } of setsOf(fitted)) {
		const rows = groups.map(({ rows: of }) => of.get(rowsOf));
		if (rows.some((of) => of === undefined)) continue;
		for (const [i, group] of groups.entries()) {
			const own = rows[i];
			if (own !== undefined) group.scores.set(name, probabilities(set, own));
		}
	}
}
