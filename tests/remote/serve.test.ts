import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { smallTasks } from "../trainer/small-tasks.js";
import { assayIn, BIN } from "./assay.js";
import { hasSlurm, type SlurmCluster, startSlurm } from "./slurm-cluster.js";
import { freePort, hasSshd, makeSshWorld, type SshWorld } from "./ssh-hosts.js";

const SERVER = fileURLToPath(new URL("small_openai_server.py", import.meta.url));
const COMMAND = `exec /usr/bin/python3 ${SERVER} "$ASSAY_ADDRESS" "$ASSAY_PORT" small`;
const root = mkdtempSync(join(tmpdir(), "assay-serve-"));
const workspace = join(root, "workspace");
const env = { XDG_CONFIG_HOME: join(root, "config"), OPENAI_API_KEY: "none" };
let world: SshWorld;
let cluster: SlurmCluster | null = null;

const assay = (...args: string[]) => assayIn(workspace, args, env);

const statusOf = async (url: unknown, key = "") =>
	(await fetch(`${url}/models`, key === "" ? {} : { headers: { authorization: `Bearer ${key}` } })).status;

interface Serving {
	child: ChildProcess;
	/** Waits for an event of that type. */
	event(type: string): Promise<Record<string, unknown>>;
	interrupt(): Promise<number | null>;
}

function serve(...args: string[]): Serving {
	const child = spawn(process.execPath, [BIN, "hosts", "serve", ...args, "--json", "--workspace", workspace], {
		env: { ...process.env, ...env },
		stdio: ["ignore", "pipe", "inherit"],
	});
	const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
	return {
		child,
		async event(type) {
			for (;;) {
				const { value, done } = await lines.next();
				if (done === true) throw new Error(`it ended before ${type}`);
				const event = JSON.parse(value);
				if (event.type === type) return event;
			}
		},
		async interrupt() {
			const exit = once(child, "exit");
			child.kill("SIGINT");
			return (await exit)[0];
		},
	};
}

describe.skipIf(!hasSshd)("a model's server as a job of a host (needs openssh-server)", () => {
	beforeAll(async () => {
		world = makeSshWorld(join(root, "world"));
		await world.addHost("gpu1");
		const login = await world.addHost("login");
		if (hasSlurm) {
			cluster = await startSlurm(join(root, "slurm"));
			cluster.installOn(login);
		}
		mkdirSync(workspace);
		writeFileSync(
			join(workspace, "hosts.yaml"),
			`sshConfig: ${world.config}\nhosts:\n  cluster: { alias: login, slurm: { partition: gpu } }\n`,
		);
	});
	afterAll(async () => {
		await cluster?.close();
		await world?.close();
		rmSync(root, { recursive: true, force: true });
	});

	test("it is waited for until it is healthy, answers as if it were here, outlives the way to it, and is found again", async () => {
		const port = String(await freePort());
		const first = serve("gpu1", "--command", COMMAND, "--port", port);
		const { folder } = await first.event("server.started");
		const { url, models, keyFile } = await first.event("server.healthy");
		expect(models).toEqual(["small"]);
		const key = readFileSync(String(keyFile), "utf8").trim();
		expect(statSync(String(keyFile)).mode & 0o777).toBe(0o600);
		expect([await statusOf(url), await statusOf(url, "other"), await statusOf(url, key)]).toEqual([401, 401, 200]);
		expect(spawnSync("ps", ["-eo", "args"]).stdout.toString()).not.toContain(key);
		expect(spawnSync("grep", ["-rla", key, String(folder)]).stdout.toString()).toBe("");
		const tasks = smallTasks(join(root, "tasks"), { train: 1 });
		const asked = ["--backend", "openai", "--base-url", String(url), "--model", "small", "-n", "1", "--json"];
		expect((await assay("run", tasks, ...asked)).code).toBe(3);
		const run = await assay("run", tasks, ...asked, "--key-file", String(keyFile));
		expect([run.code, run.stdout]).toEqual([0, expect.stringContaining('"candidate.')]);
		const rollouts = join(workspace, "artifacts/rollouts");
		const texts = readdirSync(rollouts).map((name) => readFileSync(join(rollouts, name), "utf8"));
		expect(texts.filter((text) => text.includes("return a + b"))).toHaveLength(1);
		expect(await first.interrupt()).toBe(130);

		const again = serve("gpu1");
		expect((await again.event("server.started")).folder).toBe(folder);
		await again.event("server.healthy");
		await again.interrupt();
		expect(readdirSync(String(folder))).toEqual(["attempt-1"]);
		const stopped = await assay("hosts", "serve", "gpu1", "--stop", "--json");
		expect([stopped.code, JSON.parse(stopped.stdout)]).toMatchObject([
			0,
			{ left: [], state: { exit: { reason: "stop" } } },
		]);
		expect(existsSync(join(workspace, "artifacts/servers/serve-gpu1"))).toBe(false);
	});

	test("a dry run prints exactly what would be run and contacts nobody: vLLM takes its key from the environment", async () => {
		const planned = await assay(
			"hosts",
			"serve",
			"cluster",
			"--model",
			"a/b",
			"--dry-run",
			"--deadline",
			"2h",
			"--json",
		);
		const plan = JSON.parse(planned.stdout);
		expect(plan.job.trim().split("\n").at(-1)).toBe(
			'exec vllm serve \'a/b\' --host "$ASSAY_ADDRESS" --port "$ASSAY_PORT"',
		);
		expect(plan.job).not.toContain("0.0.0.0");
		expect(plan.environment).toEqual(["ASSAY_KEY", "VLLM_API_KEY"]);
		expect(plan.sbatch).toContain("--partition=gpu");
		const there = await assay("hosts", "serve", "gpu1", "--model", "a/b", "--dry-run");
		expect(there.stdout).toContain("export ASSAY_ADDRESS=127.0.0.1 ASSAY_PORT=8000; exec vllm serve");
		expect(existsSync(join(workspace, "artifacts/servers/serve-cluster"))).toBe(false);
	});

	test("one that ends says so with its last words, and without a model there is none", async () => {
		const failed = await assay(
			"hosts",
			"serve",
			"gpu1",
			"--command",
			"echo no such model >&2; exit 4",
			"--name",
			"bad",
		);
		expect([failed.code, failed.stderr]).toEqual([3, expect.stringMatching(/ended with status 4: no such model/)]);
		const none = await assay("hosts", "serve", "gpu1", "--name", "other");
		expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("which model?")]);
		const vllm = await assay("hosts", "serve", "gpu1", "--name", "real", "--model", "a/b c", "--detach", "--json");
		const { folder } = JSON.parse(vllm.stdout);
		expect(readFileSync(join(folder, "attempt-1/job.sh"), "utf8")).toContain("exec vllm serve 'a/b c' --host");
	});

	test.skipIf(!hasSlurm)(
		"on a cluster it is a job, and the way leads to its node (needs slurm-wlm, munge, root)",
		async () => {
			const port = String(await freePort());
			const serving = serve("cluster", "--command", COMMAND, "--port", port);
			const { job } = await serving.event("server.started");
			const { url } = await serving.event("server.healthy");
			expect(await statusOf(url)).toBe(401);
			await serving.interrupt();
			expect(cluster?.run("squeue", "-h", "-j", String(job), "-o", "%T")).toBe("RUNNING");
			expect((await assay("hosts", "serve", "cluster", "--stop")).stdout).toContain("nothing of it is left");
			expect(cluster?.run("squeue", "-h")).toBe("");

			const open = COMMAND.replace("exec ", "unset ASSAY_KEY; exec ");
			const refused = await assay("hosts", "serve", "cluster", "--command", open, "--port", port, "--name", "open");
			expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining("without a key")]);
			expect((await assay("hosts", "serve", "cluster", "--name", "open", "--stop")).code).toBe(0);
		},
	);
});
