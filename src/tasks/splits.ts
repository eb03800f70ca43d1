import { z } from "zod";
import { SPLITS, Split } from "../domain/task.js";
import { sha256 } from "../lib/hash.js";
import { atPlace, FieldError, parseFields } from "../lib/schema.js";
import { readYaml } from "./load-yaml.js";

export const SplitFractions = z.record(Split, z.number().min(0).max(1));
export type SplitFractions = z.infer<typeof SplitFractions>;

export const DEFAULT_FRACTIONS: SplitFractions = {
	train: 0.8,
	dev: 0.1,
	test_public: 0.1,
	test_private: 0,
	stress: 0,
};

export const SplitManifest = z.strictObject({
	schema: z.literal("assay.split.v1"),
	seed: z.int().nonnegative(),
	fractions: SplitFractions,
	/** Of the task set: see `createFingerprint`. */
	fingerprint: z.string(),
	counts: z.record(Split, z.int().nonnegative()),
	/** Ids in code-point order. */
	splits: z.record(Split, z.array(z.string())),
});
export type SplitManifest = z.infer<typeof SplitManifest>;

/** Depends on seed and id alone, so a task that is added or removed moves no other. */
export function assignSplit(taskId: string, seed: number, fractions: SplitFractions): Split {
	// 52 bits: exact in a double, and below 1.
	const place = Number.parseInt(sha256(`${seed}:${taskId}`).slice(0, 13), 16) / 2 ** 52;
	let bound = 0;
	for (const split of SPLITS) {
		bound += fractions[split];
		if (place < bound) return split;
	}
	// Fractions such as 0.7 + 0.2 + 0.1 may add up to a little below 1.
	return SPLITS.findLast((split) => fractions[split] > 0) ?? "train";
}

/** "80/10/10/0/0" or "0.8,0.1,0.1": train, dev, test_public, test_private, stress. Throws FieldError. */
export function parseFractions(text: string): SplitFractions {
	const parts = text.split(/[/,]/).map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
	const total = parts.reduce((sum, part) => sum + part, 0);
	if (parts.length > SPLITS.length || parts.some((part) => !(part >= 0)) || !(total > 0)) {
		throw new FieldError([], `expected shares as in 80/10/10/0/0 (${SPLITS.join("/")})`);
	}
	if (Math.abs(total - 1) > 1e-6 && Math.abs(total - 100) > 1e-6) {
		throw new FieldError([], `shares add up to ${total}, not to 1 or 100`);
	}
	const share = (index: number): number => (parts[index] ?? 0) / total;
	return { train: share(0), dev: share(1), test_public: share(2), test_private: share(3), stress: share(4) };
}

/** JSON is read as YAML, which knows the line of a field. */
export async function readSplitManifest(path: string): Promise<SplitManifest> {
	const { value, lineOf } = await readYaml(path);
	return atPlace(
		(field) => `${path}:${lineOf(field)}`,
		() => parseFields(SplitManifest, value),
	);
}
