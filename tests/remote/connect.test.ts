import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { assayIn } from "./assay.js";
import { freePort, hasSshd, makeSshWorld, mayMount, type SshHost, type SshWorld } from "./ssh-hosts.js";

const root = mkdtempSync(join(tmpdir(), "assay-ssh-"));
const own = join(root, "config", "assay", "known_hosts");
let world: SshWorld;
let gpu: SshHost;

beforeAll(async () => {
	if (!hasSshd) return;
	world = makeSshWorld(join(root, "world"));
	gpu = await world.addHost("gpu1");
});
beforeEach(() => rmSync(own, { force: true }));
afterAll(async () => {
	await world?.close();
	rmSync(root, { recursive: true, force: true });
});

function assay(args: string[], env: NodeJS.ProcessEnv = {}) {
	writeFileSync(join(root, "hosts.yaml"), `sshConfig: ${world.config}\nhosts: {}\n`);
	return assayIn(root, args, { XDG_CONFIG_HOME: join(root, "config"), ...env });
}

const check = (host: string, ...more: string[]) => assay(["hosts", "check", host, "--json", ...more]);

describe.skipIf(!hasSshd)("hosts over a real sshd (needs openssh-server)", () => {
	test("a check connects, looks at everything and says how to put right what is amiss", async () => {
		const { stdout, code, stderr } = await check("gpu1");
		const { findings } = JSON.parse(stdout);
		expect(stderr).toBe("");
		expect(code).toBe(0);
		expect(findings.map(({ name }: { name: string }) => name)).toEqual(
			expect.arrayContaining(["system", "clock", "tools", "workdir", "disk", "gpu", "python"]),
		);
		expect(findings.find(({ name }: { name: string }) => name === "workdir").text).toContain(gpu.home);
		for (const { level, remedy } of findings) expect(level === "ok").toBe(remedy === null);
	});

	test.skipIf(!mayMount)("a disk that is full is an error with the way out, not a warning (needs root)", async () => {
		const runs = join(gpu.home, "assay-runs");
		mkdirSync(runs, { recursive: true });
		execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "none", runs]);
		try {
			spawnSync("dd", ["if=/dev/zero", `of=${join(runs, "full")}`, "bs=64k"]);
			const { stdout, code } = await check("gpu1");
			expect(code).toBe(1);
			expect(JSON.parse(stdout).findings.find(({ name }: { name: string }) => name === "disk")).toEqual({
				name: "disk",
				level: "error",
				text: `0 B free in ${runs}, 16 MB are needed`,
				remedy: "make room, or set workdir in hosts.yaml",
			});
		} finally {
			execFileSync("umount", [runs]);
		}
	});

	test("a dead driver and GPUs that are not there are found", async () => {
		const described = `sshConfig: ${world.config}\nhosts:\n  big: { alias: gpu1, gpus: 8x B200 }\n`;
		const workspace = join(root, "gpus");
		mkdirSync(workspace);
		writeFileSync(join(workspace, "hosts.yaml"), described);
		const found = async (script: string) => {
			writeFileSync(join(gpu.bin, "nvidia-smi"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
			const { stdout, code } = await assayIn(workspace, ["hosts", "check", "big", "--json"]);
			const { findings } = JSON.parse(stdout);
			return [code, findings.find(({ name }: { name: string }) => name === "gpu")];
		};
		const dead = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.";
		expect(await found(`echo "${dead}"; exit 9`)).toMatchObject([
			1,
			{ level: "error", text: `the driver fails: ${dead}` },
		]);
		const one = "echo 'NVIDIA B200, 180000, 570.1'";
		expect(await found(one)).toMatchObject([
			1,
			{ level: "error", text: expect.stringContaining("hosts.yaml says 8x B200") },
		]);
		expect(await found(`${one};`.repeat(8))).toMatchObject([
			1,
			{ level: "ok", text: "8x NVIDIA B200, at least 189 GB free each, driver 570.1" },
		]);
		rmSync(join(gpu.bin, "nvidia-smi"));
	});

	test("a key on no record is refused without a person, kept once its fingerprint is given, and never written unasked", async () => {
		const fresh = await world.addHost("fresh", { records: false });
		const before = readFileSync(world.knownHosts, "utf8");
		const refused = await check("fresh");
		expect([refused.code, refused.stdout]).toEqual([3, ""]);
		const [fingerprint] = /SHA256:[\w+/]+/.exec(refused.stderr) ?? [];
		expect(existsSync(own)).toBe(false);
		const wrong = await check("fresh", "--accept-key", "SHA256:no");
		expect([wrong.code, existsSync(own)]).toEqual([3, false]);
		expect((await check("fresh", "--accept-key", fingerprint ?? "")).code).toBe(0);
		expect(readFileSync(own, "utf8")).toBe(`[127.0.0.1]:${fresh.port} ${fresh.hostKey}\n`);
		expect((await check("fresh")).code).toBe(0);
		expect(readFileSync(world.knownHosts, "utf8")).toBe(before);
	});

	test("a changed key and a revoked one are refused whatever is given, before any key of ours is offered", async () => {
		const changed = await world.addHost("changed");
		await changed.kill();
		changed.changeKey();
		await changed.start();
		const [fingerprint] = /SHA256:[\w+/]+/.exec((await check("changed")).stderr) ?? [];
		const refused = await check("changed", "--accept-key", fingerprint ?? "");
		expect([refused.code, refused.stderr.trim().split("\n").length]).toEqual([3, 2]);
		expect(refused.stderr).toContain("key has changed");
		expect(refused.stderr).toMatch(/remove .*known_hosts:\d+/);
		expect(changed.log()).not.toContain("Accepted publickey");

		const revoked = await world.addHost("revoked");
		writeFileSync(world.knownHosts, `@revoked * ${revoked.hostKey}\n`, { flag: "a" });
		const stopped = await check("revoked");
		expect([stopped.code, stopped.stderr]).toEqual([3, expect.stringContaining("is revoked")]);
	});

	test("records of ssh-keygen are understood: hashed names, patterns and exceptions", async () => {
		const hashed = await world.addHost("hashed", { records: false });
		const path = join(world.root, "hashed_hosts");
		const write = (names: string) => writeFileSync(path, `${names} ${hashed.hostKey}\n`);
		const env = { XDG_CONFIG_HOME: join(root, "none") };
		world.addAlias("by-record", [
			"HostName 127.0.0.1",
			`Port ${hashed.port}`,
			`IdentityFile ${world.key}`,
			"IdentityAgent none",
			`UserKnownHostsFile ${path}`,
		]);
		const code = async () => (await assay(["hosts", "check", "by-record", "--quiet"], env)).code;
		write(`[127.0.0.1]:${hashed.port}`);
		execFileSync("ssh-keygen", ["-q", "-H", "-f", path]);
		expect(readFileSync(path, "utf8")).toMatch(/^\|1\|/);
		expect(await code()).toBe(0);
		write("[127.0.?.*]:*,other");
		expect(await code()).toBe(0);
		write(`[127.0.0.1]:*,![127.0.0.1]:${hashed.port}`);
		expect(await code()).toBe(3);
		expect(existsSync(join(root, "none"))).toBe(false);
	});

	test("a host that is recorded by one of its keys is asked for that one", async () => {
		const ecdsa = world.makeKey("second-host-key", { type: "ecdsa" });
		const two = await world.addHost("two-keys", { records: false, settings: [`HostKey ${ecdsa}`] });
		const recorded = readFileSync(`${ecdsa}.pub`, "utf8");
		writeFileSync(world.knownHosts, `[127.0.0.1]:${two.port} ${recorded}`, { flag: "a" });
		expect((await check("two-keys")).code).toBe(0);
	});

	test("hosts behind others are reached through a jump host, or through a command", async () => {
		const inner = await world.addHost("inner", { config: ["ProxyJump gpu1"] });
		const outer = gpu.log().split("Accepted publickey").length;
		const through = await check("inner");
		expect([through.code, through.stderr]).toEqual([0, ""]);
		expect(gpu.log().split("Accepted publickey").length).toBe(outer + 1);
		expect(inner.log()).toContain("Accepted publickey");
		const proxied = await world.addHost("proxied", {
			config: [
				'ProxyCommand /usr/bin/env python3 -c \'import socket,sys,threading,os;s=socket.create_connection((sys.argv[1],int(sys.argv[2])));threading.Thread(target=lambda:[os.write(1,d) for d in iter(lambda:s.recv(65536),b"")],daemon=True).start();[s.sendall(d) for d in iter(lambda:os.read(0,65536),b"")]\' %h %p',
			],
		});
		expect((await check("proxied")).code).toBe(0);
		expect(proxied.log()).toContain("Accepted publickey");
	});

	test("keys come from an agent, and encrypted ones are opened by their passphrase", async () => {
		const [rsa, locked] = [world.makeKey("rsa", { type: "rsa" }), world.makeKey("locked", { passphrase: "sesame" })];
		for (const key of [rsa, locked]) world.authorise(key);
		const socket = await world.startAgent([rsa]);
		const same = ["HostName 127.0.0.1", `Port ${gpu.port}`, `UserKnownHostsFile ${world.knownHosts}`];
		world.addAlias("by-agent", [...same, `IdentityAgent ${socket}`, "IdentityFile none"]);
		world.addAlias("by-locked", [...same, "IdentityAgent none", `IdentityFile ${locked}`]);
		world.addAlias("by-only", [...same, `IdentityAgent ${socket}`, "IdentitiesOnly yes", `IdentityFile ${rsa}.pub`]);
		for (const host of ["by-agent", "by-only"]) {
			const { code, stdout, stderr } = await check(host);
			expect([code, stderr, code === 0 ? "" : stdout]).toEqual([0, "", ""]);
		}

		const askpass = (name: string, word: string) => {
			const path = join(root, name);
			writeFileSync(path, `#!/bin/sh\necho asked >>${path}.log\necho ${word}\n`);
			chmodSync(path, 0o700);
			return path;
		};
		const right = await assay(["hosts", "check", "by-locked"], { SSH_ASKPASS: askpass("right", "sesame") });
		expect([right.code, readFileSync(join(root, "right.log"), "utf8")]).toEqual([0, "asked\n"]);
		const wrong = await assay(["hosts", "check", "by-locked"], { SSH_ASKPASS: askpass("wrong", "open") });
		expect([wrong.code, wrong.stderr]).toEqual([3, expect.stringContaining("wrong passphrase, 3 times")]);
		const none = await assay(["hosts", "check", "by-locked"], { SSH_ASKPASS: "" });
		expect([none.code, none.stderr]).toEqual([3, expect.stringContaining("ssh-add")]);
	});

	test("each way not to get in is one sentence with a way out", async () => {
		const same = ["HostName 127.0.0.1", `UserKnownHostsFile ${world.knownHosts}`, "IdentityAgent none"];
		world.addAlias("closed", [...same, `Port ${await freePort()}`]);
		world.addAlias("stranger", [...same, `Port ${gpu.port}`, `IdentityFile ${world.makeKey("strange")}`]);
		world.addAlias("nameless", ["HostName no-such-host.invalid"]);
		for (const [host, text] of [
			["closed", "refuses connections"],
			["stranger", "took none of your keys"],
			["nameless", "has no address"],
			["never-heard-of", "no host is called"],
		] as const) {
			const { code, stderr } = await check(host);
			expect([host, code, stderr.trim().split("\n").length]).toEqual([host, host === "never-heard-of" ? 2 : 3, 2]);
			expect(stderr).toContain(text);
		}
	});

	test("hosts.yaml is written without losing what stands in it, and refused by field", async () => {
		const workspace = join(root, "described");
		mkdirSync(workspace);
		const path = join(workspace, "hosts.yaml");
		writeFileSync(path, `# ours\nsshConfig: ${world.config}\nhosts:\n  # the old one\n  old: { alias: gpu1 }\n`);
		const add = (...args: string[]) => assayIn(workspace, ["hosts", "add", ...args]);
		expect((await add("big", "--alias", "gpu1", "--gpus", "8x B200", "--price-per-gpu-hour", "6.5")).code).toBe(0);
		expect(readFileSync(path, "utf8")).toContain("# the old one");
		const { stdout } = await assayIn(workspace, ["hosts", "list", "--json"]);
		const hosts = stdout
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line));
		expect(hosts.slice(0, 2).map(({ name, pricePerHour }) => [name, pricePerHour])).toEqual([
			["old", null],
			["big", 52],
		]);
		expect(hosts.at(-1).name).toBe("local");
		expect((await add("big")).stderr).toContain("--force");
		writeFileSync(path, "hosts:\n  big: { gpus: many }\n");
		const { code, stderr } = await assayIn(workspace, ["hosts", "list"]);
		expect([code, stderr]).toEqual([2, expect.stringContaining("field hosts.big.gpus")]);
	});
});
