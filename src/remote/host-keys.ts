import { appendFileSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { type HostKey, hostKeyOf, knownKeys, knownName, standingOf } from "./known-hosts.js";
import { LinkLost } from "./link.js";
import type { Questions } from "./questions.js";
import type { SshSettings } from "./ssh-config.js";

/** Keys that a person accepted here; the files of ssh are read and never written. */
function ownKnownHosts(environment: NodeJS.ProcessEnv = process.env): string {
	return join(environment.XDG_CONFIG_HOME || join(homedir(), ".config"), "assay", "known_hosts");
}

export interface HostKeyCheck {
	/** Key types on record, which are to be asked for: with another one a good host would look changed. */
	types: string[];
	/** Resolves for the host's key; rejects with LinkLost for any other. */
	verify(blob: Buffer): Promise<void>;
}

export function hostKeyCheck(settings: SshSettings, questions: Questions): HostKeyCheck {
	const { alias, hostname, port, hostKeyAlias } = settings;
	const name = hostKeyAlias ?? knownName(hostname, port);
	const own = ownKnownHosts();
	const known = knownKeys([...settings.knownHostsFiles, own], name);
	const refused = (text: string, hint: string) => new LinkLost(`${alias}: ${text}`, { hint, isPassing: false });
	return {
		types: [...new Set(known.filter(({ isRevoked }) => !isRevoked).map(({ type }) => type))],
		async verify(blob) {
			const key = hostKeyOf(blob);
			const shown = `${key.type} ${key.fingerprint}`;
			const found = standingOf(key, known);
			switch (found.standing) {
				case "known":
					return;
				case "revoked":
					throw refused(`its key ${shown} is revoked in ${found.place}`, "nothing was sent; ask who runs the host");
				case "changed":
					throw refused(
						`its key has changed to ${shown}, or another machine answers in its place`,
						`nothing was sent; ask who runs the host, and if the new key is right remove ${found.place}`,
					);
				case "unknown":
					if (!(await questions.acceptsHostKey(name, key))) {
						throw refused(
							`its key ${shown} is on no record`,
							`compare it with the host's own, then \`assay hosts check ${alias} --accept-key ${key.fingerprint}\``,
						);
					}
					record(own, name, key);
			}
		},
	};
}

function record(path: string, name: string, key: HostKey): void {
	mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
	appendFileSync(path, `${name} ${key.type} ${key.base64}\n`, { mode: 0o600 });
}
