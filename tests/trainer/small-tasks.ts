import { cpSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const TINY = fileURLToPath(new URL("../../fixtures/tasks/tiny", import.meta.url));

/** A folder with the first tasks of each split of the tasks that the embedded model was made for. */
export function smallTasks(folder: string, counts: Readonly<Record<string, number>>): string {
	mkdirSync(folder, { recursive: true });
	const left = { ...counts };
	for (const name of readdirSync(TINY).sort()) {
		const split = /^split: (\w+)$/m.exec(readFileSync(join(TINY, name), "utf8"))?.[1] ?? "";
		const wanted = left[split] ?? 0;
		if (wanted === 0) continue;
		left[split] = wanted - 1;
		cpSync(join(TINY, name), join(folder, name));
	}
	return folder;
}
