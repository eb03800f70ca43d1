import { findHost, readHostsFile } from "../remote/hosts-file.js";
import { createKeyring, type Keyring } from "../remote/keyring.js";
import type { Link } from "../remote/link.js";
import { openLink } from "../remote/open-link.js";
import type { Questions } from "../remote/questions.js";

/** Opens links to a host, by its name, again and again. */
export type OpenHost = (name: string) => (signal: AbortSignal) => Promise<Link>;

/** A passphrase is asked for once, and for all that share a keyring. Throws `usage` for a host that nobody knows. */
export function hostOpener(
	workspace: string,
	questions: Questions,
	keyring: Keyring = createKeyring(questions),
): OpenHost {
	return (name) => {
		const host = findHost(workspace, name);
		const { sshConfig } = readHostsFile(workspace);
		return (signal) => openLink(host, { sshConfig, keyring, questions, signal });
	};
}
