import { rankerOf, worldProblem } from "../model/energy-actions.js";
import { energyState, type RankingReport } from "../model/energy-state.js";
import type { Model } from "../model/model.js";
import { toCells } from "../text/cells.js";
import { plural } from "../text/format.js";
import { bold, dim, green, type Paint, plain, red, yellow } from "../text/style.js";
import { wrapText } from "../text/wrap.js";
import { paragraph } from "./comparison-summary.js";

type Goal = RankingReport["gates"][number];

const BOUNDS = "those of AUC and first choice are for about 100 samples a task of HumanEval alone";

/** What the rankers were meant to reach, and what the makers of the world model say of it. */
export function goalRows(model: Model, width: number): string[] {
	const { open } = energyState(model);
	const gates = open?.report?.gates ?? null;
	const missed = gates?.filter(({ passed, seen }) => !passed && !seen).length ?? 0;
	const seen = gates?.filter((goal) => goal.seen).length ?? 0;
	const idle = seen === 0 ? "" : `; ${seen} count for nothing: these tasks taught their rankers`;
	const head =
		gates === null
			? paragraph("goals are measured once all tasks are ranked", width, dim)
			: gates.length === 0
				? paragraph(`no goal is held against this run: ${BOUNDS}`, width, dim)
				: [
						...paragraph(
							`${missed} of ${plural(gates.length, "goal")} missed on this run${idle}`,
							width,
							missed > 0 ? bold : plain,
						),
						...paragraph(BOUNDS, width, dim),
					];
	const goals = (gates ?? []).flatMap((goal) => goalLine(goal, width));
	return [...head, ...goals, toCells("", width), ...cardRows(model, width)];
}

/** Of the chosen ranker, in one line; nothing where it has no goal. */
export function goalSummary(model: Model, width: number): string[] {
	const ranker = rankerOf(model);
	const goals = energyState(model).open?.report?.gates.filter((goal) => goal.ranker === ranker) ?? [];
	if (goals.length === 0) return [];
	const text = goals.map((goal) => `${goal.name} ${valueText(goal)} of ${goal.bound} ${wordOf(goal)}`).join(", ");
	return paragraph(`goals: ${text}`, width, goals.every(isReached) ? plain : yellow);
}

function goalLine(goal: Goal, width: number): string[] {
	const word = wordOf(goal);
	const bound = `${goal.above ? "above" : "at least"} ${goal.bound}`;
	return paragraph(`${word.padEnd(6)}  ${goal.ranker}: ${goal.name} ${valueText(goal)}, ${bound}`, width, PAINTS[word]);
}

/** What learnt from these tasks has reached nothing. */
const isReached = ({ passed, seen }: Goal) => passed && !seen;

const PAINTS = { met: green, MISSED: red, seen: yellow } satisfies Record<string, Paint>;

function wordOf({ passed, seen }: Goal): keyof typeof PAINTS {
	if (seen) return "seen";
	return passed ? "met" : "MISSED";
}

const valueText = ({ value }: Goal) => (value === null ? "not measured" : value.toFixed(3));

function cardRows(model: Model, width: number): string[] {
	const world = energyState(model).open?.world ?? null;
	if (world?.path == null) return paragraph(worldProblem(model) ?? "", width, dim);
	const read = model.cache.read(`card:${world.path}`, () => model.workbench.worldCard());
	if (read.state === "reading") return paragraph("reading the card of the world model", width, dim);
	if (read.state === "failed") return paragraph(read.message, width, yellow);
	return [
		...paragraph(`the card in ${world.path}`, width, dim),
		...wrapText(read.value, width - 2).map((line) => (line.startsWith("#") ? bold : plain)(toCells(` ${line}`, width))),
	];
}
