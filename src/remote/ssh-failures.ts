import { LinkLost } from "./link.js";
import type { SshSettings } from "./ssh-config.js";

/** What ssh2 says, in words for people. */
export function linkFailure({ alias, hostname, port, user }: SshSettings, error: unknown): LinkLost {
	if (error instanceof LinkLost) return error;
	const { message, level = "" } = error as Error & { level?: string };
	const address = `${hostname}:${port}`;
	const lost = (text: string, hint: string, isPassing = true) =>
		new LinkLost(`${alias}: ${text}`, { hint, cause: error, isPassing });
	if (/authentication methods failed/.test(message)) {
		return lost(
			`${user}@${address} took none of your keys`,
			`\`ssh ${alias} true\` has to work without a password; \`ssh-copy-id ${alias}\` puts your key there`,
			false,
		);
	}
	if (/ENOTFOUND|EAI_AGAIN/.test(message)) {
		return lost(`${hostname} has no address`, "is the name right, and is there a network?");
	}
	if (/ECONNREFUSED/.test(message))
		return lost(`${address} refuses connections`, "is the machine up, with sshd on that port?");
	if (/ECONNRESET|Connection lost before handshake/.test(message)) {
		return lost(
			`${address} hung up before it said who it is`,
			"its sshd may be starting, or its configuration may be wrong",
		);
	}
	if (/EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|Timed out while waiting/.test(message)) {
		return lost(`${address} does not answer`, "is the machine up, and does a firewall or a VPN stand in between?");
	}
	if (/Keepalive timeout/.test(message))
		return lost("the link went silent", "it is opened again as soon as the host answers");
	if (level === "handshake" || /no matching/i.test(message)) {
		return lost(
			`no common way to talk with ${address}: ${message}`,
			`\`ssh -v ${alias} true\` shows what it offers`,
			false,
		);
	}
	return lost(message, `\`ssh -v ${alias} true\` may tell more`);
}
