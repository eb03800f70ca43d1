import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LoopEvent } from "../../src/domain/loop.js";
import { smallTasks } from "../trainer/small-tasks.js";
import { assayIn, assayUntil } from "./assay.js";
import { hasSshd, makeSshWorld, type SshHost, type SshWorld } from "./ssh-hosts.js";

const hasTorch = spawnSync("/usr/bin/python3", ["-c", "import torch"]).status === 0 || Boolean(process.env.CI);
const root = mkdtempSync(join(tmpdir(), "assay-ssh-"));
const env = { XDG_CONFIG_HOME: join(root, "config") };
let world: SshWorld;
let gpu: SshHost;

describe.skipIf(!hasSshd || !hasTorch)(
	"a loop whose models a host trains (needs openssh-server, python3-torch)",
	() => {
		beforeAll(async () => {
			world = makeSshWorld(join(root, "world"));
			gpu = await world.addHost("gpu1");
		});
		afterAll(async () => {
			await world.close();
			rmSync(root, { recursive: true, force: true });
		});

		test("killed at every stage it trains each model once, and ends with the scores of one that trains here", {
			timeout: 300_000,
		}, async () => {
			const tasks = smallTasks(join(root, "tasks"), { train: 6, dev: 3 });
			const [here, there] = [join(root, "here"), join(root, "there")];
			for (const workspace of [here, there]) mkdirSync(workspace);
			writeFileSync(join(there, "hosts.yaml"), `sshConfig: ${world.config}\nhosts:\n  gpu1: { pricePerHostHour: 3 }\n`);
			const order = [
				"loop",
				tasks,
				"-n",
				"2",
				"--iterations",
				"2",
				"--name",
				"small",
				"--seed",
				"1",
				"--patience",
				"0",
			];
			order.push("--set", "epochs=2", "--stop-on", "none", "--json");
			expect((await assayIn(here, order)).code).toBe(0);

			const onHost = ["--host", "gpu1", "--budget", "9", "--env", "ASSAY_TOKEN"];
			const secret = { ...env, ASSAY_TOKEN: "sesame-4711" };
			const killedAt = [
				/"stage.run".*"evaluate"/,
				/"stage.started".*"train"/,
				/"transfer.progress".*"up"/,
				/"job.submitted"/,
				/"metrics.appended"/,
				/"checkpoint.found"/,
				/"stage.finished".*"iteration":1.*"train"/,
				/"job.state".*"running"/,
			];
			for (const [count, word] of killedAt.entries()) {
				const args = count === 0 ? [...order, ...onHost] : ["loop", "--resume", "small", "--json"];
				const printed = await assayUntil(there, args, word, secret);
				expect([String(word), printed.match(word)?.length]).toEqual([String(word), 1]);
			}
			const ended = await assayIn(there, ["loop", "--resume", "small", "--json"], secret);
			expect([ended.code, ended.stderr]).toEqual([0, ""]);

			const scores = (workspace: string) =>
				eventsOf(join(workspace, "artifacts/loops/small/loop.log")).flatMap((event) =>
					event.type === "checkpoint.recorded" ? [{ ...event.score, runId: null }] : [],
				);
			expect(scores(here)).toHaveLength(3);
			expect(scores(there)).toEqual(scores(here));
			const runs = join(gpu.home, "assay-runs/runs");
			const folders = readdirSync(runs).sort();
			expect(folders.map((name) => name.replace(/-[^-]+$/, ""))).toEqual(["small-1", "small-2"]);
			for (const name of folders) {
				expect(readdirSync(join(runs, name))).toEqual(["attempt-1"]);
				const events = readFileSync(join(runs, name, "attempt-1/events.jsonl"), "utf8");
				expect(events.match(/"started"/g)).toHaveLength(1);
				expect(readFileSync(join(runs, name, "attempt-1/limit"), "utf8")).toBe("10800 budget\n");
			}
			expect(spawnSync("grep", ["-rl", "sesame-4711", root]).stdout.toString()).toBe("");
			const shown = await assayIn(there, ["loop", "show", "small", "--json"]);
			expect(JSON.parse(shown.stdout)).toMatchObject({ host: "gpu1", state: "finished", done: 2 });
		});
	},
);

function eventsOf(path: string): LoopEvent[] {
	const lines = readFileSync(path, "utf8").trim().split("\n");
	return lines.map((line) => LoopEvent.parse(JSON.parse(line)));
}
