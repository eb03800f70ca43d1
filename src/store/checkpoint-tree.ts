import { type Checkpoint, type CheckpointRun, isComplete, shapeOf } from "../domain/checkpoint.js";

export interface CheckpointLine {
	/** Lines of the tree left of the name. */
	prefix: string;
	checkpoint: Checkpoint;
}

/** Families one below the other: each checkpoint above those that were trained from it. */
export function checkpointLines(checkpoints: readonly Checkpoint[]): CheckpointLine[] {
	const children = Map.groupBy(checkpoints, ({ parent }) => parent);
	const below = (id: string, left: string): CheckpointLine[] =>
		(children.get(id) ?? []).flatMap((checkpoint, i, all) => {
			const isLast = i === all.length - 1;
			return [
				{ prefix: `${left}${isLast ? "└ " : "├ "}`, checkpoint },
				...below(checkpoint.id, `${left}${isLast ? "  " : "│ "}`),
			];
		});
	return (children.get(null) ?? []).flatMap((checkpoint) => [{ prefix: "", checkpoint }, ...below(checkpoint.id, "")]);
}

/** The run that a checkpoint is known by. */
export function mainRun({ runs, knownBy }: Checkpoint): CheckpointRun | null {
	return runs.find(({ runId }) => runId === knownBy) ?? null;
}

/**
 * A run of each checkpoint that were made alike: the newest task set and N that all of them have a complete run of. Where there is
 * none, the run that each is known by: what differs will be said when they are compared. null: one was never evaluated.
 */
export function comparableRuns(checkpoints: readonly Checkpoint[]): CheckpointRun[] | null {
	const [first, ...others] = checkpoints;
	for (const run of first?.runs.filter(isComplete) ?? []) {
		const alike = others.map(({ runs }) => runs.find((other) => isComplete(other) && shapeOf(run) === shapeOf(other)));
		if (alike.every((found) => found !== undefined)) return [run, ...alike];
	}
	const main = checkpoints.map(mainRun);
	return main.every((run) => run !== null) ? main : null;
}

/** A checkpoint and what it was trained from, oldest first. */
export function familyLine(checkpoints: readonly Checkpoint[], id: string): Checkpoint[] {
	const byId = new Map(checkpoints.map((checkpoint) => [checkpoint.id, checkpoint]));
	const line: Checkpoint[] = [];
	for (let at = byId.get(id); at !== undefined && !line.includes(at); ) {
		line.unshift(at);
		at = at.parent === null ? undefined : byId.get(at.parent);
	}
	return line;
}
