import { expect, test } from "vitest";
import type { TaskDetail, TaskRow } from "../../src/app/workbench.js";
import type { Rollout } from "../../src/domain/run.js";
import { THEMES } from "../../src/store/themes.js";
import { createCellRow, putText } from "../../views/terminal/cell-row.js";
import { cellWidth, toCells, visible } from "../../views/text/cells.js";
import { createFakeWorkbench } from "./fake-workbench.js";
import { openInMemory, quiet } from "./screen-in-memory.js";

/** What a candidate, a task file or a model may hold to act on a terminal or to hide in one. */
const NASTY = [
	"\x1b[2J\x1b[H\x1b[31mred\x1b[?1049l",
	"\x1b]52;c;ZXZpbA==\x07\x1b]0;owned\x1b\\\x1b]8;;http://evil\x07link",
	"\x1bPtmux;\x1b\x1b]52;c;ZXZpbA==\x07\x1b\\\x1b_apc\x1b\\\x1b^pm\x1b\\",
	"\x9b2J\x9d0;c1\x9c\x90q\x9c\x84\x85\x8d",
	"\x00\x05\x07\x08\x0b\x0c\x0e\x0f\x7f\r\n\t",
	"\u202eexe.\u2066txt\u2069\u200b\u200f\ufeff\u061c\u2028\u2029",
	"a\u0300\u0301\u0302\u0303\u0304\u0305 \u0488 \u20dd",
	"👨‍👩‍👧‍👦🏳️‍🌈🇩🇪1️⃣❤️ 漢字ｶﾞ각\u1100\u1161\u11a8",
	"\ud800 \udfff \ufffe \u{e0041}\u{e0100}\u{10ffff}\u3164",
	"\u0301first \u0bcd\u0e33",
].join(" ");

/** Control codes and everything else that a terminal acts on or shows nothing for. */
const ACTS = /[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u061c\ufeff\ufffe\uffff\u{e0000}-\u{e0fff}]/u;

/** A seeded generator of whole numbers below a limit. */
function numbers(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
		return (state >>> 8) % below;
	};
}

test("no text of any characters leaves anything in it that acts, and its width is what is said of it", () => {
	const random = numbers(11);
	const units = [...NASTY];
	for (let round = 0; round < 3000; round++) {
		const text = Array.from({ length: 1 + random(30) }, () =>
			random(4) === 0 ? String.fromCodePoint(random(0x11000)) : (units[random(units.length)] ?? ""),
		).join("");
		const shown = visible(text);
		expect(shown).not.toMatch(ACTS);
		const width = 1 + random(50);
		expect(cellWidth(toCells(text, width))).toBe(width);
		const row = createCellRow(width + 2);
		putText(row, 1, width, toCells(text, width));
		// Nothing of it is outside of its cells, and nothing is lost within.
		expect([row.chars[0], row.chars[width + 1]]).toEqual([" ", " "]);
		expect(row.chars.slice(1, -1).join("")).toBe(toCells(text, width));
	}
});

/** All strings that people and programs wrote, made nasty; ids stay apart. */
function nastyWorkbench(): ReturnType<typeof createFakeWorkbench> {
	const made = createFakeWorkbench();
	const spoil = <T>(value: T): T => {
		if (typeof value === "string") return `${value} ${NASTY}` as T;
		if (Array.isArray(value)) return value.map(spoil) as T;
		if (typeof value === "object" && value !== null)
			return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, spoil(part)])) as T;
		return value;
	};
	const spoilRow = (row: TaskRow): TaskRow => ({ ...row, title: spoil(row.title), tags: spoil(row.tags) });
	return {
		...made,
		workspace: `/home/${NASTY}`,
		tasksPath: `tasks/${NASTY}`,
		async *listTasks(...args) {
			for await (const row of made.listTasks(...args)) yield spoilRow(row);
		},
		openTask: async (...args): Promise<TaskDetail> => {
			const detail = await made.openTask(...args);
			const { input, source, location } = detail;
			return {
				...detail,
				...spoilRow(detail),
				input: {
					...input,
					prompt: spoil(input.prompt),
					starterCode: spoil(input.starterCode),
					publicTests: spoil(input.publicTests),
				},
				source: spoil(source),
				location: { ...location, file: spoil(location.file) },
				contamination: NASTY,
			};
		},
		revealHiddenTests: () => Promise.resolve([NASTY, NASTY]),
		sandbox: async () => ({ ...(await made.sandbox()), missing: [NASTY], raise: NASTY }),
		backends: () => made.backends().map((backend) => ({ ...backend, description: NASTY })),
		readRollout: async (...args): Promise<Rollout> => {
			const rollout = await made.readRollout(...args);
			const { candidate, verdict } = rollout;
			return {
				...rollout,
				candidate: {
					...candidate,
					code: candidate.code && spoil(candidate.code),
					completion: spoil(candidate.completion),
					model: NASTY,
				},
				verdict: {
					...verdict,
					message: NASTY,
					output: { bytes: 9999, head: NASTY, tail: NASTY },
					tests: verdict.tests.map((test) => ({ ...test, id: spoil(test.id), message: NASTY })),
				},
			};
		},
	};
}

/** What assay itself sends: modes, frames, places, clearing, styles. Anything else came from somewhere else. */
const OWN =
	/\x1b\[\?(?:1049|25|7|2004|2026|100[0-6])[hl]|\x1b\[\d+;\d+H|\x1b\[H|\x1b\[[0-9;]*m|\x1b\[2J|\x1b\[[JK]|\r\n/g;

const KEYS = [
	...["", "j", "\r", "H", "y", "y", "!", "@", ":", "?", "i", "r", "/漢\x1b[B", "s", "S", "z", "`", "\t"],
	...["2", "o", "\r", "j", "l", "\r", "]", "]", "]", "]", "v", "w", "i", "y", "\x1b[19~", "L", "t"],
];

for (const compositor of [true, false]) {
	for (const [columns, rows] of [
		[80, 24],
		[120, 40],
		[200, 60],
	] as const) {
		test(`no screen writes what others wrote as anything but letters (${columns}x${rows}, ${compositor ? "compositor" : "Ink"})`, async () => {
			const saved: string[] = [];
			const screen = openInMemory({
				columns,
				rows,
				compositor,
				clipboard: "none",
				workbench: nastyWorkbench(),
				onSave: (text) => saved.push(text),
			});
			await screen.until((text) => text.includes("two_sum"));
			for (const key of KEYS) {
				screen.keys(key);
				await quietly();
				// A line that takes text, or a dialog, ends before the next one.
				if (key !== "o" && key !== "y") screen.model.ui.setState({ dialog: null, entry: null });
				screen.model.terminal.redraw();
				await quietly();
			}
			for (const theme of THEMES) screen.model.ui.setState({ theme, dialog: null, entry: null });
			await screen.model.terminal.dumpFrame();
			await quiet(screen);
			const written = screen.written().replace(OWN, "");
			const at = written.search(ACTS);
			expect(at < 0 ? "" : written.slice(Math.max(0, at - 40), at + 40)).toBe("");
			expect(saved.at(-1)?.replaceAll("\n", "")).not.toMatch(ACTS);
		});
	}
}

/** Enough turns for a key, its frame, and what is read for it. */
async function quietly(): Promise<void> {
	for (let i = 0; i < 8; i++) await new Promise((turn) => setImmediate(turn));
}
