import {
	type HeldOutMean,
	TRAINING_BUDGETS,
	type TrainingBudget,
	type TrainingComparison,
} from "../domain/training-comparison.js";
import { notMatched } from "./compare-trainings.js";
import { estimateText, pText, table } from "./comparison-text.js";

const BUDGETS: Record<TrainingBudget, string> = {
	steps: "optimiser steps",
	tokens: "tokens learnt from",
	judgedSamples: "samples judged to learn from",
	wallTimeMs: "seconds of wall time",
};

const CONCLUSIONS = {
	more: "gained significantly more than",
	less: "gained significantly less than",
	no_difference_found: "shows no difference from",
	cannot_tell: "cannot be told from",
};

/** The report in Markdown; its first lines say whether budgets are matched. */
export function trainingComparisonMarkdown(comparison: TrainingComparison): string {
	const { trainings, differences, pairs } = comparison;
	const names = trainings.map(({ name }) => name);
	return [
		`# ${names.join(" against ")}`,
		"",
		...verdictLines(comparison),
		"",
		...differences.map((text) => `- ${text}`),
		...(differences.length > 0 ? [""] : []),
		"## What each took",
		"",
		...table(
			["", ...names, "matched"],
			[
				["method", ...trainings.map(({ method }) => method), ""],
				["seed", ...trainings.map(({ seed }) => String(seed)), ""],
				...TRAINING_BUDGETS.map((budget) => [
					BUDGETS[budget],
					...trainings.map((training) => amountText(training.budget[budget], budget)),
					matchedText(comparison.matched[budget]),
				]),
			],
		),
		"",
		"## On held-out prompts",
		"",
		...table(
			["", ...names],
			[
				["reward before", ...trainings.map(({ before }) => meanText(before?.reward))],
				["reward after", ...trainings.map(({ after }) => meanText(after?.reward))],
				["change of it", ...trainings.map(({ gain }) => meanText(gain?.reward, true))],
				["p (sign-flip over tasks)", ...trainings.map(({ gain }) => (gain === null ? "-" : pText(gain.p)))],
				["pass before", ...trainings.map(({ before }) => meanText(before?.pass))],
				["pass after", ...trainings.map(({ after }) => meanText(after?.pass))],
				["change of it", ...trainings.map(({ gain }) => meanText(gain?.pass, true))],
				["tasks", ...trainings.map(({ after }) => String(after?.reward.tasks ?? "-"))],
			],
		),
		"",
		"## Differences of what was gained",
		"",
		...table(
			["", ...pairs.map(({ other }) => other)],
			[
				[`more than ${pairs[0]?.first ?? "-"}`, ...pairs.map(({ difference }) => meanText(difference, true))],
				["p", ...pairs.map(({ p }) => (p === null ? "-" : pText(p)))],
				["p adjusted (Holm)", ...pairs.map(({ pAdjusted }) => (pAdjusted === null ? "-" : pText(pAdjusted)))],
			],
		),
		"",
		"Intervals: 95 %, BCa bootstrap over tasks.",
		"",
	].join("\n");
}

/** What can be said in a few sentences. */
export function verdictLines(comparison: TrainingComparison): string[] {
	const { pairs, matched, tolerance } = comparison;
	const off = notMatched(comparison);
	const within = `within ${Math.round(tolerance * 100)} %`;
	const head =
		off.length === 0
			? `Budgets are matched ${within}.`
			: `Budgets are not matched ${within}: ${off.map((budget) => `${BUDGETS[budget]}${matched[budget] === null ? " (not known)" : ""}`).join("; ")}. A difference is that of the two runs, not of their methods.`;
	return [head, ...pairs.map(({ first, other, conclusion }) => `${other} ${CONCLUSIONS[conclusion]} ${first}.`)];
}

function amountText(amount: number | null, budget: TrainingBudget): string {
	if (amount === null) return "not known";
	return String(Math.round(budget === "wallTimeMs" ? amount / 1000 : amount));
}

function matchedText(matched: boolean | null): string {
	return matched === null ? "not known" : matched ? "yes" : "no";
}

function meanText(mean: HeldOutMean | null | undefined, isDifference = false): string {
	return mean ? estimateText({ ...mean, seen: 0 }, isDifference) : "not measured";
}
