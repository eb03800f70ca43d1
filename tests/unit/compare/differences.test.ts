import { expect, test } from "vitest";
import { findDifferences } from "../../../src/compare/differences.js";
import type { ResultSet } from "../../../src/compare/result-set.js";
import type { GenerationConfig } from "../../../src/domain/generation.js";
import type { DebugConfig } from "../../../src/domain/trace.js";

function set(name: string, generation: Partial<GenerationConfig> | null, debug: DebugConfig | null = null): ResultSet {
	const asked: GenerationConfig | null =
		generation === null
			? null
			: {
					model: name,
					template: { id: "direct.v1", sha256: "a".repeat(64) },
					sampling: { temperature: 0.8, topP: 0.95, maxTokens: 256, stop: [] },
					logprobs: true,
					concurrency: 8,
					server: null,
					allowDownload: false,
					...generation,
				};
	const task = {
		n: 1,
		accepted: 1,
		rightBySample: [true],
		distinctTexts: 0,
		withProgram: 0,
		testsSha256: null,
		testVersions: 1,
	};
	return {
		name,
		runId: name,
		path: name,
		sha256: name,
		training: { state: "unknown", reason: "nobody said" },
		leftOutCount: 0,
		contamination: null,
		published: null,
		subject: name,
		tiers: new Set(["bwrap"] as const),
		config: { limits: { cpuTimeMs: null, memoryBytes: null }, gate: true, generation: asked, debug },
		plannedCount: 1,
		beyondN: 0,
		statusCounts: { accepted: 1 },
		sampleCount: 1,
		tasks: new Map([["t", task]]),
	};
}

test("two models asked in the same way are comparable, whatever their concurrency", () => {
	expect(findDifferences([set("a", {}), set("b", { concurrency: 1 })])).toEqual([]);
});

test("another template, another temperature and another loop are named", () => {
	const sampling = { temperature: 0.2, topP: 0.95, maxTokens: 256, stop: [] };
	expect(findDifferences([set("a", {}), set("b", { sampling })])).toEqual([
		{
			kind: "sampling",
			text: "sampling: a temperature 0.8, top-p 0.95, 256 tokens, b temperature 0.2, top-p 0.95, 256 tokens",
		},
	]);
	const template = { id: "direct-tests.v1", sha256: "b".repeat(64) };
	expect(findDifferences([set("a", {}), set("b", { template })]).map(({ kind }) => kind)).toEqual(["template"]);
	const debug: DebugConfig = { strategy: "feedback", maxRevisions: 3, branch: 1, maxTokens: null, maxWallMs: null };
	expect(findDifferences([set("a", {}), set("b", {}, debug)]).map(({ text }) => text)).toEqual([
		"template: a direct.v1 (aaaaaaaa), b direct.v1 (aaaaaaaa), then feedback with up to 3 revisions",
	]);
});

test("candidates that no model made have no template to differ in", () => {
	expect(findDifferences([set("a", null), set("b", {})])).toEqual([]);
});
