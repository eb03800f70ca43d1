import { existsSync, readFileSync } from "node:fs";
import type { ParsedKey } from "ssh2";
import { AssayError } from "../lib/errors.js";
import { reasonOf } from "../lib/input-file.js";
import { LinkLost } from "./link.js";
import type { Questions } from "./questions.js";

const ATTEMPTS = 3;

/** Private keys by their files; a passphrase is asked once and kept nowhere but in the open key, in memory. */
export interface Keyring {
	/** null: there is no such file. Throws `host` for a key that stays closed. */
	open(file: string): Promise<ParsedKey | null>;
}

export function createKeyring(questions: Questions): Keyring {
	const opened = new Map<string, Promise<ParsedKey>>();
	return {
		async open(file) {
			if (!existsSync(file)) return null;
			const known = opened.get(file) ?? openKey(file, questions);
			opened.set(file, known);
			known.catch(() => opened.delete(file));
			return await known;
		},
	};
}

async function openKey(file: string, questions: Questions): Promise<ParsedKey> {
	const { utils } = (await import("ssh2")).default;
	let text: Buffer;
	try {
		text = readFileSync(file);
	} catch (cause) {
		throw new AssayError("host", `key ${file}: cannot be read: ${reasonOf(cause)}`, {
			hint: "it is an IdentityFile of ssh: it has to be a file that you may read",
			cause,
		});
	}
	const parsed = utils.parseKey(text);
	if (!(parsed instanceof Error)) return parsed;
	if (!/passphrase/.test(parsed.message)) {
		throw new AssayError("host", `key ${file}: ${parsed.message}`, { cause: parsed });
	}
	for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
		const passphrase = await questions.passphrase(file, attempt);
		if (passphrase === null) {
			throw new LinkLost(`key ${file} is encrypted, and no passphrase was given`, {
				hint: `\`ssh-add ${file}\` gives it to the agent`,
				isPassing: false,
			});
		}
		const unlocked = utils.parseKey(text, passphrase);
		if (!(unlocked instanceof Error)) return unlocked;
	}
	throw new LinkLost(`key ${file}: wrong passphrase, ${ATTEMPTS} times`, {
		hint: `\`ssh-keygen -y -f ${file}\` tells whether a passphrase opens it`,
		isPassing: false,
	});
}
