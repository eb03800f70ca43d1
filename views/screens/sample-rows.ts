import type { TrainingSample } from "../../src/domain/training-job.js";
import type { TrainingMetrics } from "../../src/store/training-metrics.js";
import { toCells, visible } from "../text/cells.js";
import { bold, dim, green, type Paint, plain, red } from "../text/style.js";

/** What the model wrote at the last step that tells: one row an attempt, with its reward and how it begins. */
export function sampleRows({ samples }: TrainingMetrics, width: number): string[] {
	const last = samples.at(-1)?.step;
	const shown = samples.filter(({ step }) => step === last);
	if (shown.length === 0) return [];
	return [
		bold(toCells(` samples of step ${last}`, width)),
		...shown.map((sample) => paintOf(sample)(toCells(` ${rewardText(sample)}  ${beginning(sample)}`, width))),
		dim(toCells(" S shows them whole, with those of the steps before", width)),
		"",
	];
}

export function rewardText({ reward }: TrainingSample): string {
	return reward === null ? "no verdict" : `reward ${Number(reward.toPrecision(3))}`;
}

const paintOf = ({ reward }: TrainingSample): Paint =>
	reward === null || reward === 0 ? red : reward === 1 ? green : plain;

function beginning({ taskId, text }: TrainingSample): string {
	return `${visible(taskId)}  ${visible(text.trimStart().replace(/\s+/g, " ").slice(0, 400))}`;
}
