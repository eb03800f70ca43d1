import type { TraceStep } from "../../src/domain/trace.js";
import { toCells } from "../text/cells.js";
import { plural } from "../text/format.js";
import { WRAPPED } from "../text/pieces.js";
import { bold, dim, green, red } from "../text/style.js";
import { wrapText } from "../text/wrap.js";
import { outputText, TEST_SIGNS, testRows } from "./candidate-facts.js";
import { STATUS_SIGNS } from "./glyphs.js";
import type { MarkedText } from "./marked-text.js";

type Tests = Extract<TraceStep, { kind: "tests" }>;
type Test = Tests["tests"][number];

/** The public tests of a program, first those that turned since the program it was made from. */
export function publicTestsText(now: Tests, before: Tests | null, width: number): MarkedText {
	const rows: string[] = [];
	const marks: number[] = [];
	if (now.status !== null) {
		const { glyph, word, paint } = STATUS_SIGNS[now.status];
		rows.push(paint(toCells(` ${glyph} ${word}  ${countsText(now)}`, width)));
	}
	if (now.message !== null && now.tests.every(({ message }) => message === null)) {
		rows.push(...wrapText(now.message, width - 4).map((line) => `   ${toCells(line, width - 3)}`));
	}
	rows.push("");
	const was = new Map(before?.tests.map(({ id, status }) => [id, status]));
	const turned = now.tests.filter(({ id, status }) => was.has(id) && was.get(id) !== status);
	const same = now.tests.filter((test) => !turned.includes(test));
	const add = (test: Test) => {
		marks.push(rows.length);
		rows.push(...testRows({ ...test, wallTimeMs: null }, width));
	};
	if (before !== null) {
		const heading =
			turned.length === 0 ? ` no test turned since step ${before.step}` : ` turned since step ${before.step}`;
		rows.push((turned.length === 0 ? dim : bold)(toCells(heading, width)));
		for (const test of turned) {
			const from = TEST_SIGNS[was.get(test.id) ?? "not_run"];
			const to = TEST_SIGNS[test.status];
			const paint = test.status === "passed" ? green : red;
			rows.push(paint(toCells(` ${from.glyph}→${to.glyph} ${from.word} before`, width)));
			add(test);
		}
		rows.push("");
		if (same.length > 0 && turned.length > 0) rows.push(bold(toCells(" as before", width)));
	}
	for (const test of [...same].sort((a, b) => TEST_SIGNS[a.status].order - TEST_SIGNS[b.status].order)) add(test);
	if (now.output !== null && now.output.bytes > 0) rows.push("", ...outputText(now.output, width, WRAPPED).rows);
	return { rows, marks };
}

function countsText({ passed, total, tests }: Tests): string {
	if (passed !== null && total !== null) return `${passed} of ${total} public tests pass`;
	if (tests.length === 0) return "no public test is named as failing, how many there are is not known";
	return `${plural(tests.filter(({ status }) => status !== "passed").length, "public test")} named as failing, how many pass is not known`;
}
