import { expect, test } from "vitest";
import { drawToken } from "../../../src/generate/onnx/sampler.js";
import { Sequence } from "../../../src/generate/onnx/sequence.js";
import { seededRandom } from "../../../src/lib/seeded-random.js";

const LOGITS = Float32Array.from([0, Math.log(2), Math.log(5), Number.NEGATIVE_INFINITY, Math.log(2)]);

function frequencies(sampling: { temperature: number; topP: number }, draws = 40_000): number[] {
	const random = seededRandom(11);
	const counts = new Array<number>(LOGITS.length).fill(0);
	for (let i = 0; i < draws; i++) {
		const { token } = drawToken(LOGITS, sampling, random);
		counts[token] = (counts[token] ?? 0) + 1;
	}
	return counts.map((count) => count / draws);
}

test("tokens come as often as the model's distribution says, and one that is impossible never", () => {
	expect(frequencies({ temperature: 1, topP: 1 })).toEqual([
		expect.closeTo(0.1, 1.5),
		expect.closeTo(0.2, 1.5),
		expect.closeTo(0.5, 1.5),
		0,
		expect.closeTo(0.2, 1.5),
	]);
});

test("a low temperature sharpens, temperature 0 takes the likeliest", () => {
	// Squares of 1, 2, 5, 2: 1/34, 4/34, 25/34, 4/34.
	expect(frequencies({ temperature: 0.5, topP: 1 })[2]).toBeCloseTo(25 / 34, 1);
	expect(frequencies({ temperature: 0, topP: 1 }, 100)[2]).toBe(1);
});

test("top-p keeps the smallest set of likeliest tokens that reaches it", () => {
	const half = frequencies({ temperature: 1, topP: 0.5 });
	expect(half[2]).toBe(1);
	const more = frequencies({ temperature: 1, topP: 0.9 });
	expect(more[0]).toBe(0);
	expect(more[2]).toBeCloseTo(5 / 9, 1);
});

test("the log-probability is the model's own, whatever the temperature", () => {
	for (const temperature of [0, 0.3, 1, 2]) {
		const { token, logprob } = drawToken(LOGITS, { temperature, topP: 1 }, seededRandom(3));
		expect(logprob).toBeCloseTo(Math.log([0.1, 0.2, 0.5, 0, 0.2][token] ?? 0), 5);
	}
});

test("a seed gives the same numbers, another one others, evenly spread", () => {
	const take = (seed: number) => Array.from({ length: 1000 }, seededRandom(seed));
	expect(take(5)).toEqual(take(5));
	expect(take(5)).not.toEqual(take(6));
	const mean = take(5).reduce((sum, value) => sum + value, 0) / 1000;
	expect(mean).toBeCloseTo(0.5, 1);
});

/** A vocabulary of bytes: token n is byte n, 0 ends. */
function sequenceOf(over: { stop?: string[]; maxTokens?: number; contextLength?: number } = {}): Sequence {
	const { stop = [], maxTokens = 100, contextLength = 1000 } = over;
	return new Sequence({
		request: {
			prompt: { kind: "text", text: "ab" },
			sampling: { temperature: 0, topP: 1, maxTokens, stop },
			seed: 1,
		},
		promptIds: [97, 98],
		contextLength,
		endTokens: new Set([0]),
		decode: (ids) => Buffer.from(ids).toString("utf8"),
	});
}

/** Feeds the bytes of a text one by one, until the sequence has enough. */
function feed(sequence: Sequence, text: string): string[] {
	const fresh: string[] = [];
	for (const byte of [...Buffer.from(text), 0]) {
		if (sequence.isFinished) break;
		const logits = new Float32Array(256);
		logits[byte] = 50;
		fresh.push(sequence.advance(logits));
	}
	return fresh;
}

test("a completion ends with the end token, which is counted and not shown", () => {
	const sequence = sequenceOf();
	expect(feed(sequence, "x = 1").join("")).toBe("x = 1");
	expect(sequence.completion()).toMatchObject({
		text: "x = 1",
		finishReason: "stop",
		promptTokens: 2,
		completionTokens: 6,
	});
	expect(sequence.completion().logprob).toBeCloseTo(0, 5);
});

test("a stop text ends a completion and is not part of it, also where it arrives in pieces", () => {
	const sequence = sequenceOf({ stop: ["\ndef ", "\nclass "] });
	feed(sequence, "return 1\ndef g(): pass");
	expect(sequence.completion()).toMatchObject({ text: "return 1", finishReason: "stop" });
});

test("a character of several tokens is shown when it is whole", () => {
	const sequence = sequenceOf();
	const fresh = feed(sequence, "é🎈!");
	expect(fresh.filter((text) => text !== "")).toEqual(["é", "🎈", "!"]);
	expect(sequence.completion().text).toBe("é🎈!");
});

test("a completion is cut at the token limit and at the end of the context, and says so", () => {
	const short = sequenceOf({ maxTokens: 3 });
	feed(short, "abcdef");
	expect(short.completion()).toMatchObject({ text: "abc", finishReason: "length", completionTokens: 3 });
	const narrow = sequenceOf({ contextLength: 6 });
	feed(narrow, "abcdef");
	expect(narrow.completion()).toMatchObject({ text: "abcd", finishReason: "length" });
});
