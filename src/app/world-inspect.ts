import { existsSync } from "node:fs";
import { join } from "node:path";
import type { WorldFolder } from "../energy/world/model-folder.js";
import { readSafetensors } from "../energy/world/safetensors.js";

export interface TensorFigures {
	name: string;
	dtype: string;
	shape: number[];
	count: number;
	/** null: no floating-point numbers. */
	mean: number | null;
	deviation: number | null;
	least: number | null;
	most: number | null;
	/** Numbers of values in bins of equal width from `least` to `most`. */
	histogram: number[] | null;
	/** Values that are no number or infinite. */
	notFinite: number;
}

const BINS = 16;

/** Each tensor of a model's weights, one after the other; none where the folder has no safetensors file. */
export async function* inspectTensors({ path }: WorldFolder): AsyncGenerator<TensorFigures> {
	const file = join(path, "model.safetensors");
	if (!existsSync(file)) return;
	for await (const { name, dtype, shape, values } of readSafetensors(file)) {
		const count = shape.reduce((product, size) => product * size, 1);
		yield { name, dtype, shape, count, ...figuresOf(values) };
	}
}

function figuresOf(
	values: Float32Array | null,
): Pick<TensorFigures, "mean" | "deviation" | "least" | "most" | "histogram" | "notFinite"> {
	const finite = values?.filter(Number.isFinite) ?? new Float32Array();
	if (values === null || finite.length === 0) {
		const notFinite = values === null ? 0 : values.length;
		return { mean: null, deviation: null, least: null, most: null, histogram: null, notFinite };
	}
	let [sum, squares, least, most] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
	for (const value of finite) {
		sum += value;
		squares += value * value;
		least = Math.min(least, value);
		most = Math.max(most, value);
	}
	const mean = sum / finite.length;
	const histogram = new Array<number>(BINS).fill(0);
	const width = (most - least) / BINS;
	for (const value of finite) {
		const bin = width === 0 ? 0 : Math.min(BINS - 1, Math.floor((value - least) / width));
		histogram[bin] = (histogram[bin] ?? 0) + 1;
	}
	return {
		mean,
		deviation: Math.sqrt(Math.max(0, squares / finite.length - mean * mean)),
		least,
		most,
		histogram,
		notFinite: values.length - finite.length,
	};
}
