import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect as connectTo, createServer } from "node:net";
import { join } from "node:path";

const SSHD = "/usr/sbin/sshd";

/** Answers the question for Python and torch, and is Python otherwise. */
const QUICK_PYTHON = `#!/bin/sh
case "$2" in *torch.__version__*) printf '3.11.2\\n2.4.0\\n0\\n-\\n'; exit;; esac
exec /usr/bin/python3 "$@"
`;

/** Where it is absent the tests over ssh are skipped, except where `CI` is set. */
export const hasSshd = existsSync(SSHD) || Boolean(process.env.CI);

/** Whether this user may mount; where not, tests of full disks and reboots are skipped, except where `CI` is set. */
export const mayMount =
	spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0 || Boolean(process.env.CI);

export interface SshHost {
	name: string;
	port: number;
	/** Of whoever logs in. */
	home: string;
	/** Comes first in PATH there. */
	bin: string;
	/** Of its public host key. */
	hostKey: string;
	/** Ends every sshd of it at once, those that serve a connection too. */
	kill(): Promise<void>;
	start(): Promise<void>;
	/** Starts it as if after a reboot: the kernel tells whoever logs in of another boot. Needs a mount namespace. */
	startAnew(): Promise<void>;
	/** Gives it another host key; takes effect with the next start. */
	changeKey(): void;
	log(): string;
}

/** Real OpenSSH servers on loopback under one folder, each with a home, keys and configuration of its own. */
export interface SshWorld {
	root: string;
	/** What `ssh -F` reads; one entry a host. */
	config: string;
	/** known_hosts of the user. */
	knownHosts: string;
	/** Private key that every host lets in. */
	key: string;
	addHost(
		name: string,
		options?: { settings?: string[]; config?: string[]; records?: boolean; hasTorch?: boolean },
	): Promise<SshHost>;
	/** Adds an entry of the configuration that is no host of its own. */
	addAlias(name: string, lines: string[]): void;
	/** An agent that holds these keys; gives its socket. */
	startAgent(keys: string[]): Promise<string>;
	makeKey(name: string, options?: { type?: string; passphrase?: string }): string;
	/** Lets a key in on every host. */
	authorise(key: string): void;
	close(): Promise<void>;
}

export function makeSshWorld(root: string): SshWorld {
	mkdirSync(root, { recursive: true, mode: 0o700 });
	if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true });
	const config = join(root, "ssh_config");
	const knownHosts = join(root, "known_hosts");
	const authorised = join(root, "authorized_keys");
	const closing: (() => Promise<unknown>)[] = [];
	const makeKey: SshWorld["makeKey"] = (name, { type = "ed25519", passphrase = "" } = {}) => {
		const path = join(root, name);
		execFileSync("ssh-keygen", ["-q", "-t", type, "-N", passphrase, "-C", name, "-f", path]);
		return path;
	};
	const authorise = (key: string) => writeFileSync(authorised, readFileSync(`${key}.pub`), { flag: "a", mode: 0o600 });
	const key = makeKey("id_user");
	authorise(key);
	writeFileSync(config, "");
	writeFileSync(knownHosts, "");
	const addAlias: SshWorld["addAlias"] = (name, lines) =>
		writeFileSync(config, `Host ${name}\n${lines.map((line) => `\t${line}\n`).join("")}\n`, { flag: "a" });
	return {
		root,
		config,
		knownHosts,
		key,
		addAlias,
		makeKey,
		authorise,
		async addHost(name, { settings = [], config: lines = [], records = true, hasTorch = false } = {}) {
			const host = await startHost({ root, name, authorised, settings, makeKey });
			closing.push(host.kill);
			addAlias(name, [
				"HostName 127.0.0.1",
				`Port ${host.port}`,
				`User ${execFileSync("id", ["-un"], { encoding: "utf8" }).trim()}`,
				`IdentityFile ${key}`,
				"IdentityAgent none",
				`UserKnownHostsFile ${knownHosts}`,
				"GlobalKnownHostsFile none",
				...lines,
			]);
			// Importing torch takes seconds, which only a test that trains has to wait for.
			if (!hasTorch) writeFileSync(join(host.bin, "python3"), QUICK_PYTHON, { mode: 0o755 });
			if (records) writeFileSync(knownHosts, `[127.0.0.1]:${host.port} ${host.hostKey}\n`, { flag: "a" });
			return host;
		},
		async startAgent(keys) {
			const socket = join(root, `agent-${closing.length}`);
			const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
			closing.push(() => ended(agent, "SIGTERM"));
			await until(() => existsSync(socket), "the agent listens");
			for (const path of keys)
				execFileSync("ssh-add", ["-q", path], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
			return socket;
		},
		async close() {
			for (const close of closing.reverse()) await close();
		},
	};
}

async function startHost(options: {
	root: string;
	name: string;
	authorised: string;
	settings: string[];
	makeKey: SshWorld["makeKey"];
}): Promise<SshHost> {
	const { root, name, authorised, settings, makeKey } = options;
	const folder = join(root, name);
	const [home, bin, log] = [join(folder, "home"), join(folder, "bin"), join(folder, "sshd.log")];
	for (const path of [home, bin]) mkdirSync(path, { recursive: true });
	let key = makeKey(`${name}-host-key`);
	const port = await freePort();
	const configure = () =>
		writeFileSync(
			join(folder, "sshd_config"),
			[
				`Port ${port}`,
				"ListenAddress 127.0.0.1",
				`HostKey ${key}`,
				`PidFile ${join(folder, "sshd.pid")}`,
				`AuthorizedKeysFile ${authorised}`,
				"StrictModes no",
				"UsePAM no",
				"PasswordAuthentication no",
				"KbdInteractiveAuthentication no",
				"PermitRootLogin prohibit-password",
				"AllowTcpForwarding yes",
				"AllowAgentForwarding yes",
				"Subsystem sftp internal-sftp",
				`SetEnv HOME=${home} PATH=${bin}:/usr/local/bin:/usr/bin:/bin`,
				...settings,
				"",
			].join("\n"),
		);
	configure();
	let server: ChildProcess | null = null;
	const serve = async (before: string[]): Promise<void> => {
		const args = [...before, SSHD, "-D", "-f", join(folder, "sshd_config"), "-E", log];
		// A group of its own does not reach those that serve a connection: each is a session leader. They are found as children.
		server = spawn(args[0] ?? "", args.slice(1), { stdio: "ignore" });
		await until(() => greets(port), `sshd of ${name} greets: ${existsSync(log) ? readFileSync(log, "utf8") : ""}`);
	};
	const host: SshHost = {
		name,
		port,
		home,
		bin,
		get hostKey() {
			return readFileSync(`${key}.pub`, "utf8").split(" ").slice(0, 2).join(" ");
		},
		start: () => serve([]),
		startAnew() {
			const boot = join(folder, "boot_id");
			writeFileSync(boot, `${randomUUID()}\n`);
			const bind = 'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"';
			return serve(["unshare", "-m", "sh", "-c", bind, boot]);
		},
		async kill() {
			if (server === null) return;
			for (const pid of childrenOf(server.pid)) tryKill(pid);
			await ended(server, "SIGKILL");
			server = null;
		},
		changeKey() {
			key = makeKey(`${name}-host-key-${port}-other`);
			configure();
		},
		log: () => readFileSync(log, "utf8"),
	};
	await host.start();
	return host;
}

function childrenOf(pid: number | undefined): number[] {
	const told = spawnSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" }).stdout;
	const own = told
		.split("\n")
		.map(Number)
		.filter((child) => child > 0);
	return own.flatMap((child) => [child, ...sshdChildrenOf(child)]);
}

/** The part of sshd that has given up its rights; commands that it runs are none of ours. */
function sshdChildrenOf(pid: number): number[] {
	const told = spawnSync("ps", ["-o", "pid=,comm=", "--ppid", String(pid)], { encoding: "utf8" }).stdout;
	return told.split("\n").flatMap((line) => {
		const [child, command] = line.trim().split(/\s+/);
		return command?.startsWith("sshd") ? [Number(child)] : [];
	});
}

function tryKill(pid: number): void {
	try {
		process.kill(pid, "SIGKILL");
	} catch {
		// It has ended by itself.
	}
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const exit = once(child, "exit");
	child.kill(signal);
	await exit;
}

export async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	server.close();
	await once(server, "close");
	if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
	return address.port;
}

async function greets(port: number): Promise<boolean> {
	const socket = connectTo(port, "127.0.0.1");
	try {
		const [chunk] = await once(socket, "data");
		return String(chunk).startsWith("SSH-2.0");
	} catch {
		return false;
	} finally {
		socket.destroy();
	}
}

/** Waits for a condition, with a deadline. */
export async function until<T>(condition: () => T | Promise<T>, what: string, timeoutMs = 20_000): Promise<T> {
	const deadline = Date.now() + timeoutMs;
	for (;;) {
		const value = await condition();
		if (value) return value;
		if (Date.now() > deadline) throw new Error(`never came true: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

/** Command lines of all processes that hold a text. */
export function processesWith(text: string): string[] {
	return execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })
		.split("\n")
		.filter((line) => line.includes(text));
}
