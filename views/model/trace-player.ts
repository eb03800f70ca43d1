import { type Model, tell } from "./model.js";
import { changeTraces, PLAY_SPEEDS, selectedStep, selectedTrace, tracesState } from "./traces-state.js";

/** A step is shown as long as the next one took, within what one can follow. */
const SHORTEST_MS = 700;
const LONGEST_MS = 4000;

const timers = new WeakMap<Model, () => void>();

/** Goes from step to step, in the times in which they came. */
export function playOrPause(model: Model): void {
	if (tracesState(model).playing) {
		stopPlaying(model);
		return;
	}
	const trace = selectedTrace(model);
	if (!trace) return;
	// At the end it begins again.
	const step = selectedStep(model, trace);
	changeTraces(model, { playing: true, step: step >= trace.steps.length - 1 ? 0 : step });
	schedule(model);
}

export function stopPlaying(model: Model): void {
	timers.get(model)?.();
	timers.delete(model);
	if (tracesState(model).playing) changeTraces(model, { playing: false });
}

export function changeSpeed(model: Model, by: 1 | -1): void {
	const at = PLAY_SPEEDS.indexOf(tracesState(model).speed);
	const speed = PLAY_SPEEDS[Math.max(0, Math.min(at + by, PLAY_SPEEDS.length - 1))] ?? 1;
	changeTraces(model, { speed });
	tell(model, "note", `steps are played at ${speed}x`);
	if (tracesState(model).playing) schedule(model);
}

function schedule(model: Model): void {
	timers.get(model)?.();
	const trace = selectedTrace(model);
	const at = trace ? selectedStep(model, trace) : -1;
	if (!trace || at < 0 || at >= trace.steps.length - 1) {
		stopPlaying(model);
		return;
	}
	const before = trace.steps[at]?.atMs ?? null;
	const after = trace.steps[at + 1]?.atMs ?? null;
	const gap = before === null || after === null ? SHORTEST_MS : after - before;
	const wait = Math.max(SHORTEST_MS, Math.min(gap, LONGEST_MS)) / tracesState(model).speed;
	timers.set(
		model,
		model.timers.after(wait, () => {
			if (model.signal.aborted || selectedTrace(model) !== trace) {
				stopPlaying(model);
				return;
			}
			model.scroll.reset("trace-step");
			changeTraces(model, { step: at + 1 });
			schedule(model);
		}),
	);
}
