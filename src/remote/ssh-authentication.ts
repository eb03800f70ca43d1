import { existsSync, readFileSync } from "node:fs";
import type { AuthHandlerMiddleware, BaseAgent, IdentityCallback, ParsedKey } from "ssh2";
import type { Keyring } from "./keyring.js";
import type { SshSettings } from "./ssh-config.js";

/** Keys one after the other, those of the agent first; a file that is closed is asked about only when its turn comes. */
export async function authentication(
	settings: SshSettings,
	keyring: Keyring,
	fail: (error: unknown) => void,
): Promise<AuthHandlerMiddleware> {
	const { user: username, identityFiles } = settings;
	const agent = await agentOf(settings);
	const files = [...identityFiles];
	let isAgentTried = agent === null;
	return (_left, _partial, next) => {
		if (!isAgentTried && agent !== null) {
			isAgentTried = true;
			next({ type: "agent", username, agent });
			return;
		}
		const open = async (): Promise<ParsedKey | null> => {
			for (let file = files.shift(); file !== undefined; file = files.shift()) {
				const key = await keyring.open(file);
				if (key !== null) return key;
			}
			return null;
		};
		open().then((key) => {
			if (key === null) fail(new Error("All configured authentication methods failed"));
			else next({ type: "publickey", username, key });
		}, fail);
	};
}

/** null: there is none. With IdentitiesOnly it offers no key but those that the configuration names. */
async function agentOf({ agent, identitiesOnly, identityFiles }: SshSettings): Promise<BaseAgent | null> {
	if (agent === null || !existsSync(agent)) return null;
	const { OpenSSHAgent, utils } = (await import("ssh2")).default;
	if (!identitiesOnly) return new OpenSSHAgent(agent);
	const named = identityFiles.flatMap((file) => {
		const path = [`${file}.pub`, file].find((candidate) => candidate.endsWith(".pub") && existsSync(candidate));
		const key = path === undefined ? null : utils.parseKey(readFileSync(path));
		return key === null || key instanceof Error ? [] : [key.getPublicSSH().toString("base64")];
	});
	if (named.length === 0) return null;
	const isNamed = (key: unknown): boolean =>
		key !== null &&
		typeof key === "object" &&
		"getPublicSSH" in key &&
		typeof key.getPublicSSH === "function" &&
		named.includes(key.getPublicSSH().toString("base64"));
	return new (class extends OpenSSHAgent {
		override getIdentities(done: IdentityCallback<ParsedKey>): void {
			super.getIdentities((error, keys) => done(error ?? null, keys?.filter(isNamed) ?? []));
		}
	})(agent);
}
