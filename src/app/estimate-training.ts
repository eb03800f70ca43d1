import { existsSync, readFileSync } from "node:fs";
import { artifactsRoot, loopFiles } from "../artifacts/layout.js";
import { LoopEvent, type LoopPlan, type LoopStage } from "../domain/loop.js";
import type { TrainingJob } from "../domain/training-job.js";
import { estimateTraining, type TrainingEstimate } from "../training/train-model.js";
import { findTrainerPython } from "../training/trainer-python.js";
import { readableLoops } from "./loop-record.js";

/** Steps, time and memory in a sentence. */
export async function whatItTakes(
	workspace: string,
	plan: LoopPlan | TrainingJob,
	signal: AbortSignal,
): Promise<string> {
	if (plan.schema === "assay.loop.v1") return loopTime(workspace, plan);
	return estimateText(
		await estimateTraining({ job: plan, python: await findTrainerPython(signal), signal }),
		plan.method !== "world" && plan.judge !== null,
	);
}

export function estimateText(estimate: TrainingEstimate, judges: boolean): string {
	const { device, parameters, learning, steps, seconds, memoryBytes } = estimate;
	const time = seconds === null ? "too few steps to tell the time" : `about ${timeText(seconds)}`;
	const memory = `${(memoryBytes / 1e9).toFixed(2)} GB of memory`;
	return `on ${device}: ${learning} of ${parameters} parameters learn, ${steps} steps, ${time}${judges ? " without judging" : ""}, ${memory}`;
}

/** By what a candidate and a training took in the newest loop of the workspace that came to an end of both. */
function loopTime(workspace: string, plan: LoopPlan): string {
	const candidates =
		plan.heldOutIds.length * plan.evaluationN * (plan.iterations + 1) + plan.trainIds.length * plan.n * plan.iterations;
	for (const { id, plan: earlier } of readableLoops(workspace)) {
		const { log } = loopFiles(artifactsRoot(workspace), id);
		if (!existsSync(log)) continue;
		const took = stageTimes(log);
		const [measured, trained] = [took("evaluate"), took("train")];
		if (measured === null || trained === null) continue;
		const perCandidate = measured / (earlier.heldOutIds.length * earlier.evaluationN);
		const perExample = trained / (earlier.trainIds.length * epochsOf(earlier));
		const training = plan.iterations * perExample * plan.trainIds.length * epochsOf(plan);
		return `about ${timeText((candidates * perCandidate + training) / 1000)}, by what ${id} took`;
	}
	return "no loop was run here yet: its time is known after the first stages";
}

const epochsOf = ({ settings }: LoopPlan) => Number(settings.epochs ?? 1);

/** Mean milliseconds of a kind of stage; null: none has ended. */
function stageTimes(log: string): (stage: LoopStage) => number | null {
	const ended = readFileSync(log, "utf8")
		.split("\n")
		.flatMap((line) => {
			const event = LoopEvent.safeParse(parsed(line)).data;
			return event?.type === "stage.finished" ? [event] : [];
		});
	return (stage) => {
		const took = ended.filter((event) => event.stage === stage).map(({ wallTimeMs }) => wallTimeMs);
		return took.length === 0 ? null : took.reduce((sum, ms) => sum + ms, 0) / took.length;
	};
}

function parsed(line: string): unknown {
	try {
		return JSON.parse(line);
	} catch {
		return null;
	}
}

function timeText(seconds: number): string {
	if (seconds < 90) return `${Math.round(seconds)} s`;
	if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
	return `${(seconds / 3600).toFixed(1)} h`;
}
