import type { RunState } from "../../src/store/run-state.js";
import { selectCpuHistogram, selectPace, selectPassCurve } from "../../src/store/run-trends.js";
import {
	selectCandidate,
	selectEtaMs,
	selectIsStopped,
	selectRate,
	selectStatusCounts,
	selectTotal,
} from "../../src/store/select-run.js";
import { barChart } from "../charts/bar-chart.js";
import { heatMap } from "../charts/heat-map.js";
import { histogram } from "../charts/histogram.js";
import { lineChart } from "../charts/line-chart.js";
import { progressBar } from "../charts/progress-bar.js";
import { formatTick } from "../charts/scale.js";
import { sparkline } from "../charts/sparkline.js";
import type { Model } from "../model/model.js";
import { CHARTS, type ChartName } from "../model/state.js";
import { cellWidth, toCells } from "../text/cells.js";
import { formatCount, formatMs, formatRate, formatScore, plural } from "../text/format.js";
import { bold, cyan, dim, green, red } from "../text/style.js";
import { STATUS_SIGNS, signOf } from "./glyphs.js";
import type { PaneText } from "./pane-text.js";
import { spokenCharts } from "./spoken-charts.js";

/** The numbers of the run as pictures: all that fit, or one of them over the whole pane. */
export function drawRunCharts(model: Model, width: number, height: number): PaneText {
	const { run, chart } = model.ui.getState();
	const state = run?.store.getState().run;
	const tabs = CHARTS.map((name) => (name === chart ? `[${name}]` : ` ${name} `)).join("");
	const title = cellWidth(tabs) + 12 <= width ? `Charts ${tabs}` : `Charts [${chart}] of ${CHARTS.length - 1}`;
	if (!state) return { title, rows: [] };
	if (model.isSpoken) return { title, rows: spokenCharts(model, state) };
	const rows = chart === "all" ? allCharts(model, state, width, height) : SECTIONS[chart](model, state, width, height);
	return { title, rows: rows.slice(0, height) };
}

type Section = (model: Model, state: RunState, width: number, height: number) => string[];

const SECTIONS: Record<Exclude<ChartName, "all">, Section> = {
	verdicts: drawVerdicts,
	cpu: drawCpu,
	"pass@k": drawPassCurve,
	pace: drawPace,
	map: drawMap,
};

/** What the curves and the map need to say something, heading included. */
const LEAST = { cpu: 7, "pass@k": 8, map: 5 } as const;
const MOST = 16;

/** Short ones first; the rest share what is left, and those that do not fit stay away. */
function allCharts(model: Model, state: RunState, width: number, height: number): string[] {
	const rows = paceLines(model, state, width);
	const statuses = selectStatusCounts(state).length;
	rows.push(...drawVerdicts(model, state, width, Math.min(statuses + 1, Math.max(4, Math.floor(height / 2)))));
	const names: (keyof typeof LEAST)[] = [];
	let least = 0;
	for (const name of ["cpu", "pass@k", "map"] as const) {
		if (name === "map" && isWholeOnBoard(state)) continue;
		if (rows.length + least + LEAST[name] > height) continue;
		names.push(name);
		least += LEAST[name];
	}
	let spare = height - rows.length - least;
	names.forEach((name, i) => {
		const share = Math.min(MOST - LEAST[name], Math.floor(spare / (names.length - i)));
		rows.push(...SECTIONS[name](model, state, width, LEAST[name] + share));
		spare -= share;
	});
	return rows;
}

/** Few enough that the board shows them all at once. */
function isWholeOnBoard({ tasks }: RunState): boolean {
	return tasks.length <= 20 && tasks.every((task) => task.rows.length <= 12);
}

function heading(title: string, note: string, width: number): string {
	const name = ` ${title} `;
	if (cellWidth(name) >= width) return bold(toCells(name, width));
	return bold(name) + dim(toCells(` ${note}`, width - cellWidth(name)));
}

const indented = (rows: readonly string[]) => rows.map((row) => ` ${row}`);

/** How far it is and how fast, in two or three rows. */
function paceLines(model: Model, state: RunState, width: number): string[] {
	const { perSecond } = selectPace(state.trends, state.lastAtMs);
	const rate = selectRate(state);
	const most = perSecond.reduce((a, b) => Math.max(a, b), 0);
	const rows = [heading("Verdicts a second", `${formatRate(rate)} · most ${formatRate(most)}`, width)];
	rows.push(` ${cyan(sparkline(perSecond, width - 1, { look: model.look, min: 0 }))}`);
	if (state.phase !== "running") return rows;
	const done = state.judged + state.resumed;
	const progress = { done, total: selectTotal(state), perSecond: rate, etaMs: selectEtaMs(state) };
	return [...rows, ` ${progressBar(progress, width - 1, model.look)}`];
}

function drawVerdicts(model: Model, state: RunState, width: number, height: number): string[] {
	const bars = selectStatusCounts(state).map(({ status, count }) => {
		const { glyph, word, paint } = STATUS_SIGNS[status];
		const share = `${((100 * count) / state.judged).toFixed(1)} %`;
		return { label: `${glyph} ${word}`, value: count, text: `${formatCount(count)}  ${share.padStart(7)}`, paint };
	});
	return [
		heading("Verdicts", `${formatCount(state.judged)} judged`, width),
		...indented(barChart(bars, { width: width - 1, height: height - 1, look: model.look })),
	];
}

function drawCpu(model: Model, state: RunState, width: number, height: number): string[] {
	const cpu = selectCpuHistogram(state.trends);
	const title = heading("CPU time", cpu ? "of a candidate, log scale" : "nothing measured yet", width);
	if (!cpu) return [title];
	const classes = [
		{ name: "accepted", counts: cpu.accepted, paint: green },
		{ name: "not accepted", counts: cpu.other, paint: red },
	] as const;
	const formatEdge = (ms: number) => formatMs(ms).replace(" ", "");
	const options = { edges: cpu.edges, classes, width: width - 1, height: height - 1, look: model.look, formatEdge };
	return [title, ...indented(histogram(options))];
}

function drawPassCurve(model: Model, state: RunState, width: number, height: number): string[] {
	const { crosshair, logScale } = model.ui.getState();
	const curve = selectPassCurve(state.trends);
	const ends =
		curve.length === 0
			? ""
			: `k = 1 to ${curve.length}: ${formatScore(curve[0] ?? null)} to ${formatScore(curve.at(-1) ?? null)}`;
	const title = heading("pass@k", ends || "no task judged yet", width);
	if (curve.length < 2) return [title];
	const series = [{ name: "pass@k", xs: curve.map((_, i) => i + 1), ys: curve, paint: green }];
	const marked = crosshair === null ? null : Math.min(crosshair, curve.length - 1) + 1;
	const range = logScale ? { logY: true } : { minY: 0, maxY: 1 };
	const formatX = (k: number) => (Number.isInteger(k) ? `@${k}` : "");
	const size = { width: width - 1, height: height - 1, look: model.look };
	const rows = lineChart({ series, ...size, ...range, formatX, formatY: formatTick, crosshair: marked });
	return [title, ...indented(rows)];
}

function drawPace(model: Model, state: RunState, width: number, height: number): string[] {
	const { crosshair, logScale } = model.ui.getState();
	const { perSecond, spanMs } = selectPace(state.trends, state.lastAtMs);
	const lines = paceLines(model, state, width);
	if (perSecond.length < 2) return lines;
	const series = [{ name: "verdicts/s", xs: perSecond.map((_, i) => (i * spanMs) / 1000), ys: perSecond, paint: cyan }];
	const marked = crosshair === null ? null : (Math.min(crosshair, perSecond.length - 1) * spanMs) / 1000;
	const range = logScale ? { logY: true } : { minY: 0 };
	const size = { width: width - 1, height: height - lines.length, look: model.look };
	return [
		...lines,
		...indented(lineChart({ series, ...size, ...range, formatX: (s) => `${formatTick(s)}s`, crosshair: marked })),
	];
}

function drawMap(model: Model, state: RunState, width: number, height: number): string[] {
	const isStopped = selectIsStopped(state);
	const columns = state.tasks.reduce((most, task) => Math.max(most, task.rows.length), 0);
	const map = heatMap({
		rows: state.tasks.length,
		columns,
		at(row, column) {
			const task = state.tasks[row];
			const candidate = task ? selectCandidate(state, task.taskId, column) : null;
			return candidate && signOf(candidate, isStopped);
		},
		label: (row) => state.tasks[row]?.taskId ?? "",
		width: width - 1,
		height: height - 1,
		look: model.look,
	});
	const isBlocks = map.rowsEach * map.columnsEach > 1;
	const note = isBlocks
		? `one sign: what is most frequent in ${plural(map.rowsEach, "task")} × ${plural(map.columnsEach, "sample")}`
		: "a row is a task, a sign a candidate";
	return [heading("Map", note, width), ...indented(map.rows)];
}
