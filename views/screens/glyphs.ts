import type { Status } from "../../src/domain/verdict.js";
import { isUnderWay, type Stage } from "../../src/store/stage.js";
import { bold, cyan, dim, green, grey, magenta, type Paint, red, yellow } from "../text/style.js";

/** A sign, its word and its colour. The sign alone tells it: colours may be missing. */
export interface Sign {
	glyph: string;
	word: string;
	/** The word where there is little room. */
	short: string;
	paint: Paint;
}

/** Capitals and marks: judged. */
export const STATUS_SIGNS: Record<Status, Sign> = {
	accepted: { glyph: "✓", word: "accepted", short: "accepted", paint: green },
	wrong_answer: { glyph: "✗", word: "wrong answer", short: "wrong", paint: red },
	runtime_error: { glyph: "!", word: "runtime error", short: "runtime", paint: magenta },
	output_limit_exceeded: { glyph: "O", word: "output limit", short: "output", paint: yellow },
	time_limit_exceeded: { glyph: "T", word: "time limit", short: "time", paint: yellow },
	memory_limit_exceeded: { glyph: "M", word: "memory limit", short: "memory", paint: yellow },
	compile_error: { glyph: "C", word: "compile error", short: "compile", paint: magenta },
	patch_failed: { glyph: "P", word: "patch failed", short: "patch", paint: magenta },
	no_code: { glyph: "-", word: "no code", short: "no code", paint: grey },
	judge_error: { glyph: "?", word: "judge error", short: "judge", paint: (text) => bold(yellow(text)) },
};

/** Small letters: on the way. */
export const STAGE_SIGNS: Record<Stage, Sign> = {
	queued: { glyph: "·", word: "queued", short: "queued", paint: dim },
	generating: { glyph: "g", word: "generating", short: "gen", paint: cyan },
	waiting: { glyph: "w", word: "waiting for the judge", short: "waiting", paint: dim },
	compiling: { glyph: "c", word: "compiling", short: "compiling", paint: cyan },
	loading: { glyph: "l", word: "loading", short: "load", paint: cyan },
	public_tests: { glyph: "p", word: "public tests", short: "public", paint: cyan },
	hidden_tests: { glyph: "h", word: "hidden tests", short: "hidden", paint: cyan },
	deciding: { glyph: "d", word: "deciding", short: "deciding", paint: cyan },
	failed: { glyph: "f", word: "no completion", short: "failed", paint: red },
	skipped: { glyph: "s", word: "skipped", short: "skipped", paint: dim },
	judged: { glyph: "=", word: "judged", short: "judged", paint: dim },
};

/** `isStopped`: its run is over, so a candidate without a verdict will not get one. */
export function signOf(candidate: { stage: Stage; verdict: { status: Status } | null }, isStopped: boolean): Sign {
	if (candidate.verdict) return STATUS_SIGNS[candidate.verdict.status];
	const sign = STAGE_SIGNS[candidate.stage];
	return isStopped && isUnderWay(candidate.stage) ? { ...sign, word: `stopped: ${sign.word}`, paint: dim } : sign;
}

/** Beside a candidate that the run's rule picked. */
export const PICKED = "+";
