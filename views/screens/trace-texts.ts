import type { TraceStep } from "../../src/domain/trace.js";
import type { StepContext } from "../../src/store/trace-tree.js";
import type { StepEntry, Trace } from "../../src/store/traces.js";
import type { Model } from "../model/model.js";
import type { Read } from "../model/read-cache.js";
import { readStepOf } from "../model/step-reading.js";
import type { TraceTab } from "../model/traces-state.js";
import { toCells } from "../text/cells.js";
import { diffRows } from "../text/diff-rows.js";
import { formatMs, formatScore } from "../text/format.js";
import { bold, cyan, dim, yellow } from "../text/style.js";
import { wrapText } from "../text/wrap.js";
import { programText } from "./candidate-code.js";
import { codeDiffLayout } from "./candidate-diff.js";
import { STATUS_SIGNS } from "./glyphs.js";
import { type MarkedText, note } from "./marked-text.js";
import { factRows } from "./task-detail.js";
import { publicTestsText } from "./trace-tests.js";

export interface StepReading {
	source: string;
	trace: Trace;
	context: StepContext;
}

type Whole<Kind extends TraceStep["kind"]> = Extract<TraceStep, { kind: Kind }>;
type Generation = Whole<"generation">;

/** `isWhole`: nothing of it is still being read. */
export interface StepText {
	text: MarkedText;
	isWhole: boolean;
}

/** Text of one tab of a step. */
export function stepText(model: Model, reading: StepReading, tab: TraceTab, width: number): StepText {
	const { source, trace, context } = reading;
	let isWhole = true;
	const take = <Kind extends TraceStep["kind"]>(kind: Kind, entry: StepEntry | null): Taken<Whole<Kind>> => {
		const read = readStepOf(model, { source, trace, kind }, entry);
		if (read?.state === "reading") isWhole = false;
		return taken(read, width);
	};
	const text = (): MarkedText => {
		if (tab === "reward") return rewardText(reading, width);
		if (tab === "tests" || tab === "feedback") {
			const tests = take("tests", context.tests);
			if ("text" in tests) return tests.text ?? note(NO_TESTS, width);
			if (tab === "feedback") return feedbackText(tests.step.feedback, width);
			const before = take("tests", context.baseTests);
			if ("text" in before && before.text !== null) return before.text;
			return publicTestsText(tests.step, "step" in before ? before.step : null, width);
		}
		const program = take("generation", context.program);
		if ("text" in program) return program.text ?? note("there is no program here", width);
		if (tab === "prompt") return promptText(program.step, width);
		if (tab === "completion") return completionText(program.step, width);
		if (tab === "code") return codeText(model, program.step, width);
		const base = take("generation", context.base);
		if ("text" in base && base.text !== null) return base.text;
		return diffText(model, program.step, "step" in base ? base.step : null, width);
	};
	return { text: text(), isWhole };
}

const NO_TESTS = "no public tests ran on this program";

/** What was read, or the text that stands for it; null: there is no such step. */
type Taken<T> = { step: T } | { text: MarkedText | null };

function taken<T>(read: Read<T> | null, width: number): Taken<T> {
	if (read === null) return { text: null };
	if (read.state === "read") return { step: read.value };
	if (read.state === "reading") return { text: note("reading", width) };
	return { text: { rows: [yellow(toCells(` ${read.message}`, width))], marks: [] } };
}

const lines = (text: string, width: number) => wrapText(text, width - 2).map((line) => ` ${toCells(line, width - 1)}`);

export function promptText({ prompt, template }: Pick<Generation, "prompt" | "template">, width: number): MarkedText {
	if (prompt === null) return note("what the model was asked is not known", width);
	const rows = template === null ? [] : [dim(toCells(` template ${template}`, width)), ""];
	const marks: number[] = [];
	for (const { role, content } of prompt) {
		marks.push(rows.length);
		rows.push(bold(cyan(toCells(` ${role}`, width))), ...lines(content, width), "");
	}
	return { rows, marks };
}

function completionText(
	{ completion, problem, usage, model, finishReason, logprob, wallTimeMs }: Generation,
	width: number,
): MarkedText {
	const facts = [
		model,
		usage && `${usage.promptTokens} + ${usage.completionTokens} tokens${usage.estimated ? ", estimated" : ""}`,
		wallTimeMs === null ? null : formatMs(wallTimeMs),
		finishReason === "length" ? "cut at the token limit" : null,
		logprob === null ? null : `logprob ${logprob.toFixed(2)}`,
	].filter((fact) => fact !== null);
	const rows = facts.length > 0 ? [...lines(facts.join("  "), width).map(dim), ""] : [];
	if (problem !== null) rows.push(...lines(problem, width).map(yellow), "");
	rows.push(...(completion === null ? note("there is no completion", width).rows : lines(completion, width)));
	return { rows, marks: [] };
}

function codeText(model: Model, { code, problem, purpose }: Generation, width: number): MarkedText {
	if (code !== null) {
		const { wraps } = model.ui.getState();
		return programText(code, null, width, { wraps, left: model.scroll.place("trace-step").left });
	}
	return note(
		purpose === "reflect" ? "a thought, no program: the completion has it" : (problem ?? "no program"),
		width,
	);
}

function diffText(model: Model, after: Generation, before: Generation | null, width: number): MarkedText {
	if (after.code === null) return codeText(model, after, width);
	if (before?.code == null) return note("the first program: there is nothing to compare it with", width);
	const side = ({ step, code }: Generation) => ({ name: `step ${step}`, text: code ?? "" });
	return diffRows(side(before), side(after), width, codeDiffLayout(model, width, "trace-step"));
}

function feedbackText(feedback: string | null, width: number): MarkedText {
	if (feedback === null) return note("the model is told nothing: its public tests pass", width);
	return { rows: [dim(toCells(" the model is told:", width)), "", ...lines(feedback, width)], marks: [] };
}

/** What all tests said, of the first program and of the one handed in; the model never saw it. */
function rewardText({ trace }: StepReading, width: number): MarkedText {
	const fact = (name: string, value: string) => factRows(name, value, width - 1).map((row) => ` ${row}`);
	const rows: string[] = [];
	for (const { outline } of trace.steps) {
		if (outline.kind === "submit") {
			const of = outline.of === null ? "nothing" : `the program of step ${outline.of}`;
			rows.push(...fact("handed in", of), ...fact("ended for", outline.reason.replaceAll("_", " ")), "");
		}
		if (outline.kind !== "verdict") continue;
		const { which, status, passed, total, reward, claimed, of } = outline;
		const sign = STATUS_SIGNS[status];
		const name = which === "first" ? "First program" : "Handed in";
		rows.push(bold(toCells(` ${name}${of === null ? "" : `, step ${of}`}`, width)));
		rows.push(sign.paint(toCells(` ${sign.glyph} ${sign.word}`, width)));
		if (passed !== null && total !== null) rows.push(...fact("all tests", `${passed} of ${total} passed`));
		if (reward !== null) rows.push(...fact("reward", formatScore(reward)));
		if (claimed) rows.push(...fact("claimed", "by the file it is from; no judge here has looked at it"));
		rows.push("");
	}
	if (trace.outcome === null)
		rows.push(...note(trace.reason === null ? "the loop goes on" : "not judged yet", width).rows);
	else rows.push(dim(toCells(" the model is told none of this", width)));
	rows.push("", bold(toCells(" The loop", width)));
	const { revisions, testRuns, tokens } = trace;
	rows.push(
		...fact("revisions", String(revisions)),
		...fact("test runs", String(testRuns)),
		...fact("tokens", tokens === null ? "not known" : String(tokens)),
	);
	return { rows, marks: [] };
}
