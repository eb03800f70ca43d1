import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { Transition, type TransitionManifest } from "../../src/domain/transition.js";
import { assignSplit } from "../../src/tasks/splits.js";
import { assay, jsonLines } from "../unit/app/assay-command.js";

const workspace = mkdtempSync(join(tmpdir(), "assay-world-"));
afterAll(() => rmSync(workspace, { recursive: true }));

const SEED = 20260601;
const FRACTIONS = { train: 0.8, dev: 0.1, test_public: 0.1, test_private: 0, stress: 0 };
const splitOf = (id: string): string => assignSplit(id, SEED, FRACTIONS).replace(/_.*/, "");
/** Numbers of MBPP tasks that are in a split, in their order. */
const numbersIn = (split: string, count: number): number[] =>
	Array.from({ length: 200 }, (_, n) => n)
		.filter((n) => splitOf(`MBPP/${n}`) === split)
		.slice(0, count);

const write = (name: string, lines: readonly object[] | string): string => {
	const path = join(workspace, name);
	const text = typeof lines === "string" ? lines : lines.map((line) => `${JSON.stringify(line)}\n`).join("");
	writeFileSync(path, text);
	return path;
};

/** Of different words and programs, so that none is near another. */
const SOLUTIONS: ((name: string) => { text: string; code: string; tests: string[] })[] = [
	(name) => ({
		text: "Write a function to add up the positive numbers of a list.",
		code: `def ${name}(xs):\n    total = 0\n    for x in xs:\n        if x > 0:\n            total += x\n    return total\n`,
		tests: [`assert ${name}([1, -2, 3]) == 4`, `assert ${name}([]) == 0`],
	}),
	(name) => ({
		text: "Find the longest word of a sentence, the first of several.",
		code: `def ${name}(sentence):\n    words = sentence.split()\n    return max(words, key=len) if len(words) > 0 else ""\n`,
		tests: [`assert ${name}("a bcd ef") == "bcd"`],
	}),
	(name) => ({
		text: "How many times must a number be halved until nothing is left of it?",
		code: `def ${name}(n):\n    steps = 0\n    while n > 0:\n        n = n // 2\n        steps = steps + 1\n    return steps\n`,
		tests: [`assert ${name}(8) == 4`, `assert ${name}(0) == 0`],
	}),
];
const mbpp = (n: number, kind: number, hidden: string[] = []) => {
	const { text, code, tests } = SOLUTIONS[kind]?.(`task_${n}`) ?? { text: "", code: "", tests: [] };
	return { task_id: n, text, code, test_list: tests, challenge_test_list: hidden };
};

interface Built {
	manifest: TransitionManifest;
	transitions: Transition[];
	dropped: { id: string; code: string }[];
	folder: string;
}

let builds = 0;
async function build(...args: string[]): Promise<Built> {
	const folder = join(workspace, `out-${builds++}`);
	const words = ["world", "build", "--json", "--quiet", "--workers", "2", "--out", folder, ...args];
	const { stdout, stderr, code } = await assay(workspace, words);
	expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
	const [manifest] = jsonLines(stdout) as [TransitionManifest];
	return { manifest, ...contentsOf(folder), folder };
}

function contentsOf(folder: string): Pick<Built, "transitions" | "dropped"> {
	const lines = readdirSync(join(folder, "shards"))
		.sort()
		.flatMap((name) =>
			gunzipSync(readFileSync(join(folder, "shards", name)))
				.toString("utf8")
				.trim()
				.split("\n"),
		);
	const dropped = readFileSync(join(folder, "dropped.jsonl"), "utf8");
	return {
		transitions: lines.filter(Boolean).map((line) => Transition.parse(JSON.parse(line))),
		dropped: dropped === "" ? [] : jsonLines(dropped),
	};
}

const passes = (code: string, tests: readonly string[]): boolean =>
	spawnSync("python3", ["-c", `${code}\n${tests.join("\n")}\n`], { timeout: 5_000 }).status === 0;

test("solutions and mutants are labelled by running them: each label is what Python itself says", async () => {
	const [a = 0, b = 0, c = 0] = numbersIn("train", 3);
	const tasks = write("labels.jsonl", [mbpp(a, 0), mbpp(b, 1), mbpp(c, 2)]);
	const { manifest, transitions } = await build("--tasks", tasks, "--mutants", "8");
	expect(manifest.counts.bySource).toMatchObject({ solution: 3 });
	const mutants = transitions.filter(({ source }) => source === "mutant");
	expect(mutants.length).toBeGreaterThan(18);
	const kinds = new Map([a, b, c].map((n, kind) => [`MBPP/${n}`, mbpp(n, kind).test_list]));
	for (const { after, group, label } of transitions)
		expect(label).toBe(passes(after.code, kinds.get(group) ?? []) ? "accepted" : "rejected");
	expect(new Set(transitions.map(({ label }) => label))).toEqual(new Set(["accepted", "rejected"]));
	expect(mutants.every(({ mutations }) => mutations.length > 0)).toBe(true);
	const repairs = mutants.filter(({ origin }) => origin.generator === "repair");
	expect(repairs.length).toBeGreaterThan(3);
	for (const { before, after, label, group } of repairs) {
		expect(label).toBe("accepted");
		expect(after.code).toBe(transitions.find((one) => one.group === group && one.source === "solution")?.after.code);
		expect(before.code).not.toBe(after.code);
	}
	const [solution] = transitions;
	expect(solution).toMatchObject({
		before: { code: `def task_${a}(xs):\n    pass\n` },
		action: { text: "Write a function to add up the positive numbers of a list." },
		changedLines: 6,
		licence: "CC-BY-4.0",
	});
}, 120_000);

test("a task whose solution its own tests refuse gives no transition and no mutant", async () => {
	const [n = 0] = numbersIn("train", 1);
	const tasks = write("refused.jsonl", [mbpp(n, 0, [`assert task_${n}([1]) == 2`])]);
	const { transitions, dropped } = await build("--tasks", tasks, "--mutants", "4");
	expect(transitions).toEqual([]);
	expect(new Set(dropped.map(({ code }) => code))).toEqual(new Set(["solution_rejected"]));
	expect(dropped.length).toBeGreaterThan(3);
}, 120_000);

const LONG = Array.from(
	{ length: 60 },
	(_, i) => `    v${i} = q${i % 7}.m${i % 11}(${i}, x[${i * 3}]) + w${i % 5}\n`,
).join("");
const PROGRAM = `def first(xs):\n    best = None\n    for x in xs:\n        if best is None or x > best:\n            best = x\n    return best\n`;

test("a task is in the split that its id decides, and what two splits have is taken out of the later one", async () => {
	const [one = 0, two = 0] = numbersIn("train", 2);
	const [held = 0] = numbersIn("test", 1);
	const [dev = 0] = numbersIn("dev", 1);
	const tasks = write("splits.jsonl", [mbpp(one, 0), mbpp(two, 1), mbpp(held, 2)]);
	const sample = (n: number, solution: string) => ({ task_id: `MBPP/${n}`, solution });
	const long = `def f(x):\n${LONG}    return v1\n`;
	const samples = write("planted.jsonl", [
		sample(one, PROGRAM),
		sample(one, long),
		sample(held, `${PROGRAM}\n`),
		sample(held, PROGRAM.replaceAll("best", "top").replace("first", "other").replaceAll("xs", "ys")),
		sample(held, long.replace("(17, ", "(18, ")),
		sample(held, "def task(n):\n    return [n, n, n]\n"),
	]);
	const { transitions, dropped, manifest } = await build("--tasks", tasks, "--samples", samples);
	expect(manifest.groups.map(({ group, split }) => [group, split])).toEqual(
		[one, two, held].map((n) => [`MBPP/${n}`, splitOf(`MBPP/${n}`)]).sort(),
	);
	for (const { group, split } of transitions) expect(split).toBe(splitOf(group));
	const codes = dropped.map(({ code }) => code).filter((code) => code.startsWith("across"));
	expect(codes).toEqual(["across_splits_exact", "across_splits_renamed", "across_splits_near"]);
	expect(transitions.filter(({ split }) => split === "test").map(({ after }) => after.code)).toHaveLength(2);

	const twins = write("twins.jsonl", [mbpp(one, 0), mbpp(dev, 0), mbpp(two, 1)]);
	const separated = await build("--tasks", twins);
	expect(separated.dropped).toEqual([{ id: `MBPP/${dev}`, code: "across_splits_exact" }]);

	const copied = write("copied.jsonl", [sample(one, SOLUTIONS[2]?.("copied").code ?? "")]);
	const bereft = await build("--tasks", tasks, "--samples", copied, "--mutants", "3");
	expect(bereft.transitions.filter(({ group }) => group === `MBPP/${held}`)).toEqual([]);
	expect(bereft.dropped.length).toBeGreaterThan(3);
	expect(new Set(bereft.dropped.map(({ code }) => code))).toEqual(new Set(["across_splits_renamed"]));
}, 120_000);

const humanEval = (id: string, name: string, body: string) => ({
	task_id: id,
	prompt: `def ${name}(xs):\n    """ Tell what ${name} of all the given numbers is, as told in example ${id.length}. """\n`,
	entry_point: name,
	canonical_solution: body,
	test: `MARKER = "HIDDENMARK"\ndef check(candidate):\n    assert candidate([3, 1]) == 31337 or candidate([3, 1]) is not None\n`,
});
const BODY =
	"    seen = {}\n    for at, x in enumerate(xs):\n        seen.setdefault(x, []).append(at)\n    return sorted((len(v), k) for k, v in seen.items() if k)\n";

test("nothing of an excluded task and nothing near it is in the data, and no hidden test is in any file", async () => {
	const [n = 0, m = 0] = numbersIn("train", 2);
	const odd = humanEval("HumanEval/1", "odd_one", BODY);
	const even = humanEval("HumanEval/2", "even_one", "    return max(xs) - min(xs) + len(set(xs)) * 2\n");
	const strange = humanEval("other/3", "third", "    return sum(x * x for x in xs)\n");
	const all = write("humaneval.jsonl", [odd, even, strange]);
	const planted = {
		...mbpp(n, 0),
		code: `def task_${n}(zs):\n${BODY.replaceAll("xs", "zs").replaceAll("seen", "found")}`,
	};
	const tasks = write("planted-tasks.jsonl", [
		planted,
		mbpp(m, 1, [`assert task_${m}("HIDDENCASE x") == "HIDDENCASE"`]),
	]);
	const samples = write("near-samples.jsonl", [
		{ task_id: "HumanEval/1", completion: "    return 1\n" },
		{ task_id: "HumanEval/2", completion: BODY.replaceAll("seen", "groups") },
		{ task_id: "HumanEval/2", completion: "    return min(xs)\n" },
		{ task_id: "nobody/1", completion: "    return min(xs)\n" },
		{ task_id: "HumanEval/2", completion: "" },
	]);
	const exclude = ["--exclude", all, "--exclude-ids", "HumanEval/\\d*[13579]$"];
	const { transitions, dropped, manifest, folder } = await build(
		"--tasks",
		tasks,
		all,
		"--samples",
		samples,
		...exclude,
	);
	expect(manifest.excluded).toEqual(["HumanEval/1"]);
	expect(dropped.map(({ id, code }) => `${code} ${id.length === 16 ? "" : id}`)).toEqual([
		`excluded_task MBPP/${n}`,
		"excluded_task HumanEval/1",
		"license_denied other/3",
		"excluded_task near-samples HumanEval/1 0",
		"excluded_near ",
		"unknown_task near-samples nobody/1 0",
		"no_program near-samples HumanEval/2 2",
	]);
	expect(transitions.map(({ group }) => group)).toEqual([`MBPP/${m}`, "HumanEval/2", "HumanEval/2"]);
	const everything = readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => readFileSync(join(entry.parentPath, entry.name)))
		.map((bytes) => (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString("utf8"))
		.join("\n");
	expect(everything).toContain("longest word");
	for (const hidden of ["HIDDENMARK", "31337", "HIDDENCASE", 'task_m("a bcd ef")', "odd_one"])
		expect(everything).not.toContain(hidden);
	const refused = await assay(workspace, [
		"world",
		"build",
		"--tasks",
		all,
		"--exclude",
		all,
		"--exclude-ids",
		"^x$",
		"--out",
		join(workspace, "no"),
	]);
	expect(refused).toMatchObject({ code: 2 });
	expect(refused.stderr).toMatch(/^assay: --exclude-ids: matches no task of --exclude/);
}, 120_000);

test("candidates give the same data, whichever of them was judged first", async () => {
	const numbers = numbersIn("train", 3);
	const of = numbers.map((n, kind) => mbpp(n, kind));
	const tasks = write("order.jsonl", of);
	const fenced = (program: string): string => `\`\`\`python\n${program}\`\`\``;
	const script = write(
		"order-script.jsonl",
		of.flatMap(({ text, code }) => {
			const wrong = `${code.split("\n")[0]}\n    return None\n`;
			return [
				{ contains: [text], answer: fenced(wrong) },
				{ contains: [text, "return None"], answer: fenced(code) },
			];
		}),
	);
	const words = ["debug", tasks, "--backend", "script", "--model", script, "-n", "1", "--quiet"];
	expect((await assay(workspace, words)).code).toBe(0);
	const { manifest } = await build("--runs", "latest", "--traces", "latest");
	const runId = manifest.parents.find(({ kind }) => kind === "run")?.id;
	const taskOf = (line: string): string => JSON.parse(line).taskId ?? JSON.parse(line).candidate.taskId;
	const builtIn = async (direction: 1 | -1): Promise<Transition[]> => {
		for (const folder of ["rollouts", "traces"]) {
			const path = join(workspace, "artifacts", folder, `${runId}.jsonl`);
			// Steps of one try stay in their order.
			const lines = readFileSync(path, "utf8").trimEnd().split("\n");
			const ordered = lines.toSorted((a, b) => direction * taskOf(a).localeCompare(taskOf(b)));
			writeFileSync(path, ordered.map((line) => `${line}\n`).join(""));
		}
		return (await build("--runs", "latest", "--traces", "latest")).transitions;
	};
	const forwards = await builtIn(1);
	expect(forwards.length).toBeGreaterThan(5);
	expect(await builtIn(-1)).toEqual(forwards);
}, 120_000);

test("a program that is right by chance has no label and is left out", async () => {
	const [n = 0] = numbersIn("train", 1);
	const tasks = write("chance.jsonl", [mbpp(n, 0)]);
	const coin = (i: number) =>
		`import os\ndef task_${n}(xs):\n    if os.urandom(1)[0] % 2: return None  # ${i}\n    return sum(x for x in xs if x > 0)\n`;
	const samples = write(
		"coins.jsonl",
		Array.from({ length: 24 }, (_, i) => ({ task_id: `MBPP/${n}`, solution: coin(i) })),
	);
	const { dropped, manifest } = await build("--tasks", tasks, "--samples", samples);
	expect(dropped.length).toBeGreaterThan(0);
	expect(new Set(dropped.map(({ code }) => code))).toEqual(new Set(["unstable"]));
	expect(manifest.transitions + dropped.length).toBe(25);
}, 120_000);

test("published traces give each program after the one before it, with what was said in between", async () => {
	const [n = 0] = numbersIn("train", 1);
	const { code, tests, text } = SOLUTIONS[0]?.(`task_${n}`) ?? { code: "", tests: [], text: "" };
	const wrong = code.replace("total = 0", "total = 1");
	const trace = write("ldb.jsonl", [
		{
			task_id: `MBPP/${n}`,
			prompt: `def task_${n}(xs):\n    """\n    ${text}\n    """\n`,
			entry_point: `task_${n}`,
			test: `\ndef check(candidate):\n    assert candidate([5]) == 5 # KEPTBACK\ncheck(task_${n})\n`,
			is_solved: true,
			implementations: [wrong, `${wrong}\n`, code],
			test_feedback: [[`${tests[0]} # Real Execution Output: 5`], [`${tests[0]} # Real Execution Output: 5`], []],
			solution: code,
		},
	]);
	const denied = await build("--tasks", write("one.jsonl", [mbpp(n, 0)]), "--traces", trace);
	expect(denied.dropped).toEqual([{ id: "ldb", code: "license_denied" }]);
	const { transitions, dropped } = await build("--traces", trace, "--license", "Apache-2.0");
	expect(transitions.map(({ source, label }) => [source, label])).toEqual([
		["sample", "rejected"],
		["revision", "accepted"],
	]);
	expect(transitions[1]?.action.text).toBe(`${text}\n\n${tests[0]} # Real Execution Output: 5`);
	expect(transitions[1]).toMatchObject({ group: `MBPP/${n}`, licence: "Apache-2.0", origin: { dataset: "ldb" } });
	expect(dropped.map(({ code: why }) => why)).toEqual(["whitespace_only_change"]);
	expect(JSON.stringify(transitions)).not.toContain("KEPTBACK");
	const broken = { task_id: "Other/1", prompt: "[code]\n[c++]\nint g()", entry_point: "g", is_solved: true };
	const unquoted = write("unquoted.jsonl", [
		{
			...broken,
			test: "def check(candidate):\n    assert candidate() == 001\n",
			canonical_solution: "def g():\n    return 1\n",
			solution: "def g():\n    return '001'\n",
		},
	]);
	const told = await build("--traces", unquoted, "--license", "MIT");
	expect(told.transitions).toEqual([]);
	expect(told.dropped.map(({ code: why }) => why)).toEqual(["solution_rejected", "solution_rejected"]);
}, 120_000);

test("runs that debug give each revision with what the public tests said of the program before it", async () => {
	const [n = 0] = numbersIn("train", 1);
	const { code, tests, text } = SOLUTIONS[0]?.(`task_${n}`) ?? { code: "", tests: [], text: "" };
	const fenced = (program: string): string => `\`\`\`python\n${program}\`\`\``;
	const wrong = code.replace("total = 0", "total = 1");
	const script = write("script.jsonl", [
		{ contains: [text], answer: fenced(wrong) },
		{ contains: [text, "total = 1"], answer: fenced(code) },
	]);
	const tasks = write("debugged.jsonl", [mbpp(n, 0, [`assert task_${n}([7000, 1]) == 7001`])]);
	const words = ["debug", tasks, "--backend", "script", "--model", script, "-n", "1", "--quiet"];
	expect((await assay(workspace, words)).code).toBe(0);
	const { transitions, manifest } = await build("--traces", "latest");
	expect(transitions.map(({ source, label }) => [source, label])).toEqual([
		["sample", "rejected"],
		["revision", "accepted"],
	]);
	expect(transitions[1]).toMatchObject({ before: { code: wrong }, after: { code } });
	expect(transitions[1]?.action.text).toContain(tests[0]);
	expect(JSON.stringify(transitions)).not.toContain("7001");
	expect(manifest.parents).toMatchObject([{ kind: "run" }]);
}, 120_000);

test("commits give the functions that they changed, and each filter says why it left something out", async () => {
	const repository = join(workspace, "repository");
	mkdirSync(join(repository, "vendor"), { recursive: true });
	const git = (...words: string[]): void => {
		const who = [
			"-c",
			"user.name=a",
			"-c",
			"user.email=a@b",
			"-c",
			"commit.gpgsign=false",
			"-c",
			"core.hooksPath=/dev/null",
		];
		expect(spawnSync("git", [...who, "-C", repository, ...words], { encoding: "utf8" })).toMatchObject({ status: 0 });
	};
	const put = (path: string, text: string): void => writeFileSync(join(repository, path), text);
	const commit = (message: string): void => {
		git("add", "-A");
		git("commit", "-q", "-m", message);
	};
	const body = (lines: number): string => Array.from({ length: lines }, (_, i) => `    a${i} = ${i}\n`).join("");
	git("init", "-q");
	put("LICENSE", "MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining a copy\n");
	put(
		"code.py",
		"class A:\n    def area(self):\n        w = self.w\n        return w * self.w\n\n\ndef same():\n    return 1\n",
	);
	put("big.py", `def big():\n${body(200)}    return 0\n\n\ndef small():\n${body(60)}    return 0\n`);
	put("vendor/v.py", "x = 1\n");
	put("made.py", "# Generated by a tool. Do not edit.\nx = 1\n");
	put("broken.py", "def f(:\n");
	put("README", "one");
	commit("Everything begins here");
	put(
		"code.py",
		"class A:\n    def area(self):\n        w = self.w\n        return w * self.h\n\n\ndef same():\n    return  1\n",
	);
	put(
		"big.py",
		`def big():\n${body(200).replaceAll("a", "b")}    return 0\n\n\ndef small():\n${body(60)}    return 1\n`,
	);
	put("vendor/v.py", "x = 2\n");
	put("made.py", "# Generated by a tool. Do not edit.\nx = 2\n");
	put("broken.py", "def f(: #\n");
	put("README", "two");
	put("new.py", "def fresh():\n    return 1\n");
	commit("The area takes the height\n\nSigned-off-by: a <a@b>");
	put("code.py", "def same():\n    return 2\n");
	commit("short");
	const { transitions, dropped } = await build("--git", repository);
	expect(transitions).toMatchObject([
		{
			source: "commit",
			group: "repository",
			licence: "MIT",
			label: null,
			origin: { path: "code.py", dataset: "repository" },
			before: { code: "def area(self):\n    w = self.w\n    return w * self.w\n", entryPoint: "area" },
			after: { code: "def area(self):\n    w = self.w\n    return w * self.h\n" },
			action: { text: "The area takes the height", operations: ["RENAME PropertyName DEPTH_8 SMALL"] },
		},
	]);
	const later = dropped.map(({ id, code }) => `${code} ${id.split(" ").slice(2).join(" ")}`.trim());
	for (const expected of [
		"non_python_path README",
		"generated_file vendor/v.py",
		"generated_file made.py",
		"parse_error broken.py",
		"empty_state new.py",
		"whitespace_only_change code.py same",
		"edit_size big.py big",
		"edit_ratio big.py small",
		"message_length",
	])
		expect(later).toContain(expected);
	put("LICENSE", "GNU GENERAL PUBLIC LICENSE\nVersion 3\n");
	commit("Another licence from now on");
	const denied = await build("--git", repository);
	expect(denied.transitions).toEqual([]);
	expect(new Set(denied.dropped.map(({ code }) => code))).toEqual(new Set(["license_denied"]));
}, 120_000);

test("a build that was killed goes on where it was, and leaves the bytes of one that was not", async () => {
	const numbers = [...numbersIn("train", 6), ...numbersIn("test", 2)];
	const slow = numbers.map((n) => {
		const { code, ...rest } = mbpp(n, 0);
		return {
			...rest,
			text: `${rest.text} Number ${n}.`,
			code: `import time\n${code.replace("total = 0", "time.sleep(0.03)\n    total = 0")}`,
		};
	});
	const tasks = write("slow.jsonl", slow);
	const args = ["--tasks", tasks, "--mutants", "6", "--any-license"];
	const whole = await build(...args);
	const folder = join(workspace, "killed");
	const words = ["world", "build", ...args, "--workers", "2", "--out", folder, "--workspace", workspace];
	const child = spawn(process.execPath, [join(import.meta.dirname, "../../bin/assay.js"), ...words], {
		stdio: "ignore",
	});
	const labels = join(folder, ".building", "labels.jsonl");
	const ended = new Promise((done) => child.once("exit", done));
	await expect
		.poll(() => (existsSync(labels) ? readFileSync(labels, "utf8").split("\n").length : 0), {
			timeout: 60_000,
			interval: 5,
		})
		.toBeGreaterThan(4);
	child.kill("SIGKILL");
	await ended;
	expect(existsSync(join(folder, "manifest.json"))).toBe(false);
	const kept = readFileSync(labels, "utf8");
	writeFileSync(labels, `${kept.slice(0, -5)}`);
	const again = await assay(workspace, [...words, "--quiet"]);
	expect(again.code).toBe(0);
	const bytes = (of: string): string[] =>
		[
			"dropped.jsonl",
			"card.md",
			"manifest.json",
			...readdirSync(join(of, "shards")).map((name) => `shards/${name}`),
		].map((name) => readFileSync(join(of, name)).toString("base64"));
	expect(bytes(folder)).toEqual(bytes(whole.folder));
	expect(existsSync(join(folder, ".building"))).toBe(false);
	const refused = await assay(workspace, words);
	expect(refused).toMatchObject({ code: 2 });
	expect(refused.stderr).toContain("already holds transitions");
}, 180_000);

test("what cannot be built from is one line with a hint", async () => {
	const nothing = await assay(workspace, ["world", "build", "--out", join(workspace, "x")]);
	expect(nothing).toMatchObject({ code: 2, stdout: "" });
	expect(nothing.stderr).toContain("nothing to build from");
	const noGit = await assay(workspace, ["world", "build", "--git", tmpdir(), "--out", join(workspace, "y")]);
	expect(noGit.code).toBe(2);
	expect(noGit.stderr).toContain("--git names the folder of a git repository");
	mkdirSync(join(workspace, "foreign"));
	write("foreign/thesis.txt", "mine");
	const foreign = await assay(workspace, ["world", "build", "--git", ".", "--out", join(workspace, "foreign")]);
	expect(foreign.stderr).toContain("is no folder of transitions: it holds thesis.txt");
});
