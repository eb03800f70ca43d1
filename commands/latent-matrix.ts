import type { LatentMatrix } from "../src/energy/world/eval-latent.js";
import { countOf } from "../src/lib/count.js";
import { signed } from "./rank-report.js";

const SHADES = " .:-=+*#%@";
/** Dimensions that are drawn, so that a line fits into 80 columns. */
const DRAWN = 64;
const NAMED = 8;

/** 0 is blank, 1 the darkest sign. */
function shade(share: number): string {
	return SHADES[Math.round(Math.min(1, share) * (SHADES.length - 1))] ?? "@";
}

/** Like `shade`, but only nothing at all is blank. */
export function shadeOfSome(share: number): string {
	return share === 0 ? " " : shade(Math.max(1 / (SHADES.length - 1), share));
}

/** How each two dimensions are correlated, drawn; the pairs that are most; the dimensions in which labels differ most. */
export function* matrixLines({ correlations, byLabel }: LatentMatrix): Generator<string> {
	const width = correlations.length;
	const drawn = Math.min(width, DRAWN);
	const which = drawn < width ? `the first ${drawn} of ${width} dimensions` : countOf(width, "dimension");
	yield `latent matrix: how much each two of ${which} of after-states are correlated, 0 [${SHADES}] 1, either sign`;
	for (const [i, row] of correlations.slice(0, drawn).entries())
		yield `${String(i).padStart(4)} ${row
			.slice(0, drawn)
			.map((value) => shade(Math.abs(value)))
			.join("")}`.trimEnd();
	const pairs = correlations.flatMap((row, i) => row.slice(0, i).map((value, j) => ({ i: j, j: i, value })));
	pairs.sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
	const named = pairs.slice(0, NAMED).map(({ i, j, value }) => `${i} and ${j} ${signed(value, 2)}`);
	yield `most correlated: ${named.join(", ")}`;
	if (byLabel === null) {
		yield "too few are labelled to see in which dimensions labels differ";
		return;
	}
	const best = byLabel.map((share, i) => ({ share, i })).sort((a, b) => b.share - a.share);
	const told = best.slice(0, NAMED).map(({ share, i }) => `${i} ${(100 * share).toFixed(1)} %`);
	yield `variance between accepted and rejected ones, dimensions with most of it: ${told.join(", ")}`;
}
