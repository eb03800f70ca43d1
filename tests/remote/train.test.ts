import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { smallTasks } from "../trainer/small-tasks.js";
import { assayIn, assayUntil } from "./assay.js";
import { hasSshd, makeSshWorld, type SshHost, type SshWorld, until } from "./ssh-hosts.js";

const MODEL = fileURLToPath(new URL("../../fixtures/models/tiny-coder", import.meta.url));
const hasTorch = spawnSync("/usr/bin/python3", ["-c", "import torch"]).status === 0 || Boolean(process.env.CI);
const root = mkdtempSync(join(tmpdir(), "assay-ssh-"));
const workspace = join(root, "workspace");
let world: SshWorld;
let gpu: SshHost;

const TOKEN = "sesame-0815";
const env = { XDG_CONFIG_HOME: join(root, "config"), ASSAY_TOKEN: TOKEN };
const assay = (...args: string[]) => assayIn(workspace, args, env);
const eventsOf = (stdout: string) =>
	stdout
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));

describe.skipIf(!hasSshd || !hasTorch)(
	"the real trainer over a real sshd (needs openssh-server, python3-torch)",
	() => {
		beforeAll(async () => {
			world = makeSshWorld(join(root, "world"));
			gpu = await world.addHost("gpu1", { hasTorch: true });
			mkdirSync(workspace);
			writeFileSync(
				join(workspace, "hosts.yaml"),
				`sshConfig: ${world.config}\nhosts:\n  gpu1: { python: /usr/bin/python3, pricePerHostHour: 3 }\n  cheap: { alias: gpu1, python: /usr/bin/python3 -S -E }\n`,
			);
			const tasks = smallTasks(join(root, "tasks"), { train: 8, dev: 2 });
			const exported = await assay("data", "export", tasks, "--format", "grpo", "--name", "p");
			expect(exported.code).toBe(0);
		});
		afterAll(async () => {
			await world.close();
			rmSync(root, { recursive: true, force: true });
		});

		const SHORT = ["--set", "steps=2", "--set", "promptsPerStep=4", "--set", "groupSize=4"];

		const order = (name: string, ...more: string[]) => [
			"train",
			"grpo",
			"--data",
			"p",
			"--name",
			name,
			"--host",
			"gpu1",
			"--json",
			...more,
		];

		test("a client that is killed finds its training again, which ran once, and brings its checkpoint with lineage", {
			timeout: 120_000,
		}, async () => {
			const killed = await assayUntil(workspace, order("second", ...SHORT), /"metrics.appended"/, env);
			const submitted = eventsOf(killed).find(({ type }) => type === "job.submitted");
			expect(submitted).toMatchObject({ host: "gpu1", attempt: 1, isNew: true });
			expect(submitted.folder.startsWith(gpu.home)).toBe(true);

			const again = await assay(...order("second", ...SHORT));
			expect(again.stderr).toBe("");
			const events = eventsOf(again.stdout);
			expect(events.filter(({ type }) => type === "job.submitted")).toEqual([{ ...submitted, isNew: false }]);
			const proofs = events.filter(({ type }) => type === "mirror.proved");
			expect(proofs.filter(({ isEqual }) => isEqual).map(({ file }) => file)).toEqual(
				expect.arrayContaining(["log", "metrics", "events"]),
			);
			const attempt = join(submitted.folder, "attempt-1");
			expect(readdirSync(submitted.folder)).toEqual(["attempt-1"]);
			expect(readFileSync(join(attempt, "events.jsonl"), "utf8").match(/"started"/g)).toHaveLength(1);
			const mirror = join(workspace, "artifacts/remote/second/attempt-1");
			for (const [local, remote] of [
				["out.log", "out.log"],
				["metrics.jsonl", "work/metrics.jsonl"],
			] as const) {
				expect(readFileSync(join(mirror, local))).toEqual(readFileSync(join(attempt, remote)));
			}

			const checkpoint = join(workspace, "artifacts/checkpoints/second");
			const manifest = JSON.parse(readFileSync(join(checkpoint, "training.json"), "utf8"));
			expect(manifest.parent.path).toBe(MODEL);
			expect(manifest.sources.at(-1).id).toBe(join(workspace, "artifacts/data/p"));
			expect(manifest.costUsd).toBeCloseTo((3 * manifest.wallTimeMs) / 3_600_000, 9);
			expect(manifest.wallTimeMs).toBeGreaterThan(0);
			expect((await assay("checkpoints", "list", "--json")).stdout).toContain("second");
			const shown = await assay("train", "show", "second", "--json");
			expect(JSON.parse(shown.stdout)).toMatchObject({ host: "gpu1", state: "finished", done: 2, total: 2 });
			const said = await assay("train", "logs", "second");
			expect(said.stdout).toBe(readFileSync(join(attempt, "out.log"), "utf8"));
			const figures = eventsOf((await assay("runs", "metrics", "second", "--panel", "reward", "--json")).stdout);
			expect(figures.map(({ step, panel, name }) => [step, panel, name])).toEqual(
				[1, 2].flatMap((step) => ["reward", "reward_std"].map((name) => [step, "reward", name])),
			);
			expect((await assay("runs", "logs", "second")).stdout).toBe(said.stdout);
			expect(JSON.parse((await assay("runs", "show", "second", "--json")).stdout)).toMatchObject({ id: "second" });
			const replayed = await assay("runs", "replay", "second");
			expect([replayed.code, replayed.stderr]).toEqual([2, expect.stringContaining("assay train show second")]);
			const listed = eventsOf((await assay("runs", "list", "--json")).stdout);
			expect(listed).toMatchObject([{ runId: "second", kind: "training", host: "gpu1", state: "finished" }]);
			const other = await assay(...order("second"));
			expect([other.code, other.stderr]).toEqual([2, expect.stringContaining("other settings")]);
		});

		test("a long one is let go, stopped with nothing left, gone on with in an attempt of its own, and forgotten", {
			timeout: 120_000,
		}, async () => {
			const long = order("long", "--set", "steps=5000", "--detach", "--budget", "30", "--env", "ASSAY_TOKEN");
			const [submitted] = eventsOf((await assay(...long)).stdout).slice(-1);
			expect(submitted).toMatchObject({ type: "job.submitted", isNew: true });
			const limit = readFileSync(join(submitted.folder, "attempt-1/limit"), "utf8");
			expect(limit).toBe("36000 budget\n");
			// The job has it, and nothing that others can read: no argument, no file there or here.
			const commands = spawnSync("ps", ["-eo", "args"]).stdout.toString();
			expect(commands).not.toContain(TOKEN);
			expect(spawnSync("grep", ["-rla", TOKEN, root]).stdout.toString()).toBe("");
			const stopped = await assay("train", "stop", "long", "--json");
			expect([stopped.code, JSON.parse(stopped.stdout)]).toMatchObject([
				0,
				{ left: [], state: { exit: { reason: "stop" } } },
			]);
			expect(stateOf((await assay("train", "list", "--json")).stdout, "long")).toBe("interrupted");
			const attached = await assay("train", "attach", "long");
			expect([attached.code, attached.stderr]).toEqual([3, expect.stringContaining("was stopped")]);

			expect(eventsOf((await assay(...long)).stdout).at(-1)).toMatchObject({ attempt: 2, isNew: true });
			const refused = await assay("train", "forget", "long", "--yes");
			expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("goes on at gpu1")]);
			expect((await assay("runs", "stop", "long", "--grace", "1")).stdout).toContain("no process of it is left");
			expect(readdirSync(submitted.folder)).toEqual(["attempt-1", "attempt-2"]);
			expect((await assay("train", "forget", "long", "--yes")).code).toBe(0);
			expect([existsSync(submitted.folder), existsSync(join(workspace, "artifacts/remote/long"))]).toEqual([
				false,
				false,
			]);
		});

		test("models on the way are kept when asked for, listed when whole, fetched with lineage, and left to the attempt that made them", {
			timeout: 120_000,
		}, async () => {
			const way = order("way", "--set", "steps=5000", "--set", "keepEvery=1", "--set", "keepLast=2", "--detach");
			const [submitted] = eventsOf((await assay(...way)).stdout).slice(-1);
			const asked = await assay("runs", "checkpoint", "way", "--json");
			expect([asked.code, asked.stderr]).toEqual([0, expect.stringContaining("at its next step")]);
			const kept = eventsOf(asked.stdout).at(-1);
			expect(kept).toMatchObject({ type: "checkpoint.kept", attempt: 1, isFinal: false });
			const work = join(submitted.folder, "attempt-1/work");
			const isWhole = (name: string) => existsSync(join(work, "checkpoints", name, "training.json"));
			const count = () => readdirSync(join(work, "checkpoints")).filter((name) => isWhole(name)).length;
			await until(() => count() === 2, "two models are there");
			expect((await assay("train", "stop", "way", "--grace", "30")).code).toBe(0);

			mkdirSync(join(work, "checkpoints/step-9999"));
			const listed = eventsOf((await assay("runs", "checkpoints", "way", "--json")).stdout).filter(
				({ folder }) => folder,
			);
			expect(listed.map(({ folder, files }) => [folder, files > 5])).toEqual(
				listed.map(({ step }) => [join(work, `checkpoints/step-${step}`), true]),
			);
			expect(listed).toHaveLength(2);
			const newest = listed.at(-1);
			const fetched = eventsOf((await assay("runs", "fetch", "way", "--step", "newest", "--json")).stdout).at(-1);
			expect(fetched.checkpoint).toBe(join(workspace, `artifacts/checkpoints/way-step-${newest.step}`));
			const manifest = JSON.parse(readFileSync(join(fetched.checkpoint, "training.json"), "utf8"));
			expect(manifest).toMatchObject({ name: `way-step-${newest.step}`, steps: newest.step, parent: { path: MODEL } });
			expect(existsSync(`${newest.folder}.fetching`)).toBe(false);
			expect((await assay("checkpoints", "list")).stdout).toContain(`way-step-${newest.step}`);

			const unfinished = await assay("runs", "fetch", "way");
			expect([unfinished.code, unfinished.stderr]).toEqual([2, expect.stringContaining("is not complete")]);
			const over = await assay("runs", "checkpoint", "way", "--quiet");
			expect([over.code, over.stderr]).toEqual([2, expect.stringContaining("does not go on")]);
			expect(eventsOf((await assay(...way)).stdout).at(-1)).toMatchObject({ attempt: 2, isNew: true });
			expect((await assay("train", "stop", "way", "--grace", "30")).code).toBe(0);
			const again = join(submitted.folder, "attempt-2/work");
			expect([existsSync(join(again, "state.pt")), existsSync(join(work, "checkpoints/step-9999"))]).toEqual([
				true,
				true,
			]);
		});

		test("without a price there is no budget, and without a host or torch there is no start: one message each", async () => {
			const without = async (host: string, ...more: string[]) =>
				await assay("train", "grpo", "--data", "p", "--name", "x", "--host", host, ...more);
			expect((await without("cheap", "--budget", "5")).stderr).toContain("has no price");
			expect((await without("cheap")).stderr).toContain("cannot train");
			expect((await without("nowhere")).stderr).toContain("no host is called nowhere");
			expect(existsSync(join(workspace, "artifacts/remote/x/run.json"))).toBe(false);
		});
	},
);

const stateOf = (stdout: string, name: string) => eventsOf(stdout).find(({ id }) => id === name)?.state;
