import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { type Session, startSession } from "./session.js";

const folder = mkdtempSync(join(tmpdir(), "assay-worker-killed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const sessions: Session[] = [];
afterEach(() => {
	for (const session of sessions.splice(0)) session.kill();
});

/** Tasks whose candidates take a while, so that there is time to die in the middle of them. */
const tasks = join(folder, "tasks");
for (const id of ["one", "two", "three"]) {
	const candidates = join(tasks, "candidates", id);
	mkdirSync(candidates, { recursive: true });
	writeFileSync(
		join(tasks, `${id}.yaml`),
		`schema: assay.task.v1
id: ${id}
title: Twice
prompt: Write twice(n).
entryPoint: twice
starterCode: |
  def twice(n):
      pass
reference: |
  def twice(n):
      return 2 * n
candidates: candidates/${id}
tests:
  public: ["assert twice(1) == 2"]
  hidden: ["assert twice(21) == 42"]
`,
	);
	const files = Array.from({ length: 8 }, (_, n) => `${n}.py`);
	for (const file of files) {
		writeFileSync(
			join(candidates, file),
			`import time\n\n# ${id} ${file}\ndef twice(n):\n    time.sleep(0.1)\n    return 2 * n\n`,
		);
	}
	writeFileSync(join(candidates, "index.yaml"), files.map((file) => `- {file: ${file}, expect: accepted}\n`).join(""));
}

/** Loaded into each thread of the program: the one that works dies this way as soon as the file is there. */
const deadlyModule = (name: string, death: string, sign: string): string => {
	const path = join(folder, `${name}.mjs`);
	writeFileSync(
		path,
		`import { existsSync, rmSync } from "node:fs";
import { isMainThread, workerData } from "node:worker_threads";
const hoard = [];
if (!isMainThread && workerData?.tasksPath) setInterval(() => {
	if (!existsSync(${JSON.stringify(sign)})) return;
	rmSync(${JSON.stringify(sign)});
	${death}
}, 5).unref();
`,
	);
	return path;
};

const DEATHS = [
	["exits", "process.exit(1);", ""],
	["throws where nobody catches", 'throw new Error("the disk is on fire");', "the disk is on fire"],
	[
		"is out of memory",
		"for (;;) hoard.push(new Array(1e6).fill(hoard.length + 0.5));",
		"Worker terminated due to reaching memory limit",
	],
] as const;

test.each(DEATHS)(
	"when the thread that works %s, its run is interrupted, u goes on with it, and later runs work",
	async (name, death, why) => {
		const workspace = mkdtempSync(join(folder, "workspace-"));
		const sign = join(workspace, "die");
		const session = startSession({
			words: ["open", "--workspace", workspace, "--tasks", tasks],
			env: {
				NODE_OPTIONS: `--import ${deadlyModule(name.replaceAll(" ", "-"), death, sign)} --max-old-space-size=160`,
			},
			columns: 200,
			rows: 60,
		});
		sessions.push(session);
		await session.until("three");
		await session.until("sandbox bwrap");
		session.send({ keys: "ar" });
		await session.until("Best-of-N on 3");
		session.send({ keys: "\r" });
		await session.until(/[1-9]\d*\/24 judged/);
		writeFileSync(sign, "");
		const lost = await session.until(
			/run \S+ stopped, u goes on with it: the part of assay that judges and reads has ended/,
		);
		expect(lost.replaceAll("\n", "")).toContain(why);
		await session.until(/interrupted {2}mock/);
		session.send({ keys: "u" });
		await session.until(/run \S+ completed/);
		session.send({ keys: "R" });
		await session.until(/● live {2}mock/);
		await session.until(/completed {2}mock/);
		session.send({ keys: "7" });
		expect(await session.until(/best-of-n(.*\n)+.*best-of-n/)).not.toMatch(/running {2}|interrupted {2}/);
		session.send({ keys: "Q" });
		expect(await session.exited).toBe(0);
		expect((await session.ended).left).toEqual([]);
		expect(readdirSync(join(workspace, "artifacts", "manifests"))).toHaveLength(2);
		expect(readdirSync(join(workspace, "artifacts", "runs")).filter((entry) => !entry.endsWith(".json"))).toEqual([]);
	},
);
