import type { Host } from "../domain/host.js";
import { readHostsFile } from "../remote/hosts-file.js";
import { createKeyring } from "../remote/keyring.js";
import type { Link } from "../remote/link.js";
import { openLink } from "../remote/open-link.js";
import type { Questions } from "../remote/questions.js";

/** Opens links to a host, again and again; a passphrase is asked for once. */
export function opener(workspace: string, host: Host, questions: Questions): (signal: AbortSignal) => Promise<Link> {
	const { sshConfig } = readHostsFile(workspace);
	const keyring = createKeyring(questions);
	return (signal) => openLink(host, { sshConfig, keyring, questions, signal });
}
