import type { LoopState, StageState } from "../../src/store/loop-state.js";
import { stageEtaMs } from "../../src/store/loop-state.js";
import { heatMap } from "../charts/heat-map.js";
import { lineChart } from "../charts/line-chart.js";
import type { Model } from "../model/model.js";
import { toCells, visible } from "../text/cells.js";
import { formatClock, formatCount, formatMs, formatRate, formatScore } from "../text/format.js";
import { bold, cyan, dim, green, type Paint, red, yellow } from "../text/style.js";
import { wrapText } from "../text/wrap.js";

const CHART_ROWS = 9;

/** Stages with counts and time left, learning curve, diversity, and each held-out task over the iterations. */
export function loopRows(model: Model, loop: LoopState, width: number): string[] {
	return [
		...loop.stages.flatMap((stage) => (isShown(loop, stage) ? [stageRow(stage, width)] : [])),
		...(loop.reason === null
			? []
			: wrapText(`ended: ${loop.reason}`, width - 1).map((line) => toCells(` ${line}`, width))),
		"",
		...scoreRows(loop, width),
		...(model.isSpoken ? [] : curves(model, loop, width)),
		"",
		...taskRows(model, loop, width),
	];
}

/** Of iterations that have not begun the first stage is enough. */
function isShown({ stages }: LoopState, { iteration, stage }: StageState): boolean {
	const hasBegun = stages.some((one) => one.iteration === iteration && one.state !== "waiting");
	return hasBegun || iteration === 0 || stage === "generate";
}

const STAGE_SIGNS: Record<StageState["state"], { glyph: string; paint: Paint }> = {
	waiting: { glyph: "·", paint: dim },
	"going on": { glyph: "●", paint: cyan },
	interrupted: { glyph: "!", paint: yellow },
	done: { glyph: "✓", paint: green },
};

function stageRow(stage: StageState, width: number): string {
	const { iteration, state, wallTimeMs, note, progress } = stage;
	const eta = stageEtaMs(stage);
	const parts = [
		...(wallTimeMs === null ? [] : [formatMs(wallTimeMs)]),
		...(progress === null || state === "done"
			? []
			: [`${formatCount(progress.done)} of ${formatCount(progress.total)}`]),
		...(progress?.perSecond == null || state !== "going on" ? [] : [formatRate(progress.perSecond)]),
		...(eta === null ? [] : [`${formatClock(eta)} left`]),
		...(state === "interrupted" ? ["interrupted"] : []),
		visible(note),
	];
	const { glyph, paint } = STAGE_SIGNS[state];
	return paint(toCells(` ${glyph} ${iteration} ${stage.stage.padEnd(9)} ${parts.join("  ")}`, width));
}

function scoreRows({ scores, changes }: LoopState, width: number): string[] {
	return scores.flatMap(({ iteration, passAt1, distinctShare }) => {
		const change = changes.find((one) => one.iteration === iteration && one.against === iteration - 1);
		const interval = passAt1.low === null ? "" : ` [${formatScore(passAt1.low)}, ${formatScore(passAt1.high)}]`;
		const distinct = distinctShare === null ? "" : `  distinct ${Math.round(distinctShare * 100)} %`;
		const told =
			change === undefined ? "" : `  ${change.conclusion.replace("_", " ")}: ${change.up} up, ${change.down} down`;
		const paint = change?.conclusion === "worse" ? red : change?.conclusion === "better" ? green : bold;
		const text = `${iteration}: pass@1 ${formatScore(passAt1.value)}${interval}${distinct}${told}`;
		return wrapText(text, width - 1).map((line, at) => paint(toCells(`${at === 0 ? " " : "   "}${line}`, width)));
	});
}

function curves(model: Model, { scores }: LoopState, width: number): string[] {
	if (scores.length < 2) return [];
	const xs = scores.map(({ iteration }) => iteration);
	const of = (name: string, ys: number[], paint: Paint) => ({ name, xs, ys, paint });
	const chart = (title: string, series: ReturnType<typeof of>[]) => [
		"",
		bold(toCells(` ${title}`, width)),
		...lineChart({
			series,
			width: width - 1,
			height: CHART_ROWS,
			look: model.look,
			formatX: (x) => (Number.isInteger(x) ? String(x) : ""),
		}).map((row) => ` ${row}`),
	];
	return [
		...chart("held-out pass@1 over iterations, with its 95 % interval", [
			of(
				"pass@1",
				scores.map(({ passAt1 }) => passAt1.value),
				green,
			),
			of(
				"low",
				scores.map(({ passAt1 }) => passAt1.low ?? Number.NaN),
				dim,
			),
			of(
				"high",
				scores.map(({ passAt1 }) => passAt1.high ?? Number.NaN),
				dim,
			),
		]),
		...chart("diversity: distinct programs among a task's samples", [
			of(
				"distinct",
				scores.map(({ distinctShare }) => distinctShare ?? Number.NaN),
				cyan,
			),
		]),
	];
}

/** Tenths of a pass rate, so that the glyph alone tells it. */
function cellOf(share: number): { glyph: string; paint: Paint } {
	const tenths = Math.round(share * 10);
	return {
		glyph: tenths === 10 ? "X" : tenths === 0 ? "." : String(tenths),
		paint: share >= 0.75 ? green : share <= 0.25 ? red : yellow,
	};
}

function taskRows(model: Model, { heldOut }: LoopState, width: number): string[] {
	const iterations = [...heldOut.keys()].toSorted((a, b) => a - b);
	const rates = iterations.map((iteration) => new Map(heldOut.get(iteration)?.map((task) => [task.taskId, task])));
	const ids = [...new Set(rates.flatMap((one) => [...one.keys()]))];
	if (ids.length === 0) return [];
	const shareAt = (row: number, column: number) => {
		const task = rates[column]?.get(ids[row] ?? "");
		return task === undefined || task.n === 0 ? null : task.accepted / task.n;
	};
	const title = bold(toCells(" held-out tasks, solved tenths by iteration ('.' none, X all)", width));
	if (model.isSpoken) {
		const told = ids.map(
			(id, row) => `${visible(id)}: ${iterations.map((_, i) => formatScore(shareAt(row, i))).join(", ")}`,
		);
		return ["held-out tasks, pass rate by iteration", ...told];
	}
	const map = heatMap({
		rows: ids.length,
		columns: iterations.length,
		at: (row, column) => {
			const share = shareAt(row, column);
			return share === null ? null : cellOf(share);
		},
		label: (row) => visible(ids[row] ?? ""),
		width: width - 1,
		height: ids.length,
		look: model.look,
	});
	return [title, ...map.rows.map((row) => ` ${row}`)];
}
