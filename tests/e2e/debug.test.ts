import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { TraceStep } from "../../src/domain/trace.js";
import { EditExample } from "../../src/domain/training-data.js";

const BIN = fileURLToPath(new URL("../../bin/assay.js", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "assay-debug-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const HIDDEN = "741852963";
const WRONG = "def twice(n):\n    return n + 1\n";
const RIGHT = "def twice(n):\n    return n + n\n";
const fenced = (code: string) => `\`\`\`python\n${code}\`\`\``;

/** Tasks whose hidden test, its value and whose reference hold marks that must turn up nowhere. */
function tasksFolder(count: number): string {
	const folder = join(root, `tasks-${count}`);
	mkdirSync(folder, { recursive: true });
	for (let i = 0; i < count; i++) {
		const id = `twice_${i}`;
		writeFileSync(
			join(folder, `${id}.yaml`),
			[
				"schema: assay.task.v1",
				"kind: function",
				`id: ${id}`,
				"title: Twice",
				"language: python",
				`prompt: Return twice the number. This is task ${id}.`,
				"entryPoint: twice",
				"tests:",
				"  public:",
				"    - assert twice(4) == 8",
				"  hidden:",
				`    - assert twice(${HIDDEN}) == ${2 * Number(HIDDEN)}`,
				"reference: |",
				"  def twice(n):  # markreference",
				"      return 2 * n",
				"source: { origin: test, license: MIT }",
				"",
			].join("\n"),
		);
	}
	return folder;
}

function script(): string {
	const path = join(root, "script.jsonl");
	const lines = [
		{ contains: ["Return twice the number."], answer: fenced(WRONG) },
		{ contains: ["Return twice the number.", "return n + 1"], answer: fenced(RIGHT) },
	];
	writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
	return path;
}

/** As LDB publishes them: with the tests that judged, and the solution, beside what the model did. */
function publishedTraces(): string {
	const path = join(root, "published.jsonl");
	const record = {
		task_id: "twice",
		prompt: "def twice(n):",
		test: `def check(candidate):\n    assert twice(${HIDDEN}) == ${2 * Number(HIDDEN)}\n`,
		canonical_solution: "def twice(n):  # markreference\n    return 2 * n\n",
		is_solved: true,
		solution: RIGHT,
		implementations: [WRONG, RIGHT],
		test_feedback: [["assert twice(4) == 8 # Real Execution Output: 5"], []],
	};
	writeFileSync(path, `${JSON.stringify(record)}\n`);
	return path;
}

function start(args: readonly string[]) {
	return spawn(process.execPath, [BIN, ...args], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
}

async function assay(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
	const child = start(args);
	const texts = { stdout: "", stderr: "" };
	for (const name of ["stdout", "stderr"] as const) {
		child[name].setEncoding("utf8").on("data", (text: string) => {
			texts[name] += text;
		});
	}
	const [code] = await once(child, "close");
	return { code, ...texts };
}

function stepsIn(workspace: string): TraceStep[] {
	const folder = join(workspace, "artifacts", "traces");
	return readdirSync(folder).flatMap((name) =>
		readFileSync(join(folder, name), "utf8")
			.trimEnd()
			.split("\n")
			.map((line) => TraceStep.parse(JSON.parse(line))),
	);
}

test("a loop mends a program by its public test; hidden tests, their values and references turn up nowhere", async () => {
	const workspace = join(root, "w-loop");
	const [codeself, imported] = [join(root, "codeself.jsonl"), join(root, "imported.jsonl")];
	const debug = ["debug", tasksFolder(3), "--backend", "script", "--model", script(), "-n", "2"];
	const ended = await assay(...debug, "--workspace", workspace, "--json");
	expect(ended.code).toBe(0);
	const last = JSON.parse(ended.stdout.trimEnd().split("\n").at(-1) ?? "");
	expect(last).toMatchObject({
		type: "debug.finished",
		report: {
			traceCount: 6,
			finalPassRate: 1,
			meanRevisions: 1,
			reasons: { passed: 6 },
			paired: { gained: 6, lost: 0 },
		},
	});
	const outputs = [ended];
	const here = ["--workspace", workspace];
	outputs.push(await assay("data", "export", "latest", "--format", "sft", "--split", "any", "--name", "sft", ...here));
	outputs.push(await assay("data", "export", "latest", "--format", "edits", "--split", "any", "--name", "e", ...here));
	outputs.push(await assay("rollouts", "convert", "latest", "--to", "codeself", "--out", codeself, ...here));
	outputs.push(await assay("eval", "latest", "--json", ...here));
	outputs.push(await assay("traces", "import", publishedTraces(), "--out", imported, ...here));
	outputs.push(await assay("traces", "show", imported, ...here));
	expect(outputs.map(({ code, stderr }) => (code === 0 ? "" : stderr))).toEqual(outputs.map(() => ""));
	const marks = [HIDDEN, String(2 * Number(HIDDEN)), "markreference"];
	const written = readdirSync(join(workspace, "artifacts"), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && !entry.name.includes("sqlite"))
		.map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
	expect(written.length).toBeGreaterThan(8);
	const told = outputs.flatMap(({ stdout, stderr }) => [stdout, stderr]);
	for (const text of [...written, ...told, readFileSync(imported, "utf8"), readFileSync(codeself, "utf8")])
		for (const mark of marks) expect(text).not.toContain(mark);

	const edits = readFileSync(join(workspace, "artifacts", "data", "e", "edits.jsonl"), "utf8")
		.trimEnd()
		.split("\n");
	expect(edits.map((line) => EditExample.parse(JSON.parse(line)))).toMatchObject(
		["twice_0", "twice_1", "twice_2"].map((taskId) => {
			const feedback = expect.stringContaining("got 5, expected 8");
			return { taskId, before: WRONG, feedback, after: RIGHT, sampleIndex: 0, revisions: 1 };
		}),
	);

	const shown = await assay("traces", "show", "latest", "--task", "twice_1", "--try", "0", "--workspace", workspace);
	expect(shown.stdout).toContain("got 5, expected 8");
	expect(shown.stdout).toContain("submits the program of step 2: passed");
	const missing = await assay("traces", "show", "latest", "--task", "none_such", "--workspace", workspace);
	expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining("latest: no trace of none_such") });
	const listed = await assay("traces", "list", "latest", "--workspace", workspace, "--json");
	expect(listed.stdout.trimEnd().split("\n")).toHaveLength(6);
});

test("the programs to repair are repaired as their script says, and the report pairs that with no revision", async () => {
	const fixtures = fileURLToPath(new URL("../../fixtures", import.meta.url));
	const script = ["--backend", "script", "--model", join(fixtures, "scripts", "repair.jsonl")];
	const workspace = join(root, "w-repair");
	const ended = await assay("debug", join(fixtures, "tasks", "repair"), ...script, "--workspace", workspace, "--json");
	expect(JSON.parse(ended.stdout.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({
		report: {
			traceCount: 12,
			finalPassRate: 9 / 12,
			publicPassRate: 11 / 12,
			meanRevisions: 7 / 12,
			revisionRate: 6 / 12,
			meanToolCalls: 19 / 12,
			reasons: { passed: 11, unchanged: 1 },
			// Of 2 ^ 5 sign patterns two reach as far.
			paired: { firstPassRate: 4 / 12, gained: 5, lost: 0, change: expect.closeTo(5 / 12, 12), p: 2 / 32 },
		},
	});
});

test("a loop that is killed goes on where it was: no try twice, no step lost, verdicts of all", async () => {
	const workspace = join(root, "w-killed");
	const debug = ["debug", tasksFolder(40), "--backend", "script", "--model", script(), "--no-cache"];
	const child = start([...debug, "--workspace", workspace, "--json"]);
	child.stderr.resume();
	let verdicts = 0;
	for await (const line of createInterface({ input: child.stdout })) {
		if (JSON.parse(line).type === "verdict.recorded" && ++verdicts === 6) child.kill("SIGKILL");
	}
	const [plan = ""] = readdirSync(join(workspace, "artifacts", "plans"));
	const resumed = await assay("debug", "--resume", plan.replace(/\.md$/, ""), "--workspace", workspace, "--quiet");
	expect(resumed.code).toBe(0);
	const steps = stepsIn(workspace);
	const places = steps.map(({ taskId, step }) => `${taskId} ${step}`);
	expect(new Set(places).size).toBe(places.length);
	for (const which of ["first", "final"]) {
		expect(steps.filter((step) => step.kind === "verdict" && step.which === which)).toHaveLength(40);
	}
	expect(steps.filter(({ kind }) => kind === "submit")).toHaveLength(40);
});

test("a backend without a model is refused before anything is written", async () => {
	const workspace = join(root, "w-none");
	const refused = await assay("debug", tasksFolder(1), "--backend", "script", "--workspace", workspace);
	expect(refused.code).toBe(2);
	expect(refused.stderr).toContain("backend script needs --model");
	const talks = await assay("debug", tasksFolder(1), "--strategy", "reflection", "--workspace", workspace);
	expect([talks.code, talks.stderr]).toEqual([2, expect.stringContaining("this one only continues text")]);
	const bad = join(root, "bad.jsonl");
	writeFileSync(bad, '{"contains":[],"answer":"x"}\n');
	const broken = await assay("debug", tasksFolder(1), "--backend", "script", "--model", bad, "--workspace", workspace);
	expect([broken.code, broken.stderr]).toEqual([2, expect.stringContaining("bad.jsonl:1: field contains")]);
});
