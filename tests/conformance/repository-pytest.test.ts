import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Verifier } from "../../src/verify/verifier.js";
import { judge, openJudge, skipsTier, TIERS } from "./judging.js";
import { ATTACKS, addCode, FIX, hidden, newFile, publicTest, REQUIRED, repositoryTask, root } from "./repositories.js";

/** Debian's package; off CI its absence skips these tests. */
const HAS_PYTEST = spawnSync("/usr/bin/python3", ["-c", "import pytest"]).status === 0 || Boolean(process.env.CI);

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.each(TIERS)("in tier %s", (tier) => {
	describe.skipIf(skipsTier(tier) || !HAS_PYTEST)("a repository task run by pytest", () => {
		let verifier: Verifier;
		beforeAll(async () => {
			verifier = await openJudge({ tier });
		});
		afterAll(async () => {
			await verifier.close();
		});
		const task = repositoryTask({ tests: [publicTest("pytest"), hidden("pytest", REQUIRED)] });

		test("an honest fix is accepted", async () => {
			const verdict = await judge(verifier, task, FIX);
			expect(verdict.status, `${verdict.cause}: ${verdict.message}`).toBe("accepted");
			expect(verdict.total).toBe(4);
		});

		test.each([
			...ATTACKS.filter(([name]) => !/unittest|assertions/.test(name)),
			[
				"adds a conftest.py with hooks",
				newFile(
					"tests/conftest.py",
					"import pytest\n\n\n@pytest.hookimpl(hookwrapper=True)\ndef pytest_runtest_makereport(item, call):\n    outcome = yield\n    outcome.get_result().outcome = 'passed'\n",
				),
			],
			["adds a pytest.ini that deselects all", newFile("pytest.ini", "[pytest]\naddopts = -k nothing\n")],
			[
				"adds a plugin by metadata",
				newFile("evil.egg-info/entry_points.txt", "[pytest11]\nevil = evil\n") +
					newFile("evil.egg-info/PKG-INFO", "Name: evil\nVersion: 1\n") +
					newFile("evil.py", "def pytest_runtest_makereport(item, call):\n    raise SystemExit(0)\n"),
			],
			["skips with pytest.skip", addCode("import pytest\n\n\ndef add(x, y):\n    pytest.skip('later')\n")],
			["exits with pytest.exit", addCode("import pytest\n\n\ndef add(x, y):\n    pytest.exit('done', returncode=0)\n")],
		] as [string, string][])("a patch that %s is not accepted", async (_name, diff) => {
			const verdict = await judge(verifier, task, diff);
			expect(["wrong_answer", "runtime_error"], `${verdict.status} ${verdict.message}`).toContain(verdict.status);
		});
	});
});
