import type { Rollout } from "../../src/domain/run.js";
import type { Verdict } from "../../src/domain/verdict.js";
import type { Model } from "../model/model.js";
import { pendingCode } from "../model/pending-code.js";
import { toCells, visible } from "../text/cells.js";
import { plural } from "../text/format.js";
import { patchRows } from "../text/patch-rows.js";
import { type LineLayout, layPieces, overhangOf, plainPiece } from "../text/pieces.js";
import { colourPython } from "../text/python-colours.js";
import { bold, cyan, dim, red, removedLine, yellow } from "../text/style.js";
import { wrapText } from "../text/wrap.js";
import { STATUS_SIGNS } from "./glyphs.js";
import { type CandidateReading, type MarkedText, note } from "./marked-text.js";

const MESSAGE_ROWS = 4;

/** Line numbers, simple colours, and a mark with the message at the line where it failed. */
export function codeText(model: Model, reading: CandidateReading, width: number, layout: LineLayout): MarkedText {
	const { candidate, rollout, runId } = reading;
	if (rollout?.state === "failed") return { rows: [yellow(toCells(` ${rollout.message}`, width))], marks: [] };
	if (rollout?.state === "reading") return note("reading", width);
	const stored = rollout?.state === "read" ? rollout.value : null;
	const pending = stored ? null : pendingCode(model, candidate, runId);
	const code = stored ? stored.candidate.code : pending;
	const head = stored ? verdictLine(stored.verdict, width) : [];
	if (code === null && stored !== null) {
		const { completion } = stored.candidate;
		const rows = wrapText(completion, width - 2).map((line) => ` ${toCells(line, width - 1)}`);
		const why = "no code could be taken from this completion:";
		return { rows: [...head, dim(toCells(` ${why}`, width)), ...(completion ? rows : [])], marks: [] };
	}
	if (code === null) return unmadeText(reading, width);
	if (stored && isPatch(stored)) {
		const patch = patchRows(code, width, layout);
		return { ...patch, rows: [...head, ...patch.rows], marks: patch.marks.map((row) => row + head.length) };
	}
	const body = programText(code, stored?.verdict.line ?? null, width, layout);
	return { ...body, rows: [...head, ...body.rows], marks: body.marks.map((row) => row + head.length) };
}

/** A program with line numbers and simple colours, and a mark at the line where it failed. */
export function programText(code: string, failing: number | null, width: number, layout: LineLayout): MarkedText {
	const lines = code
		.replace(/\n$/, "")
		.split("\n")
		.map((line) => visible(line.replace(/\r$/, "")));
	const digits = Math.max(3, String(lines.length).length);
	const textCells = Math.max(1, width - digits - 3);
	const marks: number[] = [];
	const rows: string[] = [];
	const coloured = colourPython(lines);
	coloured.forEach((line, i) => {
		const isFailing = i + 1 === failing;
		if (isFailing) marks.push(rows.length);
		layPieces(isFailing ? [plainPiece(lines[i] ?? "")] : line, textCells, layout).forEach((text, part) => {
			const number = part === 0 ? String(i + 1).padStart(digits) : " ".repeat(digits);
			rows.push(
				isFailing
					? removedLine(`${red(part === 0 ? "▸" : " ")}${bold(`${number} `)} ${text}`)
					: ` ${dim(`${number} `)} ${text}`,
			);
		});
	});
	return { rows, marks, overhang: overhangOf(coloured, textCells) };
}

/** What has arrived of a completion, or why there is none. */
function unmadeText({ arrived, failure }: CandidateReading, width: number): MarkedText {
	const wrapped = (text: string) => wrapText(text, width - 2).map((line) => ` ${toCells(line, width - 1)}`);
	if (arrived !== null) {
		const head = ` generating, ${plural(arrived.length, "character")} so far`;
		return { rows: [cyan(toCells(head, width)), ...wrapped(arrived)], marks: [] };
	}
	if (failure === null) return note("its code is not known yet", width);
	const tries = failure.attempts > 1 ? ` after ${failure.attempts} requests` : "";
	const head = ` no completion: ${failure.failure.replaceAll("_", " ")}${tries}; made anew when the run is resumed`;
	return { rows: [red(toCells(head, width)), ...wrapped(failure.message)], marks: [] };
}

/** The candidate of a repository task is a patch, which the judge had to apply. */
export function isPatch(rollout: Rollout): boolean {
	return rollout.verdict.phases.some(({ phase }) => phase === "apply");
}

/** Sign, word, cause and message: what happened, before the code it happened in. */
function verdictLine(verdict: Verdict, width: number): string[] {
	const sign = STATUS_SIGNS[verdict.status];
	const cause = verdict.cause ? ` (${verdict.cause})` : "";
	const where = verdict.line === null ? "" : ` at line ${verdict.line}`;
	const head = ` ${sign.glyph} ${sign.word}${cause}${where}  ${verdict.passed}/${verdict.total} tests`;
	const whole = verdict.message ? wrapText(verdict.message, width - 4) : [];
	const message = whole.slice(0, MESSAGE_ROWS);
	if (whole.length > message.length) message.push("… the verdict tab has the rest");
	return [
		sign.paint(toCells(head, width)),
		...message.map((line) => `   ${toCells(line, width - 3)}`),
		dim(toCells("", width)),
	];
}
