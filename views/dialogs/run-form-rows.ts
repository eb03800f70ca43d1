import type { Strategy } from "../../src/domain/trace.js";
import type { RunField, RunForm } from "../model/dialog.js";
import { backendOf, servedCount } from "../model/run-form-backends.js";
import { isNumber, isText, RUN_NUMBERS, runFields } from "../model/run-form-fields.js";
import { toCells, visible } from "../text/cells.js";
import { plural } from "../text/format.js";
import { bold, cursorLine, dim, yellow } from "../text/style.js";
import { wrapText } from "../text/wrap.js";

const NAME_CELLS = 16;

const LABELS: Record<RunField, string> = {
	backend: "backend",
	file: "file",
	temperature: "temperature",
	topP: "top-p",
	maxTokens: "answer max",
	concurrency: "requests",
	logprobs: "logprobs",
	maxCost: "most dollars",
	maxTotalTokens: "all tokens",
	template: "template",
	strategy: "self-debug",
	revisions: "revisions",
	branch: "at a time",
	tokens: "most tokens",
	seconds: "most seconds",
	n: "N",
	seed: "seed",
	stopOn: "stop on",
	nMax: "N at most",
	widen: "more for",
	dedupe: "equal ones",
	select: "pick by",
	experiment: "experiment",
	skipExisting: "done tasks",
	cpuSeconds: "CPU seconds",
	memoryMb: "memory MiB",
	gate: "hidden tests",
};

const FILES = { samples: "samples", script: "answers", folder: "model folder" } as const;

/** Said below the field that the cursor is on. */
const ABOUT: Partial<Record<RunField, string>> = {
	template: "what the model is asked; t reads it, and compares",
	stopOn: "no more candidates for a task with so many accepted",
	maxTokens: "tokens of one answer",
	nMax: "so many for tasks whose first N are mixed; pass@k counts the first N alone",
	widen: "mixed: some of the first N accepted, some not; mixed+none: those without any, too",
	dedupe: "judged once: comments, layout, docstrings (tree) and local names (names) may differ",
	select: "one candidate a task is picked, without its hidden tests",
	experiment: "runs of one name belong together",
	skipExisting: "tasks that the experiment has solved, or has N of, asked in the same way",
	concurrency: "so many at a time",
	logprobs: "log-probabilities of the tokens, where the model gives them",
	maxTotalTokens: "prompts and completions of the run; no request starts beyond it",
	maxCost: "no request starts beyond it",
	cpuSeconds: "of a candidate, over the task's own limit",
};

const FILE_ABOUT = {
	samples: "JSONL, rollouts or a folder of files; without it, the candidates recorded with each task",
	script: "JSONL lines of {contains, answer}",
	folder: "i reads its card and its licence",
} as const;

/** What the command line alone has, and why. */
const ELSEWHERE =
	"Servers, their keys and prices are in assay.yaml. Only `assay run` has --stop, hub models (--allow-download), another judge (--sandbox, --workers, --no-cache) than the one that is open here, and --out, --check.";

const STRATEGY_TEXTS: Record<Strategy, string> = {
	none: "propose and run the public tests; nothing is revised",
	retry: "ask the same again while a public test fails",
	feedback: "show what failed, ask for the whole program again",
	reflection: "ask what is wrong first, then for the program",
	"edit-blocks": "show what failed, ask for search/replace blocks",
	"edit-diff": "show what failed, ask for a unified diff",
};

export interface FormRows {
	/** The fields from top to bottom, below a choice what it means. */
	rows: string[];
	/** The row of the field that the cursor is on, and the last one that belongs to it. */
	cursor: number;
	cursorEnd: number;
	/** Always in view. */
	foot: string[];
}

export function runFormRows(form: RunForm, width: number): FormRows {
	const rows: string[] = [];
	let cursor = 0;
	let cursorEnd = 0;
	for (const field of runFields(form)) {
		const isCursor = form.field === field;
		const text =
			toCells(`${isCursor ? "▸" : " "} ${labelOf(form, field)}`, NAME_CELLS) +
			toCells(fieldText(form, field), width - NAME_CELLS);
		if (isCursor) cursor = rows.length;
		rows.push(isCursor ? cursorLine(bold(text)) : text, ...explained(form, field, width));
		if (isCursor) cursorEnd = rows.length - 1;
	}
	rows.push(...wrapText(ELSEWHERE, width - 2).map((line) => dim(`  ${toCells(line, width - 2)}`)));
	if (form.field === runFields(form).at(-1)) cursorEnd = rows.length - 1;
	const foot = [servesRow(form, width)];
	if (form.error)
		foot.push(...wrapText(visible(form.error), width - 2).map((line) => yellow(`  ${toCells(line, width - 2)}`)));
	return { rows, cursor, cursorEnd, foot };
}

function labelOf(form: RunForm, field: RunField): string {
	const file = backendOf(form)?.file ?? null;
	return field === "file" && file !== null ? FILES[file] : LABELS[field];
}

function fieldText(form: RunForm, field: RunField): string {
	const cursor = form.field === field ? "_" : "";
	if (isNumber(field)) {
		const text = form.numbers[field];
		const { empty } = RUN_NUMBERS[field];
		return text === "" && empty !== null ? `${empty}${cursor}` : `${text}${cursor}`;
	}
	if (isText(field)) {
		const text = visible(form.texts[field]);
		return text === "" && cursor === "" ? "none" : `${text}${cursor}`;
	}
	if (field !== "backend") return `< ${choiceText(form, field)} >`;
	const backend = backendOf(form);
	const name = [backend?.id ?? "none", ...(backend?.model ? [visible(backend.model)] : [])].join(" · ");
	return `< ${name} >  ${form.backend + 1} of ${form.backends.length}`;
}

function choiceText({ chosen }: RunForm, field: keyof RunForm["chosen"]): string {
	switch (field) {
		case "strategy":
			return chosen.strategy ?? "off";
		case "template":
			return chosen.template ?? "the model's usual one";
		case "dedupe":
			return chosen.dedupe ?? "each judged";
		case "select":
			return chosen.select ?? "none";
		case "widen":
			return chosen.widen;
		case "skipExisting":
			return chosen.skipExisting ? "left out" : "asked again";
		case "logprobs":
			return chosen.logprobs ? "asked for" : "not asked for";
		case "gate":
			return chosen.gate ? "where public ones pass" : "always run";
	}
}

function explained(form: RunForm, field: RunField, width: number): string[] {
	return aboutOf(form, field)
		.flatMap((text) => wrapText(visible(text), width - NAME_CELLS))
		.map((line) => dim(toCells("", NAME_CELLS) + toCells(line, width - NAME_CELLS)));
}

function aboutOf(form: RunForm, field: RunField): string[] {
	const { strategy } = form.chosen;
	const backend = backendOf(form);
	if (field === "backend") {
		const card = backend?.card == null ? [] : [`card: ${firstSentence(backend.card)} (i reads it)`];
		return [backend?.description ?? "", ...card];
	}
	if (field === "strategy") return strategy === null ? [] : [STRATEGY_TEXTS[strategy]];
	if (form.field !== field) return [];
	if (field === "file") return backend?.file ? [FILE_ABOUT[backend.file]] : [];
	const about = ABOUT[field];
	return about === undefined ? [] : [about];
}

/** Of a model card: after front matter and headings. */
function firstSentence(card: string): string {
	const body = card.replace(/^---\n.*?\n---\n/s, "").replace(/^(#.*|\s*)\n/gm, "");
	return (
		body
			.replace(/[*_`]/g, "")
			.replace(/\s+/g, " ")
			.trim()
			.split(/\.(?=\s|$)/)[0]
			?.slice(0, 200) ?? ""
	);
}

function servesRow(form: RunForm, width: number): string {
	const serves = servedCount(form);
	const total = form.taskIds.length;
	const text = `  ${plural(total, "task")}${serves < total ? `, of which this backend can serve ${serves}` : ""}`;
	return (serves < total ? yellow : dim)(toCells(text, width));
}
