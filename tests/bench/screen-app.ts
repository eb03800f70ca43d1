import { writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import type { Workbench } from "../../src/app/workbench.js";
import type { RunEvent } from "../../src/domain/events.js";
import type { RunResult } from "../../src/domain/run.js";
import { openScreens } from "../../views/open-screens.js";
import { systemTimers, type Timers } from "../../views/terminal/frame-clock.js";
import { createTerminalModes } from "../../views/terminal/modes.js";
import { createTtyPort } from "../../views/terminal/tty-port.js";
import { fakeRankings } from "../views/fake-rankings.js";
import { createFakeWorkbench } from "../views/fake-workbench.js";
import { busyRun, TASKS } from "./screen-feed.js";

/** What the app writes down about itself when it ends. */
export interface ScreenAppStats {
	frameMs: number[];
	events: number;
}

/** The program's own screens on this terminal, fed with a generated run. */
async function main(): Promise<void> {
	const [painter = "", updates = "", perUpdate = "", statsPath = ""] = process.argv.slice(2);
	setFlagsFromString("--semi-space-growth-factor=1");
	const stats: ScreenAppStats = { frameMs: [], events: 0 };
	const ending = new AbortController();
	process.on("SIGTERM", () => ending.abort());
	const modes = createTerminalModes(process.stdin, process.stdout);
	modes.enter();
	const port = createTtyPort(process.stdin, process.stdout, modes);
	let writes = 0;
	const timed = (run: () => void) => () => {
		const before = writes;
		const since = performance.now();
		run();
		if (writes > before) stats.frameMs.push(performance.now() - since);
	};
	const timers: Timers = {
		now: systemTimers.now,
		after: (ms, run) => systemTimers.after(ms, timed(run)),
		soon: (run) => systemTimers.soon(timed(run)),
	};
	const { closed } = openScreens({
		workbench: feedingWorkbench(Number(updates), Number(perUpdate), ending.signal, stats),
		terminal: {
			...port,
			write(text) {
				writes++;
				return port.write(text);
			},
		},
		look: { depth: 24, ascii: false },
		theme: "dark",
		compositor: painter === "compositor",
		signal: ending.signal,
		timers,
		clipboard: "osc52",
		runOutside: () => Promise.reject(new Error("no programs here")),
		saveText: () => Promise.resolve(""),
	});
	await closed;
	writeFileSync(statsPath, JSON.stringify(stats));
	process.exit(0);
}

/** As many as a large best-of-N has. */
const RANKED_SAMPLES = 100;

/** Starting a run starts the feed: so many updates a second, each of so many events. */
function feedingWorkbench(updates: number, perUpdate: number, signal: AbortSignal, stats: ScreenAppStats): Workbench {
	return {
		...createFakeWorkbench(),
		rankCandidates: fakeRankings(TASKS, RANKED_SAMPLES),
		startRun() {
			const runId = "20261121-100000-best-of-n-feed";
			const events = busyRun(runId);
			const listeners = new Set<(event: RunEvent) => void>();
			const since = performance.now();
			let at = 0;
			const timer = setInterval(() => {
				const due = Math.floor(((performance.now() - since) * updates) / 1000) * perUpdate;
				for (; at < Math.min(due, events.length); at++) {
					const event = events[at];
					if (event) for (const listener of listeners) listener({ ...event, at: new Date().toISOString() });
				}
				stats.events = at;
			}, 1000 / updates);
			signal.addEventListener("abort", () => clearInterval(timer));
			return {
				runId: Promise.resolve(runId),
				subscribe(listener) {
					listeners.add(listener);
					return () => listeners.delete(listener);
				},
				cancel: () => {},
				finished: new Promise<RunResult>(() => {}),
			};
		},
	};
}

await main();
