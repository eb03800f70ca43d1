import { crc32 } from "node:zlib";
import type { TransitionSplit } from "../domain/choices.js";
import type { DropCode } from "../domain/transition.js";
import { codeTokens } from "../languages/code-tokens.js";
import { programKey } from "../languages/equal-programs.js";
import { sha256 } from "../lib/hash.js";
import { solutionLikeness } from "../tasks/likeness.js";

/** Bits in which near duplicates differ at most. */
const NEAR_BITS = 3;
/** Shorter programs are near too many others. */
const MIN_TOKENS = 32;
const RUN = 3;

/** What tells whether two programs are the same: as texts, but for chosen names, or nearly. */
export interface ProgramMarks {
	exact: string;
	renamed: readonly string[];
	near: bigint | null;
}

export function marksOf(code: string): ProgramMarks {
	const tokens = codeTokens(code);
	const likeness = solutionLikeness(code);
	return {
		exact: sha256(code.trim()).slice(0, 16),
		renamed: [programKey(code).slice(0, 16), ...(likeness === null ? [] : [likeness.exact])],
		near: tokens.length < MIN_TOKENS ? null : simHash(tokens),
	};
}

/** Charikar 2002, over runs of tokens without layout, comments and chosen names: 64 bits. */
function simHash(tokens: readonly string[]): bigint {
	const votes = new Int32Array(64);
	for (let start = 0; start + RUN <= Math.max(tokens.length, RUN); start++) {
		const run = tokens.slice(start, start + RUN).join(" ");
		for (const [at, half] of [crc32(run), crc32(run, 0x9e3779b9)].entries()) {
			const mixed = avalanche(half);
			for (let bit = 0; bit < 32; bit++)
				votes[at * 32 + bit] = (votes[at * 32 + bit] ?? 0) + ((mixed >>> bit) & 1 ? 1 : -1);
		}
	}
	return votes.reduce((hash, vote, bit) => (vote > 0 ? hash | (1n << BigInt(bit)) : hash), 0n);
}

/** Checksums are linear: without this the second one would tell nothing that the first does not. */
function avalanche(hash: number): number {
	let h = hash;
	h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
	h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
	return (h ^ (h >>> 16)) >>> 0;
}

const BANDS = [0n, 16n, 32n, 48n];

/** Programs of some splits, to be asked whether a program of another split is among them. A few numbers each, no text. */
export class SplitOverlap {
	readonly #exact = new Set<string>();
	readonly #renamed = new Set<string>();
	readonly #near: bigint[] = [];
	/** Of four parts of two hashes that differ in three bits, one is the same. */
	readonly #bands = new Map<string, number[]>();

	add({ exact, renamed, near }: ProgramMarks): void {
		this.#exact.add(exact);
		for (const key of renamed) this.#renamed.add(key);
		if (near === null) return;
		const at = this.#near.push(near) - 1;
		for (const band of bandsOf(near)) {
			const there = this.#bands.get(band);
			if (there === undefined) this.#bands.set(band, [at]);
			else there.push(at);
		}
	}

	/** Why a program of another split cannot stay; null: it is new. */
	reasonAgainst({ exact, renamed, near }: ProgramMarks): DropCode | null {
		if (this.#exact.has(exact)) return "across_splits_exact";
		if (renamed.some((key) => this.#renamed.has(key))) return "across_splits_renamed";
		return near !== null && this.#hasNear(near) ? "across_splits_near" : null;
	}

	#hasNear(hash: bigint): boolean {
		return bandsOf(hash).some((band) =>
			(this.#bands.get(band) ?? []).some((at) => bitsIn((this.#near[at] ?? ~hash) ^ hash) <= NEAR_BITS),
		);
	}
}

function bandsOf(hash: bigint): string[] {
	return BANDS.map((shift) => `${shift} ${(hash >> shift) & 0xffffn}`);
}

function bitsIn(value: bigint): number {
	let count = 0;
	for (let rest = BigInt.asUintN(64, value); rest > 0n; rest &= rest - 1n) count++;
	return count;
}

/** Of two programs in two splits, the one in the later split goes. */
export const SPLIT_ORDER: readonly TransitionSplit[] = ["train", "dev", "test"];
