import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assayIn, assayUntil } from "./assay.js";
import { writeSmallTransitions } from "./small-transitions.js";
import { hasSshd, makeSshWorld, type SshWorld, until } from "./ssh-hosts.js";

const hasTorch = spawnSync("/usr/bin/python3", ["-c", "import torch"]).status === 0 || Boolean(process.env.CI);
const root = mkdtempSync(join(tmpdir(), "assay-ssh-"));
const workspace = join(root, "workspace");
const transitions = join(root, "transitions");
const env = { XDG_CONFIG_HOME: join(root, "config") };
let world: SshWorld;

const assay = (...args: string[]) => assayIn(workspace, args, env);
const eventsOf = (stdout: string) =>
	stdout
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));

const settings = (values: object) => Object.entries(values).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
const SMALL = { width: 16, embedding: 16, vocabulary: 200, maxState: 64, checkpointEvery: 5, reportEvery: 1 };
const order = (name: string, values: object, ...more: string[]) => [
	...["train", "world", "--data", transitions, "--name", name, "--json"],
	...settings({ ...SMALL, ...values }),
	...more,
];
const there = (name: string, values: object, ...more: string[]) => order(name, values, "--host", "gpu1", ...more);

describe.skipIf(!hasSshd || !hasTorch)("a world model over a real sshd (needs openssh-server, python3-torch)", () => {
	beforeAll(async () => {
		world = makeSshWorld(join(root, "world"));
		await world.addHost("gpu1", { hasTorch: true });
		mkdirSync(workspace);
		writeFileSync(
			join(workspace, "hosts.yaml"),
			`sshConfig: ${world.config}\nhosts:\n  gpu1: { python: /usr/bin/python3, pricePerHostHour: 3 }\n`,
		);
		writeSmallTransitions(transitions);
	});
	afterAll(async () => {
		await world.close();
		rmSync(root, { recursive: true, force: true });
	});

	test("the plan tells what is sent and run, and a client that is killed finds its training, whose model is byte for byte that of this machine", {
		timeout: 120_000,
	}, async () => {
		const steps = { steps: 8, evaluateEvery: 2 };
		const planned = await assay(...there("small", steps, "--budget", "6", "--dry-run"));
		const facts = new Map(JSON.parse(planned.stdout).facts as [string, string][]);
		expect(facts.get("training")).toBe("world, world model small");
		expect(facts.get("sends")).toMatch(/trainer \d+ \(.+\), data 2 \(/);
		expect(facts.get("ends")).toContain("it has cost $6.00 then");

		const killed = await assayUntil(workspace, there("small", steps), /"metrics.appended"/, env);
		const submitted = eventsOf(killed).find(({ type }) => type === "job.submitted");
		expect(submitted).toMatchObject({ host: "gpu1", attempt: 1, isNew: true });
		const again = await assay(...there("small", steps));
		expect(again.stderr).toBe("");
		const events = eventsOf(again.stdout);
		expect(events.filter(({ type }) => type === "job.submitted")).toEqual([{ ...submitted, isNew: false }]);
		const model = join(workspace, "artifacts/world-models/small");
		expect(events.at(-1)).toEqual({ type: "train.checkpoint", checkpoint: model });
		expect(readdirSync(join(submitted.folder, "attempt-1/in")).sort()).toEqual(["data", "trainer"]);

		const here = await assayIn(root, order("small", steps), env);
		expect([here.code, here.stderr]).toEqual([0, ""]);
		expect(contentsOf(model)).toEqual(contentsOf(join(root, "artifacts/world-models/small")));

		const shown = JSON.parse((await assay("train", "show", "small", "--json")).stdout);
		expect(shown).toMatchObject({ host: "gpu1", method: "world", state: "finished", done: 8, total: 8 });
		expect(shown.panels.map(({ id }: { id: string }) => id)).toEqual(
			expect.arrayContaining(["energy", "retrieval", "rank", "pass", "loss", "loss-parts", "contrasts"]),
		);
		const ranks = eventsOf((await assay("train", "metrics", "small", "--panel", "rank", "--json")).stdout).filter(
			({ name }) => name === "eval/effective_rank_ratio",
		);
		expect(ranks.map(({ step }) => step)).toEqual([2, 4, 6, 8]);
		const other = await assay(...there("small", { ...steps, seed: 1 }));
		expect([other.code, other.stderr]).toEqual([2, expect.stringContaining("other settings")]);
		const compared = await assay("train", "compare", "small", "small");
		expect(compared.code).toBe(2);
	});

	test("one gives a model on the way, leaves nothing when it is stopped, goes on from its last checkpoint in an attempt of its own, and is forgotten", {
		timeout: 120_000,
	}, async () => {
		const long = there("long", { steps: 50_000 }, "--detach", "--deadline", "2h");
		const [submitted] = eventsOf((await assay(...long)).stdout).slice(-1);
		expect(readFileSync(join(submitted.folder, "attempt-1/limit"), "utf8")).toBe("7200 deadline\n");
		const work = join(submitted.folder, "attempt-1/work");
		await until(() => existsSync(join(work, "checkpoint-0.pt")), "it left a checkpoint");
		const kept = eventsOf((await assay("train", "checkpoint", "long", "--json")).stdout).at(-1);
		expect(kept).toMatchObject({ type: "checkpoint.kept", attempt: 1, isFinal: false });
		const fetched = eventsOf((await assay("train", "fetch", "long", "--step", "newest", "--json")).stdout).at(-1);
		const name = `long-step-${kept.step}`;
		expect(fetched.checkpoint).toBe(join(workspace, "artifacts/world-models", name));
		expect(JSON.parse(readFileSync(join(fetched.checkpoint, "manifest.json"), "utf8"))).toMatchObject({
			...{ kind: "world-model", name },
			parents: [{ kind: "world-data", id: "transitions" }],
		});
		const stopped = await assay("train", "stop", "long", "--grace", "30", "--json");
		expect([stopped.code, JSON.parse(stopped.stdout)]).toMatchObject([
			0,
			{ left: [], state: { exit: { reason: "stop" } } },
		]);

		expect(eventsOf((await assay(...long)).stdout).at(-1)).toMatchObject({ attempt: 2, isNew: true });
		const next = join(submitted.folder, "attempt-2", "work", "metrics.jsonl");
		const before = readFileSync(join(work, "metrics.jsonl"), "utf8").length;
		await until(() => readFileSync(next, "utf8").slice(before).includes('"train.step"'), "it goes on");
		const first = eventsOf(readFileSync(next, "utf8").slice(before)).find(({ t }) => t === "train.step");
		expect(first.step).toBeGreaterThan(5);
		expect((await assay("train", "stop", "long", "--grace", "1")).stdout).toContain("no process of it is left");
		expect((await assay("train", "forget", "long", "--yes")).code).toBe(0);
		expect(existsSync(submitted.folder)).toBe(false);
	});
});

function contentsOf(folder: string): Record<string, string> {
	return Object.fromEntries(
		readdirSync(folder)
			.sort()
			.map((name) => [name, readFileSync(join(folder, name)).toString("base64")]),
	);
}
