import { lstatSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { Status } from "../domain/verdict.js";
import { AssayError } from "../lib/errors.js";
import { readTextFile } from "../lib/input-file.js";
import { atPlace, FieldError, type FieldPath, parseFields } from "../lib/schema.js";
import { readYaml } from "./load-yaml.js";
import { checkRepositoryPath } from "./relative-path.js";

/** One entry of a candidates folder's `index.yaml`, with the text of its file. */
export interface RecordedCandidate {
	file: string;
	code: string;
	/** The verdict it must get. */
	expect: Status;
	note: string;
}

const Index = z
	.array(z.strictObject({ file: z.string().min(1), expect: Status, note: z.string().default("") }))
	.min(1, "names no candidate");

/** In the order of `index.yaml`, which decides the sample indexes. Throws `usage` with file, line and field. */
export async function readRecordedCandidates(folder: string): Promise<RecordedCandidate[]> {
	const { entries, place } = await readIndex(folder);
	const read = entries.map(async (entry, index) => {
		const file = join(folder, entry.file);
		// A link could name any file of this machine.
		if (!lstatSync(file, { throwIfNoEntry: false })?.isFile()) {
			throw new AssayError("usage", `${place([index, "file"])}: field ${index}.file: no such file: ${file}`);
		}
		return { ...entry, code: await readTextFile(file, MAX_FILE_BYTES) };
	});
	return await Promise.all(read);
}

export async function countRecordedCandidates(folder: string): Promise<number> {
	return (await readIndex(folder)).entries.length;
}

const MAX_FILE_BYTES = 16 << 20;

async function readIndex(folder: string) {
	const path = join(folder, "index.yaml");
	const { value, lineOf } = await readYaml(path);
	const place = (field: FieldPath): string => `${path}:${lineOf(field)}`;
	const entries = atPlace(place, () => {
		const parsed = parseFields(Index, value);
		for (const [index, { file }] of parsed.entries()) {
			checkRepositoryPath(file, [index, "file"]);
			const first = parsed.findIndex((other) => other.file === file);
			if (first < index) throw new FieldError([index, "file"], `${JSON.stringify(file)} is named twice`);
		}
		return parsed;
	});
	return { entries, place };
}
