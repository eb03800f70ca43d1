import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { programCandidate } from "../../src/domain/run.js";
import type { FunctionTask } from "../../src/domain/task.js";
import type { Status } from "../../src/domain/verdict.js";
import { openTasks } from "../../src/tasks/open-tasks.js";
import { readRecordedCandidates } from "../../src/tasks/recorded-candidates.js";
import { openVerifier } from "../../src/verify/open-verifier.js";
import type { Verifier } from "../../src/verify/verifier.js";

const folder = fileURLToPath(new URL("../../fixtures/tasks", import.meta.url));
const { signal } = new AbortController();
let verifier: Verifier;
beforeAll(async () => {
	verifier = await openVerifier({ workers: null, tier: null, cacheDir: null, signal });
});
afterAll(async () => await verifier.close());

test("every recorded candidate of our own tasks gets the status that was written down for it", async () => {
	const differences: string[] = [];
	const jobs: Promise<void>[] = [];
	for await (const task of openTasks(folder, {})) {
		if (task.kind !== "function" || task.candidates === null) continue;
		for (const [index, recorded] of (await readRecordedCandidates(task.candidates)).entries()) {
			jobs.push(
				statusOf(task, recorded.code, index).then((status) => {
					if (![recorded.expect].flat().includes(status))
						differences.push(`${task.id}/${recorded.file}: ${status}, not ${recorded.expect}`);
				}),
			);
		}
	}
	await Promise.all(jobs);
	expect(jobs.length).toBeGreaterThan(200);
	expect(differences).toEqual([]);
}, 180_000);

test.each([folder, `${folder}/repair`])(
	"every reference solution in %s is accepted, and every known-bad one is not",
	async (path) => {
		const wrong: string[] = [];
		for await (const task of openTasks(path, {})) {
			if (task.kind !== "function") continue;
			if ((await statusOf(task, task.reference, 0)) !== "accepted") wrong.push(`${task.id}: reference`);
			if ((await statusOf(task, task.knownBad, 1)) === "accepted") wrong.push(`${task.id}: known bad`);
		}
		expect(wrong).toEqual([]);
	},
	120_000,
);

async function statusOf(task: FunctionTask, code: string | null, sampleIndex: number): Promise<Status> {
	const candidate = programCandidate(task.id, sampleIndex, "static", code);
	return (await verifier.verify(task, candidate, { gate: true, signal })).status;
}
