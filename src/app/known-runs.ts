import { type Checkpoint, isComplete, shapeOf } from "../domain/checkpoint.js";

/**
 * Ids of the runs that the checkpoints of one family are known by: complete ones of the tasks and N that most of the family have,
 * so that scores one below the other can be compared; of several such, the newest. Else the newest run with a score.
 */
export function knownRuns(family: readonly Pick<Checkpoint, "id" | "runs">[]): Map<string, string | null> {
	const shapes = new Map<string, { members: Set<string>; newest: string }>();
	for (const { id, runs } of family) {
		for (const run of runs.filter(isComplete)) {
			const shape = shapes.get(shapeOf(run)) ?? { members: new Set(), newest: "" };
			shape.members.add(id);
			if (run.startedAt > shape.newest) shape.newest = run.startedAt;
			shapes.set(shapeOf(run), shape);
		}
	}
	const preferred = [...shapes]
		.sort(([, a], [, b]) => b.members.size - a.members.size || (a.newest < b.newest ? 1 : -1))
		.map(([shape]) => shape);
	return new Map(
		family.map(({ id, runs }) => {
			const complete = runs.filter(isComplete);
			const shape = preferred.find((one) => complete.some((run) => shapeOf(run) === one));
			const known = complete.find((run) => shapeOf(run) === shape) ?? runs.find(({ passAt1 }) => passAt1 !== null);
			return [id, known?.runId ?? null];
		}),
	);
}
