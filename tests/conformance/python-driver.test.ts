import { execFileSync } from "node:child_process";
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { programCandidate } from "../../src/domain/run.js";
import type { FunctionTask, Task } from "../../src/domain/task.js";
import type { Tier, Verdict } from "../../src/domain/verdict.js";
import { judgeFolder } from "../../src/sandbox/launch.js";
import { launchSpecification } from "../../src/sandbox/launch-specification.js";
import { loadHumanEval } from "../../src/tasks/load-humaneval.js";
import { extractCode } from "../../src/verify/extract-code.js";
import { suiteLine } from "../../src/verify/suite-line.js";
import { openJudge, skipsTier, TIERS } from "./judging.js";

interface Program {
	taskId: string;
	code: string;
}

type Judged = Pick<Verdict, "status" | "cause" | "phase" | "passed" | "total"> & { sandbox: Tier };

const ADVERSARY = fileURLToPath(new URL("../../fixtures/adversary/", import.meta.url));
const SAMPLES = fileURLToPath(new URL("../../../shared/data/codet/samples.jsonl", import.meta.url));
const HUMANEVAL = fileURLToPath(new URL("../../../shared/data/humaneval/HumanEval.jsonl.gz", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "assay-driver-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Verdicts of the driver that needs no Node, as a training host runs it. */
function drive(tier: Tier, tasks: readonly FunctionTask[], programs: readonly Program[]): Judged[] {
	const lines = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
	const [launch, suites] = [join(folder, "launch.json"), join(folder, "suites.jsonl")];
	writeFileSync(launch, JSON.stringify(launchSpecification()));
	writeFileSync(suites, lines(tasks.map(suiteLine)));
	const options = ["-m", "assay_driver", "--launch", launch, "--suites", suites, "--tier", tier];
	const input = lines(programs);
	const env = { ...process.env, PYTHONPATH: judgeFolder() };
	const output = execFileSync("/usr/bin/python3", options, { input, env, encoding: "utf8", maxBuffer: 1 << 28 });
	return output
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line) as Judged);
}

async function humanEval(path: string): Promise<Map<string, FunctionTask>> {
	const tasks = new Map<string, FunctionTask>();
	for await (const task of loadHumanEval(path)) tasks.set(task.id, fixed(task));
	return tasks;
}

function fixed(task: Task): FunctionTask {
	if (task.kind !== "function") throw new Error(`${task.id} is no function task`);
	return { ...task, limits: { ...task.limits, adaptive: false } };
}

describe.each(TIERS)("in tier %s", (tier) => {
	test.skipIf(skipsTier(tier))(
		"the driver in Python gives each attack one of its statuses",
		{ timeout: 300_000 },
		async () => {
			const tasks = await humanEval(join(ADVERSARY, "tasks.jsonl"));
			const entries = readFileSync(join(ADVERSARY, "index.jsonl"), "utf8")
				.trim()
				.split("\n")
				.map((line) => JSON.parse(line) as { file: string; task: string; attack: string; accept: string[] })
				.filter((entry) => entry.file.endsWith(".py"));
			const limited = (entry: (typeof entries)[number]): FunctionTask => {
				const task = tasks.get(`adv/${entry.task}`);
				if (!task) throw new Error(`${entry.file}: no task ${entry.task}`);
				const cpuTimeMs = entry.accept.includes("time_limit_exceeded") ? 400 : task.limits.cpuTimeMs;
				return { ...task, id: `${entry.file}`, limits: { ...task.limits, cpuTimeMs } };
			};
			const programs = entries.map(({ file }) => ({
				taskId: file,
				code: readFileSync(join(ADVERSARY, file), "utf8"),
			}));
			const judged = drive(tier, entries.map(limited), programs);
			const wrong = entries.filter((entry, index) => {
				const held = tier === "rlimit" && entry.file === "change_devices.py" ? ["accepted"] : [];
				return ![...entry.accept, ...held].includes(judged[index]?.status ?? "none");
			});
			expect(
				wrong.map(({ file }) => `${file}: ${judged[programs.findIndex((p) => p.taskId === file)]?.status}`),
			).toEqual([]);
			expect(judged).toHaveLength(entries.length);
		},
	);
});

const hasSamples = existsSync(SAMPLES) && existsSync(HUMANEVAL);

test.skipIf(!hasSamples || skipsTier("bwrap"))(
	"the driver in Python and the workbench give 2,000 real samples the same verdicts",
	{ timeout: 300_000 },
	async () => {
		const tasks = await humanEval(HUMANEVAL);
		const programs = await samplePrograms(tasks, 2000);
		const theirs = drive("bwrap", [...tasks.values()], programs);
		const verifier = await openJudge({ tier: "bwrap", workers: 3 });
		const signal = new AbortController().signal;
		try {
			const ours = await Promise.all(
				programs.map(async ({ taskId, code }, index) => {
					const task = tasks.get(taskId) as FunctionTask;
					return await verifier.verify(task, programCandidate(taskId, index, "sample", code), { gate: true, signal });
				}),
			);
			const view = ({ status, cause, phase, passed, total }: Judged | Verdict) => ({
				status,
				cause,
				phase,
				passed,
				total,
			});
			const isEqual = (one: Judged | Verdict | undefined, other: Judged | Verdict) =>
				one !== undefined && JSON.stringify(view(one)) === JSON.stringify(view(other));
			const differing = ours.flatMap((verdict, index) => {
				const other = theirs[index];
				return isEqual(other, verdict)
					? []
					: [{ taskId: verdict.taskId, ours: view(verdict), theirs: other && view(other) }];
			});
			// A program that takes just as long as it may is over its time wherever the machine has other work, and only there.
			const onTheEdge = differing.filter((one) =>
				[one.ours.status, one.theirs?.status].includes("time_limit_exceeded"),
			);
			expect(differing.filter((one) => !onTheEdge.includes(one))).toEqual([]);
			expect(onTheEdge.length).toBeLessThanOrEqual(3);
			expect(theirs).toHaveLength(2000);
			expect(ours.filter(({ status }) => status === "accepted")).toHaveLength(467);
			expect(ours.filter(({ status }) => status === "compile_error")).toHaveLength(87);
		} finally {
			await verifier.close();
		}
	},
);

/** Evenly drawn from the file, so that every task has its share. */
async function samplePrograms(tasks: ReadonlyMap<string, FunctionTask>, count: number): Promise<Program[]> {
	const all: Program[] = [];
	for await (const line of createInterface({ input: createReadStream(SAMPLES) })) {
		const { task_id: taskId, completion } = JSON.parse(line) as { task_id: string; completion: string };
		const task = tasks.get(taskId);
		if (task) all.push({ taskId, code: extractCode(task, { completion }).code ?? "" });
	}
	return Array.from({ length: count }, (_, index) => all[Math.floor((index * all.length) / count)] as Program);
}
