import { selectPace, selectPassCurve } from "../../src/store/run-trends.js";
import type { Model } from "./model.js";
import { CHARTS } from "./state.js";

export function moveChart(model: Model, by: number): void {
	const at = CHARTS.indexOf(model.ui.getState().chart);
	const chart = CHARTS[(at + by + CHARTS.length) % CHARTS.length];
	if (chart) model.ui.setState({ chart, crosshair: null });
}

/** Points of the lines that are shown; the crosshair counts in them. */
function linePoints(model: Model): number {
	const { run, chart } = model.ui.getState();
	const state = run?.store.getState().run;
	if (!state) return 0;
	if (chart === "pace") return selectPace(state.trends, state.lastAtMs).perSecond.length;
	return chart === "pass@k" ? selectPassCurve(state.trends).length : 0;
}

export const hasLine = (model: Model) => linePoints(model) > 1;

/** Shows the crosshair at the end of the line, then moves it. */
export function moveCrosshair(model: Model, by: number): void {
	const last = linePoints(model) - 1;
	const { crosshair } = model.ui.getState();
	const next = crosshair === null ? last : crosshair + by;
	model.ui.setState({ crosshair: Math.max(0, Math.min(last, next)) });
}
