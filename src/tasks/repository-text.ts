import { isUtf8 } from "node:buffer";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RepositoryTask } from "../domain/task.js";

const MAX_FILE_BYTES = 32 << 10;
const MAX_TOTAL_BYTES = 96 << 10;

/**
 * The text files of a repository that a model may read, by path. Left out are hidden folders and files, what is no text
 * or too large, and whatever lies where the judge lays tests: those are not the model's to see.
 */
export function repositoryText({ repo, tests }: RepositoryTask): { path: string; text: string }[] {
	const laid = new Set(tests.flatMap((test) => (test.kind === "command" ? Object.keys(test.files) : [])));
	const sources = new Set(tests.flatMap((test) => (test.kind === "command" ? Object.values(test.files) : [])));
	const files: { path: string; text: string }[] = [];
	let total = 0;
	const entries = readdirSync(repo, { recursive: true, withFileTypes: true });
	const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
	for (const path of paths.sort()) {
		const name = path.slice(repo.length).replace(/^[/\\]+/, "");
		if (/(?:^|[/\\])[._]?_?pycache|(?:^|[/\\])\./.test(name) || laid.has(name) || sources.has(path)) continue;
		const bytes = readFileSync(path);
		if (bytes.length > MAX_FILE_BYTES || bytes.includes(0) || !isUtf8(bytes)) continue;
		total += bytes.length;
		if (total > MAX_TOTAL_BYTES) break;
		files.push({ path: name, text: bytes.toString("utf8") });
	}
	return files;
}
