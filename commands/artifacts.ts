import { rebuildIndex } from "../src/app/run-index.js";
import { artifactsRoot } from "../src/artifacts/layout.js";
import { countOf } from "../src/lib/count.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { printable, writeJson, writeLine } from "./cli/print.js";

/** Builds the index of the workspace's artifacts anew. A run whose files are damaged is named and left out. */
export async function reindex(context: CommandContext): Promise<ExitCode> {
	const { runs, files, damaged } = await rebuildIndex(artifactsRoot(context.workspace));
	for (const problem of damaged) await writeLine(context.stderr, printable(`warning: left out: ${problem}`));
	if (context.json) await writeJson(context.stdout, { type: "reindex.finished", runs, files, damaged });
	else if (!context.quiet) {
		await writeLine(context.stdout, `index.sqlite: ${countOf(runs, "run")}, ${countOf(files, "file")}`);
	}
	return 0;
}
