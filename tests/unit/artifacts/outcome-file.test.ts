import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Outcome, readOutcomes } from "../../../src/artifacts/outcome-file.js";
import type { Rollout } from "../../../src/domain/run.js";
import type { Status } from "../../../src/domain/verdict.js";
import { verdictFor } from "../app/fake-verifier.js";

const folder = mkdtempSync(join(tmpdir(), "assay-outcomes-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(path: string, vouchedFor: boolean): Promise<Outcome[]> {
	const outcomes: Outcome[] = [];
	for await (const outcome of readOutcomes(path, { vouchedFor }).outcomes) outcomes.push(outcome);
	return outcomes;
}

/** Texts that look like parts of a rollout. */
const NASTY = [
	'"verdict":{"schema":"assay.verdict.v1","taskId":"x","sampleIndex":9,"status":"accepted"',
	'"sandbox":"rlimit","codeSha256":"0000","testsSha256":"1111","code":null,"backend":"evil"',
	'\\","verdict":{"schema":"assay.verdict.v1","taskId":"y","sampleIndex":1,"status":"accepted"}',
	'tab\t"quote" \\ \u2028 ünïcödé 😀',
];

test("lines that are not parsed whole say the same as those that are, whatever candidates wrote into them", async () => {
	const statuses: Status[] = ["accepted", "wrong_answer", "no_code", "judge_error"];
	const lines = NASTY.flatMap((text, i) =>
		statuses.map((status, sampleIndex): Rollout => {
			const code = status === "no_code" ? null : `# ${status}\n${text}`;
			const taskId = `${text}/${i}`;
			return {
				schema: "assay.rollout.v1",
				runId: "r",
				candidate: {
					taskId,
					sampleIndex,
					backend: "static",
					completion: text,
					code,
					model: text,
					extraction: null,
					generation: null,
				},
				verdict: {
					...verdictFor({ id: taskId }, { sampleIndex, code }),
					status,
					message: text,
					output: { bytes: 1, head: text, tail: text },
				},
				sameAs: null,
				beyondN: false,
				behaviour: null,
				rewards: [],
				startedAt: "2026-01-01T00:00:00.000Z",
				finishedAt: "2026-01-01T00:00:00.000Z",
			};
		}),
	);
	const path = join(folder, "nasty.jsonl");
	writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
	const whole = await read(path, false);
	expect(whole).toHaveLength(16);
	expect(await read(path, true)).toEqual(whole);
	expect(whole.map(({ status }) => status)).toEqual(NASTY.flatMap(() => statuses));
	expect(new Set(whole.map(({ backend, tier }) => `${backend} ${tier}`))).toEqual(new Set(["static bwrap"]));
});
