import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Task } from "../domain/task.js";
import { canonicalJson, sha256 } from "../lib/hash.js";

export interface Fingerprint {
	add(task: Task): Promise<void>;
	/** The same for the same tasks in any order, from any folder or format. */
	digest(): string;
}

/** Of a task set: sha256 over the sorted hashes of its tasks. Holds one hash a task. */
export function createFingerprint(): Fingerprint {
	const hashes: string[] = [];
	return {
		async add(task) {
			hashes.push(`${task.id}\n${await fingerprintTask(task)}`);
		},
		digest: () => sha256(hashes.sort().join("\n")),
	};
}

/**
 * What a task asks and how it judges. Left out: where it lies, its split, and recorded candidates, which change no verdict.
 * Files that it points at count by their content.
 */
async function fingerprintTask(task: Task): Promise<string> {
	const { location: _location, split: _split, tests: _tests, ...content } = task;
	const judged = await testsWithFiles(task);
	if (content.kind === "function") {
		const { candidates: _candidates, ...rest } = content;
		return sha256(canonicalJson({ ...rest, tests: judged }));
	}
	return sha256(canonicalJson({ ...content, tests: judged, repo: await hashFolder(content.repo) }));
}

async function testsWithFiles({ tests }: Task) {
	return await Promise.all(
		tests.map(async (test) => {
			if (test.kind !== "command") return test;
			const files = Object.entries(test.files).map(async ([path, file]) => [path, sha256(await readFile(file))]);
			return { ...test, files: Object.fromEntries(await Promise.all(files)) };
		}),
	);
}

/** What a task asks and how it judges, whatever it is called, wherever it is from and however long it may take. */
export async function hashContent(task: Task): Promise<string> {
	const { id: _id, title: _title, tags: _tags, difficulty: _difficulty, limits: _limits, ...rest } = task;
	const { source: _source, contamination: _contamination, split: _split, location: _location, ...content } = rest;
	const tests = (await testsWithFiles(task)).map(({ id: _testId, ...test }) => test);
	if (content.kind === "repository")
		return sha256(canonicalJson({ ...content, tests, repo: await hashFolder(content.repo) }));
	const { candidates: _candidates, reference: _reference, knownBad: _knownBad, ...asked } = content;
	return sha256(canonicalJson({ ...asked, tests }));
}

const NOT_CONTENT = new Set([".git", "__pycache__", ".pytest_cache"]);

async function hashFolder(folder: string): Promise<string> {
	const lines: string[] = [];
	const walk = async (at: string): Promise<void> => {
		for (const name of await readdir(join(folder, at))) {
			if (NOT_CONTENT.has(name)) continue;
			const path = at === "" ? name : `${at}/${name}`;
			const found = await lstat(join(folder, path));
			if (found.isDirectory()) await walk(path);
			else if (found.isFile()) lines.push(`${path}\n${sha256(await readFile(join(folder, path)))}`);
		}
	};
	await walk("");
	return sha256(lines.sort().join("\n"));
}
