import { AssayError } from "../lib/errors.js";
import type { PreparedPatch } from "./backend.js";

/**
 * Refuses a diff that would write outside the repository or into its `.git`: every path in its headers must be relative,
 * without `..`. Throws `usage` with file and line.
 */
export function checkPatchPaths(prepared: PreparedPatch): void {
	const lines = prepared.patch.split("\n");
	let hunkLines = { old: 0, new: 0 };
	for (const [index, line] of lines.entries()) {
		if (hunkLines.old > 0 || hunkLines.new > 0) {
			hunkLines = afterHunkLine(hunkLines, line);
			continue;
		}
		const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
		if (hunk !== null) {
			hunkLines = { old: Number(hunk[1] ?? 1), new: Number(hunk[2] ?? 1) };
			continue;
		}
		for (const path of pathsIn(line)) {
			const fault = faultOf(path);
			if (fault === null) continue;
			const place = `${prepared.file}${prepared.line === null ? "" : `:${prepared.line}`}`;
			throw new AssayError("usage", `${place}: patch line ${index + 1}: the path ${JSON.stringify(path)} ${fault}`, {
				hint: "paths in a patch are relative to the repository's folder",
			});
		}
	}
}

function afterHunkLine(left: { old: number; new: number }, line: string): { old: number; new: number } {
	if (line.startsWith("\\")) return left;
	if (line.startsWith("-")) return { ...left, old: left.old - 1 };
	if (line.startsWith("+")) return { ...left, new: left.new - 1 };
	return { old: left.old - 1, new: left.new - 1 };
}

const HEADERS = [
	/^--- (.+)$/,
	/^\+\+\+ (.+)$/,
	/^rename (?:from|to) (.+)$/,
	/^copy (?:from|to) (.+)$/,
	/^Index: (.+)$/,
];

function pathsIn(line: string): string[] {
	const git = /^diff --git (.+)$/.exec(line)?.[1];
	if (git !== undefined) return git.match(/"(?:[^"\\]|\\.)*"|\S+/g)?.map(bare) ?? [];
	for (const header of HEADERS) {
		const path = header.exec(line)?.[1];
		if (path !== undefined) return [bare(path)];
	}
	return [];
}

/** Without a time stamp after a tab, quotes, and the `a/` or `b/` that git puts before a path. */
function bare(header: string): string {
	const path = (header.split("\t")[0] ?? "").trim();
	const unquoted = path.startsWith('"')
		? path.replace(/^"|"$/g, "").replace(/\\([0-7]{3}|.)/g, unquotedCharacter)
		: path;
	return unquoted === "/dev/null" ? "" : unquoted.replace(/^[ab]\//, "");
}

function unquotedCharacter(_whole: string, code: string): string {
	return /^[0-7]{3}$/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : code;
}

function faultOf(path: string): string | null {
	if (path.includes("\0")) return "holds a NUL";
	if (/^([/\\]|[A-Za-z]:[/\\])/.test(path)) return "is absolute";
	const parts = path.split(/[/\\]/);
	if (parts.includes("..")) return "leaves the repository (`..`)";
	if (parts.some((part) => part.toLowerCase() === ".git")) return "is inside .git";
	return null;
}
