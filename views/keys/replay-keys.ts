import type { Model } from "../model/model.js";
import { isGoingOn, replayEndedRun } from "../model/run-actions.js";
import type { KeyBinding } from "./binding.js";

const replayOf = (m: Model) => m.ui.getState().run?.replay ?? null;
const hasReplay = (m: Model) => replayOf(m) !== null;

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

export const replayKeys: KeyBinding[] = [
	{
		keys: ["p"],
		label: "replay: play or pause",
		hint: 20,
		hintLabel: (m) => (replayOf(m)?.status().playing ? "pause" : "replay"),
		enabled: (m) => hasReplay(m) || hasEnded(m),
		run: playOrPause,
	},
	{
		keys: ["."],
		shown: ". ,",
		label: "step by event",
		hintLabel: "step",
		command: "one event on",
		hint: 22,
		enabled: hasReplay,
		run: (m) => replayOf(m)?.step(1, "event"),
	},
	{ keys: [","], label: "one event back", enabled: hasReplay, run: (m) => replayOf(m)?.step(-1, "event") },
	{
		keys: ["}"],
		shown: "} {",
		label: "step by verdict",
		command: "one verdict on",
		enabled: hasReplay,
		run: (m) => replayOf(m)?.step(1, "verdict"),
	},
	{ keys: ["{"], label: "one verdict back", enabled: hasReplay, run: (m) => replayOf(m)?.step(-1, "verdict") },
	{
		keys: [">"],
		shown: "< >",
		label: "replay slower, faster",
		hint: 24,
		hintLabel: "speed",
		command: "faster replay",
		enabled: hasReplay,
		run: (m) => replayOf(m)?.faster(),
	},
	{ keys: ["<"], label: "slower replay", enabled: hasReplay, run: (m) => replayOf(m)?.slower() },
	{ keys: ["0"], label: "replay to the start", enabled: hasReplay, run: (m) => replayOf(m)?.seek(0) },
	{
		keys: ["$"],
		label: "replay to the end",
		enabled: hasReplay,
		run: (m) => replayOf(m)?.seek(Number.MAX_SAFE_INTEGER),
	},
];
