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
import { createKeyReader, type Press } from "../../views/terminal/keys.js";
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

	test("a key and what it does never touch in the help", () => {
		const rows = helpRows(model, 80).map((row) => row.replace(/\x1b\[[0-9;]*m/g, ""));
		expect(rows.join("\n")).toMatch(/S-right columns/);
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

function shown(press: Press): string {
	if (press.kind === "key") return press.name;
	return press.kind === "paste" ? `paste:${press.text}` : `${press.action}:${press.x},${press.y}`;
}

describe("reading keys", () => {
	function read(...chunks: string[]): string[] {
		const names: string[] = [];
		let later: (() => void) | null = null;
		const reader = createKeyReader(
			(press: Press) => names.push(shown(press)),
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

	test("clicks and the wheel have places, counted from 0, however far to the right", () => {
		expect(read("\x1b[<0;10;7M\x1b[<64;1;1M\x1b[<65;1;1M")).toEqual(["click:9,6", "wheel-up:0,0", "wheel-down:0,0"]);
		expect(read("\x1b[<0;300;1024M")).toEqual(["click:299,1023"]);
		expect(read("\x1b[<4;2;2M\x1b[<80;2;2M")).toEqual(["click:1,1", "wheel-up:1,1"]);
	});

	test("a release, a drag, other buttons and places that are none do nothing", () => {
		expect(read("\x1b[<0;10;10m\x1b[<32;11;10M\x1b[<35;11;10M\x1b[<1;1;1M\x1b[<2;1;1M\x1b[<66;1;1Mj")).toEqual(["j"]);
		expect(read("\x1b[<0;0;5M\x1b[<0;;M\x1b[<0;5M\x1b[<;1;1M\x1b[<0;1;1;1M\x1b[<9999;1;1M\x1b[<-1;2;2Mj")).toEqual([
			"j",
		]);
	});

	test("a report may come in pieces, split anywhere", () => {
		const report = "\x1b[<64;120;40M";
		// After the escape alone it is still told from the key by a short wait.
		for (let at = 1; at < report.length; at++) {
			expect(read(report.slice(0, at), `${report.slice(at)}j`)).toEqual(["wheel-up:119,39", "j"]);
		}
		expect(read(...report, "k")).toEqual(["wheel-up:119,39", "k"]);
	});

	test("a report whose end never comes does not swallow the keys after it", () => {
		expect(read("\x1b[<0;1")).toEqual([]);
		expect(read(`\x1b[<${"1;".repeat(40)}`, "j")).toEqual(["j"]);
	});

	test("mouse reports of old terminals and answers of the terminal are no keys", () => {
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
