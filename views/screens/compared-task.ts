import type { ComparedCandidate } from "../../src/app/candidate-places.js";
import type { ComparedTask } from "../../src/domain/comparison.js";
import type { Rollout } from "../../src/domain/run.js";
import type { TestResult } from "../../src/domain/verdict.js";
import { flipOf } from "../../src/store/compared-table.js";
import {
	checkpointsState,
	letterOf,
	type OpenComparison,
	TASK_TABS,
	type TaskTab,
} from "../model/checkpoints-state.js";
import { type ComparedPair, shownPair } from "../model/compared-task.js";
import type { Model } from "../model/model.js";
import { setTextMarks } from "../model/text-marks.js";
import { shortId, toCells } from "../text/cells.js";
import { diffRows } from "../text/diff-rows.js";
import { bold, dim, inverse, yellow } from "../text/style.js";
import { wrapText } from "../text/wrap.js";
import { programText } from "./candidate-code.js";
import { codeDiffLayout } from "./candidate-diff.js";
import { TEST_SIGNS } from "./candidate-facts.js";
import { changePaint, changeText } from "./comparison-figures.js";
import { countText, tagsOf } from "./comparison-results.js";
import { STATUS_SIGNS } from "./glyphs.js";
import { type MarkedText, note } from "./marked-text.js";
import { type PaneText, positionText } from "./pane-text.js";

const MESSAGE_ROWS = 3;

/** Both sides of one task: how their candidates fared, and of one pair verdicts, difference, tests and programs. */
export function drawComparedTask(model: Model, width: number, height: number): PaneText {
	const { comparison } = checkpointsState(model);
	const shown = comparison && shownPair(model);
	if (!shown) return { title: "Task", rows: [dim(toCells(" no task", width))] };
	const { task, read } = shown;
	const head = headRows(task, comparison, width);
	const text =
		read.state === "reading"
			? note("reading", width)
			: read.state === "failed"
				? { rows: [yellow(toCells(` ${read.message}`, width))], marks: [] }
				: pairText(model, comparison, read.value, width);
	setTextMarks(model, "compared-task", text.marks);
	model.scroll.limitLeft("compared-task", text.overhang ?? 0);
	const room = Math.max(1, height - head.length);
	const top = model.scroll.top("compared-task", room, text.rows.length);
	const tabs = TASK_TABS.map((tab) =>
		tab === comparison.tab ? `[${tabName(tab, comparison)}]` : ` ${tabName(tab, comparison)} `,
	);
	const position = positionText(top, room, text.rows.length);
	return {
		title: `${shortId(task.taskId, width - 44)} ${tabs.join("")} ${position}`.trimEnd(),
		rows: [...head, ...text.rows.slice(top, top + room)],
	};
}

function tabName(tab: TaskTab, { right }: OpenComparison): string {
	if (tab === "left") return "A";
	return tab === "right" ? letterOf(right) : tab;
}

function headRows(task: ComparedTask, { right }: OpenComparison, width: number): string[] {
	const flip = flipOf(task);
	const counts = task.counts.map((count, set) => `${letterOf(set)} ${countText(count)}`).join("  ");
	const change = `${changeText(task.change)}${flip === null ? "" : `  ${flip}`}`;
	const named = tagsOf(task);
	const tags = named === "" ? "" : `  ${named}`;
	const others = task.counts.length > 2 ? `  A beside ${letterOf(right)}` : "";
	return [changePaint(task.change)(bold(toCells(` ${counts}  ${change}${tags}${others}`, width)))];
}

function pairText(model: Model, comparison: OpenComparison, pair: ComparedPair, width: number): MarkedText {
	const { right, tab } = comparison;
	const sides = [
		{ letter: "A", candidates: pair.left, rollout: pair.rollouts[0] },
		{ letter: letterOf(right), candidates: pair.right, rollout: pair.rollouts[1] },
	] as const;
	const head = [
		...sides.flatMap(({ letter, candidates, rollout }) => [
			sampleRow(letter, candidates, pair.sampleIndex, width),
			...verdictRows(letter, rollout, width),
		]),
		...turnedRows(pair.rollouts, width),
		"",
	];
	const body = bodyOf(model, tab, sides, width);
	return { ...body, rows: [...head, ...body.rows], marks: body.marks.map((mark) => mark + head.length) };
}

interface Side {
	letter: string;
	rollout: Rollout | null;
}

function bodyOf(model: Model, tab: TaskTab, [left, right]: readonly [Side, Side], width: number): MarkedText {
	if (tab === "tests") return testsText(left.rollout, right.rollout, right.letter, width);
	if (tab === "diff") {
		const [before, after] = [sideText(left), sideText(right)];
		if (before === null || after === null) return note("one side has no program of this number", width);
		return diffRows(before, after, width, codeDiffLayout(model, width, "compared-task"));
	}
	const { rollout } = tab === "left" ? left : right;
	if (rollout === null) return note("no candidate of this number", width);
	const { code, completion } = rollout.candidate;
	return programText(code ?? completion, rollout.verdict.line, width, {
		wraps: model.ui.getState().wraps,
		left: model.scroll.place("compared-task").left,
	});
}

function sideText({ letter, rollout }: Side): { name: string; text: string } | null {
	if (rollout === null) return null;
	const { code, completion, sampleIndex } = rollout.candidate;
	return { name: `${letter} #${sampleIndex}`, text: code ?? completion };
}

/** One sign a candidate; the one that is shown stands out, and its number follows. */
function sampleRow(letter: string, candidates: readonly ComparedCandidate[], shown: number, width: number): string {
	const room = Math.max(1, Math.floor((width - 12) / 2));
	const at = candidates.findIndex(({ sampleIndex }) => sampleIndex === shown);
	const start = Math.max(0, Math.min(at - Math.floor(room / 2), candidates.length - room));
	const part = candidates.slice(start, start + room);
	const signs = part.map(({ status, sampleIndex }) => {
		const { glyph, paint } = STATUS_SIGNS[status];
		return sampleIndex === shown ? inverse(bold(`▸${glyph}`)) : ` ${paint(glyph)}`;
	});
	const tail = at < 0 ? `  none #${shown}` : `  #${shown}`;
	const used = 2 + 2 * part.length;
	return ` ${bold(letter)}${signs.join("")}${toCells(tail, width - used)}`;
}

function verdictRows(letter: string, rollout: Rollout | null, width: number): string[] {
	if (rollout === null) return [];
	const { status, cause, line, passed, total, message } = rollout.verdict;
	const { glyph, word, paint } = STATUS_SIGNS[status];
	const where = line === null ? "" : ` at line ${line}`;
	const text = `   ${glyph} ${word}${cause ? ` (${cause})` : ""}${where}  ${passed}/${total} tests`;
	const why = message ? wrapText(message, width - 6).slice(0, MESSAGE_ROWS) : [];
	return [paint(toCells(text, width)), ...why.map((part) => toCells(`     ${part}`, width))].map((row, i) =>
		i === 0 || letter === "" ? row : dim(row),
	);
}

/** Tests that came out differently: what a change of the score comes down to. */
function turnedRows([left, right]: readonly [Rollout | null, Rollout | null], width: number): string[] {
	if (left === null || right === null) return [];
	const turned = bothTests(left, right).filter(
		({ before, after }) => wasRun(before) && wasRun(after) && before !== after,
	);
	if (turned.length === 0) return [];
	const text = turned.map(({ id, before, after }) => `${id} ${signOf(before)}→${signOf(after)}`).join(", ");
	return [yellow(toCells(`   turned: ${text}`, width))];
}

const wasRun = (status: TestResult["status"] | null) => status !== null && status !== "not_run";

interface BothTests {
	id: string;
	visibility: TestResult["visibility"];
	before: TestResult["status"] | null;
	after: TestResult["status"] | null;
	message: string | null;
}

/** Those that differ first. */
function bothTests(left: Rollout, right: Rollout): BothTests[] {
	const after = new Map(right.verdict.tests.map((test) => [test.id, test]));
	const known = new Set(left.verdict.tests.map(({ id }) => id));
	const rows = [
		...left.verdict.tests.map((test): BothTests => {
			const other = after.get(test.id);
			const message = other?.message ?? test.message;
			return { id: test.id, visibility: test.visibility, before: test.status, after: other?.status ?? null, message };
		}),
		...right.verdict.tests
			.filter(({ id }) => !known.has(id))
			.map((test): BothTests => ({ ...test, before: null, after: test.status })),
	];
	const differs = ({ before, after: then }: BothTests) => Number(before === then);
	return rows.toSorted((a, b) => differs(a) - differs(b));
}

const signOf = (status: TestResult["status"] | null) => (status === null ? "·" : TEST_SIGNS[status].glyph);

function testsText(left: Rollout | null, right: Rollout | null, letter: string, width: number): MarkedText {
	if (left === null || right === null) return note("one side has no candidate of this number", width);
	const all = bothTests(left, right);
	if (all.length === 0) return note("no test was run", width);
	const rows = [dim(toCells(`  A ${letter}  test`, width))];
	const marks: number[] = [];
	for (const { id, visibility, before, after, message } of all) {
		if (before !== after) marks.push(rows.length);
		const [a, b] = [before, after].map((status) => {
			const paint = status === null ? dim : TEST_SIGNS[status].paint;
			return paint(signOf(status));
		});
		rows.push(`  ${a} ${b}  ${toCells(`${visibility} ${id}`, width - 7)}`);
		const why = message ? wrapText(message, width - 9).slice(0, MESSAGE_ROWS) : [];
		rows.push(...why.map((part) => dim(toCells(`         ${part}`, width))));
	}
	return { rows, marks };
}
