import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { smallTasks } from "../trainer/small-tasks.js";
import { assayIn, BIN } from "./assay.js";
import { hasSshd, makeSshWorld, type SshHost, type SshWorld, until } from "./ssh-hosts.js";

const hasTorch = spawnSync("/usr/bin/python3", ["-c", "import torch"]).status === 0 || Boolean(process.env.CI);
const root = mkdtempSync(join(tmpdir(), "assay-hosts-"));
const workspace = join(root, "workspace");
const env = { XDG_CONFIG_HOME: join(root, "config") };
const assay = (...args: string[]) => assayIn(workspace, args, env);
let world: SshWorld;
let first: SshHost;
let second: SshHost;

/** Holds back whoever begins a run there for as long as there is a file `hold`, and refuses it then. */
const HOLDING_MKDIR = `#!/bin/sh
[ "$1" = lock ] && [ -e "$HOME/hold" ] || exec /bin/mkdir "$@"
: >"$HOME/held"
while [ -e "$HOME/hold" ]; do sleep 0.05; done
exit 1
`;

const order = (name: string, host: string, ...more: string[]) => [
	...["train", "sft", "--data", "a", "--name", name, "--host", host, "--set", "seed=3", "--json", ...more],
];
const SHORT = ["--set", "steps=3", "--set", "reportEvery=1"];
const LONG = ["--set", "steps=100000", "--detach"];
const eventsOf = (stdout: string) =>
	stdout
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));
const submittedIn = (stdout: string) => eventsOf(stdout).find(({ type }) => type === "job.submitted");
const recordOf = (name: string) =>
	JSON.parse(readFileSync(join(workspace, "artifacts/remote", name, "run.json"), "utf8"));
const foldersOf = (name: string): string[] => {
	const { folder, peers } = recordOf(name);
	return [folder, ...peers.map((peer: { folder: string }) => peer.folder)];
};
const lossesOf = (name: string) =>
	readFileSync(join(workspace, "artifacts/remote", name, "attempt-1/metrics.jsonl"), "utf8")
		.split("\n")
		.flatMap((line) => (line.includes('"train.step"') ? [JSON.parse(line).m.loss] : []));
/** Processes of an attempt, by its mark in their environment. */
const processesOf = (folder: string, attempt = 1): number[] =>
	readdirSync("/proc").flatMap((pid) => {
		try {
			const marked = readFileSync(`/proc/${pid}/environ`, "utf8").includes(`ASSAY_RUN=${folder}/attempt-${attempt}\0`);
			return marked ? [Number(pid)] : [];
		} catch {
			return [];
		}
	});
const commandOf = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
const logOf = (folder: string) => readFileSync(join(folder, "attempt-1/out.log"), "utf8");
/** It has begun to take steps on both. */
const steps = (name: string) =>
	until(
		() =>
			lossesThere(foldersOf(name)[0] ?? "") && foldersOf(name).every((folder) => /steps, on cpu/.test(logOf(folder))),
		"it trains",
		60_000,
	);
const lossesThere = (folder: string) =>
	readFileSync(join(folder, "attempt-1", "work", "metrics.jsonl"), "utf8").includes('"train.step"');

describe.skipIf(!hasSshd || !hasTorch)(
	"one training over two hosts, each a real sshd (needs openssh-server, python3-torch)",
	() => {
		beforeAll(async () => {
			world = makeSshWorld(join(root, "world"));
			first = await world.addHost("gpu1");
			second = await world.addHost("gpu2");
			writeFileSync(join(second.bin, "mkdir"), HOLDING_MKDIR, { mode: 0o755 });
			mkdirSync(workspace);
			writeFileSync(
				join(workspace, "hosts.yaml"),
				`sshConfig: ${world.config}\nhosts:\n  gpu1: { pricePerHostHour: 3 }\n  gpu2: { pricePerHostHour: 5 }\n  apart: { alias: gpu1, address: 127.0.0.2 }\n  away: { alias: gpu1, address: 192.0.2.1 }\n  free: { alias: gpu2 }\n  cluster: { alias: gpu2, slurm: {} }\n`,
			);
			const tasks = smallTasks(join(root, "tasks"), { train: 6 });
			expect((await assay("run", tasks, "--backend", "onnx", "-n", "4")).code).toBe(0);
			expect((await assay("data", "export", "latest", "--format", "sft", "--name", "a")).code).toBe(0);
			expect((await assay("data", "export", tasks, "--format", "grpo", "--name", "p")).code).toBe(0);
		});
		afterAll(async () => {
			await world.close();
			rmSync(root, { recursive: true, force: true });
		});

		test("a client that is killed when one host has begun starts the other when it comes again, and it is the training that one host does", {
			timeout: 180_000,
		}, async () => {
			writeFileSync(join(second.home, "hold"), "");
			const client = spawn(process.execPath, [BIN, ...order("both", "gpu1,gpu2", ...SHORT), "--workspace", workspace], {
				env: { ...process.env, ...env },
				stdio: "ignore",
			});
			const gone = once(client, "close");
			await until(() => existsSync(join(second.home, "held")), "the first has begun, the second is asked to", 60_000);
			client.kill("SIGKILL");
			await gone;
			rmSync(join(second.home, "hold"));
			const [folder = "", other = ""] = foldersOf("both");
			expect([folder.startsWith(first.home), other.startsWith(second.home)]).toEqual([true, true]);
			expect(existsSync(join(folder, "attempt-1/runner.json"))).toBe(true);
			expect(existsSync(join(other, "attempt-1/runner.json"))).toBe(false);

			const again = await assay(...order("both", "gpu1,gpu2", ...SHORT));
			expect([again.code, again.stderr]).toEqual([0, ""]);
			expect(submittedIn(again.stdout)).toMatchObject({ folder, attempt: 1, peers: [{ host: "gpu2", folder: other }] });
			for (const one of [folder, other]) {
				expect(readdirSync(one)).toEqual(["attempt-1"]);
				expect(readFileSync(join(one, "attempt-1/events.jsonl"), "utf8").match(/"started"/g)).toHaveLength(1);
				expect(logOf(one)).toMatch(/steps, on cpu/);
			}
			const mirror = join(workspace, "artifacts/remote/both/attempt-1");
			expect(readFileSync(join(mirror, "out.log"), "utf8")).toBe(logOf(folder));
			expect(readFileSync(join(mirror, "rank-1/out.log"), "utf8")).toBe(logOf(other));
			expect(existsSync(join(other, "attempt-1", "work", "model"))).toBe(false);

			const alone = await assay(...order("alone", "gpu1", ...SHORT));
			expect([alone.code, alone.stderr]).toEqual([0, ""]);
			expect(lossesOf("both")).toHaveLength(3);
			expect(lossesOf("both")).toEqual(lossesOf("alone").map((loss: number) => expect.closeTo(loss, 3)));
			const costs = eventsOf((await assay("hosts", "cost", "--json")).stdout);
			const hoursOf = (of: string, name: string, host: string) =>
				costs.find((line) => line.of === of && line.name === name && (of === "host" || line.host === host));
			const [here, there] = [hoursOf("training", "both", "gpu1"), hoursOf("training", "both", "gpu2")];
			expect(there.spent / here.spent).toBeCloseTo(5 / 3, 6);
			expect(hoursOf("host", "gpu2", "").spent).toBeGreaterThanOrEqual(there.spent);
		});

		test("when a process dies on one host the other is ended, and the end says which host and why; the same command goes on", {
			timeout: 180_000,
		}, async () => {
			const started = await assay(...order("cut", "gpu1,gpu2", ...LONG, "--budget", "8"));
			expect([started.code, started.stderr]).toEqual([0, ""]);
			const folders = foldersOf("cut");
			expect(folders.map((folder) => readFileSync(join(folder, "attempt-1/limit"), "utf8"))).toEqual([
				"3600 budget\n",
				"3600 budget\n",
			]);
			await steps("cut");
			const trainer = processesOf(folders[1] ?? "").filter(
				(pid) => / -m assay_trainer/.test(commandOf(pid)) && !/distributed/.test(commandOf(pid)),
			);
			expect(trainer).toHaveLength(1);
			process.kill(trainer[0] ?? 0, "SIGKILL");
			const attached = await assay("train", "attach", "cut");
			expect([attached.code, attached.stderr]).toEqual([
				3,
				expect.stringMatching(/cut on gpu2: ended with status 1: a process of it was ended by signal 9/),
			]);
			expect(folders.flatMap((folder) => processesOf(folder))).toEqual([]);
			expect(recordOf("cut").failure).toMatchObject({ host: "gpu2" });
			const { remote, host } = JSON.parse((await assay("runs", "show", "cut", "--json")).stdout);
			expect(host).toBe("gpu1,gpu2");
			expect(remote).toMatchObject({
				attempt: 1,
				members: [
					{ name: "gpu1", ranks: { first: 0, last: 0 }, lastLine: expect.any(String), hasEndedIt: false },
					{ name: "gpu2", ranks: { first: 1, last: 1 }, lastLine: expect.any(String), hasEndedIt: true },
				],
				failure: { host: "gpu2", text: expect.stringContaining("signal 9") },
			});
			expect((await assay("runs", "show", "cut")).stdout).toMatch(
				/^ {2}it ended the training on all of them: .*signal 9$/m,
			);

			const again = await assay(...order("cut", "gpu1,gpu2", ...LONG, "--budget", "8"));
			expect(submittedIn(again.stdout)).toMatchObject({ attempt: 2, isNew: true });
			const stopped = await assay("train", "stop", "cut", "--grace", "1");
			expect(stopped.code).toBe(0);
			expect(stopped.stdout.match(/^cut on gpu[12]: was stopped.*\nno process of it is left$/gm)).toHaveLength(2);
			expect(stopped.stdout).toContain("gpu2 is still rented");
			expect(folders.flatMap((folder) => processesOf(folder, 2))).toEqual([]);
			expect((await assay("train", "forget", "cut", "--yes")).code).toBe(0);
			expect(folders.map((folder) => existsSync(folder))).toEqual([false, false]);
		});

		test("two hosts train by rewards together, on a port that is free: each judges its share, and the checkpoint comes from the first", {
			timeout: 180_000,
		}, async () => {
			const other = spawn(
				"/usr/bin/python3",
				["-c", "import socket,time; s=socket.create_server(('', 29500)); print('on', flush=True); time.sleep(600)"],
				{ stdio: ["ignore", "pipe", "inherit"] },
			);
			await once(other.stdout, "data");
			try {
				const settings = ["steps=2", "promptsPerStep=3", "groupSize=4", "seed=3"].flatMap((text) => ["--set", text]);
				const words = ["train", "grpo", "--data", "p", "--name", "rewarded", "--host", "apart,gpu2", "--json"];
				const trained = await assay(...words, ...settings);
				expect([trained.code, trained.stderr]).toEqual([0, ""]);
			} finally {
				other.kill();
			}
			expect(recordOf("rewarded").meeting).toMatchObject({ address: "127.0.0.2", port: expect.not.closeTo(29_500, 0) });
			const measured = readFileSync(join(workspace, "artifacts/remote/rewarded/attempt-1/metrics.jsonl"), "utf8")
				.split("\n")
				.flatMap((line) => (line.includes('"train.step"') ? [JSON.parse(line).m] : []));
			expect(measured).toMatchObject(
				[1, 2].map(() => ({ attempts: 12, without_verdict: 0, reward: expect.any(Number) })),
			);
			const [folder = "", second = ""] = foldersOf("rewarded");
			for (const one of [folder, second]) expect(logOf(one)).toMatch(/grpo of .* steps, on cpu/);
			expect(readFileSync(join(second, "attempt-1", "work", "metrics.jsonl"), "utf8")).toBe("");
			expect(existsSync(join(workspace, "artifacts/checkpoints/rewarded/training.json"))).toBe(true);
		});

		test("a host that hears nothing of the others is ended, too, when the runner of one of them is gone", {
			timeout: 180_000,
		}, async () => {
			expect((await assay(...order("lost", "gpu1,gpu2", ...LONG))).code).toBe(0);
			await steps("lost");
			const folders = foldersOf("lost");
			// It stands still, so that the other waits for it and does not fail.
			for (const pid of processesOf(folders[1] ?? "")) process.kill(pid, "SIGSTOP");
			const { runnerPid } = JSON.parse(readFileSync(join(folders[1] ?? "", "attempt-1/runner.json"), "utf8"));
			const stopping = assay("train", "attach", "lost");
			process.kill(runnerPid, "SIGKILL");
			for (const pid of processesOf(folders[1] ?? "")) process.kill(pid, "SIGKILL");
			const attached = await stopping;
			expect([attached.code, attached.stderr]).toEqual([3, expect.stringMatching(/lost on gpu2: ended unseen/)]);
			expect(folders.flatMap((folder) => processesOf(folder))).toEqual([]);
		});

		test("a dry run prints what each host is sent and runs, and asks none of them", async () => {
			const planned = await assay(
				"train",
				"sft",
				"--data",
				"a",
				"--name",
				"dry",
				"--host",
				"gpu1,gpu2",
				"--dry-run",
				"--budget",
				"8",
			);
			expect(planned.code).toBe(0);
			for (const rank of [0, 1])
				expect(planned.stdout).toMatch(
					new RegExp(
						`--nnodes=2 --node_rank=${rank} --master_addr=ADDRESS --master_port=29500 -m assay_trainer job.json`,
					),
				);
			expect(planned.stdout).toContain("$8.00 for each hour");
			expect(existsSync(join(workspace, "artifacts/remote/dry"))).toBe(false);
		});

		test("what cannot be is refused in a line before anything is started: an address that is not reached, a host twice, a cluster, no price, other methods", async () => {
			const said = async (host: string, ...more: string[]) =>
				(await assay(...order("no", host, ...SHORT, ...more))).stderr;
			expect(await said("away,gpu2")).toMatch(/gpu2 does not reach away at 192\.0\.2\.1:295\d\d: .*address/s);
			expect(await said("gpu1,gpu1")).toContain("gpu1 is there twice");
			expect(await said("gpu1,cluster")).toContain("cluster hands jobs to Slurm");
			expect(await said("gpu1,free", "--budget", "4")).toContain("free has no price");
			expect(await said("gpu1,gpu2", "--engine", "trl")).toContain("only assay's own engine");
		});
	},
);
