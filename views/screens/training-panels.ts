import { smoothed } from "../../src/stats/smoothing.js";
import { type Panel, panelsOf } from "../../src/store/metric-panels.js";
import type { Metric, TrainingMetrics } from "../../src/store/training-metrics.js";
import { lineChart, type Series } from "../charts/line-chart.js";
import { formatTick } from "../charts/scale.js";
import { spokenValues } from "../charts/spoken-values.js";
import type { Model } from "../model/model.js";
import { type TrainingsState, trainingsState } from "../model/training-state.js";
import { toCells, visible } from "../text/cells.js";
import { blue, bold, cyan, dim, green, magenta } from "../text/style.js";
import { wrapText } from "../text/wrap.js";

const PAINTS = [cyan, magenta, green, blue];
const CHART_ROWS = 9;
/** More lines in one chart cannot be told apart. */
const MOST_LINES = 3;

/** A chart for each panel with its sentence; the raw values are faint behind the smoothed ones. */
export function panelRows(model: Model, training: TrainingMetrics, width: number): string[] {
	const panels = panelsOf(training);
	if (panels.length === 0) return [dim(toCells(" nothing was reported yet", width))];
	return panels.flatMap((panel) => [...headRows(panel, width), ...chartRows(model, panel, training, width), ""]);
}

function headRows({ title, sentence, metrics }: Panel, width: number): string[] {
	const last = metrics.map(({ name, values }) => `${visible(name)} ${formatTick(values.at(-1) ?? Number.NaN)}`);
	return [
		bold(toCells(` ${title}: ${last.join("  ")}`, width)),
		...wrapText(sentence, width - 2).map((line) => dim(toCells(` ${line}`, width))),
	];
}

function chartRows(model: Model, panel: Panel, training: TrainingMetrics, width: number): string[] {
	if (model.isSpoken) {
		return panel.metrics.map(({ name, values }) => spokenValues(`${visible(name)}:`, values, formatTick));
	}
	if (panel.drawn.length === 0) return [];
	const { smoothing, axis } = trainingsState(model);
	const hasTokens = panel.metrics.every(({ tokens }) => tokens.every(Number.isFinite));
	const shown = axis === "tokens" && !hasTokens ? "step" : axis;
	const lines = panel.drawn.slice(0, MOST_LINES);
	const smooth = lines.map(
		(metric, i): Series => ({
			name: visible(metric.name),
			xs: xsOf(metric, shown, training),
			ys: Array.from(smoothed(metric.values, smoothing)),
			paint: PAINTS[i % PAINTS.length] ?? cyan,
		}),
	);
	const raw = lines.map(
		(metric): Series => ({
			name: "raw",
			xs: xsOf(metric, shown, training),
			ys: metric.values,
			paint: dim,
		}),
	);
	const series = smoothing === 0 ? smooth : [...smooth, ...raw.slice(0, 1)];
	const note = shown === axis ? "" : " (this trainer counts no tokens: by step)";
	return [
		...lineChart({
			series,
			width: width - 1,
			height: CHART_ROWS,
			look: model.look,
			logY: (panel.isLog ?? false) !== model.ui.getState().logScale,
		}).map((row) => ` ${row}`),
		dim(toCells(` by ${AXIS_WORDS[shown]}${note}`, width)),
	];
}

const AXIS_WORDS: Record<TrainingsState["axis"], string> = { step: "step", time: "seconds", tokens: "tokens" };

function xsOf(metric: Metric, axis: TrainingsState["axis"], { startedAt }: TrainingMetrics): number[] {
	if (axis === "step") return metric.steps;
	if (axis === "tokens") return metric.tokens;
	return metric.times.map((time) => time - (startedAt ?? time));
}
