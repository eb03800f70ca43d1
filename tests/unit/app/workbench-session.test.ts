import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MessageChannel } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { connectWorkbench } from "../../../src/app/connect-workbench.js";
import { serveWorkbench } from "../../../src/app/serve-workbench.js";
import { PLAIN_START } from "../../../src/app/start-config.js";
import type { Workbench } from "../../../src/app/workbench.js";
import { openWorkbench } from "../../../src/app/workbench-session.js";
import type { RunEvent } from "../../../src/domain/events.js";
import { type FakeVerifier, fakeVerifier } from "./fake-verifier.js";
import { temporaryFolder } from "./run-fixtures.js";

const TASK = `schema: assay.task.v1
id: TASK_ID
title: Twice
prompt: Write twice(n).
entryPoint: twice
starterCode: |
  def twice(n):
      pass
reference: |
  # accepted
candidates: candidates/TASK_ID
tests:
  public: ["assert twice(1) == 2"]
  hidden: ["assert twice(21) == 42"]
`;

function tasksFolder(): string {
	const folder = join(temporaryFolder(), "tasks");
	for (const id of ["one", "two"]) {
		mkdirSync(join(folder, "candidates", id), { recursive: true });
		writeFileSync(join(folder, `${id}.yaml`), TASK.replaceAll("TASK_ID", id));
		for (const status of ["accepted", "wrong_answer"]) {
			writeFileSync(join(folder, "candidates", id, `${status}.py`), `# ${status}\n`);
		}
		writeFileSync(
			join(folder, "candidates", id, "index.yaml"),
			"- {file: accepted.py, expect: accepted}\n- {file: wrong_answer.py, expect: wrong_answer}\n",
		);
	}
	return folder;
}

interface SessionOptions {
	workspace?: string;
	fixtureRuns?: string | null;
	shippedModel?: string;
	verifier?: FakeVerifier;
}

function openSession(overPort: boolean, over: SessionOptions) {
	let opened = 0;
	let closed = 0;
	const verifier = over.verifier ?? fakeVerifier();
	const workbench = openWorkbench({
		workspace: over.workspace ?? temporaryFolder(),
		tasksPath: tasksFolder(),
		fixtureRuns: over.fixtureRuns ?? null,
		shippedModel: over.shippedModel ?? null,
		worldModel: null,
		worldIndex: null,
		fittedRankers: null,
		env: {},
		signal: new AbortController().signal,
		openVerifier: () => {
			opened++;
			return Promise.resolve({ ...verifier, close: () => Promise.resolve(void closed++) });
		},
	});
	return { workbench: overPort ? throughPort(workbench) : workbench, counts: () => ({ opened, closed }) };
}

/** As the screens have it: the work is done at the other end of a port. */
function throughPort(workbench: Workbench): Workbench {
	const { port1, port2 } = new MessageChannel();
	serveWorkbench(workbench, port1, () => {});
	const { workbench: far, receive } = connectWorkbench((request) => port2.postMessage(request), workbench);
	port2.on("message", receive);
	return {
		...far,
		async close() {
			await far.close();
			port1.close();
		},
	};
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
	const all: T[] = [];
	for await (const item of items) all.push(item);
	return all;
}

const signal = new AbortController().signal;
const START = { ...PLAIN_START, taskIds: ["one"], backend: "static", n: 2, seed: 1 };

async function recordedRun(workbench: Workbench): Promise<string> {
	const { runId } = await workbench.startRun(START).finished;
	return runId;
}

describe.each([{ overPort: false }, { overPort: true }])("a workbench (over a port: $overPort)", ({ overPort }) => {
	const session = (over: SessionOptions = {}) => openSession(overPort, over);

	test("the tasks are listed with what the screens show, and each backend says which it can serve", async () => {
		const { workbench } = session();
		const rows = await collect(workbench.listTasks(signal));
		expect(
			rows.map(({ id, publicTests, hiddenTests, candidates }) => [id, publicTests, hiddenTests, candidates]),
		).toEqual([
			["one", 1, 1, 2],
			["two", 1, 1, 2],
		]);
		const [row] = rows;
		const serving = workbench.backends().filter((backend) => row && backend.serves(row));
		expect(serving.map(({ id }) => id)).toEqual(["noop", "static", "mock"]);
		await workbench.close();
	});

	test("the judge is opened once, when it is needed, and closed with the workbench", async () => {
		const { workbench, counts } = session();
		await collect(workbench.listTasks(signal));
		expect(counts()).toEqual({ opened: 0, closed: 0 });
		await Promise.all([workbench.sandbox(), workbench.sandbox(), recordedRun(workbench)]);
		expect(counts().opened).toBe(1);
		await workbench.close();
		expect(counts()).toEqual({ opened: 1, closed: 1 });
	});

	test("a run's listener gets every event from the first on, whenever it begins to listen", async () => {
		const { workbench } = session();
		const handle = workbench.startRun(START);
		const early: RunEvent[] = [];
		const late: RunEvent[] = [];
		handle.subscribe((event) => early.push(event));
		await handle.finished;
		handle.subscribe((event) => late.push(event));
		const logged = early.filter(({ type }) => type !== "run.progress");
		expect(logged.map(({ seq }) => seq)).toEqual(logged.map((_, index) => index));
		await expect.poll(() => late).toEqual(logged);
		expect(await collect(workbench.readEvents(await handle.runId, signal))).toEqual(logged);
		await workbench.close();
	});

	test("a run that was cancelled goes on where it stopped, and its listener hears it from its first start on", async () => {
		const gate = Promise.withResolvers<void>();
		let asked = 0;
		const before = async () => {
			if (++asked === 2) await gate.promise;
		};
		const { workbench } = session({ verifier: fakeVerifier({ before }) });
		const handle = workbench.startRun({ ...START, taskIds: ["one", "two"] });
		const runId = await handle.runId;
		await expect.poll(() => asked).toBeGreaterThan(1);
		handle.cancel();
		// An answer that comes after it has been heard.
		await workbench.traceFiles();
		gate.resolve();
		expect(await handle.finished).toMatchObject({ outcome: "cancelled" });
		const firstStart = await collect(workbench.readEvents(runId, signal));
		const resumed = workbench.resumeRun(runId);
		const heard: RunEvent[] = [];
		resumed.subscribe((event) => heard.push(event));
		expect(await resumed.finished).toMatchObject({ runId, outcome: "completed", sampleCount: 4 });
		const logged = heard.filter(({ type }) => type !== "run.progress");
		expect(logged).toEqual(await collect(workbench.readEvents(runId, signal)));
		expect(logged.slice(0, firstStart.length)).toEqual(firstStart);
		expect(logged.filter(({ type }) => type === "verdict.recorded")).toHaveLength(4);
		await expect(workbench.resumeRun(runId).finished).rejects.toMatchObject({
			code: "usage",
			message: expect.stringContaining("nothing is left to do"),
		});
		await workbench.close();
	});

	test("the source of a candidate can be had before its verdict, and its rollout after", async () => {
		const gate = Promise.withResolvers<void>();
		const asked = Promise.withResolvers<void>();
		const before = async () => {
			asked.resolve();
			await gate.promise;
		};
		const { workbench } = session({ verifier: fakeVerifier({ before }) });
		const handle = workbench.startRun(START);
		const places: { offset: number; bytes: number }[] = [];
		handle.subscribe((event) => event.type === "verdict.recorded" && places.push(event.rollout));
		const runId = await handle.runId;
		await asked.promise;
		expect(await workbench.pendingCode(runId, "one", 0)).toBe("# accepted\n");
		gate.resolve();
		await handle.finished;
		expect(await workbench.pendingCode(runId, "one", 0)).toBeNull();
		const [place = { offset: 0, bytes: 0 }] = places;
		expect((await workbench.readRollout(runId, place)).candidate).toMatchObject({
			taskId: "one",
			code: "# accepted\n",
		});
		await workbench.close();
	});

	test("a run is started with all that was chosen, and without the tasks that its experiment has", async () => {
		const { workbench } = session();
		const chosen = { ...START, experiment: "jade", dedupe: "names" as const, select: "public" as const, gate: false };
		const first = await workbench.startRun({ ...chosen, stopOnAccepted: 1 }).finished;
		expect(first).toMatchObject({ config: { dedupe: "names", select: "public", gate: false, stopOnAccepted: 1 } });
		expect(first.picked?.selector).toBe("public");
		const both = { ...chosen, taskIds: ["one", "two"], skipExisting: true };
		const second = await workbench.startRun(both).finished;
		expect(second.tasks.map(({ taskId }) => taskId)).toEqual(["two"]);
		await expect(workbench.startRun(both).finished).rejects.toMatchObject({
			code: "usage",
			message: expect.stringContaining("nothing is left to do"),
		});
		await workbench.close();
	});

	test("a script is named by its file, shows its first request without an answer, and then answers", async () => {
		const { workbench } = session();
		const path = join(temporaryFolder(), "answers.jsonl");
		writeFileSync(path, `${JSON.stringify({ contains: ["twice"], answer: "# accepted\ndef twice(x): ..." })}\n`);
		const { generation, asks } = await workbench.modelAt("script", path);
		expect(asks).toBe("chat");
		const start = { ...START, backend: "script", generation };
		const request = await workbench.previewStart(start);
		expect(request).toContain("# one, prompt");
		expect(request).not.toContain("twice(21)");
		expect(await workbench.startRun(start).finished).toMatchObject({ statusCounts: { accepted: 2 } });
		await expect(workbench.modelAt("onnx", temporaryFolder())).rejects.toMatchObject({ code: "usage" });
		await workbench.close();
	});

	test("a cancelled run resolves with what is done", async () => {
		// An answer from the other side means that the order before it has arrived.
		const cancelAndHear = async () => {
			handle.cancel();
			await workbench.listRuns();
		};
		const { workbench } = session({ verifier: fakeVerifier({ concurrency: 1, before: cancelAndHear }) });
		const handle = workbench.startRun({ ...START, taskIds: ["one", "two"] });
		expect((await handle.finished).outcome).toBe("cancelled");
		expect((await workbench.listRuns())[0]).toMatchObject({ outcome: "cancelled", recorded: false });
		await workbench.close();
	});

	test("closing the workbench stops what runs and keeps what is done", async () => {
		const gate = Promise.withResolvers<void>();
		const { workbench, counts } = session({ verifier: fakeVerifier({ before: () => gate.promise }) });
		const handle = workbench.startRun(START);
		await handle.runId;
		const closed = workbench.close();
		gate.resolve();
		await closed;
		expect((await handle.finished).outcome).toBe("cancelled");
		expect(counts().closed).toBe(1);
	});

	test("a start that is impossible rejects, with nothing recorded", async () => {
		const { workbench } = session();
		const handle = workbench.startRun({ ...START, taskIds: ["three"] });
		await expect(handle.finished).rejects.toThrow('no task "three"');
		await expect(handle.runId).rejects.toThrow('no task "three"');
		expect(await workbench.listRuns()).toEqual([]);
		await workbench.close();
	});

	test("runs of the workspace come first, newest first, then those that ship with the program", async () => {
		const shipped = temporaryFolder();
		const first = session({ workspace: shipped });
		const shippedId = await recordedRun(first.workbench);
		await first.workbench.close();
		const fixtureRuns = join(shipped, "artifacts");
		rmSync(join(fixtureRuns, "plans"), { recursive: true });

		const { workbench } = session({ fixtureRuns });
		const ids = [await recordedRun(workbench), await recordedRun(workbench)].sort().reverse();
		const rows = await workbench.listRuns();
		expect(rows.map(({ runId, recorded }) => [runId, recorded])).toEqual([
			...ids.map((id) => [id, false]),
			[shippedId, true],
		]);
		expect((await collect(workbench.readEvents(shippedId, signal))).at(-1)?.type).toBe("run.finished");
		await workbench.close();
	});

	test("a run that was killed is listed as interrupted, with what it had done", async () => {
		const workspace = temporaryFolder();
		const { workbench } = session({ workspace });
		const runId = await recordedRun(workbench);
		const artifacts = join(workspace, "artifacts");
		for (const name of [`runs/${runId}.json`, `manifests/${runId}.json`]) rmSync(join(artifacts, name));
		expect(await workbench.listRuns()).toMatchObject([
			{ runId, outcome: "interrupted", sampleCount: 2, statusCounts: { accepted: 1, wrong_answer: 1 } },
		]);
		cpSync(join(artifacts, "plans", `${runId}.md`), join(artifacts, "plans", "notes.md"));
		expect(await workbench.listRuns()).toHaveLength(1);
		expect(readdirSync(join(artifacts, "runs"))).toEqual([]);
		await workbench.close();
	});
});
