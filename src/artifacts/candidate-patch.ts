import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { patchFile, type RunFiles } from "./layout.js";

/** What a candidate changes: against the starter code of a function task; a repository's candidate is a diff already. */
export type CandidateChange =
	| { kind: "code"; fileName: string; starterCode: string; code: string }
	| { kind: "diff"; diff: string };

/** Not flushed to the disk like the run's result: the candidate is in its rollout too. */
export function writeCandidatePatch(
	files: RunFiles,
	candidate: { taskId: string; sampleIndex: number },
	change: CandidateChange,
): void {
	const path = patchFile(files, candidate.taskId, candidate.sampleIndex);
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(`${path}.tmp`, change.kind === "diff" ? change.diff : unifiedDiff(change));
	renameSync(`${path}.tmp`, path);
}

/** A run with one candidate has its diff also beside the folder, where a person looks first. */
export function writeSinglePatch(files: RunFiles, only: { taskId: string; sampleIndex: number } | null): void {
	const path = only === null ? null : patchFile(files, only.taskId, only.sampleIndex);
	if (path === null || !existsSync(path)) {
		rmSync(files.singlePatch, { force: true });
		return;
	}
	copyFileSync(path, `${files.singlePatch}.tmp`);
	renameSync(`${files.singlePatch}.tmp`, files.singlePatch);
}

/** Beyond this many changed lines the exact smallest diff costs too much; then every line counts as changed. */
const MAX_EDITS = 2000;

export function unifiedDiff(change: { fileName: string; starterCode: string; code: string }): string {
	const before = change.starterCode === "" ? "/dev/null" : `a/${change.fileName}`;
	const after = `b/${change.fileName}`;
	return (
		createTwoFilesPatch(before, after, change.starterCode, change.code, undefined, undefined, {
			maxEditLength: MAX_EDITS,
			headerOptions: FILE_HEADERS_ONLY,
		}) ?? wholeDiff(before, after, change.starterCode, change.code)
	);
}

function wholeDiff(before: string, after: string, oldText: string, newText: string): string {
	const oldLines = sideOf("-", oldText);
	const newLines = sideOf("+", newText);
	const range = (lines: number) => `${lines === 0 ? 0 : 1},${lines}`;
	const header = `--- ${before}\n+++ ${after}\n@@ -${range(oldLines.count)} +${range(newLines.count)} @@\n`;
	return `${header}${oldLines.text}${newLines.text}`;
}

function sideOf(sign: string, text: string): { text: string; count: number } {
	if (text === "") return { text: "", count: 0 };
	const whole = text.endsWith("\n");
	const lines = (whole ? text.slice(0, -1) : text).split("\n");
	const body = lines.map((line) => `${sign}${line}\n`).join("");
	return { text: whole ? body : `${body}\\ No newline at end of file\n`, count: lines.length };
}
