import {
	traceComparisonKeys,
	traceListKeys,
	traceSourcesKeys,
	traceStepKeys,
	traceStepsKeys,
	tracesScreenKeys,
} from "../keys/traces-keys.js";
import type { Model } from "../model/model.js";
import { isGoingOn } from "../model/run-actions.js";
import { filterTraces, moveTrace } from "../model/trace-actions.js";
import { enterTraces, isDebugRun } from "../model/trace-sources.js";
import { changeTraces, selectedLive, selectedTrace, shownTraces, tracesState } from "../model/traces-state.js";
import { cyan } from "../text/style.js";
import { type Area, frameRows, hasThreePanes, hasTwoPanes, type PanePlace, splitAcross } from "./layout.js";
import type { Screen } from "./screen.js";
import { drawTraceComparison } from "./trace-comparison.js";
import { drawTraceList, drawTraceSources } from "./trace-list.js";
import { drawTraceStep } from "./trace-step.js";
import { drawTraceSteps } from "./trace-steps.js";

/** Self-debug loops, step by step: of a run that goes on or was recorded, or of a file. */
export const tracesScreen: Screen = {
	id: 4,
	name: "Traces",
	keys: tracesScreenKeys,
	panes: {
		sources: { draw: drawTraceSources, keys: traceSourcesKeys },
		traces: { draw: drawTraceList, keys: traceListKeys },
		steps: { draw: drawTraceSteps, keys: traceStepsKeys },
		step: { draw: drawTraceStep, keys: traceStepKeys },
		comparison: { draw: drawTraceComparison, keys: traceComparisonKeys },
	},
	opened: enterTraces,
	focus: (model) => tracesState(model).pane,
	layout: placePanes,
	crumbs(model) {
		const { open, pane } = tracesState(model);
		const trace = selectedTrace(model);
		if (pane === "sources" || !open) return ["runs and files"];
		return pane === "traces" || !trace ? [open.name] : [open.name, `${trace.taskId} #${trace.sampleIndex}`];
	},
	status: (model) => {
		const isLive = model.ui.getState().liveRuns.some((run) => isGoingOn(run) && isDebugRun(run));
		return isLive ? { glyph: "●", word: "live", paint: cyan } : null;
	},
	filter: {
		focus: (model) => changeTraces(model, { pane: "traces" }),
		text: (model) => shownTraces(model).filter,
		set: filterTraces,
		move: moveTrace,
		counts(model) {
			if (tracesState(model).open === null) return { shown: 0, total: 0 };
			const { count, total } = shownTraces(model);
			return { shown: count, total };
		},
	},
};

function placePanes(model: Model, area: Area): PanePlace[] {
	const { pane } = tracesState(model);
	if (pane === "sources") return [{ id: "sources", ...area }];
	if (!hasTwoPanes(area.width)) {
		return pane === "steps" || pane === "step" ? stack(model, area, ["steps", "step"]) : [{ id: pane, ...area }];
	}
	const right = pane === "comparison" ? "comparison" : "step";
	if (!hasThreePanes(area.width)) {
		const [left, rest] = splitAcross(area, [0.44]);
		return [...stack(model, left, ["traces", "steps"], area.width), { id: right, ...rest }];
	}
	const [traces, steps, rest] = splitAcross(area, [0.32, 0.24]);
	return [
		{ id: "traces", ...traces },
		{ id: "steps", ...steps },
		{ id: right, ...rest },
	];
}

const STEPS_SHARE = 0.4;

/** The steps above or below the other pane, with as many rows as they need and no more than their share. */
function stack(model: Model, area: Area, [upper, lower]: [string, string], columns = area.width): PanePlace[] {
	const frame = frameRows(columns);
	const wanted = Math.max(3, (selectedTrace(model)?.steps.length ?? 0) + (selectedLive(model) ? 1 : 0)) + 1 + frame;
	const share = upper === "steps" ? STEPS_SHARE : 1 - STEPS_SHARE;
	const stepRows = Math.min(wanted, Math.max(frame + 3, Math.floor(area.height * share)));
	const upperRows = upper === "steps" ? stepRows : area.height - stepRows;
	return [
		{ id: upper, ...area, height: upperRows },
		{ id: lower, ...area, y: area.y + upperRows, height: area.height - upperRows },
	];
}
