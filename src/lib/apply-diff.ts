import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
 * Applies a unified diff to the files under `root`, strictly: no fuzz, no offset search. All of it is checked before the
 * first byte is written. Returns the paths that it adds. Throws DiffRefused.
 */
export function applyDiff(root: string, diff: string): { added: string[]; touched: string[] } {
	if (diff.trim() === "") return { added: [], touched: [] };
	const plan = parseDiff(diff).map((patch) => planOf(root, patch));
	for (const { path, content, renamedFrom } of plan) {
		if (renamedFrom !== null) rmSync(renamedFrom);
		if (content === null) rmSync(path);
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

function planOf(root: string, patch: StructuredPatch): Step {
	const before = bareName(patch.oldFileName);
	const after = bareName(patch.newFileName);
	const name = after ?? before;
	if (name === null) throw new DiffRefused("malformed", "a file header is missing");
	for (const path of [before, after]) {
		if (path !== null && passesLink(root, path)) {
			throw new DiffRefused("path", `path ${JSON.stringify(path)} goes through a symbolic link`);
		}
	}
	const source = before === null ? "" : readOrNull(join(root, before));
	if (source === null) throw new DiffRefused("context", `${before}: no such file`);
	if (before !== after && after !== null && readOrNull(join(root, after)) !== null) {
		throw new DiffRefused("context", `${after}: exists already`);
	}
	const content = applyPatch(source, patch, { fuzzFactor: 0, autoConvertLineEndings: false });
	if (content === false) throw new DiffRefused("context", `${name}: the context of a hunk is not in the file`);
	return {
		name,
		path: join(root, name),
		content: after === null ? null : content,
		isNew: before !== after && after !== null,
		renamedFrom: patch.isRename === true && before !== null && before !== after ? join(root, before) : null,
	};
}

function bareName(header: string | undefined): string | null {
	if (header === undefined || header === "/dev/null") return null;
	return header.replace(/^[ab]\//, "");
}

function passesLink(root: string, name: string): boolean {
	let path = root;
	for (const part of name.split("/")) {
		path = join(path, part);
		const found = lstatSync(path, { throwIfNoEntry: false });
		if (found === undefined) return false;
		if (found.isSymbolicLink()) return true;
	}
	return false;
}

function readOrNull(path: string): string | null {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return null;
	}
}
