import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { AssayError } from "../../lib/errors.js";
import { reasonOf } from "../../lib/input-file.js";

export interface KeySource {
	keyEnv: string | null;
	keyFile: string | null;
}

/** The key from the named variable or file; null: none is named, as for servers of one's own. */
export function readKey(
	{ keyEnv, keyFile }: KeySource,
	env: Readonly<Record<string, string | undefined>>,
): string | null {
	if (keyFile !== null) return usable(readPrivateFile(keyFile), keyFile);
	if (keyEnv === null) return null;
	const value = env[keyEnv];
	if (value === undefined || value.trim() === "") {
		throw new AssayError("prerequisite", `the environment variable ${keyEnv} holds no key`, {
			hint: `export ${keyEnv}=…, or --key-file FILE for a file that only you can read (mode 0600)`,
		});
	}
	return usable(value, keyEnv);
}

/** Looked at through one descriptor, so that what was checked is what is read. */
function readPrivateFile(path: string): string {
	let descriptor: number;
	try {
		descriptor = openSync(path, "r");
	} catch (cause) {
		throw new AssayError("prerequisite", `${path}: ${reasonOf(cause)}`, { cause });
	}
	try {
		const { mode, uid, size } = fstatSync(descriptor);
		const owner = process.getuid?.() ?? uid;
		if (uid !== owner) throw new AssayError("prerequisite", `${path}: belongs to another user`);
		if ((mode & 0o077) !== 0) {
			throw new AssayError("prerequisite", `${path}: others can read it (mode 0${(mode & 0o777).toString(8)})`, {
				hint: `chmod 600 ${path}`,
			});
		}
		if (size > 64 << 10) throw new AssayError("prerequisite", `${path}: too large for a key`);
		return readFileSync(descriptor, "utf8");
	} finally {
		closeSync(descriptor);
	}
}

function usable(text: string, source: string): string {
	const key = text.trim();
	if (/^[\x21-\x7e]{1,4096}$/.test(key)) return key;
	throw new AssayError("prerequisite", `${source}: not a key: expected one word of printable ASCII`);
}

/** Takes the key out of a text that a server, or a library, has made. */
export function redactorOf(key: string | null): (text: string) => string {
	if (key === null) return (text) => text;
	const forms = [key, encodeURIComponent(key), Buffer.from(key).toString("base64")];
	return (text) => forms.reduce((rest, form) => rest.replaceAll(form, "[key]"), text);
}
