import { jump } from "../model/jump-list.js";
import { openLog } from "../model/message-log.js";
import { type Model, tell, tellError } from "../model/model.js";
import { goToScreen } from "../model/navigation.js";
import { askToQuit } from "../model/quit.js";
import { loadRuns, pickRun } from "../model/run-actions.js";
import type { ScreenId } from "../model/state.js";
import { openTemplatesHere } from "../model/templates.js";
import { nextTheme } from "../model/theme.js";
import { SCREENS, screenOf } from "../screens/screens.js";
import type { KeyBinding, KeyTable } from "./binding.js";

function openHelp(model: Model): void {
	model.scroll.reset("dialog");
	model.ui.setState({ dialog: { kind: "help" } });
}

const openPalette = (model: Model) => {
	model.scroll.reset("dialog");
	model.ui.setState({ dialog: { kind: "palette", text: "", position: 0 } });
};

/** As its digit does. */
export function openScreen(model: Model, id: ScreenId): void {
	goToScreen(model, id);
	screenOf(model.ui.getState()).opened?.(model);
}

const digits: KeyBinding[] = SCREENS.map(({ id, name }) => ({
	keys: [String(id)],
	label: `go to ${name}`,
	run: (model) => openScreen(model, id),
}));

function toggleMouse(model: Model): void {
	const mouse = !model.ui.getState().mouse;
	model.ui.setState({ mouse });
	const on = "mouse on: a click selects, another opens; Shift selects text";
	tell(model, "note", mouse ? on : "mouse off: it selects text, as everywhere");
}

const filterOf = (model: Model) => screenOf(model.ui.getState()).filter;

function openFilter(model: Model): void {
	const filter = filterOf(model);
	if (!filter) return;
	filter.focus(model);
	const text = filter.text(model);
	model.ui.setState({ entry: { text, before: text } });
}

/** Keys that mean the same on every screen. */
export const globalKeys: KeyTable = {
	title: "Everywhere",
	bindings: [
		{ keys: ["?", "f1"], label: "help", hint: 90, isPinned: true, run: (m) => openHelp(m) },
		{ keys: [":", "ctrl-p"], label: "commands", hint: 41, inPalette: false, run: openPalette },
		...digits,
		{
			keys: ["/"],
			label: "filter",
			hint: 30,
			enabled: (m) => (filterOf(m)?.counts(m).total ?? 0) > 0,
			run: openFilter,
		},
		{
			keys: ["f"],
			label: "narrow by kind, level, tag, …",
			hint: 85,
			hintLabel: "narrow",
			enabled: (m) => filterOf(m)?.pickFacet !== undefined && (filterOf(m)?.counts(m).total ?? 0) > 0,
			run: (m) => filterOf(m)?.pickFacet?.(m),
		},
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
		{ keys: ["!"], label: "message log", run: (m) => openLog(m, "all") },
		{ keys: ["@"], label: "command log", run: (m) => openLog(m, "commands") },
		{ keys: ["ctrl-t"], label: "prompt templates: read, compare", run: openTemplatesHere },
		{ keys: ["T"], label: "next colour theme", run: nextTheme },
		{ keys: ["m"], label: "mouse on or off", run: toggleMouse },
		{ keys: ["ctrl-o"], label: "back to where you were", run: (m) => jump(m, "back") },
		{ keys: ["ctrl-y"], label: "forward again (^i is Tab)", run: (m) => jump(m, "forward") },
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
