import type { TrainerEvent } from "../src/domain/training-job.js";
import { durationText } from "../src/lib/duration.js";

/** Measures that say most about how training goes; the others are in metrics.jsonl. */
const SHOWN = [
	...["loss", "reward", "informative", "entropy", "kl", "grad_norm", "skipped", "tokens_per_second"],
	...["prediction", "sigreg", "auc", "auc_among_valid", "mrr", "no_action_mrr", "effective_rank_ratio"],
];

/**
 * What each event of a training says to people, null: nothing. The time that is left is told by the pace since the first of
 * an attempt, and by the trainer's clock: events that nobody followed come all at once.
 */
export function stepTexts(total: number): (event: TrainerEvent) => string | null {
	let first: { step: number; at: number } | null = null;
	return (event) => {
		if (event.t === "train.started") first = null;
		if (event.t === "train.unchanged") return `the model is as it was: ${event.m.reason}`;
		const what = STEPS[event.t];
		if (what === undefined) return null;
		first ??= { step: event.step ?? 0, at: event.at };
		return `${what} ${stepLine(event, total, first)}`;
	};
}

const STEPS: Readonly<Record<string, string>> = {
	"train.step": "step",
	eval: "held out",
	"world.evaluation": "held out",
	"train.kept": "weights of step",
};

function stepLine({ t, at, step, m }: TrainerEvent, total: number, first: { step: number; at: number }): string {
	const done = (step ?? 0) - first.step;
	const left = done > 0 ? (((at - first.at) * 1000) / done) * (total - (step ?? 0)) : null;
	const shown = SHOWN.flatMap((name) => {
		const value = m[name];
		if (value === undefined || value === null) return [];
		return [`${name} ${typeof value === "number" ? Number(value.toPrecision(4)) : value}`];
	});
	const eta = left === null || t !== "train.step" ? "" : `, ${durationText(left)} left`;
	return `${step}/${total}  ${shown.join("  ")}${eta}`;
}
