/** `20261121-093015-best-of-n-k3f9`: sorts by time (UTC); `random` gives numbers in [0, 1). */
export function newRunId(kind: string, now: Date, random: () => number): string {
	const digits = now.toISOString().replace(/\D/g, "");
	const suffix = Array.from({ length: 4 }, () => ALPHABET[Math.floor(random() * ALPHABET.length)] ?? "0").join("");
	return `${digits.slice(0, 8)}-${digits.slice(8, 14)}-${kind}-${suffix}`;
}

/** Without l, o, 0 and 1, which are easily confused when an id is typed. */
const ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";

const RUN_ID = /^\d{8}-\d{6}-([a-z0-9-]+)-[a-z0-9]{4}$/;

export function isRunId(text: string): boolean {
	return RUN_ID.test(text);
}

/** e.g. `best-of-n`; null when the text is no run id. */
export function kindOf(runId: string): string | null {
	return RUN_ID.exec(runId)?.[1] ?? null;
}
