import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Session, startSession } from "../e2e/session.js";
import { smallTasks } from "../trainer/small-tasks.js";
import { assayIn } from "./assay.js";
import { hasSshd, makeSshWorld, type SshWorld } from "./ssh-hosts.js";

const hasTorch = spawnSync("/usr/bin/python3", ["-c", "import torch"]).status === 0 || Boolean(process.env.CI);
const root = mkdtempSync(join(tmpdir(), "assay-ssh-"));
const workspace = join(root, "workspace");
const sessions: Session[] = [];
let world: SshWorld;

function onTerminal(...words: string[]): Session {
	const env = { XDG_CONFIG_HOME: join(root, "config") };
	const session = startSession({ words: [...words, "--workspace", workspace], env, columns: 200, rows: 50 });
	sessions.push(session);
	return session;
}

describe.skipIf(!hasSshd || !hasTorch)("questions on a terminal (needs openssh-server, python3-torch)", () => {
	beforeAll(async () => {
		world = makeSshWorld(join(root, "world"));
		const host = await world.addHost("gpu1", { records: false });
		const locked = world.makeKey("locked", { passphrase: "sesame" });
		world.authorise(locked);
		const same = ["HostName 127.0.0.1", `Port ${host.port}`, `UserKnownHostsFile ${world.knownHosts}`];
		world.addAlias("by-locked", [...same, "IdentityAgent none", `IdentityFile ${locked}`]);
		mkdirSync(workspace);
		writeFileSync(join(workspace, "hosts.yaml"), `sshConfig: ${world.config}\nhosts:\n  by-locked: {}\n`);
		const tasks = smallTasks(join(root, "tasks"), { train: 4, dev: 2 });
		expect((await assayIn(workspace, ["data", "export", tasks, "--format", "grpo", "--name", "p"])).code).toBe(0);
	});
	afterEach(() => {
		for (const session of sessions.splice(0)) session.kill();
	});
	afterAll(async () => {
		await world.close();
		rmSync(root, { recursive: true, force: true });
	});

	test("Ctrl-C at a question ends the program, and the end of the input is a no; the terminal is as it was", async () => {
		const refused = onTerminal("hosts", "check", "by-locked");
		await refused.wrote(/is it to be kept\?/);
		refused.send({ keys: "\u0004" });
		const no = await refused.ended;
		expect([no.exit, no.modes]).toEqual([3, no.before]);

		const asked = onTerminal("hosts", "check", "by-locked");
		await asked.wrote(/is it to be kept\?/);
		asked.send({ keys: "y\r" });
		await asked.wrote(/passphrase of/);
		asked.send({ keys: "ses\u0003" });
		const end = await asked.ended;
		expect([end.exit, end.modes, end.left]).toEqual([130, end.before, []]);
		expect(asked.written()).not.toContain("ses\u0003");

		const none = onTerminal("hosts", "check", "by-locked");
		await none.wrote(/passphrase of/);
		none.send({ keys: "\u0004" });
		const without = await none.ended;
		expect([without.exit, without.modes]).toEqual([3, without.before]);
		expect(none.written()).toContain("no passphrase was given");
	});

	test("a training asks for the passphrase of its key once, wrong ones aside, and shows nothing of it", {
		timeout: 120_000,
	}, async () => {
		const settings = ["steps=1", "promptsPerStep=2", "groupSize=2"].flatMap((value) => ["--set", value]);
		const session = onTerminal("train", "grpo", "--data", "p", "--name", "asked", "--host", "by-locked", ...settings);
		await session.wrote(/passphrase of|is it to be kept/);
		if (session.written().includes("is it to be kept")) session.send({ keys: "y\r" });
		await session.wrote(/passphrase of/);
		session.send({ keys: "open\r" });
		await session.wrote(/wrong; once more, passphrase of/);
		session.send({ keys: "sesame\r" });
		const end = await session.ended;
		expect([end.exit, end.modes, end.left]).toEqual([0, end.before, []]);
		expect(session.written().match(/passphrase of/g)).toHaveLength(2);
		expect(session.written()).not.toMatch(/sesame|open/);
		expect(existsSync(join(workspace, "artifacts/checkpoints/asked/training.json"))).toBe(true);
	});
});
