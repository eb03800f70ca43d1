import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = join(root, "bin", "assay.js");
let folder = "";

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "assay-cli-"));
	const records = Array.from({ length: 30_000 }, (_, index) => JSON.stringify(record(index))).join("\n");
	writeFileSync(join(folder, "many.jsonl"), records);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function record(index: number) {
	return {
		task_id: `T/${index}`,
		prompt: `def f${index}(x):\n    """Return x plus ${index}."""\n`,
		entry_point: `f${index}`,
		canonical_solution: `    return x + ${index}\n`,
		test: `def check(candidate):\n    assert candidate(1) == ${index + 1}\n`,
	};
}

interface Result {
	code: number | null;
	signal: string | null;
	stdout: string;
	stderr: string;
}

function start(args: readonly string[], env: Record<string, string> = {}): ChildProcessWithoutNullStreams {
	return spawn(process.execPath, [program, ...args], { cwd: folder, env: { PATH: process.env.PATH ?? "", ...env } });
}

async function ended(child: ChildProcessWithoutNullStreams): Promise<Result> {
	let [stdout, stderr] = ["", ""];
	child.stdout.on("data", (chunk: Buffer) => {
		stdout += chunk;
	});
	child.stderr.on("data", (chunk: Buffer) => {
		stderr += chunk;
	});
	const [code, signal] = await new Promise<[number | null, string | null]>((done) =>
		child.on("close", (...reason) => done(reason)),
	);
	return { code, signal, stdout, stderr };
}

const assay = (...args: string[]): Promise<Result> => ended(start(args));
const tasks = join(root, "fixtures", "tasks");

describe("help", () => {
	const commands = ["open", "run", "verify", "eval", "doctor", "completion"];
	const tasksCommands = ["list", "show", "validate", "import", "split", "fetch"].map((name) => `tasks ${name}`);
	const recordCommands = [
		"runs list",
		"runs show",
		"runs replay",
		"runs archive",
		"runs delete",
		"artifacts list",
		"artifacts show",
		"artifacts reindex",
	];

	test.each([...commands, ...tasksCommands, ...recordCommands])(
		"of `%s` has at least two examples that name it",
		async (command) => {
			const { code, stdout, stderr } = await assay(...command.split(" "), "--help");
			expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
			const examples = stdout.slice(stdout.indexOf("Examples:")).trim().split("\n").slice(1);
			expect(examples.length).toBeGreaterThanOrEqual(2);
			for (const example of examples) expect(example).toContain("assay");
		},
	);

	test("of the program names every command", async () => {
		const { code, stdout } = await assay("--help");
		expect(code).toBe(0);
		for (const command of [...commands, "tasks", "runs", "artifacts"])
			expect(stdout).toMatch(new RegExp(`^  ${command}`, "m"));
	});

	test("of a command is the same behind the word help", async () => {
		const asked = await assay("help", "run");
		expect(asked).toMatchObject({ code: 0, stderr: "", stdout: (await assay("run", "--help")).stdout });
		expect((await assay("help", "nothing")).code).toBe(2);
	});

	test("`tasks` alone shows its help and is a mistake", async () => {
		const { code, stdout, stderr } = await assay("tasks");
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toContain("Usage: assay tasks");
	});
});

describe("a mistake gets one line and exit 2", () => {
	test.each([
		[["frun"], "assay: unknown command 'frun' (Did you mean run?)"],
		[["tasks", "lits"], "assay: unknown command 'lits' (Did you mean list?)"],
		[["run", "x", "--bakend", "mock"], "assay: unknown option '--bakend' (Did you mean --backend?)"],
		[
			["run", "x", "-n", "0"],
			/^assay: option '-n <number>' argument '0' is invalid. Expected a whole number, 1 to 100000.$/,
		],
		[
			["run", "x", "--backend", "gpt"],
			/^assay: option '--backend <name>' argument 'gpt' is invalid. Allowed choices are noop/,
		],
		[["run"], "assay: missing argument: tasks"],
		[["tasks", "list", "a", "b"], /^assay: too many arguments/],
		[["tasks", "split", "x", "--seed", "1e3"], /Expected a whole number, 0 or more.$/],
		[["eval", "r", "--k", "1,x"], /Expected a whole number/],
		[["completion", "tcsh"], /Allowed choices are zsh, bash, fish, powershell.$/],
		[["tasks", "list", "nowhere"], "assay: nowhere: no such file or folder"],
		[["tasks", "list", "many.jsonl", "--filter", "zzz"], 'assay: many.jsonl: no task matches the filter "zzz"'],
	])("assay %j", async (args, message) => {
		const { code, stdout, stderr } = await assay(...args);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		const line = stderr.split("\n")[0] ?? "";
		if (typeof message === "string") expect(line).toBe(message);
		else expect(line).toMatch(message);
		expect(stderr.trim().split("\n").length).toBeLessThanOrEqual(2);
	});

	test("control characters of a file name or an id do not reach the terminal", async () => {
		const { stderr } = await assay("tasks", "show", tasks, "\u001b]0;title\u0007");
		expect(stderr).not.toContain("\u001b");
		expect(stderr).toContain("\\u001b]0;title\\u0007");
	});
});

describe("tasks", () => {
	test("list prints a table, or with --json one object a line and nothing else", async () => {
		const table = await assay("tasks", "list", tasks);
		expect(table.code).toBe(0);
		expect(table.stdout.split("\n")[0]).toMatch(/^ID\s+TITLE\s+LANGUAGE/);
		expect(table.stdout).toContain("two_sum");
		const { stdout, stderr } = await assay("tasks", "list", tasks, "--json", "--limit", "3");
		expect(stderr).toBe("");
		const rows = stdout.trim().split("\n");
		expect(rows.map((row) => Object.keys(parse(row)).slice(0, 3))).toEqual(Array(3).fill(["id", "title", "kind"]));
	});

	test("common options may stand before the command", async () => {
		const { code, stdout } = await assay("--json", "--limit", "2", "tasks", "list", tasks);
		expect(code).toBe(0);
		expect(stdout.trim().split("\n")).toHaveLength(2);
	});

	test("show keeps hidden tests back until they are asked for", async () => {
		const hidden = parse(readFileSync(join(tasks, "two_sum.yaml"), "utf8")).tests.hidden[0];
		const { stdout } = await assay("tasks", "show", tasks, "two_sum");
		expect(stdout).toMatch(/tests +3 public, \d+ hidden/);
		expect(stdout).not.toContain(hidden);
		expect((await assay("tasks", "show", tasks, "two_sum", "--json")).stdout).not.toContain(hidden);
		expect((await assay("tasks", "show", tasks, "two_sum", "--reveal-hidden")).stdout).toContain(hidden);
	});

	test("import and split write their files whole", async () => {
		const out = join(folder, "imported.jsonl");
		const imported = await assay("tasks", "import", "many.jsonl", "--out", out, "--limit", "100");
		expect(imported).toMatchObject({ code: 0, stdout: "", stderr: `100 tasks written to ${out}\n` });
		expect(readFileSync(out, "utf8").trim().split("\n")).toHaveLength(100);
		const manifest = join(folder, "splits.json");
		const split = await assay("tasks", "split", out, "--seed", "7", "--out", manifest, "--json");
		expect(split.code).toBe(0);
		expect(parse(readFileSync(manifest, "utf8"))).toEqual(parse(split.stdout));
		expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
	});

	test("import without --out, and into a folder that cannot be written, say so", async () => {
		expect(await assay("tasks", "import", "many.jsonl")).toMatchObject({ code: 2 });
		const blocked = await assay("tasks", "import", "many.jsonl", "--out", join(folder, "many.jsonl", "x"));
		expect(blocked.code).toBe(2);
		expect(blocked.stderr).toMatch(/^assay: --out .*: its folder does not exist$/m);
	});

	test("validate without the judge exits 1 for an error, and for a warning only under --strict", async () => {
		const task = parse(readFileSync(join(tasks, "two_sum.yaml"), "utf8"));
		const write = (name: string, changes: object): string => {
			const path = join(folder, name);
			writeFileSync(path, `${JSON.stringify({ ...task, candidates: null, ...changes })}\n`);
			return path;
		};
		const leaky = await assay(
			"tasks",
			"validate",
			write("leaky.jsonl", { prompt: task.tests.hidden[0] }),
			"--no-judge",
			"--json",
		);
		expect(leaky.code).toBe(1);
		expect(parse(leaky.stdout)).toMatchObject({ level: "error", taskId: "two_sum", rule: "hidden_test_leaks" });
		const silent = write("silent.jsonl", { contamination: null });
		expect((await assay("tasks", "validate", silent, "--no-judge")).code).toBe(0);
		expect((await assay("tasks", "validate", silent, "--no-judge", "--strict")).code).toBe(1);
	});
});

describe("validate with the judge", () => {
	const task = parse(readFileSync(join(tasks, "fizzbuzz.yaml"), "utf8"));
	const validate = async (changes: object): Promise<Result> => {
		const path = join(folder, "one.jsonl");
		writeFileSync(path, `${JSON.stringify({ ...task, candidates: null, ...changes })}\n`);
		return await assay("tasks", "validate", path, "--workers", "1", "--json");
	};

	test("accepts a good task", async () => {
		expect(await validate({})).toMatchObject({ code: 0, stdout: "" });
	});

	test("exits 1 when the reference is wrong and when the known-bad solution is right", async () => {
		const { code, stdout } = await validate({ reference: task.knownBad, knownBad: task.reference });
		expect(code).toBe(1);
		const findings = stdout.trim().split("\n");
		expect(findings.map((line) => parse(line).rule)).toEqual(["reference_not_accepted", "known_bad_accepted"]);
	});
});

describe("completion", () => {
	test("suggests commands, option values and files", async () => {
		const suggested = async (...words: string[]): Promise<string[]> => {
			const { stdout } = await assay("complete", "--", ...words);
			return stdout.split("\n").flatMap((line) => line.split("\t")[0] ?? []);
		};
		expect(await suggested("tasks", "")).toEqual(expect.arrayContaining(["list", "show", "validate"]));
		expect(await suggested("run", "--backend", "")).toEqual(
			expect.arrayContaining(["noop", "patch", "static", "mock"]),
		);
		expect(await suggested("verify", "man")).toContain("many.jsonl");
		expect((await assay("completion", "bash")).stdout).toContain("complete");
	});
});

describe("the end of the program", () => {
	test("a reader that goes away ends it quietly", async () => {
		const child = start(["tasks", "list", "many.jsonl", "--json"]);
		child.stdout.once("data", () => child.stdout.destroy());
		const { code, signal, stderr } = await ended(child);
		expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: "" });
	});

	test.each(["SIGINT", "SIGTERM"] as const)("%s stops the work, says so, and exits 130", async (name) => {
		const child = start(["tasks", "list", "many.jsonl", "--json"]);
		child.stdout.once("data", () => child.kill(name));
		const { code, signal, stderr } = await ended(child);
		expect({ code, signal }).toEqual({ code: 130, signal: null });
		expect(stderr).toMatch(/assay: interrupted/);
	});

	test("the workspace comes from --workspace, then from ASSAY_WORKSPACE", async () => {
		const child = start(["tasks", "fetch", "humaneval"], { ASSAY_WORKSPACE: join(folder, "many.jsonl") });
		const { code, stderr } = await ended(child);
		expect(code).toBe(3);
		expect(stderr).toContain(join(folder, "many.jsonl", "tasks"));
	});
});
