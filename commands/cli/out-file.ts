import { accessSync, constants, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { AssayError } from "../../src/lib/errors.js";

/**
 * The absolute path of `--out`, or null when it was not given. Called before the work, so that a file that cannot be written
 * is not found out after an hour of judging. Throws `usage`.
 */
export function outFile(out: string | undefined): string | null {
	if (out === undefined) return null;
	const refuse = (why: string, hint?: string) =>
		new AssayError("usage", `--out ${out === "" ? '""' : out}: ${why}`, hint === undefined ? {} : { hint });
	if (out === "") throw refuse("names no file");
	if (out === "-") throw refuse("only `assay verify` writes to stdout so", "give --out a file, or use --json");
	const path = resolve(out);
	const found = statSync(path, { throwIfNoEntry: false });
	if (found?.isDirectory()) throw refuse("is a folder");
	if (found !== undefined && !found.isFile()) throw refuse("is no ordinary file", "--json writes to stdout");
	const folder = dirname(path);
	if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
		throw refuse("its folder does not exist", `mkdir -p ${dirname(out)}`);
	}
	try {
		accessSync(folder, constants.W_OK);
	} catch {
		throw refuse("its folder cannot be written");
	}
	return path;
}
