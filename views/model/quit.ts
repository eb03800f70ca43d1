import { type Model, tell } from "./model.js";
import { hasLiveRun } from "./run-actions.js";
import { hasLiveTraining } from "./training-state.js";

/** Quits at once when nothing runs. */
export function askToQuit(model: Model): void {
	if (!isWorking(model)) {
		model.terminal.quit();
		return;
	}
	model.ui.setState({
		dialog: {
			kind: "confirm",
			title: "A run is going on. Quit?",
			lines: ["It is cancelled; what is done is kept and can be resumed."],
			yes: "cancel it and quit",
			onYes: () => model.terminal.quit(),
		},
	});
}

/** The second Ctrl-C in a row quits, whatever is open. */
export function interrupt(model: Model): void {
	if (model.ui.getState().quitArmed) {
		model.terminal.quit();
		return;
	}
	tell(model, "warning", isWorking(model) ? "Ctrl-C again quits and cancels the run" : "Ctrl-C again quits");
	model.ui.setState({ quitArmed: true });
}

const isWorking = (model: Model) => hasLiveRun(model) || hasLiveTraining(model);
