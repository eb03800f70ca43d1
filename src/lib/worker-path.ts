import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Of a thread's bundle, which lies beside this one; started from the sources, the bundle that was built last. */
export function workerPath(name: string): string {
	const beside = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
	return existsSync(beside) ? beside : fileURLToPath(new URL(`../../dist/${name}.js`, import.meta.url));
}
