import type { Hash } from "node:crypto";

/** Node's own, loaded with the first hash: every start of a process and of a thread would wait 5 ms for it. */
export function newSha256(): Hash {
	return process.getBuiltinModule("node:crypto").createHash("sha256");
}

export function sha256(text: string | Uint8Array): string {
	return newSha256().update(text).digest("hex");
}

/** JSON with sorted keys and no spaces, so that equal values have equal hashes. */
export function canonicalJson(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
	if (value !== null && typeof value === "object") {
		const entries = Object.entries(value)
			.filter(([, item]) => item !== undefined)
			.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
		return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
	}
	return JSON.stringify(value);
}
