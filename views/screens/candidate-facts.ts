import type { Rollout, SandboxInfo } from "../../src/domain/run.js";
import type { CapturedOutput, TestResult, Tier } from "../../src/domain/verdict.js";
import { toCells } from "../text/cells.js";
import { formatBytes, formatMs, formatScore, MISSING } from "../text/format.js";
import { type LineLayout, layPieces, overhangOf, plainPiece } from "../text/pieces.js";
import { bold, dim, green, red, yellow } from "../text/style.js";
import { wrapText } from "../text/wrap.js";
import { STATUS_SIGNS } from "./glyphs.js";
import type { CandidateReading, MarkedText } from "./marked-text.js";
import { factRows } from "./task-detail.js";

export const TEST_SIGNS = {
	failed: { glyph: "✗", word: "failed", paint: red, order: 0 },
	error: { glyph: "!", word: "error", paint: yellow, order: 1 },
	passed: { glyph: "✓", word: "passed", paint: green, order: 2 },
	not_run: { glyph: "·", word: "not run", paint: dim, order: 3 },
} as const;

const HIDDEN_NOTE = "  what they ask is not shown here";

/** Failing first. Public tests say why; of hidden ones only the id is known. */
export function testsText(rollout: Rollout, width: number): MarkedText {
	const { tests } = rollout.verdict;
	const rows: string[] = [];
	const marks: number[] = [];
	for (const visibility of ["public", "hidden"] as const) {
		const group = tests.filter((test) => test.visibility === visibility);
		if (group.length === 0) continue;
		const passed = group.filter((test) => test.status === "passed").length;
		const heading = ` ${visibility} tests ${passed}/${group.length}`;
		const note = visibility === "hidden" && passed < group.length ? HIDDEN_NOTE : "";
		rows.push(bold(toCells(heading, heading.length)) + dim(toCells(note, width - heading.length)));
		const sorted = [...group].sort((a, b) => TEST_SIGNS[a.status].order - TEST_SIGNS[b.status].order);
		for (const test of sorted) {
			if (test.status === "failed" || test.status === "error") marks.push(rows.length);
			rows.push(...testRows(test, width));
		}
		rows.push("");
	}
	return { rows, marks };
}

export function testRows(
	test: Pick<TestResult, "id" | "status" | "message" | "line" | "wallTimeMs">,
	width: number,
): string[] {
	const sign = TEST_SIGNS[test.status];
	const time = test.wallTimeMs === null ? "" : formatMs(test.wallTimeMs);
	const line = test.line === null ? "" : ` line ${test.line}`;
	const facts = ` ${toCells(sign.word, 8)} ${toCells(line, 9)} ${toCells(time, 9, "right")}`;
	const idCells = Math.max(8, width - 3 - facts.length);
	const id = wrapId(test.id, idCells);
	const message = test.message ? wrapText(test.message, width - 5) : [];
	return [
		...id.map((part, i) => {
			const row = i === 0 ? `${sign.glyph} ${toCells(part, idCells)}${facts}` : `  ${part}`;
			return ` ${sign.paint(toCells(row, width - 1))}`;
		}),
		...message.map((text) => `     ${toCells(text, width - 5)}`),
	];
}

/** Ids of repository tests are long paths; they are broken at their dots. */
function wrapId(id: string, width: number): string[] {
	return wrapText(id.replaceAll(".", ". "), width).map((part) => part.replaceAll(". ", "."));
}

/** What the candidate wrote; every control code is shown as letters. */
export function outputText(output: CapturedOutput, width: number, layout: LineLayout): MarkedText {
	const cells = width - 2;
	let overhang = 0;
	const lines = (text: string) => {
		if (layout.wraps) return wrapText(text, cells).map((line) => ` ${toCells(line, width - 1)}`);
		const whole = wrapText(text, Number.MAX_SAFE_INTEGER).map((line) => [plainPiece(line)]);
		overhang = Math.max(overhang, overhangOf(whole, cells));
		return whole.flatMap((line) => layPieces(line, cells, layout)).map((row) => ` ${row} `);
	};
	const bytes = formatBytes(output.bytes);
	const rows = [dim(toCells(` stdout and stderr: ${bytes}`, width))];
	if (output.bytes === 0) rows.push(dim(toCells(" it wrote nothing", width)));
	if (output.head !== "") rows.push(...lines(output.head));
	if (output.tail !== "") {
		const left = output.bytes - Buffer.byteLength(output.head) - Buffer.byteLength(output.tail);
		if (left > 0) rows.push(yellow(toCells(` [${formatBytes(left)} are left out]`, width)));
		rows.push(...lines(output.tail));
	}
	return { rows, marks: [], overhang };
}

/** `sandbox`: what isolated the candidates of this run, where it is known. */
export function verdictText(
	reading: CandidateReading,
	rollout: Rollout,
	sandbox: SandboxInfo | null,
	width: number,
): MarkedText {
	const { verdict, candidate } = rollout;
	const sign = STATUS_SIGNS[verdict.status];
	const inner = width - 1;
	const fact = (name: string, value: string | number | null) =>
		factRows(name, value === null ? MISSING : String(value), inner);
	const rows = [
		sign.paint(bold(toCells(`${sign.glyph} ${sign.word}`, inner))),
		...fact("cause", verdict.cause),
		...fact("message", verdict.message),
		...fact("phase", verdict.phase),
		...fact("line", verdict.line),
		...fact("tests", `${verdict.passed} of ${verdict.total} passed`),
		...(reading.candidate.picked === null ? [] : fact("picked", pickedText(reading.candidate.picked))),
		"",
		bold(toCells("Phases", inner)),
		...verdict.phases.flatMap((phase) => fact(phase.phase, `${phase.result.padEnd(8)} ${formatMs(phase.wallTimeMs)}`)),
		"",
		bold(toCells("Cost", inner)),
		...fact("cpu", formatMs(verdict.cpuTimeMs)),
		...fact("wall", formatMs(verdict.wallTimeMs)),
		...fact("peak memory", formatBytes(verdict.peakMemoryBytes)),
		...fact("output", formatBytes(verdict.output.bytes)),
		...fact("exit code", verdict.exitCode),
		...fact("signal", verdict.signal),
		...fact("generated in", formatMs(reading.candidate.generateMs)),
		"",
		bold(toCells("Evidence", inner)),
		...fact("flags", verdict.flags.length > 0 ? verdict.flags.join(", ") : "none"),
		...fact("harness", verdict.harness === "split" ? "split" : "in_guest: tests shared the candidate's process"),
		...fact("sandbox", isolation(verdict.sandbox, sandbox)),
		...fact("cached", verdict.cached ? "yes: judged before with the same tests, source and limits" : "no"),
		...(rollout.sameAs === null ? [] : fact("same as", `#${rollout.sameAs}: judged once, the program is the same`)),
		...fact("retries", verdict.retries),
		...fact("backend", candidate.model ? `${candidate.backend} ${candidate.model}` : candidate.backend),
		...fact("code sha256", verdict.codeSha256),
		...fact("tests sha256", verdict.testsSha256),
		"",
		bold(toCells("Rewards", inner)),
		...rollout.rewards.flatMap((reward) => fact(reward.name.slice(0, 13), rewardText(reward))),
	];
	return { rows: rows.map((row) => ` ${row}`), marks: [] };
}

function pickedText({ selector, of }: { selector: string; of: number }): string {
	return `by ${selector}${of === 1 ? "" : `, which does not tell ${of} apart`}`;
}

/** A cached verdict may come from another tier than the run's own. */
function isolation(tier: Tier, sandbox: SandboxInfo | null): string {
	if (sandbox?.tier !== tier || sandbox.missing.length === 0) return tier;
	return `${tier}, lacks ${sandbox.missing.join(", ")}`;
}

function rewardText(reward: Rollout["rewards"][number]): string {
	const parts = Object.entries(reward.parts).map(([name, value]) => `${name} ${formatScore(value)}`);
	return [formatScore(reward.value), ...parts].join("  ");
}
