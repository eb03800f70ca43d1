import { makeCard } from "../src/app/make-card.js";
import { writeFileAtomic } from "../src/lib/atomic-file.js";
import type { CardOptions } from "./cli/artifacts-options.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { outFile } from "./cli/out-file.js";
import { printable, write, writeJson } from "./cli/print.js";

/** Prints the card of a model or of a run's rollouts. */
export async function card(context: CommandContext, reference: string, options: CardOptions): Promise<ExitCode> {
	const out = outFile(options.out);
	const markdown = await makeCard(context.workspace, reference);
	if (out !== null) writeFileAtomic(out, markdown);
	if (context.json) await writeJson(context.stdout, { type: "card", markdown });
	else if (out === null) await write(context.stdout, printable(markdown, "\n"));
	return 0;
}
