import { stateOf } from "../../src/store/training-activity.js";
import type { Model } from "./model.js";
import { shownHosts, trainingsState } from "./training-state.js";

const SECOND_MS = 1000;
const ticking = new WeakSet<Model>();

/** What costs money costs more each second: draws it anew as long as there is such a thing. */
export function keepTime(model: Model): void {
	if (ticking.has(model) || model.signal.aborted || !isPaidFor(model)) return;
	ticking.add(model);
	const callOff = model.timers.after(SECOND_MS, () => {
		model.signal.removeEventListener("abort", callOff);
		ticking.delete(model);
		if (model.ui.getState().screen === 5) model.changed();
		keepTime(model);
	});
	model.signal.addEventListener("abort", callOff, { once: true });
}

function isPaidFor(model: Model): boolean {
	if (shownHosts(model).some(({ rent }) => rent?.periods.some(({ to }) => to === null))) return true;
	return [...trainingsState(model).book.values()].some(
		({ activity }) =>
			activity.kind === "training" && activity.training.remote !== null && stateOf(activity) === "running",
	);
}
