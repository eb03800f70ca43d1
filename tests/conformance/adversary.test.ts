import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEFAULT_LIMITS, type RepositoryTask, type Task } from "../../src/domain/task.js";
import type { Status, Tier } from "../../src/domain/verdict.js";
import { loadHumanEval } from "../../src/tasks/load-humaneval.js";
import type { Verifier } from "../../src/verify/verifier.js";
import { isEmpty, judge, openJudge, orphansOfJudges, skipsTier, TIERS, until } from "./judging.js";

const FOLDER = fileURLToPath(new URL("../../fixtures/adversary/", import.meta.url));

interface Entry {
	file: string;
	task: string;
	group: string;
	attack: string;
	accept: Status[];
}

const ENTRIES = readFileSync(join(FOLDER, "index.jsonl"), "utf8")
	.trim()
	.split("\n")
	.map((line) => JSON.parse(line) as Entry)
	.filter((entry) => /\.(py|diff)$/.test(entry.file));

/** What a tier without namespaces does not promise: canaries that give way there, and nothing else. */
const NOT_HELD: Partial<Record<Tier, readonly string[]>> = { rlimit: ["change_devices.py"] };

const tasks = new Map<string, Task>();
for await (const task of loadHumanEval(join(FOLDER, "tasks.jsonl"))) tasks.set(task.id.replace("adv/", ""), task);
tasks.set("repo", repositoryTask());

function repositoryTask(): RepositoryTask {
	const names = ["test_small", "test_negative", "test_big", "test_many"];
	return {
		schema: "assay.task.v1",
		kind: "repository",
		id: "adv/repo",
		title: "add",
		language: "python",
		difficulty: null,
		tags: [],
		split: null,
		tests: [
			{
				kind: "command",
				id: "hidden",
				visibility: "hidden",
				runner: "unittest",
				modules: ["tests.test_add"],
				files: { "tests/test_add.py": join(FOLDER, "repo_hidden/tests/test_add.py") },
				required: names.map((name) => `tests.test_add.${name}`),
			},
		],
		limits: DEFAULT_LIMITS,
		source: { origin: "assay", license: "MIT", url: null },
		contamination: null,
		location: { file: "", line: null },
		repo: join(FOLDER, "repo"),
		instruction: "",
		compile: null,
		expect: null,
		backend: null,
	};
}

/** Little time for what is going to run out of it. */
function taskOf(entry: Entry): Task {
	const task = tasks.get(entry.task);
	if (task === undefined) throw new Error(`${entry.file}: no task ${entry.task}`);
	const cpuTimeMs = entry.accept.includes("time_limit_exceeded") ? 400 : task.limits.cpuTimeMs;
	return { ...task, limits: { ...task.limits, cpuTimeMs, adaptive: false } };
}

/** Names that an attack would leave in the folders that everybody may write to. */
function left(): string[] {
	return ["/tmp", "/dev/shm", "/var/tmp", "/"].flatMap((folder) =>
		readdirSync(folder)
			.filter((name) => name.startsWith("adv_") || name.startsWith("adv-"))
			.map((name) => join(folder, name)),
	);
}

const scratchFolders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("assay-guest-"));

describe.each(TIERS)("in tier %s", (tier) => {
	describe.skipIf(skipsTier(tier))("the judge", () => {
		const before = { left: left(), scratch: scratchFolders() };
		const good = tasks.get("add") as Task;
		let verifier: Verifier;
		beforeAll(async () => {
			verifier = await openJudge({ tier });
		});
		afterAll(async () => {
			await verifier.close();
		});

		test.for(ENTRIES)("gives $file one of its statuses ($attack), and judges on", async (entry) => {
			const code = readFileSync(join(FOLDER, entry.file), "utf8");
			const verdict = await judge(verifier, taskOf(entry), code);
			const accepted = NOT_HELD[tier]?.includes(entry.file) ? [...entry.accept, "accepted"] : entry.accept;
			expect(accepted, `${verdict.status} ${verdict.cause}: ${verdict.message}`).toContain(verdict.status);
			const next = await judge(verifier, good, "def add(x, y):\n    return x + y\n");
			expect(next.status, next.message ?? "").toBe("accepted");
		});

		test("hides locks that another process holds on a file of the system", async () => {
			const holder = spawn("flock", ["/usr/bin/env", "sh", "-c", "echo held; exec cat"], {
				stdio: ["pipe", "pipe", "inherit"],
			});
			await once(holder.stdout, "data");
			const reader = readFileSync(join(FOLDER, "leak_locks_read.py"), "utf8");
			expect((await judge(verifier, good, reader)).status).toBe("wrong_answer");
			const honest =
				"import fcntl\nfcntl.flock(open('/usr/bin/env'), fcntl.LOCK_EX)\ndef add(x, y):\n    return x + y\n";
			expect((await judge(verifier, good, honest)).status).toBe("accepted");
			holder.stdin.end();
		});

		test("leaves no process and no file behind", async () => {
			await verifier.close();
			expect(await until(orphansOfJudges, isEmpty)).toEqual([]);
			expect(left()).toEqual(before.left);
			// Folders of other judges on this machine go too, but in their own time.
			const mine = scratchFolders().filter((name) => !before.scratch.includes(name));
			const stay = await until(() => scratchFolders().filter((name) => mine.includes(name)), isEmpty);
			expect(stay).toEqual([]);
		});
	});
});
