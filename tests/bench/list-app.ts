import { writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import type { RunEvent } from "../../src/domain/events.js";
import { reduce } from "../../src/store/reduce.js";
import { createRunState, type RunState } from "../../src/store/run-state.js";
import { createRunStore } from "../../src/store/run-store.js";
import { openScreens } from "../../views/open-screens.js";
import { createTerminalModes } from "../../views/terminal/modes.js";
import { createTtyPort } from "../../views/terminal/tty-port.js";
import { fakeVerdict } from "../views/fake-run.js";
import { createFakeWorkbench } from "../views/fake-workbench.js";

/** What the app writes down about itself when it ends. */
export interface ListAppStats {
	/** The events of all candidates through the reducer. */
	reduceMs: number;
	/** From showing the run to the frame that shows its list. */
	openMs: number;
}

const SAMPLES = 100;

/** The screens on this terminal; SIGUSR1 shows a run of so many candidates. */
async function main(): Promise<void> {
	const [count = "", statsPath = ""] = process.argv.slice(2);
	setFlagsFromString("--semi-space-growth-factor=1");
	const stats: ListAppStats = { reduceMs: 0, openMs: 0 };
	const ending = new AbortController();
	process.on("SIGTERM", () => ending.abort());
	const modes = createTerminalModes(process.stdin, process.stdout);
	modes.enter();
	const port = createTtyPort(process.stdin, process.stdout, modes);
	let shownAt: number | null = null;
	const { closed, model } = openScreens({
		workbench: createFakeWorkbench(),
		terminal: {
			...port,
			write(text) {
				if (shownAt !== null) stats.openMs = performance.now() - shownAt;
				shownAt = null;
				return port.write(text);
			},
		},
		look: { depth: 24, ascii: false },
		theme: "dark",
		compositor: true,
		signal: ending.signal,
		clipboard: "osc52",
		runOutside: () => Promise.reject(new Error("no programs here")),
		saveText: () => Promise.resolve(""),
	});
	process.on("SIGUSR1", () => {
		const since = performance.now();
		const state = runOf(Math.round(Number(count) / SAMPLES));
		stats.reduceMs = performance.now() - since;
		const store = createRunStore();
		store.replace(state);
		store.subscribe(model.changed);
		shownAt = performance.now();
		model.ui.setState({
			screen: 2,
			run: {
				runId: state.runId,
				store,
				handle: null,
				replay: null,
				bookmarks: [],
				ended: true,
				options: null,
				cancelling: false,
			},
			runPane: "candidates",
			wholeRun: true,
			zoomed: true,
		});
	});
	await closed;
	writeFileSync(statsPath, JSON.stringify(stats));
	process.exit(0);
}

/** A run of so many tasks, 100 candidates each, through the reducer as a log would go. */
function runOf(tasks: number): RunState {
	const state = createRunState();
	const verdicts = Array.from({ length: 24 }, (_, i) => {
		const { schema: _s, tests: _t, output: _o, phases: _p, ...verdict } = fakeVerdict("task", i);
		return verdict;
	});
	const envelope = { runId: "20261121-100000-best-of-n-many", at: new Date().toISOString() };
	let seq = 0;
	for (let t = 0; t < tasks; t++) {
		const taskId = `HumanEval/${t}`;
		const apply = (event: Omit<Extract<RunEvent, { type: "task.started" }>, "seq" | "at" | "runId">) =>
			reduce(state, { ...envelope, seq: seq++, ...event });
		apply({ type: "task.started", taskId, title: taskId, candidateCount: SAMPLES });
		for (let sampleIndex = 0; sampleIndex < SAMPLES; sampleIndex++) {
			const verdict = verdicts[(t * 7 + sampleIndex * 5) % verdicts.length];
			if (!verdict) continue;
			const cpuTimeMs = ((t * 7919 + sampleIndex * 104_729) % 30_011) / 10;
			reduce(state, {
				...envelope,
				seq: seq++,
				type: "verdict.recorded",
				sameAs: null,
				beyondN: false,
				taskId,
				sampleIndex,
				verdict: { ...verdict, taskId, sampleIndex, cpuTimeMs },
				rollout: { offset: seq * 900, bytes: 900 },
			});
		}
	}
	return state;
}

await main();
