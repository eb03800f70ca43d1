import type { Host } from "../domain/host.js";
import { readHostsFile } from "../remote/hosts-file.js";
import { createKeyring, type Keyring } from "../remote/keyring.js";
import type { Link } from "../remote/link.js";
import { openLink } from "../remote/open-link.js";
import type { Questions } from "../remote/questions.js";

/** Opens links to a host, again and again; a passphrase is asked for once, and for all that share a keyring. */
export function opener(
	workspace: string,
	host: Host,
	questions: Questions,
	keyring: Keyring = createKeyring(questions),
): (signal: AbortSignal) => Promise<Link> {
	const { sshConfig } = readHostsFile(workspace);
	return (signal) => openLink(host, { sshConfig, keyring, questions, signal });
}
