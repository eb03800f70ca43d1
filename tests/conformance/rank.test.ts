import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verdictCacheFolder } from "../../src/artifacts/layout.js";
import { TaskRanking } from "../../src/domain/ranking.js";
import { assay, jsonLines } from "../unit/app/assay-command.js";

const workspace = mkdtempSync(join(tmpdir(), "assay-rank-"));
afterAll(() => rmSync(workspace, { recursive: true }));

const STARTER = (name: string, by: number): string =>
	`def ${name}(n: int) -> int:\n    """ Add ${by}.\n    >>> ${name}(2)\n    ${2 + by}\n    """\n`;
const RIGHT = (by: number): string => `    return n + ${by}\n`;
const ALSO = (by: number): string => `    m = n\n    m += ${by}\n    return m\n`;
/** Gives what the example shows, and nothing else that is right. */
const FOOLS = (by: number): string => `    return ${2 + by}\n`;
const WRONG = (by: number): string => `    return n - ${by}\n`;
const BROKEN = (): string => "    return n +\n";
const UNBOUND = (): string => "    return math.floor(n)\n";
const SAMPLES = [BROKEN, WRONG, FOOLS, UNBOUND, RIGHT, ALSO, UNBOUND];

const write = (name: string, lines: readonly object[]): string => {
	const path = join(workspace, name);
	writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
	return path;
};

beforeAll(async () => {
	mkdirSync(workspace, { recursive: true });
	const tasks = Array.from({ length: 6 }, (_, i) => ({ id: `add/${i}`, name: `add_${i + 3}`, by: i + 3 }));
	const tasksFile = write(
		"tasks.jsonl",
		tasks.map(({ id, name, by }) => ({
			task_id: id,
			prompt: STARTER(name, by),
			entry_point: name,
			canonical_solution: RIGHT(by),
			test: `def check(candidate):\n    assert candidate(10) == ${10 + by}\n    assert candidate(0) == ${by}\n`,
		})),
	);
	const samples = write(
		"samples.jsonl",
		tasks.flatMap(({ id, by }) => SAMPLES.map((body) => ({ task_id: id, completion: body(by) }))),
	);
	write(
		"tests.jsonl",
		tasks.map(({ id, name, by }) => ({
			task_id: id,
			prompt: "",
			generations: [
				`${name}(1) == ${1 + by}\nassert ${name}(4) == ${4 + by}, 'no'\nprint(1)`,
				`${name}(7) == 0\n`,
				"x\n",
			],
		})),
	);
	expect((await assay(workspace, ["verify", tasksFile, samples, "--quiet"])).code).toBe(0);
}, 120_000);

interface Figures {
	ranker: string;
	firstChoice: { value: number; tasks: number };
	auc: { value: number; tasks: number };
	against: { firstChoice: { value: number } } | null;
}

async function rankers(...args: string[]): Promise<Map<string, Figures>> {
	const { stdout, stderr, code } = await assay(workspace, ["rank", "latest", "--json", ...args]);
	expect(stderr.replace(/^rank: .*$/gm, "").trim()).toBe("");
	expect(code).toBe(0);
	const [report] = jsonLines(stdout) as [{ rankers: Figures[]; rerankable: number; candidates: number }];
	expect(report).toMatchObject({ rerankable: 6, candidates: 42 });
	return new Map(report.rankers.map((of) => [of.ranker, of]));
}

test("every ranker that has what it needs is measured by the verdicts, and told from the static floor", async () => {
	const out = join(workspace, "rankings.jsonl");
	const found = await rankers("--tests", join(workspace, "tests.jsonl"), "--folds", "3", "--out", out);
	const first = (name: string): number | undefined => found.get(name)?.firstChoice.value;
	expect(first("random")).toBeCloseTo(2 / 7, 12);
	expect(first("static validity")).toBeCloseTo(2 / 4, 12);
	expect(first("agreement")).toBe(1);
	expect(first("CodeT")).toBe(1);
	expect(first("examples")).toBeCloseTo(2 / 3, 12);
	expect(first("examples, then agreement")).toBe(1);
	expect(first("oracle")).toBe(1);
	expect(found.get("random")?.against?.firstChoice.value).toBeCloseTo(2 / 7 - 1 / 2, 12);
	expect(found.get("static validity")?.against).toBeNull();
	expect(found.has("log-probability")).toBe(false);
	expect(found.has("public tests")).toBe(false);
	expect(found.get("trees, everything")?.firstChoice.tasks).toBe(6);
	const lines = readFileSync(out, "utf8").trim().split("\n");
	const rankings = lines.map((line) => TaskRanking.parse(JSON.parse(line)));
	expect(rankings.map(({ taskId }) => taskId)).toEqual([0, 1, 2, 3, 4, 5].map((i) => `add/${i}`));
	expect(rankings[0]?.candidates.map(({ accepted }) => accepted)).toEqual([
		false,
		false,
		false,
		false,
		true,
		true,
		false,
	]);
	expect(rankings[0]?.candidates.map(({ valid }) => valid)).toEqual([false, true, true, false, true, true, false]);
	expect(rankings[0]?.candidates[4]?.scores.CodeT).toBeCloseTo(Math.SQRT2 * 2, 12);
	expect(rankings[0]?.candidates[0]?.scores).not.toHaveProperty("oracle");
});

test("what a program answered is kept by the program and what it was asked; --no-cache runs it again", async () => {
	const first = async (...args: string[]) =>
		(await rankers("--folds", "3", ...args)).get("examples")?.firstChoice.value ?? 0;
	const right = await first();
	const file = join(verdictCacheFolder(workspace), "verdicts.sqlite");
	const kept = new DatabaseSync(file);
	const rows = kept.prepare("SELECT verdict FROM observations").all();
	expect(rows.length).toBeGreaterThan(0);
	kept.exec(
		`UPDATE observations SET verdict = json_set(verdict, '$.behaviour.examples', json('{"passed":1,"total":1}'))`,
	);
	kept.close();
	// Now all programs seem to give what the text says, but for those that hold no program.
	expect(await first()).not.toBeCloseTo(right, 6);
	expect(await first("--no-cache")).toBeCloseTo(right, 12);
	rmSync(file);
	expect(await first()).toBeCloseTo(right, 12);
});

test("without running anything only texts and syntax trees rank", async () => {
	const found = await rankers("--no-execute", "--folds", "3");
	expect([...found.keys()]).toContain("trees, static");
	for (const name of ["agreement", "examples", "CodeT", "trees, everything"]) expect(found.has(name)).toBe(false);
});

test("groups of a few candidates are drawn by the seed, and a task counts once", async () => {
	const [one, again] = [await rankers("-n", "3", "--no-execute"), await rankers("-n", "3", "--no-execute")];
	expect(one).toEqual(again);
	expect(one.get("random")?.firstChoice.tasks).toBe(6);
	const refused = await assay(workspace, ["rank", "latest", "-n", "3", "--out", join(workspace, "x.jsonl")]);
	expect(refused).toMatchObject({ code: 2, stdout: "" });
	expect(refused.stderr).toContain("--out: with -n a candidate is in one of several groups");
});

test("samples are judged first, or named as not judged; a run's tasks may have moved", async () => {
	const [tasks, samples] = [join(workspace, "tasks.jsonl"), join(workspace, "samples.jsonl")];
	const refused = await assay(workspace, ["rank", samples]);
	expect(refused.code).toBe(2);
	expect(refused.stderr).toContain("holds samples that nobody has judged");
	const judged = await assay(workspace, ["rank", tasks, samples, "--no-execute", "--folds", "3", "--json", "--quiet"]);
	expect(judged).toMatchObject({ code: 0, stderr: "" });
	expect(jsonLines(judged.stdout)).toMatchObject([{ candidates: 42, rerankable: 6 }]);
	const moved = join(workspace, "moved.jsonl");
	renameSync(tasks, moved);
	try {
		expect((await assay(workspace, ["rank", "latest", "--no-execute"])).code).toBe(2);
		const found = await assay(workspace, ["rank", moved, "latest", "--no-execute", "--json", "--quiet"]);
		expect(jsonLines(found.stdout)).toMatchObject([{ candidates: 42 }]);
	} finally {
		renameSync(moved, tasks);
	}
});

test("a line of model-written tests that is none is named", async () => {
	const bad = write("bad.jsonl", [{ task_id: "add/0", generations: "x" }]);
	const { code, stderr } = await assay(workspace, ["rank", "latest", "--tests", bad]);
	expect(code).toBe(2);
	expect(stderr).toMatch(/bad\.jsonl:1.*generations/);
});
