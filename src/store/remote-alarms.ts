import type { Alarm } from "../domain/training-activity.js";
import { sizeText } from "../lib/file-size.js";
import type { RemoteActivity } from "./remote-activity.js";
import { remoteCost } from "./remote-cost.js";
import { breakText } from "./remote-texts.js";
import { trainingMembers } from "./training-members.js";

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

/** Room below which a checkpoint may not fit, and below which not even a log may. */
const LOW_BYTES = 4 * 2 ** 30;
const FULL_BYTES = 2 ** 28;

/** What is wrong with a training at another machine: its files, and while it goes on its money, its disk and its GPUs. */
export function remoteAlarms(
	remote: RemoteActivity,
	{ isRunning, etaMs }: { isRunning: boolean; etaMs: number | null },
	nowMs: number,
): Alarm[] {
	const { run } = remote;
	const now = () => [...diskAlarm(remote), ...budgetAlarms(remoteCost(run, etaMs, nowMs)), ...idleAlarm(remote)];
	return [...breakAlarms(remote), ...(isRunning ? now() : [])];
}

function breakAlarms({ breaks }: RemoteActivity): Alarm[] {
	return breaks.map((broken) => ({
		name: "mirror_broken",
		level: broken.why === "differs" ? "warning" : "error",
		at: null,
		...breakText(broken),
	}));
}

function diskAlarm({ run, freeBytes }: RemoteActivity): Alarm[] {
	if (freeBytes === null || freeBytes >= LOW_BYTES) return [];
	const level = freeBytes < FULL_BYTES ? "error" : "warning";
	const text = `${sizeText(freeBytes)} are left on the disk of ${run.host}: its next checkpoint may not fit`;
	const advice =
		"make room there; keepLast holds fewer models on the way, and old attempts can be removed with `assay train forget`";
	return [{ name: "disk_low", level, at: null, text, advice }];
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
		advice: "x ends it with what is done kept; another budget goes on from there",
	};
	if (projected === null || !isOver || share < LEAST_SHARE) return spent ? [spent] : [];
	const text = `by its pace it costs $${projected.toFixed(2)} in all, and its budget of $${budget.toFixed(2)} ends it before it is done`;
	const advice = "fewer steps, a larger budget, or checkpointEvery small enough that its end loses little";
	return [...(spent ? [spent] : []), { name: "budget_projected", level: "warning", at: null, text, advice }];
}

/** GPUs that are paid for and did next to nothing for a while. */
function idleAlarm(remote: RemoteActivity): Alarm[] {
	const members = trainingMembers(remote, 1);
	const courses = members.flatMap(({ name, gpus }) => gpus.map((gpu) => ({ ...gpu, name })));
	const idle = courses.filter(({ times, busy }) => {
		const end = times.at(-1) ?? 0;
		const from = times.findIndex((time) => time >= end - IDLE_MS);
		if (end - (times[0] ?? end) < IDLE_MS) return false;
		const values = busy.slice(from).filter(Number.isFinite);
		return values.length > 0 && values.reduce((sum, value) => sum + value, 0) / values.length < IDLE_BUSY;
	});
	if (idle.length === 0) return [];
	const names = idle.map(({ last, name }) =>
		members.length > 1 && name !== null ? `${last.index} on ${name}` : last.index,
	);
	const text = `GPU ${names.join(", ")} of ${courses.length} was busy less than ${IDLE_BUSY} % of the last ${IDLE_MS / 60_000} min`;
	const advice =
		"a larger groupSize or promptsPerStep, more judge workers, or a host with fewer GPUs: these are paid for";
	return [{ name: "gpu_idle", level: "warning", at: null, text, advice }];
}
