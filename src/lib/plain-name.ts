import { AssayError } from "./errors.js";

/** A name that becomes a folder's, so that it leads nowhere else on any system. */
const PLAIN = /^[\p{L}\p{N}_][\p{L}\p{N}._-]{0,99}$/u;

/** Throws `usage` for a name that would not be one folder of its own. */
export function refuseUnplain(name: string): void {
	if (PLAIN.test(name)) return;
	throw new AssayError("usage", `--name ${JSON.stringify(name)}: is no name of a folder`, {
		hint: "letters, digits, -, _ and dots, 100 at most; the first a letter or a digit",
	});
}
