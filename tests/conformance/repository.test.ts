import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type CommandTest, DEFAULT_LIMITS } from "../../src/domain/task.js";
import { loadYaml } from "../../src/tasks/load-yaml.js";
import type { Verifier } from "../../src/verify/verifier.js";
import { isEmpty, judge, openJudge, processes, skipsTier, TIERS, until } from "./judging.js";
import { ATTACKS, addCode, FIX, hidden, publicTest, repositoryTask, root } from "./repositories.js";

afterAll(() => rmSync(root, { recursive: true, force: true }));

const FIXTURES = fileURLToPath(new URL("../../fixtures/", import.meta.url));
const patch = (name: string): string => readFileSync(join(FIXTURES, "repos", name), "utf8");

describe.each(TIERS)("in tier %s", (tier) => {
	describe.skipIf(skipsTier(tier))("a repository task", () => {
		let verifier: Verifier;
		beforeAll(async () => {
			verifier = await openJudge({ tier });
		});
		afterAll(async () => {
			await verifier.close();
		});

		test.each([
			["toy_fix", "toy-fix.patch", "accepted"],
			["toy_fix", "toy-wrong.patch", "wrong_answer"],
			["toy_fix", "toy-broken.patch", "patch_failed"],
			["toy_noop", null, "wrong_answer"],
		] as const)("%s with %s ends as %s", async (id, name, status) => {
			for await (const task of loadYaml(join(FIXTURES, "tasks", `${id}.yaml`))) {
				const verdict = await judge(verifier, task, name === null ? "" : patch(name));
				expect(verdict.status, `${verdict.cause}: ${verdict.message}`).toBe(status);
				expect(verdict).toMatchObject({ harness: "in_guest", sandbox: tier });
			}
		});

		test("an honest fix passes all tests, which are counted one by one", async () => {
			const verdict = await judge(verifier, repositoryTask(), FIX);
			expect(verdict).toMatchObject({ status: "accepted", passed: 4, total: 4 });
			expect(verdict.tests.map((item) => item.id).sort()).toEqual([
				"tests.test_hidden.test_big",
				"tests.test_hidden.test_small",
				"tests.test_public.TestAdd.test_one",
				"tests.test_public.TestAdd.test_zero",
			]);
			expect(verdict.tests.map((item) => item.wallTimeMs)).toEqual([null, null, null, null]);
		});

		test.each(ATTACKS)("a patch that %s is not accepted", async (_name, diff) => {
			// No required ids: what ran has to be known without them.
			const task = repositoryTask({ tests: [publicTest("unittest"), hidden("unittest", [])] });
			const verdict = await judge(verifier, task, diff);
			expect(["wrong_answer", "runtime_error"], `${verdict.status} ${verdict.message}`).toContain(verdict.status);
		});

		test("zero tests are never a pass", async () => {
			writeFileSync(join(root, "empty.py"), "x = 1\n");
			const none: CommandTest = {
				...hidden("unittest", []),
				files: { "tests/test_hidden.py": join(root, "empty.py") },
			};
			for (const tests of [[none], []]) {
				const verdict = await judge(verifier, repositoryTask({ tests }), FIX);
				expect(verdict).toMatchObject({ status: "judge_error", cause: "no_tests" });
			}
		});

		test("a link that its code makes of the tests' folder leads nothing outside", async () => {
			const outside = mkdtempSync(join(root, "outside-"));
			writeFileSync(join(outside, "test_hidden.py"), "precious\n");
			const code = `import os, shutil\n\nshutil.rmtree("tests")\nos.symlink(${JSON.stringify(outside)}, "tests")\n`;
			const task = repositoryTask({ compile: ["python3", "calc/add.py"] });
			const verdict = await judge(verifier, task, addCode(code));
			expect(verdict.status).not.toBe("accepted");
			expect(readdirSync(outside)).toEqual(["test_hidden.py"]);
			expect(readFileSync(join(outside, "test_hidden.py"), "utf8")).toBe("precious\n");
		});

		test("what the public run leaves behind is gone in the hidden run", async () => {
			const code =
				'import os\n\nleft = os.path.exists("left")\nopen("left", "w").close()\n\n\ndef add(x, y):\n    return x + y - left\n';
			expect((await judge(verifier, repositoryTask(), addCode(code))).status).toBe("accepted");
		});

		test("folders that its code closes are removed, and nothing of it runs on", async () => {
			const before = new Set(scratch());
			const code = `import os, sys, time\n\nos.mkdir("closed")\nopen("closed/file", "w").close()\nos.chmod("closed", 0)\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        os.execv(sys.executable, [sys.executable, "-S", "-c", "import time; time.sleep(601)"])\n    os._exit(0)\n\n\ndef add(x, y):\n    return x + y\n`;
			expect((await judge(verifier, repositoryTask(), addCode(code))).status).toBe("accepted");
			expect(await goneSince(before)).toEqual([]);
			const survivors = () => processes().filter((entry) => entry.command.includes("time.sleep(601)"));
			expect(await until(survivors, isEmpty)).toEqual([]);
		});

		test.each([
			["loops", "while True:\n    pass\n", "time_limit_exceeded"],
			["fills the memory", "x = bytearray(1 << 40)\n", "memory_limit_exceeded"],
			["floods its output", "while True:\n    print('x' * 10000)\n", "output_limit_exceeded"],
		] as const)("code that %s meets its limit", async (_name, code, status) => {
			const task = repositoryTask({ limits: { ...DEFAULT_LIMITS, cpuTimeMs: 1000 } });
			expect((await judge(verifier, task, addCode(code))).status).toBe(status);
		});

		test("an aborted run is rejected and leaves nothing", async () => {
			const before = new Set(scratch());
			const abort = new AbortController();
			const code = "import time\n\ntime.sleep(602)\n";
			const judging = judge(verifier, repositoryTask(), addCode(code), { signal: abort.signal });
			const rejected = expect(judging).rejects.toThrow("enough");
			await until(scratch, (names) => names.some((name) => !before.has(name)));
			abort.abort(new Error("enough"));
			await rejected;
			expect(await goneSince(before)).toEqual([]);
		});
	});
});

/** Folders that came after `before` and stay; those of other test files go in their own time. */
async function goneSince(before: ReadonlySet<string>): Promise<string[]> {
	const found = new Set(scratch().filter((name) => !before.has(name)));
	return await until(() => scratch().filter((name) => found.has(name)), isEmpty);
}

const scratch = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("assay-repo-"));

test("a repository that is not there is the judge's trouble", async () => {
	const verifier = await openJudge({});
	onTestFinished(async () => await verifier.close());
	const verdict = await judge(verifier, repositoryTask({ repo: join(root, "nowhere") }), FIX);
	expect(verdict).toMatchObject({ status: "judge_error", cause: "setup" });
});

test("history and compiled files of the repository are not copied, links stay links", async () => {
	const repo = join(root, "with-history");
	cpSync(join(root, "repo"), repo, { recursive: true });
	for (const name of [".git/HEAD", "calc/__pycache__/add.cpython-311.pyc"]) {
		mkdirSync(dirname(join(repo, name)), { recursive: true });
		writeFileSync(join(repo, name), "x");
	}
	symlinkSync("add.py", join(repo, "calc/plus.py"));
	const code =
		'import os\n\n\ndef add(x, y):\n    return x + y if not os.path.exists(".git") and not os.path.exists("calc/__pycache__/add.cpython-311.pyc") and os.path.islink("calc/plus.py") else 0\n';
	const verifier = await openJudge({});
	onTestFinished(async () => await verifier.close());
	expect(existsSync(join(repo, ".git"))).toBe(true);
	expect((await judge(verifier, repositoryTask({ repo }), addCode(code))).status).toBe("accepted");
});
