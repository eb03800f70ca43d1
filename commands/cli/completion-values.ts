import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, constants as zlib } from "node:zlib";

/** Somebody waits for the key Tab: what is further back in a file than this is not offered. */
const READ_BYTES = 4 << 20;
const MOST_IDS = 5000;

/** Runs of the workspace, the newest first, after the word for the newest. Nothing is opened but folders. */
export function runIds(workspace: string): string[] {
	const root = join(workspace, "artifacts");
	const names = [...namesIn(join(root, "plans"), ".md"), ...namesIn(join(root, "runs"), ".json")];
	const ids = [...new Set(names)].sort().reverse();
	return ids.length === 0 ? [] : ["latest", ...ids];
}

/** Whatever has a manifest: runs, checkpoints, data sets. */
export function artifactIds(workspace: string): string[] {
	const root = join(workspace, "artifacts");
	const folders = ["checkpoints", "data"].flatMap((name) => namesIn(join(root, name), ""));
	return [...new Set([...runIds(workspace), ...namesIn(join(root, "manifests"), ".json"), ...folders])];
}

/** Ids of the tasks in a file or folder, or of those that a run took, as far as a quick look tells. */
export function taskIds(workspace: string, source: string): string[] {
	const path = existsSync(source) ? source : tasksOfRun(workspace, source);
	if (path === null) return [];
	if (!statSync(path).isDirectory()) return idsInFile(path);
	return ["yaml", "yml"].flatMap((ending) =>
		namesIn(path, `.${ending}`).flatMap((name) => idsInFile(join(path, `${name}.${ending}`))),
	);
}

/** Entries of the folder that the word leads to. */
export function paths(word: string): string[] {
	const folder = word.slice(0, word.lastIndexOf("/") + 1);
	const own = word.slice(folder.length);
	return entriesOf(folder === "" ? "." : folder)
		.filter(({ name }) => name.startsWith(".") === own.startsWith("."))
		.map((entry) => `${folder}${entry.name}${entry.isDirectory() ? "/" : ""}`);
}

function entriesOf(folder: string) {
	try {
		return readdirSync(folder, { withFileTypes: true });
	} catch {
		// A folder that cannot be read completes to nothing.
		return [];
	}
}

function namesIn(folder: string, ending: string): string[] {
	const names = entriesOf(folder).map(({ name }) => name);
	return names.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, name.length - ending.length));
}

function tasksOfRun(workspace: string, run: string): string | null {
	const [latest, ...ids] = runIds(workspace);
	const id = run === latest ? ids[0] : ids.find((known) => known.startsWith(run));
	const plan = join(workspace, "artifacts", "plans", `${id}.md`);
	if (id === undefined || !existsSync(plan)) return null;
	const path = /^\s*"tasks": (".*"),?$/m.exec(readFileSync(plan, "utf8"))?.[1];
	const tasks = path === undefined ? null : String(JSON.parse(path));
	return tasks !== null && existsSync(tasks) ? tasks : null;
}

function idsInFile(path: string): string[] {
	const text = startOf(path);
	if (/\.ya?ml$/.test(path))
		return [...text.matchAll(/^(?:- )?id: *["']?([^"'#\n]+)/gm)].map(([, id = ""]) => id.trim());
	const ids: string[] = [];
	for (const line of text.split("\n", MOST_IDS)) {
		const id = /"(?:task_id|id)": *(?:"([^"\\]+)"|(\d+))/.exec(line);
		if (id !== null) ids.push(id[1] ?? `MBPP/${id[2]}`);
	}
	return ids;
}

function startOf(path: string): string {
	const bytes = Buffer.alloc(Math.min(READ_BYTES, statSync(path).size));
	const file = openSync(path, "r");
	try {
		readSync(file, bytes);
	} finally {
		closeSync(file);
	}
	return (path.endsWith(".gz") ? gunzipSync(bytes, { finishFlush: zlib.Z_SYNC_FLUSH }) : bytes).toString("utf8");
}
