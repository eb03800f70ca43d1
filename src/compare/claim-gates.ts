import type { CheckedClaim, Claim, CompareClaim, EvalClaim, GateResult } from "../domain/claims.js";
import type { ComparedPair, Comparison } from "../domain/comparison.js";
import type { TrainingCheck } from "../domain/training.js";
import { countOf } from "../lib/count.js";
import type { Interval } from "../stats/interval.js";
import type { BlockedWording } from "./blocked-wordings.js";
import { conclusionText } from "./comparison-text.js";

/** What is known of one run that a claim rests on. */
export interface ClaimSource {
	name: string;
	/** null: only a file of verdicts is known, which has no note. */
	contamination: readonly { note: string | null; tasks: number }[] | null;
	training: TrainingCheck;
}

export type ClaimFigure =
	| { kind: "eval"; claim: EvalClaim; value: number | null; interval: Interval | null; tasks: number }
	| { kind: "compare"; claim: CompareClaim; pair: ComparedPair; comparison: Comparison };

/** `problem`: why nothing could be computed. */
export type ClaimEvidence = { sources: readonly ClaimSource[]; figure: ClaimFigure } | { problem: string };

/** An interval over tasks is computed from so many on. */
const FEWEST_TASKS = 10;

/** Every gate, in the order in which people ask. */
export function claimGates(claim: Claim, evidence: ClaimEvidence, blocked: readonly BlockedWording[]): GateResult[] {
	if ("problem" in evidence) return [gate("evaluation", "fails", evidence.problem), wordingGate(claim, blocked)];
	const { sources, figure } = evidence;
	return [
		gate("evaluation", "holds", `computed again from ${sources.map(({ name }) => name).join(" and ")}`),
		contaminationGate(sources),
		trainingGate(sources),
		...(figure.kind === "eval" ? evalGates(figure) : compareGates(figure)),
		wordingGate(claim, blocked),
	];
}

/** One gate that fails blocks the claim; one that is unknown leaves it open. */
export function statusOf(gates: readonly GateResult[]): Pick<CheckedClaim, "status" | "reasons"> {
	const failed = gates.filter(({ state }) => state === "fails");
	const unknown = gates.filter(({ state }) => state === "unknown");
	const reasons = [...failed, ...unknown].map(({ gate: name, note }) => `${name}: ${note}`);
	return { status: failed.length > 0 ? "blocked" : unknown.length > 0 ? "open" : "supported", reasons };
}

/** The figure in one line, with what it was computed on. */
export function figureText(figure: ClaimFigure): string {
	if (figure.kind === "compare") return conclusionText(figure.pair, figure.claim.k);
	const { claim, value, interval, tasks } = figure;
	const range = interval === null ? "no interval" : `[${interval.low.toFixed(4)}, ${interval.high.toFixed(4)}]`;
	return `pass@${claim.k} ${value === null ? "-" : value.toFixed(4)} ${range}, ${countOf(tasks, "task")}`;
}

function contaminationGate(sources: readonly ClaimSource[]): GateResult {
	const without = sources.filter(
		({ contamination }) => contamination === null || contamination.some(({ note }) => note === null),
	);
	if (without.length === 0)
		return gate("contamination", "holds", "every task has a note on its presence in training data");
	const [first] = without;
	const count = first?.contamination?.reduce((sum, { note, tasks }) => sum + (note === null ? tasks : 0), 0);
	const what = count === undefined ? "its tasks are not known" : `nobody has said it of ${countOf(count, "task")}`;
	return gate("contamination", "fails", `no note on presence in training data: ${first?.name ?? "?"}, ${what}`);
}

function trainingGate(sources: readonly ClaimSource[]): GateResult {
	const unknown: string[] = [];
	let leftOut = 0;
	for (const { name, training } of sources) {
		if (training.state === "unknown") unknown.push(`${name}: ${training.reason}`);
		else if (training.unknownParent !== null)
			unknown.push(`${name}: began with ${training.unknownParent}, which says nothing of its training`);
		else if (training.tasks !== "as_judged")
			unknown.push(
				`${name}: its tasks are ${training.tasks === "gone" ? "gone" : "others now"}: only ids were compared`,
			);
		else leftOut += training.seen.length;
	}
	if (unknown.length > 0)
		return gate("training", "unknown", `nobody can say whether scored tasks were trained on: ${unknown.join("; ")}`);
	return gate(
		"training",
		"holds",
		leftOut === 0 ? "no scored task was trained on" : `trained on, and in no figure: ${countOf(leftOut, "task")}`,
	);
}

function evalGates({ claim, value, interval, tasks }: Extract<ClaimFigure, { kind: "eval" }>): GateResult[] {
	const { atLeast, atMost, within } = claim;
	const hasTasks = tasks >= FEWEST_TASKS;
	const gates = [
		interval === null
			? gate("interval", "fails", "no interval over tasks can be computed")
			: gate("interval", "holds", "95 %, BCa bootstrap over tasks"),
		gate(
			"tasks",
			hasTasks ? "holds" : "fails",
			`${countOf(tasks, "task")}${hasTasks ? "" : `, at least ${FEWEST_TASKS} are needed`}`,
		),
	];
	if (value === null) return [...gates, gate("figure", "fails", `no task has ${claim.k} judged candidates`)];
	const parts: GateResult[] = [];
	if (claim.value !== undefined) {
		const isIt = Math.abs(value - claim.value) <= within;
		parts.push(
			gate("figure", isIt ? "holds" : "fails", `the sentence says ${claim.value}, computed is ${value.toFixed(4)}`),
		);
	}
	if (atLeast !== undefined)
		parts.push(bound("at least", atLeast, value >= atLeast, interval !== null && interval.low >= atLeast, interval));
	if (atMost !== undefined)
		parts.push(bound("at most", atMost, value <= atMost, interval !== null && interval.high <= atMost, interval));
	if (parts.length === 0) parts.push(gate("figure", "unknown", "the claim names no figure: value, atLeast or atMost"));
	return [...gates, ...parts];
}

function bound(words: string, limit: number, isMet: boolean, isSure: boolean, interval: Interval | null): GateResult {
	if (!isMet) return gate("figure", "fails", `it is not ${words} ${limit}`);
	if (isSure) return gate("figure", "holds", `all of the interval is ${words} ${limit}`);
	const range =
		interval === null ? "no interval" : `the interval [${interval.low.toFixed(4)}, ${interval.high.toFixed(4)}]`;
	return gate("figure", "unknown", `${words} ${limit}: ${range} does not settle it`);
}

function compareGates({ claim, pair }: Extract<ClaimFigure, { kind: "compare" }>): GateResult[] {
	const { says, by } = claim;
	const { difference, conclusion, minimalDetectableDifference: reach, pAdjusted, reason } = pair;
	const gained = (difference.value ?? 0) * (says === "better" ? 1 : -1);
	const stated = by > 0 ? by : Math.abs(difference.value ?? 0);
	const hasTest = difference.interval !== null;
	const canFind = reach !== null && reach <= stated;
	return [
		gate(
			"interval",
			hasTest ? "holds" : "fails",
			hasTest
				? `95 % over tasks, and a paired test, p = ${pAdjusted.toPrecision(2)}`
				: "no interval over tasks can be computed",
		),
		gate(
			"tasks",
			canFind ? "holds" : "fails",
			`${countOf(difference.tasks, "task")} find a difference of ${reach === null ? "nothing" : reach.toFixed(4)} in 4 of 5 comparisons; ${by > 0 ? "stated" : "seen"} is ${stated.toFixed(4)}`,
		),
		...(conclusion !== says && conclusion !== "cannot_tell"
			? [gate("figure", "fails", `the figures say the opposite: ${conclusion}`)]
			: conclusion === "cannot_tell"
				? [gate("figure", "unknown", `it cannot be told: ${reason ?? "no reason"}`)]
				: gained < by
					? [gate("figure", "fails", `the difference is ${gained.toFixed(4)}, the sentence says ${by}`)]
					: [gate("figure", "holds", `${says} by ${gained.toFixed(4)}`)]),
	];
}

function wordingGate({ text }: Claim, blocked: readonly BlockedWording[]): GateResult {
	const met = blocked.filter(({ pattern }) => pattern.test(text));
	if (met.length === 0) return gate("wording", "holds", "it says no more than figures of this kind can carry");
	return gate("wording", "fails", met.map(({ name, reason }) => `“${name}”: ${reason}`).join("; "));
}

function gate(name: GateResult["gate"], state: GateResult["state"], note: string): GateResult {
	return { gate: name, state, note };
}
