import { join } from "node:path";
import { fetchTasks } from "../src/app/fetch-tasks.js";
import { AssayError } from "../src/lib/errors.js";
import { ORIGIN_NAMES, origins } from "../src/tasks/origins.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { FetchOptions } from "./cli/options.js";
import { outFile } from "./cli/out-file.js";
import { writeJson, writeLine } from "./cli/print.js";
import { createProgress } from "./cli/progress.js";

export async function fetchFrom(
	context: CommandContext,
	names: readonly string[],
	options: FetchOptions,
): Promise<ExitCode> {
	const wanted = ORIGIN_NAMES.filter((name) => names.length === 0 || names.includes(name));
	if (options.out !== undefined && wanted.length !== 1) {
		throw new AssayError("usage", "tasks fetch: --out names one file; name one of the sets too");
	}
	const out = outFile(options.out);
	for (const name of wanted) {
		const origin = origins[name];
		const path = out ?? join(context.workspace, "tasks", origin.file);
		const progress = createProgress(context, { label: origin.file, unit: "bytes", total: origin.bytes });
		const outcome = await fetchTasks(origin, path, { signal: context.signal, onBytes: progress.update });
		progress.end();
		const { url, sha256, bytes, license } = origin;
		if (context.json) await writeJson(context.stdout, { name, outcome, path, url, sha256, bytes, license });
		else await writeLine(context.stdout, `${path}  ${outcome === "present" ? "already there" : "fetched"}, ${license}`);
	}
	return 0;
}
