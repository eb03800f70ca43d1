import { expect, test } from "vitest";
import type { Workbench } from "../../src/app/workbench.js";
import { createFakeWorkbench } from "./fake-workbench.js";
import { expectGolden } from "./golden-text.js";
import { openInMemory, quiet, type ScreenInMemory, type ScreenOptions } from "./screen-in-memory.js";

async function start(options: ScreenOptions = {}): Promise<ScreenInMemory> {
	const screen = openInMemory({ columns: 80, rows: 24, screen: 3, ...options });
	await screen.until((text) => text.includes("nothing is ranked yet") && text.includes("sandbox bwrap"));
	return screen;
}

async function startRanked(options: ScreenOptions = {}): Promise<ScreenInMemory> {
	const screen = await start(options);
	screen.keys("O\r");
	await screen.until((text) => text.includes("4 tasks of 6 rerankable"));
	await quiet(screen);
	return screen;
}

for (const [columns, rows] of [
	[80, 24],
	[120, 40],
	[200, 60],
] as const) {
	test(`a ranked run at ${columns}x${rows}`, async () => {
		const screen = await startRanked({ columns, rows });
		screen.keys("jl");
		await quiet(screen);
		expectGolden(`energy-${columns}x${rows}`, await screen.lines());
	});

	test(`the rankers with their figures at ${columns}x${rows}`, async () => {
		const screen = await startRanked({ columns, rows });
		screen.keys("]");
		await quiet(screen);
		expectGolden(`energy-rankers-${columns}x${rows}`, await screen.lines());
	});
}

test("without Unicode and colours the same is told", async () => {
	const screen = await startRanked({ look: { ascii: true, depth: "no colour" } });
	screen.keys("lv");
	await quiet(screen);
	expectGolden("energy-ascii-80x24", await screen.lines());
	expect(screen.written()).not.toMatch(/[^\x00-\x7f]/);
});

test("no verdict is on the screen before v, on no part of it", async () => {
	const screen = await startRanked({ columns: 200, rows: 60 });
	const seen: string[] = [];
	for (const keys of ["l", "l", "]", "hh", "]", "]", "s", "\x1b"]) {
		screen.keys(keys);
		await quiet(screen);
		seen.push(await screen.text());
	}
	expect(seen.filter((text) => /✓|✗|rejected/.test(text))).toEqual([]);
	screen.keys("v");
	await screen.until((text) => text.includes("✓ accepted") && text.includes("✗ rejected"));
	screen.keys("v");
	await screen.until((text) => !/✓|✗/.test(text));
});

test("< and > and s rank by another ranker, and the cursor stays on its candidate", async () => {
	const screen = await startRanked();
	screen.keys("l");
	await screen.until((text) => text.includes("two_sum by trees, static · 8"));
	const sample = /▸.+?#(\d)/.exec(await screen.text())?.[1] ?? "none";
	screen.keys("<");
	await screen.until((text) => text.includes("two_sum by centroid") && new RegExp(`▸.+#${sample} `).test(text));
	screen.keys("s");
	await screen.until((text) => text.includes("Rank by") && text.includes("duplicates"));
	screen.keys("kkkkk\r");
	await screen.until((text) => text.includes("two_sum by static validity"));
});

test("Enter on a ranker ranks by it, and no one ranks by the oracle", async () => {
	const screen = await startRanked();
	screen.keys("]jjj\r");
	await screen.until((text) => text.includes("by static validity:") && text.includes("this is the floor"));
	screen.keys("G\r");
	await quiet(screen);
	expect(await screen.text()).toContain("by static validity:");
});

test("n goes to the next candidate on which rankers disagree", async () => {
	const screen = await startRanked({ columns: 120, rows: 40 });
	screen.keys("ln");
	await screen.until((text) => /▸!/.test(text));
});

test("u leaves rerankable tasks alone, H and L go through them", async () => {
	const screen = await startRanked();
	screen.keys("u");
	await screen.until((text) => text.includes("4 of 6 · /rerankable"));
	screen.keys("lL");
	await screen.until((text) => text.includes("fizzbuzz by"));
	screen.keys("L");
	await screen.until((text) => text.includes("is_palindrome by"));
	screen.keys("hu");
	await screen.until((text) => text.includes("goals  6"));
});

test("whose first choice is right where is told once verdicts are shown", async () => {
	const screen = await startRanked({ columns: 120, rows: 40 });
	screen.keys("]]v");
	await screen.until((text) => /two_sum.*\d\/8/.test(text) && text.includes("[choices]"));
});

test("the diff is to the program before the edit, and Enter goes on to Best-of-N", async () => {
	const screen = await startRanked();
	screen.keys("l\r");
	await screen.until((text) => text.includes("[ranks]") && /^!.+differs$/m.test(text));
	screen.keys("]");
	await screen.until((text) => text.includes("[diff]") && text.includes("starter code → #"));
	screen.keys("\r");
	await screen.until((text) => text.includes("[2 Best-of-N"));
	screen.keys("\x0f");
	await screen.until((text) => text.includes("[3 Energy"));
});

test("O on the screens of runs ranks the run, at the task of the cursor, and Esc leads back", async () => {
	const screen = openInMemory({ columns: 120, rows: 40 });
	await screen.until((text) => text.includes("sandbox bwrap") && text.includes("fizzbuzz"));
	screen.keys("o\r");
	await screen.until((text) => text.includes("event 399 of 399"));
	screen.keys("jO");
	await screen.until((text) => text.includes("[3 Energy") && text.includes("fizzbuzz by trees, static"));
	screen.keys("\x1b");
	await quiet(screen);
	screen.keys("\x1b");
	await screen.until((text) => text.includes("[2 Best-of-N"));
	screen.keys("7");
	await screen.until((text) => text.includes("Runs 1"));
	screen.keys("O");
	await screen.until((text) => text.includes("[3 Energy") && text.includes("4 tasks of 6 rerankable"));
});

test("x runs the candidates, and stops that; what was there stays", async () => {
	const workbench = createFakeWorkbench();
	const { rankCandidates } = workbench;
	const waiting: Workbench["rankCandidates"] = async function* (request, signal) {
		for await (const update of rankCandidates(request, signal)) {
			yield update;
			if (!request.execute || update.kind !== "progress" || update.done < 3) continue;
			await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
			signal.throwIfAborted();
		}
	};
	workbench.rankCandidates = waiting;
	const screen = await startRanked({ workbench });
	screen.keys("x");
	await screen.until((text) => text.includes("ranking 3 of 6 tasks; x stops"));
	screen.keys("x");
	await screen.until((text) => text.includes("stopped before all tasks were ranked: R ranks again"));
	expect(await screen.text()).toContain("4 tasks of 6 rerankable");
	workbench.rankCandidates = rankCandidates;
	screen.keys("x");
	await screen.until((text) => text.includes("4 tasks of 6 rerankable") && !text.includes("stopped"));
	screen.keys("ls");
	await screen.until((text) => text.includes("examples, then agreement"));
	screen.keys("\x1b");
	await quiet(screen);
	screen.keys("@");
	await screen.until((text) => text.includes("--no-execute") && /assay rank \S+demo --model/.test(text));
});

test("a run that cannot be ranked says why, and another one can be chosen", async () => {
	const workbench = createFakeWorkbench();
	// biome-ignore lint/correctness/useYield: it fails before there is anything to tell.
	workbench.rankCandidates = async function* () {
		await Promise.resolve();
		throw new Error("rollouts.jsonl: has no judged candidate of a function task");
	};
	const screen = await start({ workbench });
	screen.keys("O\r");
	await screen.until((text) => text.includes("has no judged candidate") && text.includes("O ranks another run"));
	screen.keys("jkhl\r\tvsuxnNLH<>[]RY?\x1b");
	await quiet(screen);
	expect(await screen.text()).toContain("has no judged candidate");
});

test("O before the runs are read says that they are being read, and not that there are none", async () => {
	const workbench = createFakeWorkbench();
	workbench.followRuns = async function* (signal) {
		await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
		yield [];
	};
	const screen = openInMemory({ screen: 3, workbench });
	await screen.until((text) => text.includes("reading the runs"));
	screen.keys("O");
	await screen.until((text) => text.includes("the runs are being read: Esc, then O again"));
});

test("pass probabilities of fitted trees rank and have a reliability of their own, or it says why there are none", async () => {
	const workbench = createFakeWorkbench();
	const { rankCandidates } = workbench;
	workbench.rankCandidates = async function* (request, signal) {
		yield { kind: "fitted", path: "/trees.json", problem: request.allowSeen ? null : "trees.json: 2 tasks taught it" };
		for await (const update of rankCandidates(request, signal)) {
			if (update.kind !== "task" || !request.allowSeen) yield update;
			else {
				const { task } = update;
				const scores = new Map([...task.scores, ["pass probability", task.sampleIndexes.map((i) => i / 8)] as const]);
				yield { kind: "task", task: { ...task, scores } };
			}
		}
	};
	const screen = await startRanked({ columns: 200, rows: 60, workbench });
	await screen.until((text) => text.includes("no pass probability: trees.json: 2 tasks taught it"));
	screen.keys("a");
	await screen.until((text) => !text.includes("no pass probability") && /no edit +prob +head/.test(text));
	screen.keys("[[");
	await screen.until((text) => text.match(/Brier/g)?.length === 2);
});

test("without any run it says how one is started, and a recorded ranking can be opened", async () => {
	const workbench = createFakeWorkbench();
	workbench.listRuns = () => Promise.resolve([]);
	const screen = openInMemory({ screen: 3, workbench });
	await screen.until((text) => text.includes("no run has judged anything yet"));
	screen.keys("O");
	await screen.until((text) => text.includes("No run has judged anything yet") && text.includes("a recorded ranking…"));
	screen.keys("\r");
	await screen.until((text) => text.includes("Open a recorded ranking"));
});

test("candidates of a run that goes on are ranked as they come", async () => {
	const workbench = createFakeWorkbench({
		pace(emit) {
			const step = () => void (emit() && setTimeout(step, 20));
			step();
		},
	});
	const { rankCandidates } = workbench;
	let rankings = 0;
	workbench.rankCandidates = (request, signal) => {
		rankings++;
		return rankCandidates(request, signal);
	};
	const screen = openInMemory({ columns: 120, rows: 40, workbench });
	await screen.until((text) => text.includes("sandbox bwrap") && text.includes("fizzbuzz"));
	screen.keys("r\r");
	await screen.until((text) => text.includes("[2 Best-of-N") && /[1-9]\d*\/\d+ judged/.test(text));
	screen.keys("O");
	await screen.until((text) => text.includes("[3 Energy") && text.includes("by duplicates"));
	await screen.until(() => rankings > 1);
	await screen.until((text) => text.includes("4 tasks of 6 rerankable"));
});

test("lines that make a candidate unlikely to the world model are shaded, with and without colours", async () => {
	const screen = await startRanked();
	screen.keys("l\r]]");
	await screen.until(
		(text) => text.includes("[lines]") && text.includes("energy 1.2500, against no edit -0.5000") && /▓ 25%/.test(text),
	);
	expect(await screen.text()).toContain("another task's question 1.7500: unlikelier than");
	const plain = await startRanked({ look: { ascii: true, depth: "no colour" } });
	plain.keys("l\r]]");
	await plain.until((text) => /^. 25% /m.test(text));
	expect(plain.written()).not.toMatch(/[^\x00-\x7f]/);
});

test("pass probabilities are held against how many of them are accepted", async () => {
	const screen = await startRanked({ columns: 120, rows: 40 });
	screen.keys("[[");
	await screen.until((text) => text.includes("[reliability]") && /0\.0-0\.1 +6 {2}predicted 0\.000/.test(text));
});

test("without a world model there is no energy, and it says so; what it has seen is refused until a key asks for it", async () => {
	const workbench = createFakeWorkbench();
	const { rankCandidates } = workbench;
	const asked: boolean[] = [];
	let path: string | null = null;
	workbench.rankCandidates = async function* (request, signal) {
		asked.push(request.allowSeen);
		const problem = path === null || request.allowSeen ? null : "2 of these 6 tasks taught it";
		for await (const update of rankCandidates(request, signal)) {
			if (update.kind === "model") yield { kind: "model", path, index: null, problem };
			else if (update.kind === "measured") {
				const seen = [
					{ taskId: "fizzbuzz", by: "id" as const, trainedAs: "fizzbuzz", checkpoint: "world", similarity: 1 },
				];
				const model = path === null || problem !== null ? null : { name: "world", id: "0123456789abcdef", seen };
				const rankers = update.report.rankers.map((of) => ({ ...of, seen: model !== null && of.ranker === "energy" }));
				yield { ...update, report: { ...update.report, model, rankers } };
			} else yield update;
		}
	};
	const screen = await startRanked({ columns: 120, rows: 40, workbench });
	await screen.until((text) => text.includes("no world model: assay open --world-model FOLDER"));
	path = "/models/world";
	screen.keys("R");
	await screen.until((text) => text.includes("no energies by the world model: 2 of these 6 tasks taught it"));
	screen.keys("a");
	await screen.until(
		(text) =>
			text.includes("s seen: taught by 1 task, world 0123456789abcdef counts for nothing") && /s ?fizzbuzz/.test(text),
	);
	screen.keys("]");
	await screen.until((text) => /│ senergy +\d/.test(text) && /│ {2}energy change +\d/.test(text));
	screen.keys("[jl\r");
	await screen.until(
		(text) => text.includes("fizzbuzz by trees, static · 8 · seen") && /energy +\d+=? .* seen/.test(text),
	);
	expect(asked).toEqual([false, false, true]);
});
