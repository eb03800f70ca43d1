import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { actionSwap, lineSurprise } from "../../../../src/energy/world/explain.js";
import { WorldTokenizer } from "../../../../src/energy/world/tokenizer.js";
import { energyOf, WorldModel } from "../../../../src/energy/world/world-model.js";
import { PIECES, writeTinyModel } from "./tiny-model.js";

const root = mkdtempSync(join(tmpdir(), "assay-world-"));
const { signal } = new AbortController();
const tokenizer = new WorldTokenizer(PIECES);
let model: WorldModel;
beforeAll(async () => {
	writeTinyModel(join(root, "model"));
	model = await WorldModel.open(join(root, "model"), { cacheFolder: join(root, "cache"), signal });
});
afterAll(async () => {
	await model.close();
	rmSync(root, { recursive: true });
});

const BEFORE = { code: "def f(x):\n    pass\n", entryPoint: "f" };
const ACTION = { text: "return x", entryPoint: "f", operations: [] };
const OTHER = { text: "a b c", entryPoint: "g", operations: [] };
const GOOD = { code: "def f(x):\n    return x\n", entryPoint: "f" };
const UNBOUND = { code: "def f(x):\n    return y + z\n", entryPoint: "f" };
const task = { before: BEFORE, action: ACTION, other: OTHER };

/** What the tiny graphs count. */
function counted({ code, entryPoint }: typeof GOOD, unbound: string[] = []): [number, number, number] {
	const { ids, kinds } = tokenizer.state({ code, entryPoint, unbound }, 512);
	const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
	return [sum(ids), sum(kinds), ids.length];
}

const words = ({ text, entryPoint }: typeof ACTION) =>
	tokenizer.action(text, entryPoint, 128).reduce((a, b) => a + b, 0);
const squared = (predicted: readonly number[], target: readonly number[]) =>
	predicted.reduce((sum, value, i) => sum + (value - (target[i] ?? 0)) ** 2, 0);

test("an energy is the squared distance of what is predicted, beside no edit and both controls", async () => {
	const scores = await model.energies(task, [GOOD, UNBOUND], { signal });
	const [a, b, c] = counted(BEFORE);
	const [good, unbound] = [counted(GOOD), counted(UNBOUND, ["y", "z"])];
	const predicted = [a + words(ACTION), b, c];
	expect(scores.map(({ energy }) => energy)).toEqual([squared(predicted, good), squared(predicted, unbound)]);
	expect(scores[0]?.energyDelta).toBe(squared(predicted, good) - squared(predicted, [a, b, c]));
	expect(scores[0]?.noAction).toBe(squared([a, b, c], good));
	expect(scores[0]?.shuffled).toBe(squared([a + words(OTHER), b, c], good));
	const logit = good.reduce((sum, value, i) => sum + value - (predicted[i] ?? 0), 0);
	expect(scores[0]?.pass).toBeCloseTo(1 / (1 + Math.exp(-logit)), 6);
	const [alone] = await model.energies({ ...task, other: null }, [GOOD], { signal });
	expect(alone?.shuffled).toBeNull();
});

test("programs of any length in any order get the numbers that they get alone", async () => {
	const programs = [0, 300, 3, 80, 700].map((lines) => ({
		code: `def f(x):\n${"    x = x + 1\n".repeat(lines)}    return x\n`,
		entryPoint: "f",
		known: null,
		hidden: null,
	}));
	const together = await model.encode(programs, { signal });
	for (const [i, program] of programs.entries()) {
		expect([...(together[i]?.target ?? [])]).toEqual(counted(program));
	}
	expect(together[4]?.target[2]).toBe(512);
	expect(await model.encode([], { signal })).toEqual([]);
});

test("what a model made of a program is kept, for that model alone", async () => {
	const again = await WorldModel.open(join(root, "model"), { cacheFolder: join(root, "cache"), signal });
	try {
		const program = { ...GOOD, known: null, hidden: null };
		const [first, second] = [
			await model.encode([program], { signal }),
			await again.encode([program, program], { signal }),
		];
		expect(second).toEqual([first[0], first[0]]);
	} finally {
		await again.close();
	}
});

test("lines that make a program unlikelier share what can be explained, and blank ones have none of it", async () => {
	const after = { code: "def f(x):\n    z = 999999\n\n    return x\n", entryPoint: "f" };
	const lines = await lineSurprise(model, task, after, { signal });
	expect(lines.map(({ text }) => text)).toEqual(["def f(x):", "    z = 999999", "", "    return x", ""]);
	const [start, whole] = await model.encode(
		[BEFORE, after].map((of) => ({ ...of, known: null, hidden: null })),
		{ signal },
	);
	const [predicted] = await model.predict([{ state: start?.state ?? new Float32Array(), action: ACTION }], { signal });
	const energy = energyOf(predicted ?? new Float32Array(), whole?.target ?? new Float32Array());
	const { ids, kinds, lines: of } = tokenizer.state({ ...after, unbound: [] }, 512);
	const without = [0, 1, 2].map((part) =>
		ids.reduce((sum, id, i) => (of[i] === 1 ? sum : sum + (part === 0 ? id : part === 1 ? (kinds[i] ?? 0) : 1)), 0),
	);
	expect(lines[1]?.surprise).toBe(energy - squared([...(predicted ?? [])], without));
	expect(lines[2]).toMatchObject({ surprise: 0, share: 0 });
	expect(lines.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
});

test("the same edit is asked for by another question", async () => {
	const swap = await actionSwap(model, task, GOOD, OTHER, { signal });
	const [score] = await model.energies(task, [GOOD], { signal });
	expect(swap).toEqual({
		energy: score?.energy,
		swapped: score?.shuffled,
		difference: (score?.shuffled ?? 0) - (score?.energy ?? 0),
	});
});

test("who gives up waiting gets no answer, and the next one does", async () => {
	const given = new AbortController();
	const many = Array.from({ length: 2000 }, (_, i) => ({
		code: `def f(x):\n    return ${i}\n`,
		entryPoint: "f",
		known: null,
		hidden: null,
	}));
	const asked = model.encode(many, { signal: given.signal });
	given.abort(new Error("enough"));
	await expect(asked).rejects.toThrow("enough");
	expect(await model.encode(many.slice(0, 1), { signal })).toHaveLength(1);
});

test("after it was closed a model answers nobody", async () => {
	const closed = await WorldModel.open(join(root, "model"), { cacheFolder: null, signal });
	await closed.close();
	await expect(closed.encode([{ ...GOOD, known: null, hidden: null }], { signal })).rejects.toThrow(
		"its thread has ended",
	);
});
