import type { Model } from "../model/model.js";
import {
	openSeek,
	pickBookmark,
	replayOf,
	type SeekDialog,
	seekTo,
	stepReplay,
	toggleBookmark,
} from "../model/replay-actions.js";
import { isGoingOn, replayEndedRun } from "../model/run-actions.js";
import type { KeyPress } from "../terminal/keys.js";
import { editText } from "../text/text-entry.js";
import type { KeyBinding } from "./binding.js";

/** A run that was watched live can be replayed once it is over. */
function hasEnded(m: Model): boolean {
	const { run } = m.ui.getState();
	return run !== null && run.runId !== null && run.ended && !isGoingOn(run);
}

function playOrPause(m: Model): void {
	const replay = replayOf(m);
	if (replay === null) void replayEndedRun(m);
	else if (replay.status().playing) replay.pause();
	else replay.play();
}

const play: KeyBinding = {
	keys: ["p"],
	label: "replay: play or pause",
	hint: 20,
	hintLabel: (m) => (replayOf(m)?.status().playing ? "pause" : "replay"),
	enabled: (m) => replayOf(m) !== null || hasEnded(m),
	run: playOrPause,
};

const bindings: Omit<KeyBinding, "enabled">[] = [
	{
		keys: ["."],
		shown: ". ,",
		label: "step by event",
		hintLabel: "step",
		command: "one event on",
		hint: 22,
		run: (m) => stepReplay(m, 1, "event"),
	},
	{ keys: [","], label: "one event back", run: (m) => stepReplay(m, -1, "event") },
	{
		keys: ["}"],
		shown: "} {",
		label: "step by verdict",
		command: "one verdict on",
		run: (m) => stepReplay(m, 1, "verdict"),
	},
	{ keys: ["{"], label: "one verdict back", run: (m) => stepReplay(m, -1, "verdict") },
	{
		keys: [")"],
		shown: ") (",
		label: "to the next and last failure",
		hint: 70,
		hintLabel: "failure",
		command: "replay to the next failure",
		run: (m) => stepReplay(m, 1, "failure"),
	},
	{ keys: ["("], label: "replay to the failure before", run: (m) => stepReplay(m, -1, "failure") },
	{
		keys: [">"],
		shown: "< >",
		label: "replay slower, faster",
		hint: 24,
		hintLabel: "speed",
		command: "faster replay",
		run: (m) => replayOf(m)?.faster(),
	},
	{ keys: ["<"], label: "slower replay", run: (m) => replayOf(m)?.slower() },
	{ keys: ["#"], label: "replay to an event or a time", hint: 72, hintLabel: "go to", run: openSeek },
	{ keys: ["b"], label: "set a bookmark here, or not", hint: 74, hintLabel: "bookmark", run: toggleBookmark },
	{ keys: ["B"], label: "go to a bookmark", run: pickBookmark },
	{ keys: ["0"], label: "replay to the start", run: (m) => replayOf(m)?.seek(0) },
	{ keys: ["$"], label: "replay to the end", run: (m) => replayOf(m)?.seek(Number.MAX_SAFE_INTEGER) },
];

/** Of a screen that shows a recorded run. */
export const replayKeys: readonly KeyBinding[] = [
	play,
	...bindings.map((binding): KeyBinding => ({ ...binding, enabled: (m) => replayOf(m) !== null })),
];

/** While the place to go to is typed. */
export function pressInSeek(model: Model, dialog: SeekDialog, press: KeyPress): void {
	const name = press.kind === "key" ? press.name : "";
	if (name === "esc") model.ui.setState({ dialog: null });
	else if (name === "enter") seekTo(model, dialog);
	else {
		const text = editText(dialog.text, press);
		if (text !== null) model.ui.setState({ dialog: { kind: "seek", text, error: null } });
	}
}
