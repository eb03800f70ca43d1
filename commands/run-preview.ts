import { fileInputs } from "../src/app/file-inputs.js";
import { previewLines, previewRun } from "../src/app/preview-run.js";
import type { RunConfig } from "../src/domain/run.js";
import { countOf } from "../src/lib/count.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { printable, writeJson, writeLine } from "./cli/print.js";

/** Prints the requests of a run, one for each task, and what all of them could cost. */
export async function previewRequests(context: CommandContext, config: Omit<RunConfig, "workers">): Promise<ExitCode> {
	const previews = previewRun(config, fileInputs, context.signal);
	for (let next = await previews.next(); ; next = await previews.next()) {
		if (next.done === true) {
			const total = next.value;
			if (context.json) {
				await writeJson(context.stdout, { type: "preview.finished", ...total });
				return 0;
			}
			const cost = total.costUsdAtMost === null ? "" : `, at most $${total.costUsdAtMost.toFixed(4)}`;
			const tokens = `about ${total.promptTokens} prompt tokens, at most ${total.completionTokensAtMost} completion tokens`;
			await writeLine(
				context.stdout,
				`${countOf(total.requests, "request")} for ${countOf(total.tasks, "task")}: ${tokens}${cost}`,
			);
			await writeLine(context.stdout, "nothing was sent");
			return 0;
		}
		if (context.json) await writeJson(context.stdout, { type: "request.previewed", ...next.value });
		else for (const line of previewLines(next.value)) await writeLine(context.stdout, printable(line));
	}
}
