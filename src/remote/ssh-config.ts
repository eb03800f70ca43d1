import { existsSync, globSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { AssayError } from "../lib/errors.js";
import { lastLine } from "../lib/last-line.js";

/** What OpenSSH makes of an alias: its own reading of Include, Match and defaults. */
export interface SshSettings {
	alias: string;
	hostname: string;
	port: number;
	user: string;
	/** Name to look host keys up by, where it is not the machine's. */
	hostKeyAlias: string | null;
	/** Private keys, in the order in which they are tried. */
	identityFiles: string[];
	identitiesOnly: boolean;
	/** Socket of the agent; null: none is asked. */
	agent: string | null;
	forwardsAgent: boolean;
	/** Hosts to go through, the nearest first. */
	jumps: string[];
	proxyCommand: string | null;
	knownHostsFiles: string[];
}

/** Asks the ssh program, so that an alias means here what it means there. Throws `prerequisite` and `usage`. */
export async function resolveSsh(alias: string, config: string | null, signal: AbortSignal): Promise<SshSettings> {
	const args = ["-G", ...(config === null ? [] : ["-F", config]), "--", alias];
	const told = await execa("ssh", args, { stdin: "ignore", reject: false, timeout: 20_000, cancelSignal: signal });
	signal.throwIfAborted();
	if (told.code === "ENOENT") {
		throw new AssayError("prerequisite", "ssh is not installed", { hint: "sudo apt-get install openssh-client" });
	}
	if (told.exitCode !== 0) {
		throw new AssayError("usage", `ssh cannot read its configuration: ${lastLine(told.stderr ?? "")}`, {
			hint: `\`ssh -G ${alias}\` says the same`,
		});
	}
	return settingsOf(alias, told.stdout);
}

/** Reads what `ssh -G` prints. */
function settingsOf(alias: string, text: string, environment: NodeJS.ProcessEnv = process.env): SshSettings {
	const values = new Map<string, string[]>();
	for (const line of text.split("\n")) {
		const at = line.indexOf(" ");
		if (at < 0) continue;
		const key = line.slice(0, at);
		values.set(key, [...(values.get(key) ?? []), line.slice(at + 1)]);
	}
	const one = (key: string): string | null => {
		const value = values.get(key)?.[0];
		return value === undefined || value === "none" ? null : value;
	};
	const user = one("user") ?? "";
	const hostname = one("hostname") ?? alias;
	const port = Number(one("port") ?? 22);
	return {
		alias,
		hostname,
		port,
		user,
		hostKeyAlias: one("hostkeyalias"),
		identityFiles: (values.get("identityfile") ?? []).filter((path) => path !== "none").map(inHome),
		identitiesOnly: one("identitiesonly") === "yes",
		agent: agentOf(values.get("identityagent")?.[0], environment),
		forwardsAgent: one("forwardagent") === "yes",
		jumps: one("proxyjump")?.split(",") ?? [],
		proxyCommand: expandTokens(one("proxycommand"), { h: hostname, p: String(port), r: user, n: alias, "%": "%" }),
		knownHostsFiles: [...(values.get("userknownhostsfile") ?? []), ...(values.get("globalknownhostsfile") ?? [])]
			.flatMap((paths) => paths.split(" "))
			.map(inHome),
	};
}

function agentOf(named: string | undefined, environment: NodeJS.ProcessEnv): string | null {
	if (named === "none") return null;
	if (named === undefined || named === "SSH_AUTH_SOCK") return environment.SSH_AUTH_SOCK || null;
	return named.startsWith("$") ? environment[named.slice(1)] || null : inHome(named);
}

function expandTokens(command: string | null, tokens: Readonly<Record<string, string>>): string | null {
	return command?.replace(/%(.)/g, (text, token: string) => tokens[token] ?? text) ?? null;
}

function inHome(path: string): string {
	return path.replace(/^~(?=\/|$)/, homedir());
}

/** Names after `Host`, without patterns; files that Include names are read too. Only for people to choose from. */
export function sshAliases(config: string | null): string[] {
	const base = join(homedir(), ".ssh");
	const seen = new Set<string>();
	const names = new Set<string>();
	const read = (path: string): void => {
		if (seen.has(path) || !existsSync(path)) return;
		seen.add(path);
		for (const line of readFileSync(path, "utf8").split("\n")) {
			const [, keyword = "", rest = ""] = /^\s*(\w+)[\s=]+(.*?)\s*$/.exec(line) ?? [];
			const words = rest.split(/\s+/).map((word) => word.replaceAll('"', ""));
			if (keyword.toLowerCase() === "host") for (const word of words) if (!/[*?!]/.test(word)) names.add(word);
			if (keyword.toLowerCase() !== "include") continue;
			for (const word of words) for (const found of globSync(inHome(word), { cwd: base })) read(resolve(base, found));
		}
	};
	read(config ?? join(base, "config"));
	return [...names];
}
