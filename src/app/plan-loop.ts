import { newRunId } from "../artifacts/run-id.js";
import type { AlarmName } from "../domain/choices.js";
import type { LoopPlan } from "../domain/loop.js";
import type { RunConfig } from "../domain/run.js";
import { AssayError } from "../lib/errors.js";
import { refuseUnplain } from "../lib/plain-name.js";
import { version } from "../lib/version.js";
import { openTasks } from "../tasks/open-tasks.js";
import { trainingConfig } from "../training/training-config.js";

export interface LoopOrder
	extends Pick<
		LoopPlan,
		| "tasks"
		| "model"
		| "iterations"
		| "n"
		| "seed"
		| "perTask"
		| "from"
		| "replay"
		| "curriculum"
		| "patience"
		| "remote"
	> {
	/** null: as many as there are to learn from. */
	evaluationN: number | null;
	/** Of the tasks to learn from, and of those that are only measured with. */
	split: string;
	heldOut: readonly string[];
	/** Alarms that end it. */
	stopOn: readonly AlarmName[];
	/** Settings of training, on top of those that a loop begins with. */
	settings: LoopPlan["settings"];
	/** null: a new one. */
	name: string | null;
	/** Without tasks; model, N and seed are the stages' own. */
	config: RunConfig;
}

/** Settings of training in a loop, where nothing else is said. */
const TRAINING = { learningRate: 3e-4, epochs: 20 };

/** What a loop is going to do, to the last task. Throws `usage` where it could not be carried out. */
export async function planLoop(order: LoopOrder, signal: AbortSignal): Promise<LoopPlan> {
	const { split, heldOut, evaluationN, name, settings, config, stopOn, ...same } = order;
	if (name !== null) refuseUnplain(name);
	if (heldOut.includes(split)) {
		throw new AssayError(
			"usage",
			`the split ${split} is to be learnt from and measured by: nothing learns from held-out tasks`,
			{
				hint: "--split and --held-out name different parts",
			},
		);
	}
	const [trainIds, heldOutIds]: [string[], string[]] = [[], []];
	for await (const task of openTasks(order.tasks, { signal })) {
		if (task.kind !== "function") continue;
		if (task.split === split) trainIds.push(task.id);
		else if (task.split !== null && heldOut.includes(task.split)) heldOutIds.push(task.id);
	}
	for (const [ids, part] of [
		[trainIds, split],
		[heldOutIds, heldOut.join(",")],
	] as const) {
		if (ids.length > 0) continue;
		throw new AssayError("usage", `${order.tasks}: no function task is in split ${part}`, {
			hint: "assay tasks split divides a task set; --split and --held-out name the parts",
		});
	}
	const trained = { ...TRAINING, ...settings };
	// What training would refuse is refused before anything is generated.
	trainingConfig("sft", trained, trainIds.length);
	return {
		schema: "assay.loop.v1",
		...same,
		loopId: name ?? newRunId("loop", new Date(), Math.random),
		createdAt: new Date().toISOString(),
		evaluationN: evaluationN ?? order.n,
		trainIds,
		heldOutIds,
		method: "sft",
		settings: trained,
		threads: 1,
		config,
		stopOn: [...stopOn],
		version,
	};
}
