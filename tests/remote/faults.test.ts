import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { HostEntry } from "../../src/domain/host.js";
import type { LinkState, RemoteState } from "../../src/domain/remote-run.js";
import { followRun } from "../../src/remote/follow-run.js";
import { createKeyring } from "../../src/remote/keyring.js";
import type { Link } from "../../src/remote/link.js";
import { type MirrorNews, openMirror, type Proof } from "../../src/remote/mirror.js";
import { openLink } from "../../src/remote/open-link.js";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.js";
import { NOBODY, type ShellRun, signal, startShellRun } from "./shell-runs.js";
import { hasSshd, makeSshWorld, type SshHost, type SshWorld, until } from "./ssh-hosts.js";

const root = mkdtempSync(join(tmpdir(), "assay-faults-"));
let world: SshWorld;
let gpu: SshHost;
let proxy: FaultProxy;
let straight: Link;
let names = 0;

async function open(alias: string): Promise<Link> {
	const host = { ...HostEntry.parse({}), name: alias, from: "alias" } as const;
	return await openLink(host, { sshConfig: world.config, questions: NOBODY, keyring: createKeyring(NOBODY), signal });
}

interface Following {
	local: string;
	links: LinkState[];
	news: MirrorNews[];
	end: Promise<{ state: RemoteState; proofs: Proof[] }>;
	/** Of out.log, that have come. */
	bytes(): number;
}

function follow(shell: ShellRun, local = mkdtempSync(join(root, "mirror-"))): Following {
	const mirror = openMirror(local);
	const [links, news]: [LinkState[], MirrorNews[]] = [[], []];
	const end = followRun({
		open: () => open("by-proxy"),
		folder: shell.folder,
		mirror,
		isOnce: false,
		answerMs: 1000,
		signal,
		onLink: (state) => links.push(state),
		onState: () => {},
		onNews: (one) => news.push(one),
	}).finally(() => mirror.close());
	end.catch(() => {});
	return { local, links, news, end, bytes: () => mirror.known().get("out.log") ?? 0 };
}

const start = (commands: string) =>
	startShellRun(straight, join(gpu.home, "work"), commands, { name: `run-${names++}` });
const sha256 = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

function expectSame(shell: ShellRun, { local }: Following): void {
	expect(sha256(join(local, "out.log"))).toBe(sha256(join(shell.folder, "out.log")));
	expect(sha256(join(local, "metrics.jsonl"))).toBe(sha256(join(shell.folder, "work/metrics.jsonl")));
}

describe.skipIf(!hasSshd)("a link that fails in every way (needs openssh-server)", () => {
	beforeAll(async () => {
		world = makeSshWorld(join(root, "world"));
		gpu = await world.addHost("gpu1");
		straight = await open("gpu1");
	});
	beforeEach(async () => {
		proxy = await startFaultProxy(gpu.port);
		writeFileSync(world.config, readFileSync(world.config, "utf8").replace(/Host by-proxy[\s\S]*?\n\n/, ""));
		world.addAlias("by-proxy", [
			"HostName 127.0.0.1",
			`Port ${proxy.port}`,
			`HostKeyAlias [127.0.0.1]:${gpu.port}`,
			`IdentityFile ${world.key}`,
			"IdentityAgent none",
			`UserKnownHostsFile ${world.knownHosts}`,
		]);
	});
	afterEach(() => proxy.close());
	afterAll(async () => {
		straight?.close();
		await world?.close();
		rmSync(root, { recursive: true, force: true });
	});

	/** Text that no reader of lines survives; it goes on until there is a file `enough`. */
	const HOSTILE = `python3 -c '
import os, time, random
random.seed(1)
os.write(1, b"x" * 3000000)
i = 0
while not os.path.exists("enough"):
    i += 1
    os.write(1, b"%d\\r" % i + random.randbytes(random.randrange(4000)) + "\\U0001f600".encode()[:random.randrange(5)] + b"\\0")
    if i % 20 == 0:
        with open("work/metrics.jsonl", "ab") as metrics: metrics.write(b"{\\"step\\": %d}\\n" % i)
    time.sleep(0.002)
os.write(1, b"no end of line")
' `;

	test("after twenty faults of five kinds in one run both mirrors are what is there, and the job ran once", {
		timeout: 120_000,
	}, async () => {
		const shell = await start(`echo ran >>ran; exec ${HOSTILE}`);
		const following = follow(shell);
		const more = async () => {
			const before = following.bytes();
			await until(() => following.bytes() > before, "more of the log comes");
		};
		const faults = {
			reset: () => proxy.cut(),
			"black hole": () => proxy.stall(),
			"server killed": async () => {
				straight.close();
				await gpu.kill();
				await gpu.start();
			},
			refused: async () => {
				const { length } = following.links;
				proxy.refuse(true);
				proxy.cut();
				await until(
					() => following.links.slice(length).filter(({ link }) => link === "reconnecting").length >= 2,
					"it is refused",
				);
				proxy.refuse(false);
			},
			"reset while it connects": async () => {
				const { accepted } = proxy;
				proxy.cut();
				await until(() => proxy.accepted > accepted, "it connects");
				proxy.cut();
			},
		};
		for (let round = 0; round < 4; round++) {
			for (const fault of Object.values(faults)) {
				await more();
				await fault();
			}
		}
		await more();
		writeFileSync(join(shell.folder, "enough"), "");
		const { state, proofs } = await following.end;
		expect(state).toMatchObject({ state: "ended", exit: { code: 0 } });
		expect(proofs.map(({ file, isEqual }) => [file, isEqual])).toEqual([
			["log", true],
			["metrics", true],
			["events", true],
		]);
		expectSame(shell, following);
		expect(following.news.filter(({ kind }) => kind === "restarted")).toEqual([]);
		expect(following.links.filter(({ link }) => link === "reconnecting").length).toBeGreaterThanOrEqual(20);
		expect(shell.text("ran")).toBe("ran\n");
		straight = await open("gpu1");
	});

	test("a log that is cut on the host begins anew here, and what it was stays beside it", async () => {
		const shell = await start("echo the first part; until [ -e go ]; do sleep 0.05; done; echo the second");
		const following = follow(shell);
		await until(() => following.bytes() > 0, "the first part comes");
		truncateSync(join(shell.folder, "out.log"));
		await until(() => following.news.some(({ kind }) => kind === "restarted"), "the cut is seen");
		writeFileSync(join(shell.folder, "go"), "");
		await following.end;
		expectSame(shell, following);
		expect(readFileSync(join(following.local, "out.log"), "utf8")).toBe("the second\n");
		expect(readFileSync(join(following.local, "out.log.1"), "utf8")).toBe("the first part\n");
	});

	test("a mirror that was damaged here is found out by its hash, and made again", async () => {
		const shell = await start("echo one; echo two");
		const local = mkdtempSync(join(root, "mirror-"));
		writeFileSync(join(local, "out.log"), "ONE\n");
		const following = follow(shell, local);
		await following.end;
		expectSame(shell, following);
		expect(readFileSync(join(local, "out.log.1"), "utf8")).toBe("ONE\ntwo\n");
	});

	test("a log of 60 MB that is already there comes whole, and figures of GPUs come with it", async () => {
		writeFileSync(
			join(gpu.bin, "nvidia-smi"),
			"#!/bin/sh\necho '2026/01/01 00:00:00.000, 0, GPU-1, NVIDIA B200, 97, 100000, 183359, 812.40, 1000.00, 61, 1965, [N/A]'\nexec sleep 30\n",
			{ mode: 0o755 },
		);
		const shell = await start("head -c 60000000 /dev/urandom; sleep 0.2");
		const following = follow(shell);
		const { proofs } = await following.end;
		expect(proofs.find(({ file }) => file === "log")).toMatchObject({ bytes: 60_000_000, isEqual: true });
		expect(proofs.find(({ file }) => file === "gpu")).toMatchObject({ isEqual: true });
		expect(readFileSync(join(following.local, "gpu.csv"), "utf8")).toContain("B200");
		expectSame(shell, following);
		rmSync(join(gpu.bin, "nvidia-smi"));
	});

	test("nothing of a watcher stays on the host when the link is gone", async () => {
		const shell = await start("exec sleep 30");
		const following = follow(shell);
		const watchers = () =>
			execFileSync("ps", ["-eo", "args="], { encoding: "utf8" })
				.split("\n")
				.filter((line) => line.includes(`watch ${shell.folder}`) || line.includes(`'watch' '${shell.folder}'`));
		await until(() => watchers().length > 0, "a watcher is there");
		proxy.refuse(true);
		proxy.cut();
		await until(() => watchers().length === 0, "the watcher ends");
		writeFileSync(join(shell.folder, "stop"), "");
		proxy.refuse(false);
		expect((await following.end).state).toMatchObject({ state: "ended", exit: { reason: "stop" } });
	});
});
