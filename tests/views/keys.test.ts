import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { helpRows } from "../../views/dialogs/help-rows.js";
import { confirmKeys, pickKeys, readingKeys } from "../../views/keys/dialog-keys.js";
import { hintsOf } from "../../views/keys/hints.js";
import { keysDocument } from "../../views/keys/keys-document.js";
import { messageLogKeys } from "../../views/keys/message-log-keys.js";
import { allTableSets } from "../../views/keys/tables.js";
import { createModel } from "../../views/model/model.js";
import { systemTimers } from "../../views/terminal/frame-clock.js";
import { createKeyReader, type KeyPress } from "../../views/terminal/keys.js";
import { createFakeWorkbench } from "./fake-workbench.js";

const model = createModel({
	workbench: createFakeWorkbench(),
	columns: 120,
	rows: 40,
	timers: systemTimers,
	look: { ascii: false },
	signal: new AbortController().signal,
	changed: () => {},
});
const sets = [
	...allTableSets(),
	...[readingKeys, confirmKeys, pickKeys, messageLogKeys].map((table) => ({ name: table.title, tables: [table] })),
];

describe("key tables", () => {
	for (const { name, tables } of sets) {
		test(`${name}: no key is bound twice`, () => {
			const keys = tables.flatMap((table) => table.bindings.flatMap((binding) => binding.keys));
			const twice = keys.filter((key, i) => keys.indexOf(key) !== i);
			expect(twice).toEqual([]);
		});
	}

	test("the help shows every binding of the screen", () => {
		const shown = helpRows(model, 110)
			.join("\n")
			.replace(/\x1b\[[0-9;]*m/g, "");
		for (const table of allTableSets()[0]?.tables ?? []) {
			for (const binding of table.bindings) {
				const isSecondOfPair = binding.shown?.length === 1 || binding.shown === "^u";
				if (!isSecondOfPair) expect(shown).toContain(binding.label);
			}
		}
	});

	test("hints are those that can be used now, and fit", () => {
		const tables = allTableSets()[0]?.tables ?? [];
		expect(hintsOf(tables, model, 200).map((hint) => hint.key)).not.toContain("r");
		expect(hintsOf(tables, model, 20).length).toBeLessThan(3);
	});
});

test("docs/keys.md says what the key tables say; npm run keys writes it", () => {
	expect(readFileSync(new URL("../../docs/keys.md", import.meta.url), "utf8")).toBe(keysDocument());
});

describe("reading keys", () => {
	function read(...chunks: string[]): string[] {
		const names: string[] = [];
		let later: (() => void) | null = null;
		const reader = createKeyReader(
			(key: KeyPress) => names.push(key.kind === "key" ? key.name : `paste:${key.text}`),
			(_ms, run) => {
				later = run;
				return () => {
					later = null;
				};
			},
		);
		for (const chunk of chunks) reader.feed(chunk);
		(later as (() => void) | null)?.();
		return names;
	}

	test("letters, arrows, pages, function keys and control keys have names", () => {
		expect(read("jG \r\t\x7f\x03\x10")).toEqual(["j", "G", "space", "enter", "tab", "backspace", "ctrl-c", "ctrl-p"]);
		expect(read("\x1b[A\x1bOB\x1b[5~\x1b[19~\x1b[Z\x1b[1;5C\x1bOP")).toEqual([
			"up",
			"down",
			"pageup",
			"f8",
			"shift-tab",
			"ctrl-right",
			"f1",
		]);
	});

	test("a lone Escape is told from a sequence that comes in two pieces", () => {
		expect(read("\x1b")).toEqual(["esc"]);
		expect(read("\x1b", "[A")).toEqual(["up"]);
		expect(read("\x1b\x1b")).toEqual(["esc", "esc"]);
		expect(read("\x1b[", "6", "~")).toEqual(["pagedown"]);
	});

	test("pasted text is one piece, also with escapes and over several reads", () => {
		expect(read("\x1b[200~ab\nq", "x\x1b[201~j")).toEqual(["paste:ab\nqx", "j"]);
	});

	test("a paste whose end never comes does not swallow the keys after it", () => {
		expect(read("\x1b[200~ab")).toEqual(["paste:ab"]);
	});

	test("mouse reports and answers of the terminal are no keys", () => {
		expect(read("\x1b[<0;10;10M\x1b[<0;10;10mj")).toEqual(["j"]);
		expect(read("\x1b[M !!j")).toEqual(["j"]);
		expect(read("\x1b[M", " q", "!j")).toEqual(["j"]);
		expect(read("\x1b]11;rgb:ffff/ffff/ffff\x07\x1bP1+r544e\x1b\\\x1b_Gi=1;OK\x1b\\k")).toEqual(["k"]);
		expect(read("\x1b]52;c;cXFx", "cXE=\x1b", "\\k")).toEqual(["k"]);
		expect(read("\x1bP")).toEqual(["alt-P"]);
	});

	test("unknown sequences do nothing", () => {
		expect(read("\x1b[?62;22c\x1b[99~j")).toEqual(["j"]);
	});
});
