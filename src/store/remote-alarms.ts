import type { Alarm } from "../domain/training-activity.js";
import type { GpuCourse, RemoteActivity } from "./remote-activity.js";
import { remoteCost } from "./remote-cost.js";

/** Shares of the budget at which it is told, the last one first. */
const SHARES = [
	{ share: 0.95, level: "error" },
	{ share: 0.8, level: "warning" },
	{ share: 0.5, level: "warning" },
] as const;
/** The projection of the first steps says little. */
const LEAST_SHARE = 0.02;
const IDLE_MS = 600_000;
const IDLE_BUSY = 5;

/** What is wrong with a training that goes on at another machine: its money and its GPUs. */
export function remoteAlarms({ run, gpus }: RemoteActivity, etaMs: number | null, nowMs: number): Alarm[] {
	return [...budgetAlarms(remoteCost(run, etaMs, nowMs)), ...idleAlarm([...gpus.values()])];
}

function budgetAlarms(cost: ReturnType<typeof remoteCost>): Alarm[] {
	if (cost === null || cost.budget === null || cost.share === null) return [];
	const { share, budget, projected, isOver } = cost;
	const passed = SHARES.find((one) => share >= one.share);
	const spent = passed && {
		name: "budget_share" as const,
		level: passed.level,
		at: Math.round(passed.share * 100),
		text: `${Math.round(share * 100)} % of its budget of $${budget.toFixed(2)} is spent; the host ends it at all of it`,
		advice: null,
	};
	if (projected === null || !isOver || share < LEAST_SHARE) return spent ? [spent] : [];
	const text = `by its pace it costs $${projected.toFixed(2)} in all, and its budget of $${budget.toFixed(2)} ends it before it is done`;
	return [...(spent ? [spent] : []), { name: "budget_projected", level: "warning", at: null, text, advice: null }];
}

/** GPUs that are paid for and did next to nothing for a while. */
function idleAlarm(courses: readonly GpuCourse[]): Alarm[] {
	const idle = courses.filter(({ times, busy }) => {
		const end = times.at(-1) ?? 0;
		const from = times.findIndex((time) => time >= end - IDLE_MS);
		if (end - (times[0] ?? end) < IDLE_MS) return false;
		const values = busy.slice(from).filter(Number.isFinite);
		return values.length > 0 && values.reduce((sum, value) => sum + value, 0) / values.length < IDLE_BUSY;
	});
	if (idle.length === 0) return [];
	const names = idle.map(({ last }) => last.index).sort((a, b) => a - b);
	const text = `GPU ${names.join(", ")} of ${courses.length} was busy less than ${IDLE_BUSY} % of the last ${IDLE_MS / 60_000} min`;
	return [{ name: "gpu_idle", level: "warning", at: null, text, advice: null }];
}
