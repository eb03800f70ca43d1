import { statSync } from "node:fs";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { repositoryPathFault } from "../lib/repository-path.js";
import { FieldError, type FieldPath } from "../lib/schema.js";

/** Refuses what could leave a folder, or reach git's own files, when a file is laid at `path` in it. */
export function checkRepositoryPath(path: string, field: FieldPath): void {
	const isPlain = !path.includes("\\") && !path.split("/").some((part) => part === "" || part === ".");
	const fault = repositoryPathFault(path) ?? (isPlain ? null : "has an empty or `.` part, or a backslash");
	if (fault !== null) throw new FieldError(field, `path ${JSON.stringify(path)} ${fault}`);
}

/**
 * Files named in a task file are relative to it and may lie beside its folder (`../repos/toy`), no higher: a task set
 * that somebody else made must not name files of this machine.
 */
export function resolveBeside(taskFile: string, path: string, kind: "file" | "folder", field: FieldPath): string {
	if (path === "" || isAbsolute(path) || path.includes("\u0000")) {
		throw new FieldError(field, `path ${JSON.stringify(path)} is not relative to the task file`);
	}
	const full = resolve(dirname(taskFile), path);
	if (!isBeside(taskFile, full)) {
		throw new FieldError(field, `path ${JSON.stringify(path)} leaves the folder above the task file's`);
	}
	const found = statSync(full, { throwIfNoEntry: false });
	if (found === undefined) throw new FieldError(field, `no such ${kind}: ${full}`);
	if (kind === "file" ? !found.isFile() : !found.isDirectory()) throw new FieldError(field, `not a ${kind}: ${full}`);
	return full;
}

export function isBeside(taskFile: string, path: string): boolean {
	const top = dirname(dirname(resolve(taskFile)));
	const from = relative(top, path);
	return from !== ".." && !from.startsWith(`..${sep}`) && !isAbsolute(from);
}
