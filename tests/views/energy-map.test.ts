import { expect, test } from "vitest";
import { createFakeWorkbench } from "./fake-workbench.js";
import { expectGolden } from "./golden-text.js";
import { openInMemory, quiet, type ScreenInMemory, type ScreenOptions } from "./screen-in-memory.js";

/** The candidate under the cursor of the first task is open. */
async function openCandidate(options: ScreenOptions = {}): Promise<ScreenInMemory> {
	const screen = openInMemory({ columns: 80, rows: 24, screen: 3, ...options });
	await screen.until((text) => text.includes("nothing is ranked yet") && text.includes("sandbox bwrap"));
	screen.keys("O\r");
	await screen.until((text) => text.includes("4 tasks of 6 rerankable"));
	screen.keys("l\r");
	await screen.until((text) => text.includes("[ranks]"));
	return screen;
}

const sampleOf = (text: string) => /two_sum #(\d)/.exec(text)?.[1] ?? /#(\d) energy/.exec(text)?.[1];

for (const [columns, rows] of [
	[80, 24],
	[120, 40],
	[200, 60],
] as const) {
	test(`the map of a task's candidates at ${columns}x${rows}`, async () => {
		const screen = await openCandidate({ columns, rows });
		screen.keys("]]]");
		await screen.until((text) => text.includes("[map]") && /#3 energy/.test(text));
		await quiet(screen);
		expectGolden(`energy-map-${columns}x${rows}`, await screen.lines());
	});
}

test("on the map keys go to the nearest candidate on that side, and the ranking follows", async () => {
	const screen = await openCandidate({ columns: 120, rows: 40 });
	screen.keys("]]]");
	const text = await screen.until((shown) => /#\d energy/.test(shown));
	const from = Number(sampleOf(text));
	const right = from % 4 < 3;
	screen.keys(right ? "l" : "h");
	const next = right ? from + 1 : from - 1;
	await screen.until((shown) => shown.includes(`#${next} energy`) && new RegExp(`▸.+#${next} `).test(shown));
	const below = next < 4 ? next + 4 : next - 4;
	screen.keys(next < 4 ? "j" : "k");
	await screen.until((shown) => shown.includes(`#${below} energy`));
});

test("the map has no verdict before v, then also without colours, and is ASCII where nothing else can be shown", async () => {
	const screen = await openCandidate({ look: { ascii: true, depth: "no colour" } });
	screen.keys("]]]");
	const blind = await screen.until((text) => text.includes("across -4.0 to 3.0 (50 % of the variance), up -1.0 to"));
	expect(blind).not.toMatch(/accepted|rejected/);
	screen.keys("v");
	const shown = await screen.until((text) => text.includes("+ accepted  x rejected"));
	expect(shown).toMatch(/^ +B$/m);
	expect(shown).toMatch(/^ +P$/m);
	expect(shown).toMatch(/^ +x +x +\+ +x$/m);
	expect(screen.written()).not.toMatch(/[^\x00-\x7f]/);
});

test("c lists the other tasks, found by typing, and shows energies with the question of the chosen one", async () => {
	const screen = await openCandidate({ columns: 120, rows: 40 });
	screen.keys("]]]]");
	await screen.until(
		(text) => text.includes("[swap]") && text.includes("no other question is asked yet: c chooses one"),
	);
	screen.keys("c");
	await screen.until((text) => text.includes("Ask the question of") && text.includes("▸ fizzbuzz"));
	expect(await screen.text()).not.toMatch(/│ [▸ ] two_sum /);
	screen.keys("pali");
	await screen.until(
		(text) => text.includes(": pali_") && text.includes("▸ is_palindrome") && !/│ {3}fizzbuzz/.test(text),
	);
	screen.keys("\r");
	await screen.until((text) => text.includes("with the question of is_palindrome: ") && text.includes("hidden"));
	const energies = await screen.text();
	expect(energies).toMatch(/#0 +1\.000 +1\.500 +\+0\.500/);
	screen.keys("v");
	await screen.until((text) => /#0 +1\.000 +1\.500 +\+0\.500 +✓ accepted/.test(text));
	screen.keys("[");
	await screen.until((text) => text.includes("[map]") && text.includes("S by the other question"));
	screen.keys("c");
	await screen.until((text) => text.includes("▸ none"));
	screen.keys("\r");
	await screen.until((text) => text.includes("[swap]") && text.includes("no other question is asked yet"));
});

test("nothing that is typed to find a task can be no task; Esc and an emptied line close the list", async () => {
	const screen = await openCandidate();
	screen.keys("c");
	await screen.until((text) => text.includes("Ask the question of"));
	screen.keys("qqqq");
	await screen.until((text) => text.includes("nothing matches"));
	screen.keys("\r");
	await screen.until((text) => !text.includes("Ask the question of"));
	screen.keys("cz\x7f\x7f");
	await screen.until((text) => !text.includes("Ask the question of"));
	screen.keys("c\x1b");
	await quiet(screen);
	expect(await screen.text()).not.toContain("Ask the question of");
});

test("past edits like the candidate's are listed where there is an index, and else it says how one is made", async () => {
	const screen = await openCandidate({ columns: 200, rows: 60 });
	screen.keys("[");
	await screen.until((text) => text.includes("[similar]") && text.includes("3 past edits nearest to what #"));
	const blind = await screen.text();
	expect(blind).toContain("past/two_sum/0: solution, verdict hidden, 3 lines changed");
	expect(blind).toContain("past/two_sum/1: solution, not run, 4 lines changed, train");
	screen.keys("v");
	await screen.until((text) => text.includes("past/two_sum/0: solution, accepted, 3 lines changed"));
	const workbench = createFakeWorkbench();
	const { rankCandidates } = workbench;
	workbench.rankCandidates = async function* (request, signal) {
		for await (const update of rankCandidates(request, signal))
			yield update.kind === "model" ? { ...update, index: null } : update;
	};
	const without = await openCandidate({ workbench });
	without.keys("[");
	await without.until((text) => text.includes("no index of past edits") && text.includes("assay world index"));
});

test("goals that are missed are shown as missed, with the card of the world model below", async () => {
	const screen = await openCandidate();
	screen.keys("hh[");
	await screen.until(
		(text) =>
			text.includes("1 of 2 goals missed on this run") &&
			text.includes("MISSED  energy: AUC 0.715, at least 0.75") &&
			text.includes("met     pass head: AUC 0.900, at least 0.86"),
	);
	await screen.until((text) => text.includes("the card in /models/world"));
	screen.keys("jjjjjjjjjj");
	await screen.until((text) => text.includes("Judging."));
});

test("what cannot be asked of the model says why", async () => {
	const workbench = createFakeWorkbench();
	workbench.mapRanked = () => Promise.reject(new Error("rollouts.jsonl: cannot be read: no such file"));
	const screen = await openCandidate({ workbench });
	screen.keys("]]]");
	await screen.until((text) => text.includes("rollouts.jsonl: cannot be read: no such file"));
	screen.keys("hjkl\x1b[A\x1b[B");
	await quiet(screen);
	expect(await screen.text()).toContain("cannot be read");
});

test("what task ids, programs and past edits are made of never acts on the terminal", async () => {
	const NASTY = "\x1b]0;EVIL\x07\x1b[2J\u202e\t\r";
	const workbench = createFakeWorkbench();
	const { rankCandidates, mapRanked, similarToRanked, explainRanked } = workbench;
	workbench.rankCandidates = async function* (request, signal) {
		for await (const update of rankCandidates(request, signal)) {
			if (update.kind !== "task") yield update;
			else {
				const { task } = update;
				yield {
					kind: "task",
					task: { ...task, taskId: `${NASTY}${task.taskId}`, starterCode: `def f(${NASTY}): pass\n${NASTY}` },
				};
			}
		}
	};
	workbench.mapRanked = async (request, taskId, instead) => ({
		...(await mapRanked(request, taskId, instead)),
		model: { name: NASTY, id: "0123456789abcdef" },
	});
	workbench.similarToRanked = async (request, taskId, sampleIndex) =>
		(await similarToRanked(request, taskId, sampleIndex)).map((edit) => ({
			...edit,
			group: NASTY + edit.group,
			action: NASTY + edit.action,
		}));
	workbench.explainRanked = async (request, taskId, sampleIndex) => {
		const explained = await explainRanked(request, taskId, sampleIndex);
		return { ...explained, lines: explained.lines.map((line) => ({ ...line, text: NASTY + line.text })) };
	};
	workbench.worldCard = () => Promise.resolve(`# ${NASTY}\n${NASTY}`);
	const screen = openInMemory({ columns: 200, rows: 60, screen: 3, workbench });
	await screen.until((text) => text.includes("nothing is ranked yet"));
	screen.keys("O\r");
	await screen.until((text) => text.includes("4 tasks of 6 rerankable"));
	for (const keys of ["l\r", "]", "]", "]", "]", "c", "\x1b[B\r", "]", "hh", "[", "[", "[", "[", "y", "\x1b"]) {
		screen.keys(keys);
		await quiet(screen);
	}
	expect(screen.written()).not.toMatch(/\x1b\]0;EVIL|\x1b\[2J[^\x1b]|\u202e/);
	expect(await screen.text()).toContain("[3 Energy]");
});

test("keys without sense, and another size, leave every tab as it is", async () => {
	const screen = await openCandidate();
	for (const tab of ["ranks", "diff", "lines", "map", "swap", "similar"]) {
		await screen.until((text) => text.includes(`[${tab}]`));
		screen.keys("\x1b[15~\x1b[<0;5;9M\x1b[<64;5;9M\xff\x00%&\x1b[99;99Z");
		await quiet(screen);
		for (const [columns, rows] of [
			[60, 15],
			[200, 60],
			[40, 10],
			[80, 24],
		] as const) {
			screen.resize(columns, rows);
			await quiet(screen);
		}
		expect(await screen.text()).not.toContain("a bug in assay");
		screen.keys("]");
	}
});

test("read aloud, ranks are sentences and the map is a list of neighbours", async () => {
	const screen = openInMemory({ screen: 3, screenReader: true });
	await screen.until((text) => text.includes("nothing is ranked yet"));
	screen.keys("O\r");
	await screen.until((text) => text.includes("4 tasks of 6 rerankable"));
	screen.keys("l\r");
	await screen.until((text) => /shortest: place \d, score -\d+ differs/.test(text));
	screen.keys("]]]");
	await screen.until((text) => /nearest by squared distance: sample \d at 0\.25, sample \d at 0\.50/.test(text));
	expect(screen.written()).not.toContain("◆");
});
