import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HostEntry, SlurmEntry } from "../../src/domain/host.js";
import type { RemoteState } from "../../src/domain/remote-run.js";
import { followRun } from "../../src/remote/follow-run.js";
import { createKeyring } from "../../src/remote/keyring.js";
import type { Link } from "../../src/remote/link.js";
import { openMirror } from "../../src/remote/mirror.js";
import { openLink } from "../../src/remote/open-link.js";
import { submitToSlurm } from "../../src/remote/slurm-job.js";
import { standingOf } from "../../src/remote/standing.js";
import { stopAttempt } from "../../src/remote/stop-attempt.js";
import { smallTasks } from "../trainer/small-tasks.js";
import { assayIn } from "./assay.js";
import { isThere, NOBODY, prepareShellRun, type ShellRun, signal } from "./shell-runs.js";
import { hasSlurm, type SlurmCluster, startSlurm } from "./slurm-cluster.js";
import { writeSmallTransitions } from "./small-transitions.js";
import { hasSshd, makeSshWorld, processesWith, type SshHost, type SshWorld, until } from "./ssh-hosts.js";

const root = mkdtempSync(join(tmpdir(), "assay-slurm-"));
const hasTorch = spawnSync("/usr/bin/python3", ["-c", "import torch"]).status === 0 || Boolean(process.env.CI);
const SECRETS = { TOKEN: "secret-of-test" };
const ENTRY = SlurmEntry.parse({ partition: "gpu", gpusPerNode: 1 });
let world: SshWorld;
let login: SshHost;
let cluster: SlurmCluster;
let link: Link;
/** It meets its time limit in Slurm. */
let late: ShellRun & { job: string };
let names = 0;

async function open(): Promise<Link> {
	const host = { ...HostEntry.parse({}), name: "login", from: "alias" } as const;
	return await openLink(host, { sshConfig: world.config, questions: NOBODY, keyring: createKeyring(NOBODY), signal });
}

const prepare = (commands: string, more: Parameters<typeof prepareShellRun>[3] = {}) =>
	prepareShellRun(link, join(login.home, "work"), commands, {
		...more,
		name: `run-${process.pid}-${names++}`,
		slurm: { job: null, nodes: 1 },
	});
const submit = (runs: ShellRun[], { slurm = ENTRY, after = [] as string[] } = {}, over = link) =>
	submitToSlurm(
		over,
		runs.map(({ run }) => run),
		{ slurm, graceSeconds: 1, after, signal },
	);

async function start(...given: Parameters<typeof prepare>): Promise<ShellRun & { job: string }> {
	const shell = await prepare(...given);
	const [job = ""] = await submit([shell]);
	return { ...shell, job };
}

const stateOf = async ({ run }: ShellRun): Promise<RemoteState> => (await standingOf(link, run, signal)).state;
const endOf = (shell: ShellRun) =>
	until(async () => {
		const state = await stateOf(shell);
		return state.state === "ended" ? state.exit : null;
	}, "it ends");
const begins = (shell: ShellRun, file = "begun") => until(() => isThere(join(shell.folder, file)), "it begins");
const jobsCalled = ({ run }: ShellRun) =>
	cluster.run("squeue", "-h", "-t", "all", "-n", `${basename(run.folder)}-1`, "-o", "%A").split("\n");
const sha256 = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

/** It fails on the second node of a job. */
const BROKEN_PYTHON = `#!/bin/sh
[ "\${SLURM_NODEID:-0}" = 0 ] || { echo "ValueError: no such device" >&2; exit 3; }
exec /usr/bin/python3 "$@"
`;

describe.skipIf(!hasSshd || !hasSlurm)(
	"a real Slurm of two nodes (needs slurm-wlm, munge, openssh-server, root)",
	() => {
		beforeAll(async () => {
			world = makeSshWorld(join(root, "world"));
			login = await world.addHost("login");
			cluster = await startSlurm(join(root, "slurm"));
			cluster.installOn(login);
			link = await open();
			// Slurm looks for what is over its time twice a minute: other tests go on meanwhile.
			late = await start(": >begun; exec sleep 600", { secrets: SECRETS });
			await begins(late);
			cluster.run("scontrol", "update", `JobId=${late.job}`, "EndTime=now+2");
		});
		afterAll(async () => {
			link?.close();
			await cluster?.close();
			await world?.close();
			rmSync(root, { recursive: true, force: true });
			expect(processesWith(root)).toEqual([]);
		});

		test("a job runs under the runner with its GPUs, and its log and figures are mirrored to the last byte", async () => {
			const shell = await prepare(
				`echo "on $SLURMD_NODENAME with $SLURM_GPUS_ON_NODE"; i=0; while [ $i -lt 200 ]; do i=$((i+1)); echo "{\\"line\\":$i}" >>work/metrics.jsonl; done; printf 'no newline'; exit 3`,
			);
			await submit([shell]);
			const local = mkdtempSync(join(root, "mirror-"));
			const mirror = openMirror(local, () => {});
			const states: RemoteState[] = [];
			const { state, proofs } = await followRun({
				open,
				folder: shell.folder,
				mirror,
				isOnce: false,
				signal,
				onLink: () => {},
				onState: (seen) => states.push(seen),
			}).finally(() => mirror.close());
			expect(state).toMatchObject({ state: "ended", exit: { code: 3, reason: "exit" } });
			expect(proofs.every(({ isEqual }) => isEqual)).toBe(true);
			expect(readFileSync(join(local, "out.log"), "utf8")).toMatch(/^on n[01] with 1\nno newline$/);
			expect(sha256(join(local, "metrics.jsonl"))).toBe(sha256(join(shell.folder, "work/metrics.jsonl")));
			expect(states.map((seen) => seen.state)).not.toContain("lost");
		});

		test("however often it is submitted, over however many links, and by one that was killed, one job runs", async () => {
			const shell = await prepare("echo ran >>ran");
			const told = await Promise.all(Array.from({ length: 4 }, () => submit([shell])));
			expect(new Set(told.flat()).size).toBe(1);
			await endOf(shell);
			expect([jobsCalled(shell).length, shell.text("ran")]).toEqual([1, "ran\n"]);

			const cut = await prepare("echo ran >>ran");
			// What a submitter leaves that was killed when Slurm had its job, and before it wrote down which.
			await submit([cut]);
			rmSync(join(cut.folder, "slurm.id"));
			mkdirSync(join(cut.folder, "submitting"));
			writeFileSync(
				join(cut.folder, "submitting/by"),
				`${execFileSync("hostname", { encoding: "utf8" }).trim()} 4194304 1\n`,
			);
			expect(await submit([cut])).toEqual(jobsCalled(cut));
			await endOf(cut);
			expect(cut.text("ran")).toBe("ran\n");
		});

		test("stopping ends a job that ignores it and what left its group, and one that waits is taken back", async () => {
			const stray = `trap '' TERM; exec -a stray-of-test sleep 600`;
			const shell = await start(`trap '' TERM; setsid bash -c "${stray}" & : >begun; while :; do sleep 0.1; done`);
			await begins(shell);
			const waiting = await prepare("echo never");
			const [job = ""] = await submit([waiting], { after: [shell.job] });
			expect(await stateOf(waiting)).toMatchObject({ state: "queued", reason: "Dependency" });
			const taken = await stopAttempt(link, { ...waiting.run, slurm: { job, nodes: 1 } }, 1, signal);
			expect(taken).toMatchObject({ state: { state: "ended", exit: { reason: "cancelled", code: null } }, left: [] });
			const stopped = await stopAttempt(link, { ...shell.run, slurm: { job: shell.job, nodes: 1 } }, 1, signal);
			expect(stopped).toMatchObject({ state: { exit: { code: 137, reason: "stop" } }, left: [] });
			expect(shell.events().map(({ type }) => type)).toEqual(["started", "stopping", "killed", "strays", "exited"]);
			expect(processesWith("stray-of-test")).toEqual([]);
			expect(cluster.run("squeue", "-h", "-j", `${shell.job},${job}`)).toBe("");
		});

		test("a limit ends it to the second and is Slurm's time limit, too; one ended in Slurm says so", async () => {
			const limited = await start("exec sleep 60", { limit: { seconds: 1, reason: "budget" } });
			expect(cluster.run("scontrol", "-o", "show", "job", limited.job)).toContain("TimeLimit=00:02:00");
			expect(await endOf(limited)).toMatchObject({ code: 143, reason: "budget" });
			const cancelled = await start(": >begun; exec sleep 60");
			await begins(cancelled);
			cluster.run("scancel", cancelled.job);
			expect(await endOf(cancelled)).toMatchObject({ code: 143, reason: "cancelled" });
		});

		test("what Slurm begins anew is an attempt of its own with the secrets and the rest of the limit; the first stays as it is", async () => {
			const shell = await start(
				`echo "$TOKEN $PWD" >got; cat work/kept 2>/dev/null; echo kept >work/kept; : >begun; [ -e ../attempt-2 ] || exec sleep 60; echo done`,
				{ secrets: { TOKEN: "secret" }, limit: { seconds: 600, reason: "deadline" } },
			);
			await begins(shell);
			// The runner writes it when the job has begun.
			await until(() => isThere(join(shell.folder, "deadline")), "the runner knows its deadline");
			const seconds = Number(readFileSync("/proc/uptime", "utf8").split(".")[0]);
			writeFileSync(join(shell.folder, "deadline"), `${seconds + 50}\n`);
			cluster.run("scontrol", "requeue", shell.job);
			await until(async () => (await stateOf(shell)).state === "queued", "it waits again");
			const before = readdirSync(shell.folder).filter((name) => name !== "next");
			const log = shell.text("out.log");
			expect(JSON.parse(shell.text("exit.json"))).toMatchObject({ reason: "slurm" });
			await cluster.goesOn(shell.job, () => isThere(join(shell.folder, "next")));
			expect(await endOf(shell)).toMatchObject({ code: 0, reason: "exit" });
			const second = { ...shell, folder: join(shell.run.folder, "attempt-2") };
			const text = (name: string) => readFileSync(join(second.folder, name), "utf8");
			expect([shell.text("out.log"), text("out.log")]).toEqual([log, "kept\ndone\n"]);
			expect(text("got")).toBe(`secret ${second.folder}\n`);
			expect(Number(text("limit").split(" ")[0])).toBeLessThanOrEqual(50);
			expect(readdirSync(shell.folder).filter((name) => name !== "next")).toEqual(before);
			for (const folder of [shell.folder, second.folder])
				expect([existsSync(join(folder, "env")), existsSync(join(folder, "parts/env"))]).toEqual([false, false]);
		});

		test("one that waits for another that does not end well is never begun, and says so", async () => {
			const first = await start("sleep 1; exit 3");
			const next = await prepare("echo never");
			await submit([next], { after: [first.job] });
			expect(await endOf(first)).toMatchObject({ code: 3, reason: "exit" });
			expect(await endOf(next)).toMatchObject({ code: null, reason: "cancelled" });
			expect(isThere(join(next.folder, "lock"))).toBe(false);
		});

		test("a job that takes more memory than it asked for is ended for that", { timeout: 120_000 }, async () => {
			const shell = await prepare(`exec python3 -c 'import time; taken = b"x" * (200 << 20); time.sleep(60)'`);
			await submit([shell], { slurm: SlurmEntry.parse({ partition: "gpu", arguments: ["--mem=50"] }) });
			expect(await endOf(shell)).toMatchObject({ reason: "out_of_memory", code: null });
		});

		test("of a job that Slurm knows no longer, and keeps no accounts of, the run's own record tells how it ended", async () => {
			const [ended, never] = [await start("exit 3"), await prepare("echo never")];
			expect(await endOf(ended)).toMatchObject({ code: 3, reason: "exit" });
			await submit([never], { after: [ended.job] });
			for (const { folder } of [ended, never]) writeFileSync(join(folder, "slurm.id"), "4194304\n");
			writeFileSync(join(login.bin, "sacct"), "#!/bin/sh\nexit 127\n", { mode: 0o755 });
			expect(await endOf(ended)).toMatchObject({ code: 3, reason: "exit" });
			expect(await stateOf(never)).toEqual({ state: "start_failed" });
		});

		test("what Slurm ends for good leaves no secret behind: cancelled by somebody, while it waits, or at its time limit", {
			timeout: 120_000,
		}, async () => {
			const isKept = ({ folder }: ShellRun) =>
				spawnSync("grep", ["-rl", SECRETS.TOKEN, folder]).stdout.toString() !== "";
			const ended = async (shell: ShellRun, reason: string, code: number | null) => {
				expect(await endOf(shell)).toMatchObject({ reason, code });
				expect(isKept(shell)).toBe(false);
			};
			const cancelled = await start(": >begun; exec sleep 600", { secrets: SECRETS });
			await begins(cancelled);
			expect(isKept(cancelled)).toBe(true);
			const pending = await prepare("echo never", { secrets: SECRETS });
			const [waiting = ""] = await submit([pending], { after: [cancelled.job] });
			cluster.run("scancel", waiting);
			await ended(pending, "cancelled", null);
			cluster.run("scancel", cancelled.job);
			await ended(cancelled, "cancelled", 143);

			await until(
				() => cluster.run("squeue", "-h", "-t", "all", "-j", late.job, "-o", "%T") === "TIMEOUT",
				"it is late",
				60_000,
			);
			await ended(late, "timeout", 143);
		});

		test("a node that fails gives its job back, and another goes on with it", async () => {
			const shell = await start(": >begun; [ -e ../attempt-2 ] || exec sleep 60; echo done");
			await begins(shell);
			const node = cluster.run("squeue", "-h", "-j", shell.job, "-o", "%N");
			cluster.run("scontrol", "update", `NodeName=${node}`, "State=DOWN", "Reason=test");
			await cluster.goesOn(shell.job, () => isThere(join(shell.folder, "next")));
			expect(await endOf(shell)).toMatchObject({ code: 0, reason: "exit" });
		});

		const preempt = () =>
			cluster.run("sbatch", "--parsable", "-p", "urgent", "--exclusive", "-o", "/dev/null", "--wrap", "sleep 1");

		test("a job that another takes the place of is ended, or begun anew, as its partition has it, and says so", {
			timeout: 120_000,
		}, async () => {
			const ended = await prepare(": >begun; exec sleep 60");
			await submit([ended], { slurm: SlurmEntry.parse({ partition: "ended" }) });
			await begins(ended);
			preempt();
			expect(await endOf(ended)).toMatchObject({ reason: "preempted" });

			const requeued = await prepare(": >begun; [ -e ../attempt-2 ] || exec sleep 60; echo done");
			const [job = ""] = await submit([requeued], { slurm: SlurmEntry.parse({ partition: "requeued" }) });
			await begins(requeued);
			preempt();
			await cluster.goesOn(job, () => isThere(join(requeued.folder, "next")));
			expect(await endOf(requeued)).toMatchObject({ code: 0, reason: "exit" });
		});

		describe.skipIf(!hasTorch)("by the program itself, with the real trainer (needs python3-torch)", () => {
			const workspace = join(root, "workspace");
			const assay = (...args: string[]) => assayIn(workspace, args, { XDG_CONFIG_HOME: join(root, "config") });
			const train = (name: string, ...more: string[]) =>
				assay("train", "sft", "--data", "a", "--name", name, "--host", "cluster", "--json", ...more);
			const eventsOf = (stdout: string): Record<string, unknown>[] =>
				stdout
					.trim()
					.split("\n")
					.map((line) => JSON.parse(line));
			const submittedOf = (stdout: string) => eventsOf(stdout).filter(({ type }) => type === "job.submitted");
			const checkpoint = (name: string) =>
				JSON.parse(readFileSync(join(workspace, "artifacts/checkpoints", name, "training.json"), "utf8"));

			beforeAll(async () => {
				mkdirSync(workspace);
				const host = "alias: login";
				const broken = join(login.bin, "broken-python");
				writeFileSync(broken, BROKEN_PYTHON, { mode: 0o755 });
				writeFileSync(
					join(workspace, "hosts.yaml"),
					`sshConfig: ${world.config}\nhosts:\n  cluster: { ${host}, slurm: { partition: gpu, gpusPerNode: 1 } }\n  nodes: { ${host}, slurm: { nodes: 2 } }\n  broken: { ${host}, python: ${broken}, slurm: { nodes: 2 } }\n  wrong: { alias: login, slurm: { partition: nope } }\n`,
				);
				const tasks = smallTasks(join(root, "tasks"), { train: 6 });
				expect((await assay("run", tasks, "--backend", "onnx", "-n", "4")).code).toBe(0);
				expect((await assay("data", "export", "latest", "--format", "sft", "--name", "a")).code).toBe(0);
			});

			test("a check tells what Slurm is there and whether it takes a job; a wrong partition is named with those there are", async () => {
				const good = JSON.parse((await assay("hosts", "check", "cluster", "--json")).stdout);
				const named = (name: string) => good.findings.find((finding: { name: string }) => finding.name === name);
				expect(["slurm", "partition", "job"].map((name) => named(name)?.level)).toEqual(["ok", "ok", "ok"]);
				expect(named("partition").text).toContain("gpu: 2 nodes");
				const wrong = await assay("hosts", "check", "wrong");
				expect([wrong.code, wrong.stdout]).toEqual([1, expect.stringContaining("there is no partition nope")]);
				expect(wrong.stdout).toMatch(/slurm\.partition to one of: .*\bgpu\b/);
			});

			test("a training goes through Slurm and its checkpoint comes back; seeds are one array; one waits for another", {
				timeout: 120_000,
			}, async () => {
				const seeds = submittedOf(
					(await train("many", "--set", "steps=2", "--seeds", "3,5", "--deadline", "5m")).stdout,
				);
				const jobs = seeds.map(({ id, slurmJob }) => [id, String(slurmJob)]);
				const [array] = String(seeds[0]?.slurmJob).split("_");
				expect(jobs).toEqual([
					["many-s3", `${array}_0`],
					["many-s5", `${array}_1`],
				]);
				const late = submittedOf((await train("late", "--set", "steps=2", "--after", "many-s5", "--detach")).stdout);
				expect(late).toHaveLength(1);
				const ended = await Promise.all(
					["many-s3", "many-s5", "late"].map((name) => assay("train", "attach", name, "--json")),
				);
				expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
				const proofs = ended.flatMap(({ stdout }) => eventsOf(stdout)).filter(({ type }) => type === "mirror.proved");
				expect([proofs.length, proofs.every(({ isEqual }) => isEqual)]).toEqual([9, true]);
				expect(["many-s3", "many-s5"].map((name) => checkpoint(name).seed)).toEqual([3, 5]);
				const finished = (name: string) => Date.parse(checkpoint(name).finishedAt);
				expect(finished("late")).toBeGreaterThan(finished("many-s5"));
			});

			test("a world model trains as a job of Slurm's, and is here when that has ended", {
				timeout: 120_000,
			}, async () => {
				const transitions = join(root, "transitions");
				writeSmallTransitions(transitions);
				const small = { steps: 3, width: 16, embedding: 16, vocabulary: 200, maxState: 64, evaluateEvery: 2 };
				const settings = Object.entries(small).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
				const order = ["--data", transitions, "--name", "little", "--host", "cluster", "--deadline", "5m", "--json"];
				const trained = await assay("train", "world", ...order, ...settings);
				expect([trained.code, trained.stderr]).toEqual([0, ""]);
				const [submitted] = submittedOf(trained.stdout);
				expect(submitted?.slurmJob).toMatch(/^\d+$/);
				const model = join(workspace, "artifacts/world-models/little");
				expect(eventsOf(trained.stdout).at(-1)).toEqual({ type: "train.checkpoint", checkpoint: model });
				expect(JSON.parse(readFileSync(join(model, "manifest.json"), "utf8"))).toMatchObject({
					...{ kind: "world-model", name: "little", parents: [{ kind: "world-data", id: "transitions" }] },
					metadata: { recipe: { steps: 3, width: 16 } },
				});
				const inspected = await assay("world", "inspect", model, "--json");
				expect([inspected.code, inspected.stderr]).toEqual([0, ""]);
				const shown = JSON.parse((await assay("train", "show", "little", "--json")).stdout);
				expect(shown).toMatchObject({ host: "cluster", method: "world", state: "finished", done: 3, total: 3 });
			});

			test("two nodes take the steps of one training together, and it is the training that one node does", {
				timeout: 120_000,
			}, async () => {
				const both = await train("both", "--set", "steps=2", "--set", "seed=3", "--host", "nodes");
				expect([both.code, both.stderr]).toEqual([0, ""]);
				const { folder } = submittedOf(both.stdout)[0] ?? {};
				const log = readFileSync(join(String(folder), "attempt-1/out.log"), "utf8");
				expect(log).toMatch(/^0: .*steps, on cpu$/m);
				expect(log).toMatch(/^1: .*steps, on cpu$/m);
				const lossOf = (name: string) =>
					readFileSync(join(workspace, "artifacts/remote", name, "attempt-1/metrics.jsonl"), "utf8")
						.split("\n")
						.flatMap((line) => (line.includes('"train.step"') ? [JSON.parse(line).m.loss] : []));
				expect(lossOf("both")).toEqual(lossOf("many-s3").map((loss: number) => expect.closeTo(loss, 3)));
				const { remote } = JSON.parse((await assay("runs", "show", "both", "--json")).stdout);
				expect(remote.members).toMatchObject([
					{ name: "n0", ranks: { first: 0, last: 0 }, lastLine: expect.any(String), hasEndedIt: false },
					{ name: "n1", ranks: { first: 1, last: 1 }, lastLine: expect.any(String), hasEndedIt: false },
				]);
			});

			test("the node that ends a training of several is named, with its own words", { timeout: 120_000 }, async () => {
				const { code, stderr } = await train("broken", "--set", "steps=2", "--host", "broken");
				expect([code, stderr]).toEqual([
					3,
					expect.stringMatching(
						/broken on n1: .*status 3: ValueError: no such device, which ended it on all of its nodes/,
					),
				]);
				const { remote } = JSON.parse((await assay("runs", "show", "broken", "--json")).stdout);
				expect(remote.members.map((member: { hasEndedIt: boolean }) => member.hasEndedIt)).toEqual([false, true]);
			});
		});
	},
);
