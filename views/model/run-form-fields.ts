import type { StartRunOptions } from "../../src/app/workbench.js";
import type { Strategy } from "../../src/domain/trace.js";
import type { RunField, RunForm, RunNumber } from "./dialog.js";

interface NumberField {
	/** In a sentence that says what it has to be. */
	name: string;
	least: number;
	most: number;
	/** Of the arrow keys. */
	by: number;
	isWhole: boolean;
	/** Empty means that there is no limit. */
	isOptional: boolean;
}

const whole = { by: 1, isWhole: true, isOptional: false };
const budget = { least: 1, most: 999_999_999, isWhole: true, isOptional: true };

export const RUN_NUMBERS: Readonly<Record<RunNumber, NumberField>> = {
	temperature: { name: "a temperature", least: 0, most: 5, by: 0.1, isWhole: false, isOptional: false },
	revisions: { ...whole, name: "the number of revisions", least: 0, most: 1000 },
	branch: { ...whole, name: "the number of revisions at a time", least: 1, most: 100 },
	tokens: { ...budget, name: "the budget of tokens", by: 1000 },
	seconds: { ...budget, name: "the budget of seconds", by: 10 },
	n: { ...whole, name: "N", least: 1, most: 10_000 },
	seed: { ...whole, name: "a seed", least: 0, most: 999_999_999 },
};

/** What can be set, from top to bottom. */
export function runFields({ backends, backend, strategy }: RunForm): RunField[] {
	const chosen = backends[backend];
	const ofModel: RunField[] = chosen?.generation == null ? [] : ["temperature", "strategy"];
	const ofLoop: RunField[] = strategy === null ? [] : ["tokens", "seconds"];
	const ofRevisions: RunField[] = strategy === null || strategy === "none" ? [] : ["revisions", "branch"];
	return ["backend", ...ofModel, ...ofRevisions, ...ofLoop, "n", "seed"];
}

export const isNumber = (field: RunField): field is RunNumber => field in RUN_NUMBERS;

/** The number that an arrow key makes of what is typed. */
export function movedNumber(field: RunNumber, text: string, steps: -1 | 1): string {
	const { least, most, by, isOptional } = RUN_NUMBERS[field];
	const next = Number((Number(text) + steps * by).toFixed(2));
	if (isOptional && next < least) return "";
	return String(Math.min(most, Math.max(least, next)));
}

/** The first number that cannot be what is typed, and why; null: all can. */
export function wrongNumber(form: RunForm): { field: RunNumber; error: string } | null {
	for (const field of runFields(form).filter(isNumber)) {
		const { name, least, most, isOptional } = RUN_NUMBERS[field];
		const text = form.numbers[field];
		if (text === "" && isOptional) continue;
		if (text !== "" && Number(text) >= least && Number(text) <= most) continue;
		return { field, error: `${name} is from ${least} to ${most}` };
	}
	return null;
}

const NUMBERS = { revisions: "3", branch: "1", tokens: "", seconds: "", n: "8", seed: "1" };

/** As the earlier run was started, or as most runs are. */
export function numbersOf(was: StartRunOptions | null, temperature: string): RunForm["numbers"] {
	if (was === null) return { ...NUMBERS, temperature };
	const { debug, n, seed } = was;
	const loop = debug && {
		revisions: String(debug.maxRevisions),
		branch: String(debug.branch),
		tokens: String(debug.maxTokens ?? ""),
		seconds: String(debug.maxWallMs === null ? "" : debug.maxWallMs / 1000),
	};
	return { ...NUMBERS, ...loop, temperature, n: String(n), seed: String(seed) };
}

/** The loop that is asked for; null: none is. */
export function debugOf({ strategy, numbers }: RunForm): StartRunOptions["debug"] {
	if (strategy === null) return null;
	const { tokens, seconds } = numbers;
	return {
		strategy,
		maxRevisions: Number(numbers.revisions),
		branch: Number(numbers.branch),
		maxTokens: tokens === "" ? null : Number(tokens),
		maxWallMs: seconds === "" ? null : Number(seconds) * 1000,
	};
}

/** The next choice of how to revise: none at all, then what the backend can do. */
export function movedStrategy({ backends, backend, strategy }: RunForm, by: -1 | 1): Strategy | null {
	const all = [null, ...(backends[backend]?.strategies ?? [])];
	return all[(all.indexOf(strategy) + by + all.length) % all.length] ?? null;
}
