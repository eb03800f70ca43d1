import type { Tree } from "@lezer/common";
import type { Sameness } from "../domain/choices.js";
import { sha256 } from "../lib/hash.js";
import { normalisedSource } from "../lib/normalised-source.js";
import { programForm } from "./program-form.js";

export interface ProgramKeyOptions {
	/** Default: names of local variables do not matter. */
	sameness?: Sameness;
	language?: string;
	/** Of the same text, where it was parsed already. */
	tree?: Tree | null;
}

/**
 * A hash that is equal for equal programs: those of one syntax tree, as `programForm` says, and where it does not say,
 * those of one text. A text in a language other than Python has a tree only when it is Python too.
 */
export function programKey(
	code: string,
	{ sameness = "names", language = "python", tree = null }: ProgramKeyOptions = {},
): string {
	const form = language === "python" ? programForm(code, sameness, tree) : null;
	return sha256(form === null ? `text ${normalisedSource(code)}` : `tree ${form}`).slice(0, 32);
}

/** Counts programs of one task, equal ones once. */
export class DistinctPrograms {
	/** Hashes of the texts: each one is parsed once. */
	readonly #texts = new Set<string>();
	readonly #keys = new Set<string>();

	/** `code` null: only the hash of the text is known, and it equals that text alone. */
	add(codeSha256: string, code: string | null): void {
		if (this.#texts.has(codeSha256)) return;
		this.#texts.add(codeSha256);
		this.#keys.add(code === null ? codeSha256 : programKey(code));
	}

	get count(): number {
		return this.#keys.size;
	}
}
