import { lstatSync, mkdirSync, readFileSync, rmSync, type Stats, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { applyPatch, parsePatch, type StructuredPatch } from "diff";
import { repositoryPathFault } from "./repository-path.js";

/** Why a diff was refused: a path that leaves the tree, a binary change, a context that is not there. */
export class DiffRefused extends Error {
	readonly reason: "path" | "binary" | "context" | "malformed";

	constructor(reason: DiffRefused["reason"], message: string) {
		super(message);
		this.reason = reason;
	}
}

/**
 * Applies a unified diff to the files under `root`, without fuzz: a hunk may stand at another line, its context must match. All of it is checked before the
 * first byte is written. Returns the paths that it adds. Throws DiffRefused.
 */
export function applyDiff(root: string, diff: string): { added: string[]; touched: string[] } {
	if (diff.trim() === "") return { added: [], touched: [] };
	const files: Files = new Map();
	const plan = parseDiff(diff).map((patch) => planOf(root, patch, files));
	for (const { path, content, renamedFrom } of plan) {
		if (renamedFrom !== null) rmSync(renamedFrom, { force: true });
		if (content === null) rmSync(path, { force: true });
		else {
			mkdirSync(dirname(path), { recursive: true });
			writeFileSync(path, content);
		}
	}
	return { added: plan.filter((step) => step.isNew).map((step) => step.name), touched: plan.map((step) => step.name) };
}

/** The changes in a unified diff, with nothing in it that no repository could take. Throws DiffRefused. */
export function parseDiff(diff: string): StructuredPatch[] {
	if (/^GIT binary patch$|^Binary files .* differ$/m.test(diff))
		throw new DiffRefused("binary", "binary changes are refused");
	const link = /^(?:new|old) (?:file )?mode 1[26]0000$/m.exec(diff);
	if (link) throw new DiffRefused("path", "symbolic links and submodules are refused");
	let patches: StructuredPatch[];
	try {
		patches = parsePatch(diff).filter((patch) => patch.hunks.length > 0 || patch.newFileName !== undefined);
	} catch (error) {
		throw new DiffRefused("malformed", `not a unified diff: ${(error as Error).message}`);
	}
	if (patches.length === 0) throw new DiffRefused("malformed", "the text holds no unified diff");
	for (const { oldFileName, newFileName } of patches) {
		for (const name of [bareName(oldFileName), bareName(newFileName)]) {
			const fault = name === null ? null : repositoryPathFault(name);
			if (fault !== null) throw new DiffRefused("path", `path ${JSON.stringify(name)} ${fault}`);
		}
	}
	return patches;
}

interface Step {
	name: string;
	path: string;
	/** null: the file goes. */
	content: string | null;
	isNew: boolean;
	/** Goes when the change is carried out. */
	renamedFrom: string | null;
}

/** Texts as earlier parts of the same diff leave them; null: gone. */
type Files = Map<string, string | null>;

function planOf(root: string, patch: StructuredPatch, files: Files): Step {
	const before = bareName(patch.oldFileName);
	const after = bareName(patch.newFileName);
	const name = after ?? before;
	if (name === null) throw new DiffRefused("malformed", "a file header is missing");
	for (const path of [before, after]) {
		if (path !== null) checkPlace(root, path);
	}
	const read = (file: string): string | null => {
		const known = files.get(file);
		return known === undefined ? readOrNull(join(root, file)) : known;
	};
	const source = before === null ? "" : read(before);
	if (source === null) throw new DiffRefused("context", `${before}: no such file`);
	if (before !== after && after !== null && read(after) !== null) {
		throw new DiffRefused("context", `${after}: exists already`);
	}
	const content = applyPatch(source, patch, { fuzzFactor: 0, autoConvertLineEndings: false });
	if (content === false) throw new DiffRefused("context", `${name}: the context of a hunk is not in the file`);
	const moved = patch.isRename === true && before !== null && before !== after ? before : null;
	if (moved !== null) files.set(moved, null);
	files.set(name, after === null ? null : content);
	return {
		name,
		path: join(root, name),
		content: after === null ? null : content,
		isNew: before !== after && after !== null,
		renamedFrom: moved === null ? null : join(root, moved),
	};
}

function bareName(header: string | undefined): string | null {
	if (header === undefined || header === "/dev/null") return null;
	return header.replace(/^[ab]\//, "");
}

/** A file may be there or come there: no link on the way, no file where a folder has to be, no folder in its place. */
function checkPlace(root: string, name: string): void {
	const shown = JSON.stringify(name);
	const parts = name.split("/");
	let path = root;
	for (const [index, part] of parts.entries()) {
		path = join(path, part);
		let found: Stats | undefined;
		try {
			found = lstatSync(path, { throwIfNoEntry: false });
		} catch (error) {
			throw new DiffRefused("path", `path ${shown}: ${(error as Error).message}`);
		}
		if (found === undefined) return;
		if (found.isSymbolicLink()) throw new DiffRefused("path", `path ${shown} goes through a symbolic link`);
		const isLast = index === parts.length - 1;
		if (isLast === found.isDirectory()) {
			throw new DiffRefused(
				"context",
				`${name}: ${path.slice(root.length + 1)} is ${isLast ? "a folder" : "no folder"}`,
			);
		}
	}
}

function readOrNull(path: string): string | null {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return null;
	}
}
