import type { Alarm } from "../domain/training-activity.js";
import type { LoopState } from "../store/loop-state.js";

/** Why a loop ends before its last iteration, in a sentence; null: it goes on. */
export function reasonToStop({ plan, changes }: LoopState, alarms: readonly Alarm[], iteration: number): string | null {
	const stopOn = plan?.stopOn ?? [];
	const alarm = alarms.find(({ name, at }) => at === iteration && stopOn.includes(name));
	if (alarm !== undefined) return alarm.text;
	const patience = plan?.patience ?? null;
	if (patience === null || iteration < patience) return null;
	const recent = changes.filter(
		(change) => change.against === change.iteration - 1 && change.iteration > iteration - patience,
	);
	return recent.every(({ conclusion }) => conclusion !== "better")
		? `plateau: ${patience} iterations in a row are not significantly better`
		: null;
}
