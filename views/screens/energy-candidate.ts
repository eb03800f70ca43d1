import type { RankedTask } from "../../src/domain/ranking.js";
import type { Rollout } from "../../src/domain/run.js";
import { disagreeing, placesBy } from "../../src/store/candidate-ranks.js";
import { bar } from "../charts/blocks.js";
import { isSeenBy, type RankedCandidate, rankerOf, rankersOf, selectedRanked } from "../model/energy-actions.js";
import { energyState, RANKED_PARTS, type RankedPart } from "../model/energy-state.js";
import type { Model } from "../model/model.js";
import type { Read } from "../model/read-cache.js";
import { cellWidth, shortId, toCells } from "../text/cells.js";
import { diffRows } from "../text/diff-rows.js";
import { formatCount } from "../text/format.js";
import { placeText, scoreText, shownScore, spokenPlace } from "../text/ranker-names.js";
import { bold, dim, plain, yellow } from "../text/style.js";
import { codeDiffLayout } from "./candidate-diff.js";
import { paragraph } from "./comparison-summary.js";
import { drawMap } from "./energy-map.js";
import { surpriseText } from "./energy-model.js";
import { verdictSign } from "./energy-ranking.js";
import { similarText } from "./energy-similar.js";
import { drawSwap } from "./energy-swap.js";
import { type MarkedText, note } from "./marked-text.js";
import { type PaneText, positionText } from "./pane-text.js";

/** What is known of the candidate under the cursor without its verdict, unless that is shown. */
export function drawRankedCandidate(model: Model, width: number, height: number): PaneText {
	const ranked = selectedRanked(model);
	if (!ranked) return { title: "Candidate", rows: [] };
	const { part } = energyState(model);
	const { task, sampleIndex } = ranked;
	const { rows, position } = rowsOf(model, ranked, width, height);
	const tabs = RANKED_PARTS.map((name) => (name === part ? `[${name}]` : ` ${name} `)).join("");
	const rest = ` #${sampleIndex} ${tabs} ${position}`.trimEnd();
	const id = shortId(task.taskId, width - cellWidth(rest) - 4);
	return { title: `${id}${rest}`, rows };
}

/** Maps and swapped questions have the candidates themselves in view; texts are scrolled. */
function rowsOf(model: Model, ranked: RankedCandidate, width: number, height: number) {
	const { part } = energyState(model);
	if (part === "map") return { rows: drawMap(model, ranked, width, height).slice(0, height), position: "" };
	if (part === "swap") return { rows: drawSwap(model, ranked, width, height).slice(0, height), position: "" };
	const text = textOf(model, ranked, width, part);
	model.scroll.limitLeft("ranked", text.overhang ?? 0);
	const top = model.scroll.top("ranked", height, text.rows.length);
	return { rows: text.rows.slice(top, top + height), position: positionText(top, height, text.rows.length) };
}

function textOf(
	model: Model,
	ranked: RankedCandidate,
	width: number,
	part: Exclude<RankedPart, "map" | "swap">,
): MarkedText {
	switch (part) {
		case "ranks":
			return ranksText(model, ranked, width);
		case "diff":
			return diffText(model, ranked.task, ranked.at, width);
		case "lines":
			return surpriseText(model, ranked, width);
		case "similar":
			return similarText(model, ranked, width);
	}
}

const NAME_CELLS = 24;
const PLACE_CELLS = 5;
const SCORE_CELLS = 8;
const BAR_CELLS = 12;
const CELLS_BEFORE_BAR = NAME_CELLS + PLACE_CELLS + SCORE_CELLS + 4;

function ranksText(model: Model, { task, at }: RankedCandidate, width: number): MarkedText {
	const { text, paint } = verdictSign(model, task.accepted[at] === true);
	const copy = task.duplicateOf[at];
	const facts = [
		task.valid[at] ? "statically valid" : "broken: does not parse, returns nothing, or reads an unbound name",
		...(copy == null ? [] : [`equal to #${copy}`]),
	];
	const count = task.sampleIndexes.length;
	const chosen = rankerOf(model);
	const others = disagreeing(task, chosen, at);
	const doubts = (name: string) =>
		`${others.includes(name) ? " differs" : ""}${isSeenBy(model, name, task.taskId) ? " seen" : ""}`;
	const names = rankersOf(model);
	const most = names.reduce((longest, name) => Math.max(longest, doubts(name).length), 0);
	const barCells = Math.max(4, Math.min(BAR_CELLS, width - CELLS_BEFORE_BAR - most));
	const head = ` ${toCells("ranker", NAME_CELLS)} ${toCells("place", PLACE_CELLS, "right")} ${toCells("score", SCORE_CELLS, "right")}`;
	const rows = names.flatMap((name) => {
		const place = placesBy(task, name)[at];
		if (place === undefined) return [];
		const differs = others.includes(name);
		const score = scoreText(shownScore(name, task.scores.get(name)?.[at] ?? Number.NaN));
		if (model.isSpoken) return [toCells(`${name}: ${spokenPlace(place)}, score ${score}${doubts(name)}`, width)];
		const share = count > 1 ? (count - place.mean) / (count - 1) : 1;
		const line = `${differs ? "!" : " "}${toCells(name, NAME_CELLS)} ${toCells(placeText(place), PLACE_CELLS, "right")} ${toCells(score, SCORE_CELLS, "right")} ${bar(share, barCells, model.look, "·")}${doubts(name)}`;
		return [(name === chosen ? bold : differs ? yellow : plain)(toCells(line, width))];
	});
	return {
		rows: [
			paint(toCells(` verdict ${text}`, width)),
			...paragraph(facts.join("; "), width, plain),
			toCells("", width),
			dim(
				toCells(
					model.isSpoken ? `places of ${formatCount(count)} by each ranker` : `${head}  of ${formatCount(count)}`,
					width,
				),
			),
			...rows,
		],
		marks: [],
	};
}

/** null: a recorded ranking without its run. */
function rolloutOf(model: Model, task: RankedTask, at: number): Read<Rollout> | null {
	const runId = energyState(model).open?.request.runId ?? "";
	const place = task.rollouts[at] ?? null;
	if (place === null) return null;
	return model.cache.read(`${runId}:${place.offset}`, () => model.workbench.readRollout(runId, place));
}

/** Against the starter code, which is the state before the edit. */
function diffText(model: Model, task: RankedTask, at: number, width: number): MarkedText {
	const rollout = rolloutOf(model, task, at);
	if (rollout === null) {
		const runId = energyState(model).open?.request.runId ?? "";
		const why = `programs are not in a recorded ranking, and those of ${runId} are not in this workspace`;
		return { rows: paragraph(why, width, yellow), marks: [] };
	}
	if (rollout.state === "reading") return note("reading", width);
	if (rollout.state === "failed") return { rows: paragraph(rollout.message, width, yellow), marks: [] };
	const { sampleIndex, code, completion } = rollout.value.candidate;
	const after = { name: `#${sampleIndex}`, text: code ?? completion };
	return diffRows(
		{ name: "starter code", text: task.starterCode },
		after,
		width,
		codeDiffLayout(model, width, "ranked"),
	);
}
