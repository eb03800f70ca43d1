import { expect, test } from "vitest";
import { knownRuns } from "../../../src/app/known-runs.js";
import type { CheckpointRun } from "../../../src/domain/checkpoint.js";

const run = (runId: string, day: number, taskSetFingerprint: string, change: Partial<CheckpointRun> = {}) => ({
	runId,
	outcome: "completed" as const,
	startedAt: `2026-11-0${day}T00:00:00.000Z`,
	n: 4,
	taskCount: 40,
	sampleCount: 160,
	passAt1: { value: 0.5, tasks: 40, interval: null },
	taskSetFingerprint,
	costUsd: null,
	recorded: false,
	...change,
});

test("a family is known by the tasks that most of it were evaluated on, though one has a newer run of others", () => {
	const known = knownRuns([
		{ id: "N", runs: [run("n-train", 3, "train"), run("n-dev", 1, "dev")] },
		{ id: "N+1", runs: [run("n1-dev", 4, "dev"), run("n1-dev-old", 2, "dev")] },
	]);
	expect([...known.values()]).toEqual(["n-dev", "n1-dev"]);
});

test("other numbers of candidates are other evaluations, and of those that as many have the newest counts", () => {
	const known = knownRuns([
		{ id: "N", runs: [run("n-8", 3, "dev", { n: 8 }), run("n-4", 1, "dev")] },
		{ id: "N+1", runs: [run("n1-4", 4, "dev")] },
		{ id: "N+2", runs: [run("n2-8", 2, "dev", { n: 8 })] },
	]);
	expect([...known.values()]).toEqual(["n-4", "n1-4", "n2-8"]);
});

test("where no run is complete the newest with a score stands, and without one nothing", () => {
	const stopped = { outcome: "cancelled" as const };
	const known = knownRuns([
		{ id: "a", runs: [run("none", 3, "dev", { ...stopped, passAt1: null }), run("some", 2, "dev", stopped)] },
		{ id: "b", runs: [] },
	]);
	expect([...known.values()]).toEqual(["some", null]);
});
