import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { z } from "zod";
import { energyOf } from "../../src/energy/world/world-model.js";

const folder = fileURLToPath(new URL("../../fixtures/models/world-model", import.meta.url));
const Numbers = z.array(z.number());
const Parity = z.strictObject({
	ids: Numbers,
	kinds: Numbers,
	facts: Numbers,
	action: Numbers,
	operations: Numbers,
	state: Numbers,
	target: Numbers,
	predicted: Numbers,
	energy: z.number(),
	logit: z.number(),
});
const floats = (values: readonly number[]) => new Tensor("float32", Float32Array.from(values), [1, values.length]);
const integers = (values: readonly number[]) =>
	new Tensor("int64", BigInt64Array.from(values, BigInt), [1, values.length]);

async function run(graph: string, feeds: Record<string, Tensor>): Promise<Record<string, number[]>> {
	const session = await InferenceSession.create(`${folder}/${graph}.onnx`, { intraOpNumThreads: 1 });
	const given = await session.run(feeds);
	return Object.fromEntries(Object.entries(given).map(([name, { data }]) => [name, Array.from(data, Number)]));
}

function furthest(one: readonly number[] = [], other: readonly number[]): number {
	expect(one).toHaveLength(other.length);
	return Math.max(...other.map((value, at) => Math.abs(value - (one[at] ?? Number.NaN))));
}

test("ONNX Runtime gives the shipped world model's states, prediction, energy and logit as torch does, within 1e-4", async () => {
	const told = Parity.parse(JSON.parse(readFileSync(`${folder}/parity.json`, "utf8")));
	const facts = floats(told.facts);
	const encoded = await run("encoder", { ids: integers(told.ids), kinds: integers(told.kinds), facts });
	expect(furthest(encoded.state, told.state)).toBeLessThan(1e-4);
	expect(furthest(encoded.target, told.target)).toBeLessThan(1e-4);
	const { predicted = [] } = await run("predictor", {
		state: floats(encoded.state ?? []),
		ids: integers(told.action),
		operations: integers(told.operations),
	});
	expect(furthest(predicted, told.predicted)).toBeLessThan(1e-4);
	const energy = energyOf(Float32Array.from(predicted), Float32Array.from(encoded.target ?? []));
	// A sum of squares: it is as near as its size allows.
	expect(Math.abs(energy - told.energy)).toBeLessThan(1e-4 * Math.max(1, told.energy));
	const { logit } = await run("pass", { predicted: floats(predicted), target: floats(encoded.target ?? []), facts });
	expect(furthest(logit, [told.logit])).toBeLessThan(1e-4);
});
