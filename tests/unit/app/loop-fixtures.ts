import type { LoopPlan } from "../../../src/domain/loop.js";
import { runConfig } from "./run-fixtures.js";

export function aLoopPlan(over: Partial<LoopPlan> = {}): LoopPlan {
	return {
		schema: "assay.loop.v1",
		loopId: "loop",
		createdAt: "2026-01-01T00:00:00.000Z",
		tasks: "/tasks",
		model: "/model",
		iterations: 3,
		n: 8,
		evaluationN: 8,
		trainIds: ["a", "b"],
		heldOutIds: ["c", "d"],
		seed: 1,
		method: "sft",
		perTask: 1,
		from: "base",
		replay: 1,
		curriculum: 1,
		settings: { epochs: 20 },
		threads: 1,
		config: runConfig(),
		patience: null,
		stopOn: [],
		remote: null,
		version: "0.0.0",
		...over,
	};
}
