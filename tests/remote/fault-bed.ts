import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HostEntry } from "../../src/domain/host.js";
import { MIRRORED } from "../../src/domain/mirrored-files.js";
import type { LinkState, RemoteState } from "../../src/domain/remote-run.js";
import { followRun } from "../../src/remote/follow-run.js";
import { createKeyring } from "../../src/remote/keyring.js";
import type { Link } from "../../src/remote/link.js";
import { type MirrorNews, openMirror, type Proof } from "../../src/remote/mirror.js";
import { openLink } from "../../src/remote/open-link.js";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.js";
import { NOBODY, type ShellRun, signal, startShellRun } from "./shell-runs.js";
import { makeSshWorld, type SshHost, type SshWorld } from "./ssh-hosts.js";

export interface Following {
	local: string;
	links: LinkState[];
	news: MirrorNews[];
	end: Promise<{ state: RemoteState; proofs: Proof[] }>;
	/** Of out.log, that have come. */
	bytes(): number;
}

/** A host behind a way to it that fails on demand, and an account of what that did. */
export interface FaultBed {
	root: string;
	world: SshWorld;
	gpu: SshHost;
	proxy: FaultProxy;
	/** Past the proxy. */
	straight: Link;
	open(alias: "gpu1" | "by-proxy"): Promise<Link>;
	/** Through a way that has done nothing yet. */
	renew(): Promise<void>;
	start(commands: string, more?: Parameters<typeof startShellRun>[3]): Promise<ShellRun>;
	follow(shell: ShellRun, local?: string): Following;
	/** Names of mirrored files that are not byte for byte what is on the host. */
	differing(shell: ShellRun, local: string): string[];
	/** Books faults of a kind that a run went through, and what they did to it. Call it once a run. */
	book(kind: string, faults: number, account: { differing: string[]; starts: number; isKnown: boolean }): void;
	/** How often the job of a run that begins with COUNTS was started. */
	starts(shell: ShellRun): number;
	summary(): Summary;
	close(): Promise<void>;
}

export interface Summary {
	faults: number;
	kinds: number;
	runs: number;
	filesThatDiffer: number;
	runsStartedTwice: number;
	runsUnaccountedFor: number;
}

/** Begins the commands of a job whose starts are counted. */
export const COUNTS = "echo ran >>ran; ";

export async function makeFaultBed(): Promise<FaultBed> {
	const root = mkdtempSync(join(tmpdir(), "assay-faults-"));
	const world = makeSshWorld(join(root, "world"));
	const gpu = await world.addHost("gpu1");
	const open: FaultBed["open"] = async (alias) => {
		const host = { ...HostEntry.parse({}), name: alias, from: "alias" } as const;
		return await openLink(host, { sshConfig: world.config, questions: NOBODY, keyring: createKeyring(NOBODY), signal });
	};
	const sha256 = (path: string) =>
		existsSync(path) ? createHash("sha256").update(readFileSync(path)).digest("hex") : "nothing";
	const kinds = new Map<string, number>();
	const total: Summary = {
		faults: 0,
		kinds: 0,
		runs: 0,
		filesThatDiffer: 0,
		runsStartedTwice: 0,
		runsUnaccountedFor: 0,
	};
	let names = 0;
	const bed: FaultBed = {
		root,
		world,
		gpu,
		proxy: await startFaultProxy(gpu.port),
		straight: await open("gpu1"),
		open,
		async renew() {
			await bed.proxy.close();
			bed.proxy = await startFaultProxy(gpu.port);
			point();
		},
		start: (commands, more = {}) =>
			startShellRun(bed.straight, join(gpu.home, "work"), commands, { name: `run-${names++}`, ...more }),
		follow(shell, local = mkdtempSync(join(root, "mirror-"))) {
			const [links, news]: [LinkState[], MirrorNews[]] = [[], []];
			const mirror = openMirror(local, (one) => news.push(one));
			const end = followRun({
				open: () => open("by-proxy"),
				folder: shell.folder,
				mirror,
				isOnce: false,
				answerMs: 1000,
				signal,
				onLink: (state) => links.push(state),
				onState: () => {},
			}).finally(() => mirror.close());
			end.catch(() => {});
			return { local, links, news, end, bytes: () => mirror.reader.known().get("out.log") ?? 0 };
		},
		differing: (shell, local) =>
			Object.values(MIRRORED)
				.filter(({ remote }) => existsSync(join(shell.folder, remote)))
				.filter((file) => sha256(join(local, file.local)) !== sha256(join(shell.folder, file.remote)))
				.map(({ remote }) => remote),
		book(kind, faults, { differing, starts, isKnown }) {
			kinds.set(kind, (kinds.get(kind) ?? 0) + faults);
			total.kinds = kinds.size;
			total.faults += faults;
			total.runs++;
			total.filesThatDiffer += differing.length;
			total.runsStartedTwice += Math.max(0, starts - 1);
			total.runsUnaccountedFor += Number(!isKnown);
		},
		starts: (shell) => shell.text("ran").split("\n").length - 1,
		summary() {
			const lines = [...kinds].map(([kind, faults]) => `  ${String(faults).padStart(4)}  ${kind}`);
			process.stdout.write(
				`${total.faults} faults of ${total.kinds} kinds in ${total.runs} runs: ${total.filesThatDiffer} files differ, ${total.runsStartedTwice} runs started twice, ${total.runsUnaccountedFor} unaccounted for\n${lines.join("\n")}\n`,
			);
			return total;
		},
		async close() {
			bed.straight.close();
			await bed.proxy.close();
			await world.close();
			rmSync(root, { recursive: true, force: true });
		},
	};
	const point = (): void => {
		writeFileSync(world.config, readFileSync(world.config, "utf8").replace(/Host by-proxy[\s\S]*?\n\n/, ""));
		world.addAlias("by-proxy", [
			"HostName 127.0.0.1",
			`Port ${bed.proxy.port}`,
			`HostKeyAlias [127.0.0.1]:${gpu.port}`,
			`IdentityFile ${world.key}`,
			"IdentityAgent none",
			`UserKnownHostsFile ${world.knownHosts}`,
		]);
	};
	point();
	return bed;
}

/** Nothing at all. */
export const NOTHING_LOST = { filesThatDiffer: 0, runsStartedTwice: 0, runsUnaccountedFor: 0 };
