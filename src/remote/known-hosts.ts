import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";

/** A host's public key as it is sent: its type is inside. */
export interface HostKey {
	type: string;
	/** `SHA256:` and base64 without padding, as OpenSSH prints it. */
	fingerprint: string;
	/** In base64, as it stands in known_hosts. */
	base64: string;
}

export type KeyStanding =
	| { standing: "known" }
	| { standing: "unknown" }
	/** Another key is on record; where. */
	| { standing: "changed"; place: string }
	| { standing: "revoked"; place: string };

interface KnownKey {
	type: string;
	base64: string;
	isRevoked: boolean;
	/** File and line. */
	place: string;
}

export function hostKeyOf(blob: Buffer): HostKey {
	const type = blob.subarray(4, 4 + blob.readUInt32BE(0)).toString("ascii");
	const digest = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
	return { type, fingerprint: `SHA256:${digest}`, base64: blob.toString("base64") };
}

/** What known_hosts files call a machine. */
export function knownName(host: string, port: number): string {
	return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/** Keys on record for a name. Files that are not there hold none; authorities of certificates are passed over. */
export function knownKeys(files: readonly string[], name: string): KnownKey[] {
	return files.flatMap((path) => {
		let text: string;
		try {
			text = readFileSync(path, "utf8");
		} catch {
			return [];
		}
		return text.split("\n").flatMap((line, index) => keyIn(line.trim(), name, `${path}:${index + 1}`));
	});
}

export function standingOf(key: HostKey, known: readonly KnownKey[]): KeyStanding {
	const same = known.filter(({ base64 }) => base64 === key.base64);
	const revoked = same.find(({ isRevoked }) => isRevoked);
	if (revoked) return { standing: "revoked", place: revoked.place };
	if (same.length > 0) return { standing: "known" };
	const other = known.find(({ isRevoked }) => !isRevoked);
	return other ? { standing: "changed", place: other.place } : { standing: "unknown" };
}

function keyIn(line: string, name: string, place: string): KnownKey[] {
	if (line === "" || line.startsWith("#")) return [];
	const words = line.split(/\s+/);
	const mark = words[0]?.startsWith("@") ? words.shift() : undefined;
	if (mark !== undefined && mark !== "@revoked") return [];
	const [patterns = "", type = "", base64 = ""] = words;
	return isNamed(patterns, name) ? [{ type, base64, isRevoked: mark !== undefined, place }] : [];
}

function isNamed(patterns: string, name: string): boolean {
	const [, salt, hash] = /^\|1\|([^|]+)\|(.+)$/.exec(patterns) ?? [];
	if (salt !== undefined) {
		return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
	}
	const all = patterns.split(",");
	// A negated pattern that fits voids the line.
	if (all.some((pattern) => pattern.startsWith("!") && fits(pattern.slice(1), name))) return false;
	return all.some((pattern) => !pattern.startsWith("!") && fits(pattern, name));
}

function fits(pattern: string, name: string): boolean {
	const escaped = pattern.toLowerCase().replace(/[.+^${}()|[\]\\]/g, "\\$&");
	return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`).test(name);
}
