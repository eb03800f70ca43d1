import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { smallTasks } from "../trainer/small-tasks.js";
import { assayIn } from "./assay.js";
import { hasSshd, makeSshWorld, type SshHost, type SshWorld } from "./ssh-hosts.js";

const MODEL = fileURLToPath(new URL("../../fixtures/models/tiny-coder", import.meta.url));
const hasTorch = spawnSync("/usr/bin/python3", ["-c", "import torch"]).status === 0 || Boolean(process.env.CI);
const root = mkdtempSync(join(tmpdir(), "assay-ssh-"));
const workspace = join(root, "workspace");
let world: SshWorld;
let gpu: SshHost;

const assay = (...args: string[]) => assayIn(workspace, args, { XDG_CONFIG_HOME: join(root, "config") });
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
				`sshConfig: ${world.config}\nhosts:\n  gpu1: { python: /usr/bin/python3, pricePerHostHour: 3 }\n`,
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

		test("it trains by the judge's rewards there, is mirrored with proof, and comes back as a checkpoint with lineage", {
			timeout: 120_000,
		}, async () => {
			const trained = await assay(
				"train",
				"grpo",
				"--data",
				"p",
				"--name",
				"second",
				"--host",
				"gpu1",
				...SHORT,
				"--json",
			);
			expect(trained.stderr).toBe("");
			const events = eventsOf(trained.stdout);
			const proofs = events.filter(({ type }) => type === "mirror.proved");
			expect(proofs.map(({ file, isEqual }) => [file, isEqual])).toEqual(
				expect.arrayContaining([
					["log", true],
					["metrics", true],
					["events", true],
				]),
			);
			const submitted = events.find(({ type }) => type === "job.submitted");
			expect(submitted).toMatchObject({ type: "job.submitted", host: "gpu1", attempt: 1, isNew: true });
			expect(submitted.folder.startsWith(gpu.home)).toBe(true);
			const mirror = join(workspace, "artifacts/remote/second/attempt-1");
			for (const [local, remote] of [
				["out.log", "out.log"],
				["metrics.jsonl", "work/metrics.jsonl"],
			] as const) {
				expect(readFileSync(join(mirror, local))).toEqual(readFileSync(join(submitted.folder, "attempt-1", remote)));
			}
			const checkpoint = join(workspace, "artifacts/checkpoints/second");
			const manifest = JSON.parse(readFileSync(join(checkpoint, "training.json"), "utf8"));
			expect(manifest.parent.path).toBe(MODEL);
			expect(manifest.sources.at(-1).id).toBe(join(workspace, "artifacts/data/p"));
			const listed = await assay("checkpoints", "list", "--json");
			expect(listed.stdout).toContain("second");

			const again = await assay(
				"train",
				"grpo",
				"--data",
				"p",
				"--name",
				"second",
				"--host",
				"gpu1",
				...SHORT,
				"--json",
			);
			expect(eventsOf(again.stdout)[0]).toMatchObject({ type: "job.submitted", attempt: 1, isNew: false });
			expect(readdirSync(submitted.folder)).toEqual(["attempt-1"]);
			const other = await assay("train", "grpo", "--data", "p", "--name", "second", "--host", "gpu1", "--json");
			expect([other.code, other.stderr]).toEqual([2, expect.stringContaining("other settings")]);
		});
	},
);
