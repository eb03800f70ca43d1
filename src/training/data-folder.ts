import { existsSync, readdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { checksumFile } from "../artifacts/checksum.js";
import { readJsonFile } from "../artifacts/json-file.js";
import { artifactsRoot } from "../artifacts/layout.js";
import { DataManifest } from "../domain/training-data.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { openAtomicWriter } from "../lib/atomic-writer.js";
import { AssayError } from "../lib/errors.js";
import { makeFolder } from "../lib/make-folder.js";
import { version } from "../lib/version.js";
import { writeFailure } from "../lib/write-failure.js";

const MANIFEST = "manifest.json";

export function dataFolder(workspace: string, name: string): string {
	return join(artifactsRoot(workspace), "data", name);
}

/** Throws `usage` where nothing complete is there. */
export function readDataManifest(folder: string): DataManifest {
	if (!existsSync(join(folder, MANIFEST))) {
		throw new AssayError("usage", `${folder}: holds no training data`, {
			hint: "assay data export makes such a folder; without manifest.json it is not complete",
		});
	}
	return readJsonFile(DataManifest, join(folder, MANIFEST));
}

export interface DataFolder {
	/** Writes a file of JSON lines, whole. */
	lines(name: string, records: AsyncIterable<object> | Iterable<object>): Promise<number>;
	/** Writes the card and then the manifest. */
	finish(manifest: Omit<DataManifest, "schema" | "files" | "version">): Promise<DataManifest>;
}

/**
 * What `make` writes appears all at once, the manifest last; if it fails, the folder is as it was. Throws `usage` where
 * complete data of that name are there, unless they may go.
 */
export async function makeDataFolder(
	folder: string,
	replace: boolean,
	make: (data: DataFolder) => Promise<DataManifest>,
): Promise<DataManifest> {
	if (existsSync(join(folder, MANIFEST)) && !replace) {
		throw new AssayError("usage", `${folder}: already holds training data`, {
			hint: "--name gives them another name, --force replaces them",
		});
	}
	const aside = join(folder, ".making");
	try {
		rmSync(aside, { recursive: true, force: true });
		makeAside(aside);
		const manifest = await make(folderIn(aside));
		rmSync(join(folder, MANIFEST), { force: true });
		const names = readdirSync(aside).filter((name) => name !== MANIFEST);
		for (const name of [...names, MANIFEST]) renameSync(join(aside, name), join(folder, name));
		return manifest;
	} finally {
		rmSync(aside, { recursive: true, force: true });
		if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
	}
}

function makeAside(path: string): void {
	try {
		makeFolder(path);
	} catch (cause) {
		throw writeFailure(dirname(path), cause);
	}
}

function folderIn(folder: string): DataFolder {
	const names: string[] = [];
	return {
		async lines(name, records) {
			let count = 0;
			const writer = await openAtomicWriter(join(folder, name));
			try {
				for await (const record of records) {
					await writer.write(`${JSON.stringify(record)}\n`);
					count++;
				}
				await writer.commit();
			} finally {
				await writer.discard();
			}
			names.push(name);
			return count;
		},
		async finish(told) {
			const files: DataManifest["files"] = [];
			for (const path of names) files.push({ path, ...(await checksumFile(join(folder, path))) });
			const manifest = DataManifest.parse({ schema: "assay.data.v1", ...told, files, version });
			writeFileAtomic(join(folder, "README.md"), cardOf(manifest));
			writeFileAtomic(join(folder, MANIFEST), `${JSON.stringify(manifest, null, "\t")}\n`);
			return manifest;
		},
	};
}

function cardOf(manifest: DataManifest): string {
	const { name, format, examples, tasks, sources, leftOut, template, splits, perTask, replay } = manifest;
	const licenses = [...new Set(tasks.map(({ license }) => license ?? "not named"))].sort();
	const rows = Object.entries(leftOut).filter(([, count]) => count > 0);
	return [
		`# ${name}`,
		"",
		`${examples} ${format} examples of ${tasks.length} tasks, each judged by running it. Prompt template: ${template}.`,
		"",
		`- splits: ${splits?.join(", ") ?? "any"}; ${perTask === null ? "no cap" : `at most ${perTask}`} per task; licences of the tasks: ${licenses.join(", ")}`,
		...sources.map(
			({ kind, id, sha256 }) => `- made from ${kind} ${id}${sha256 === null ? "" : ` (sha256 ${sha256})`}`,
		),
		...(replay === null
			? []
			: [`- from earlier iterations: ${replay.examples} of ${replay.available}, a share of ${replay.share} at most`]),
		...rows.map(([reason, count]) => `- left out, ${reason}: ${count}`),
		"",
		"No hidden test, expected value or reference solution is in these examples.",
		"manifest.json names the tasks and the checksums of the files.",
		"",
	].join("\n");
}
