import { expect, test } from "vitest";
import { normalisedSource } from "../../../src/lib/normalised-source.js";
import { judgedKey } from "../../../src/verify/judged-cache.js";
import { adaptiveLimitMs } from "../../../src/verify/open-verifier.js";

test("a task without a time limit gets ten times its reference's time, at least a second, in steps that double", () => {
	expect(adaptiveLimitMs(2, 3000)).toBe(1000);
	expect(adaptiveLimitMs(100, 3000)).toBe(1000);
	expect(adaptiveLimitMs(101, 3000)).toBe(2000);
	expect(adaptiveLimitMs(250, 10_000)).toBe(4000);
});

test("an adaptive limit never passes its ceiling, and is the ceiling where nothing was measured", () => {
	expect(adaptiveLimitMs(2500, 3000)).toBe(3000);
	expect(adaptiveLimitMs(null, 3000)).toBe(3000);
});

test("sources that no Python program can tell apart share a verdict", () => {
	const plain = normalisedSource("def f():\n    return 1");
	expect(normalisedSource("\uFEFFdef f():\r\n    return 1\r\n\n")).toBe(plain);
	expect(normalisedSource("def f():\n    return  1")).not.toBe(plain);
});

test("a verdict is found again only for the same tests, limits, gate, tier, interpreter and judge", () => {
	const parts = {
		tests: "t",
		limits: { cpuTimeMs: 1000 },
		gate: true,
		tier: "bwrap",
		pythonVersion: "3.11.2",
		judge: "j",
	};
	const key = judgedKey("x = 1", parts);
	expect(judgedKey("x = 1\n", { ...parts })).toBe(key);
	for (const change of [
		{ tests: "u" },
		{ limits: { cpuTimeMs: 2000 } },
		{ gate: false },
		{ tier: "rlimit" },
		{ pythonVersion: "3.12" },
		{ judge: "k" },
	]) {
		expect(judgedKey("x = 1", { ...parts, ...change })).not.toBe(key);
	}
});
