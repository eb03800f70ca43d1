import type { LoopPlan } from "../domain/loop.js";
import type { CheckpointJob, TrainingJob } from "../domain/training-job.js";

/** What a plan says, by name, for people; everything else is in its record. */
export function planFacts(plan: LoopPlan | TrainingJob): [string, string][] {
	return plan.schema === "assay.loop.v1" ? loopFacts(plan) : jobFacts(plan);
}

function loopFacts(plan: LoopPlan): [string, string][] {
	const { trainIds, heldOutIds, n, evaluationN, iterations } = plan;
	const [learnt, measured] = [trainIds.length * n, heldOutIds.length * evaluationN];
	return [
		["loop", plan.loopId],
		["model", plan.model],
		["tasks", plan.tasks],
		["learns from", `${trainIds.length} tasks, ${n} samples of each: ${learnt} candidates an iteration`],
		[
			"measured by",
			`${heldOutIds.length} other tasks, ${evaluationN} samples of each, before and after each iteration`,
		],
		["iterations", `${iterations}, ${iterations * learnt + (iterations + 1) * measured} candidates in all`],
		[
			"training",
			`${plan.method} from the ${plan.from === "base" ? "first model" : "checkpoint before"}, ${settingsText(plan.settings)}`,
		],
		["keeps", plan.perTask === null ? "every accepted program" : `at most ${plan.perTask} accepted programs of a task`],
		["replay", replayText(plan)],
		["curriculum", curriculumText(plan)],
		["ends early", plan.patience === null ? "never" : `after ${plan.patience} iterations without a significant gain`],
		["alarms", plan.stopOn.length === 0 ? "none ends it" : `it ends at ${plan.stopOn.join(", ")}`],
		["seed", String(plan.seed)],
		...(plan.remote === null ? [] : [["host", remoteText(plan.remote)] satisfies [string, string]]),
	];
}

function remoteText({ host, deadlineSeconds, budgetUsd }: NonNullable<LoopPlan["remote"]>): string {
	const limits = [
		...(deadlineSeconds === null ? [] : [`${deadlineSeconds} s`]),
		...(budgetUsd === null ? [] : [`$${budgetUsd}`]),
	];
	return `${host} trains${limits.length === 0 ? "" : `, each time at most ${limits.join(" and ")}`}`;
}

function replayText({ replay }: LoopPlan): string {
	if (replay === 1) return "everything accepted in earlier iterations is learnt again";
	return replay === 0
		? "nothing of earlier iterations"
		: `${percent(replay)} of the examples are of earlier iterations`;
}

function curriculumText({ curriculum }: LoopPlan): string {
	return curriculum === 0
		? "every task is asked in every iteration"
		: `strength ${curriculum}: a task is asked less, the more often it was solved`;
}

const percent = (share: number) => `${Math.round(share * 100)} %`;

function jobFacts(job: TrainingJob): [string, string][] {
	const isWorld = job.method === "world";
	return [
		["training", `${job.method}, ${isWorld ? "world model" : "checkpoint"} ${job.name}`],
		["model", isWorld ? "none: it begins with random weights" : job.model],
		["data", job.data],
		...(isWorld ? [] : askedFacts(job)),
		["device", job.device],
		["threads", String(job.threads)],
		["settings", settingsText(job.config)],
	];
}

function askedFacts({ heldOut, judge }: CheckpointJob): [string, string][] {
	return [
		["held out", heldOut ?? "nothing is asked on the way"],
		["reward", judge === null ? "none: it learns from examples" : `${judge.reward}, by the judge`],
	];
}

function settingsText(settings: Readonly<Record<string, unknown>>): string {
	return Object.entries(settings)
		.map(([name, value]) => `${name} ${String(value)}`)
		.join(", ");
}
