import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { AssayError } from "../lib/errors.js";
import { readTextFile, statInput } from "../lib/input-file.js";
import type { Sample } from "./sample.js";

const MAX_FILE_BYTES = 16 << 20;
const SAMPLE_FILE = /\.(py|patch|diff)$/;

/**
 * `<task-id>.py` (sample 0) and `<task-id>/<n>.py`; where a task id has a slash, it may be a folder or `_`, as EvalPlus
 * writes `HumanEval_0/0.py`. Patches of repository tasks end in `.patch` or `.diff`. In natural order of their names.
 */
export async function* readSampleFolder(folder: string, hasTask: (taskId: string) => boolean): AsyncGenerator<Sample> {
	const names = await readdir(folder, { recursive: true });
	const files = names.filter((name) => SAMPLE_FILE.test(name) && !/(^|[\\/])[._]/.test(name));
	files.sort(new Intl.Collator("en", { numeric: true }).compare);
	const seen = new Map<string, string>();
	for (const name of files) {
		const path = join(folder, name);
		if (statInput(path).isDirectory()) continue;
		const { taskId, sampleIndex } = sampleOfName(name.replaceAll("\\", "/").replace(SAMPLE_FILE, ""), hasTask);
		const key = JSON.stringify([taskId, sampleIndex]);
		const before = seen.get(key);
		if (before !== undefined) {
			throw new AssayError("usage", `${path}: sample ${sampleIndex} of task ${taskId} is already in ${before}`);
		}
		seen.set(key, path);
		const code = await readTextFile(path, MAX_FILE_BYTES);
		yield { taskId, sampleIndex, completion: code, solution: code, place: path };
	}
}

function sampleOfName(name: string, hasTask: (taskId: string) => boolean): { taskId: string; sampleIndex: number } {
	const spellings = (id: string): string[] => [id, ...[...id.matchAll(/_/g)].map(({ index }) => replaceAt(id, index))];
	const numbered = /^(.+)\/(\d{1,9})$/.exec(name);
	const folder = numbered?.[1];
	const readings = [
		...spellings(name).map((taskId) => ({ taskId, sampleIndex: 0 })),
		...(folder === undefined ? [] : spellings(folder)).map((taskId) => ({
			taskId,
			sampleIndex: Number(numbered?.[2]),
		})),
	];
	const known = readings.find((reading) => hasTask(reading.taskId));
	if (known !== undefined) return known;
	return folder === undefined
		? { taskId: name, sampleIndex: 0 }
		: { taskId: folder, sampleIndex: Number(numbered?.[2]) };
}

function replaceAt(text: string, index: number): string {
	return `${text.slice(0, index)}/${text.slice(index + 1)}`;
}
