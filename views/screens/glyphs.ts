import type { Status } from "../../src/domain/verdict.js";
import type { Stage } from "../../src/store/stage.js";
import { bold, cyan, dim, green, grey, magenta, type Paint, red, yellow } from "../text/style.js";

/** A sign, its word and its colour. The sign alone tells it: colours may be missing. */
export interface Sign {
	glyph: string;
	word: string;
	paint: Paint;
}

/** Capitals and marks: judged. */
export const STATUS_SIGNS: Record<Status, Sign> = {
	accepted: { glyph: "✓", word: "accepted", paint: green },
	wrong_answer: { glyph: "✗", word: "wrong answer", paint: red },
	runtime_error: { glyph: "!", word: "runtime error", paint: magenta },
	output_limit_exceeded: { glyph: "O", word: "output limit", paint: yellow },
	time_limit_exceeded: { glyph: "T", word: "time limit", paint: yellow },
	memory_limit_exceeded: { glyph: "M", word: "memory limit", paint: yellow },
	compile_error: { glyph: "C", word: "compile error", paint: magenta },
	patch_failed: { glyph: "P", word: "patch failed", paint: magenta },
	no_code: { glyph: "-", word: "no code", paint: grey },
	judge_error: { glyph: "?", word: "judge error", paint: (text) => bold(yellow(text)) },
};

/** Small letters: on the way. */
export const STAGE_SIGNS: Record<Stage, Sign> = {
	queued: { glyph: "·", word: "queued", paint: dim },
	generating: { glyph: "g", word: "generating", paint: cyan },
	compiling: { glyph: "c", word: "compiling", paint: cyan },
	loading: { glyph: "l", word: "loading", paint: cyan },
	public_tests: { glyph: "p", word: "public tests", paint: cyan },
	hidden_tests: { glyph: "h", word: "hidden tests", paint: cyan },
	deciding: { glyph: "d", word: "deciding", paint: cyan },
	judged: { glyph: "=", word: "judged", paint: dim },
};

export function signOf(candidate: { stage: Stage; verdict: { status: Status } | null }): Sign {
	return candidate.verdict ? STATUS_SIGNS[candidate.verdict.status] : STAGE_SIGNS[candidate.stage];
}
