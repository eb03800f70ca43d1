import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { whatItTakes } from "../../../src/app/estimate-training.js";
import { openLoop, startLoop } from "../../../src/app/loop-record.js";
import { artifactsRoot, loopFiles } from "../../../src/artifacts/layout.js";
import type { LoopEvent, LoopPlan, LoopStage } from "../../../src/domain/loop.js";
import { aLoopPlan } from "./loop-fixtures.js";
import { temporaryFolder } from "./run-fixtures.js";

function planned(workspace: string, plan: LoopPlan, ...events: LoopEvent[]): void {
	const record = startLoop(workspace, plan);
	for (const event of events) record.append(event);
	record.close();
}

/** As it was before a curriculum could be told. */
function plannedByAnotherVersion(workspace: string, plan: LoopPlan): string {
	const { folder, plan: path } = loopFiles(artifactsRoot(workspace), plan.loopId);
	mkdirSync(folder, { recursive: true });
	writeFileSync(path, JSON.stringify({ ...plan, curriculum: undefined, replay: 100 }));
	return path;
}

const finished = (stage: LoopStage, wallTimeMs: number): LoopEvent => {
	return { type: "stage.finished", at: new Date(0).toISOString(), iteration: 1, stage, wallTimeMs, note: "" };
};

test("the latest loop is the one that was planned last, whatever the names are", () => {
	const workspace = temporaryFolder();
	planned(workspace, aLoopPlan({ loopId: "zeta", createdAt: "2026-01-01T00:00:00.000Z" }));
	planned(workspace, aLoopPlan({ loopId: "alpha", createdAt: "2026-01-02T00:00:00.000Z" }));
	const latest = openLoop(workspace, "latest");
	expect(latest.plan.loopId).toBe("alpha");
	latest.close();
});

test("a name that is taken is refused, and the loop of that name stays as it was planned", () => {
	const workspace = temporaryFolder();
	planned(workspace, aLoopPlan({ loopId: "mine", iterations: 2 }));
	const { plan } = loopFiles(artifactsRoot(workspace), "mine");
	const before = readFileSync(plan, "utf8");
	expect(() => startLoop(workspace, aLoopPlan({ loopId: "mine", iterations: 5 }))).toThrow(
		/mine: there is such a loop/,
	);
	expect(readFileSync(plan, "utf8")).toBe(before);
});

test("a loop that another version planned is refused with what can be done", () => {
	const workspace = temporaryFolder();
	const path = plannedByAnotherVersion(workspace, aLoopPlan({ loopId: "old" }));
	expect(() => openLoop(workspace, "latest")).toThrow(
		expect.objectContaining({
			code: "usage",
			message: expect.stringContaining(`${path}: field`),
			hint: expect.stringMatching(/another version of assay planned this loop.*begin anew under another --name/),
		}),
	);
});

test("what a loop takes is told by the newest one that can be read", async () => {
	const workspace = temporaryFolder();
	const times = [finished("evaluate", 60_000), finished("train", 60_000)];
	planned(workspace, aLoopPlan({ loopId: "before", createdAt: "2026-01-01T00:00:00.000Z" }), ...times);
	plannedByAnotherVersion(workspace, aLoopPlan({ loopId: "old", createdAt: "2026-01-02T00:00:00.000Z" }));
	const { signal } = new AbortController();
	expect(await whatItTakes(workspace, aLoopPlan({ loopId: "next" }), signal)).toMatch(
		/^about .*, by what before took$/,
	);
});
