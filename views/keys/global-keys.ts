import { type Model, tell, tellError } from "../model/model.js";
import { askToQuit } from "../model/quit.js";
import { loadRuns, pickRun } from "../model/run-actions.js";
import { PLANNED_SCREENS } from "../screens/screen-names.js";
import type { KeyBinding, KeyTable } from "./binding.js";

function openDialog(model: Model, kind: "help" | "messages"): void {
	model.scroll.reset("dialog");
	if (kind === "messages") model.scroll.jump("dialog", Number.MAX_SAFE_INTEGER);
	model.ui.setState({ dialog: { kind } });
}

const openPalette = (model: Model) => {
	model.scroll.reset("dialog");
	model.ui.setState({ dialog: { kind: "palette", text: "", position: 0 } });
};

const planned: KeyBinding[] = PLANNED_SCREENS.map(({ digit, name, holds }) => ({
	keys: [String(digit)],
	label: `${name} (not built yet)`,
	inPalette: false,
	run: (model) => tell(model, "note", `${digit} ${name} is not built yet: it will hold ${holds}`),
}));

/** Keys that mean the same on every screen. */
export const globalKeys: KeyTable = {
	title: "Everywhere",
	bindings: [
		{ keys: ["?", "f1"], label: "help", hint: 90, isPinned: true, run: (m) => openDialog(m, "help") },
		{ keys: [":", "ctrl-p"], label: "commands", hint: 80, inPalette: false, run: openPalette },
		{ keys: ["1"], label: "go to Tasks", run: (m) => m.ui.setState({ screen: 1, zoomed: false }) },
		{ keys: ["2"], label: "go to Best-of-N", run: (m) => m.ui.setState({ screen: 2, zoomed: false }) },
		...planned,
		{
			keys: ["o"],
			label: "open a run",
			hint: 60,
			hintLabel: "runs",
			run: (m) => {
				pickRun(m);
				void loadRuns(m);
			},
		},
		{
			keys: ["z"],
			label: "zoom the pane, or back",
			run: (m) => m.ui.setState((was) => ({ zoomed: !was.zoomed })),
		},
		{
			keys: ["`"],
			label: "message strip on or off",
			run: (m) => m.ui.setState((was) => ({ stripShown: !was.stripShown })),
		},
		{ keys: ["!"], label: "message log", run: (m) => openDialog(m, "messages") },
		{ keys: ["ctrl-l"], label: "draw the screen again", run: (m) => m.terminal.redraw() },
		{
			keys: ["f8"],
			label: "write this screen to a file",
			run: (m) =>
				void m.terminal.dumpFrame().then(
					(path) => tell(m, "note", `screen written to ${path}`),
					(error: unknown) => tellError(m, "screen not written", error),
				),
		},
		{ keys: ["ctrl-z"], label: "suspend", run: (m) => m.terminal.suspend() },
		{ keys: ["Q"], label: "quit", run: askToQuit },
	],
};
