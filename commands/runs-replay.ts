import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { isTraining } from "../src/app/follow-trainings.js";
import { pacedEvents } from "../src/app/paced-events.js";
import { readEvents } from "../src/app/read-events.js";
import { findRun } from "../src/artifacts/find-run.js";
import { artifactsRoot } from "../src/artifacts/layout.js";
import type { RunEvent } from "../src/domain/events.js";
import { AssayError } from "../src/lib/errors.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { ReplayOptions } from "./cli/options.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import { eventText } from "./event-text.js";

/** Prints what was recorded, at the pace it was recorded at, or step by step. */
export async function replay(context: CommandContext, run: string, options: ReplayOptions): Promise<ExitCode> {
	const { signal, stdout } = context;
	if (isTraining(context.workspace, run)) {
		throw new AssayError("usage", `${run} is a training, which judged no candidates that could be replayed`, {
			hint: `\`assay train show ${run}\` has its figures from the first step on, \`assay train logs ${run}\` what it said`,
		});
	}
	const { log } = await findRun([artifactsRoot(context.workspace)], run);
	const recorded = readEvents(log, signal);
	const wait = async (ms: number) => void (await sleep(ms, undefined, { signal }));
	const events = options.step
		? steppedEvents(context, recorded)
		: options.speed === "max"
			? recorded
			: pacedEvents(recorded, Number(options.speed), wait);
	let startedAt: number | null = null;
	for await (const event of events) {
		signal.throwIfAborted();
		startedAt ??= Date.parse(event.at);
		if (context.json) await writeJson(stdout, event);
		else await writeLine(stdout, printable(eventText(event, Date.parse(event.at) - startedAt)));
	}
	return 0;
}

/** One event for each line that comes in; the end of the input ends the replay. */
async function* steppedEvents(context: CommandContext, events: AsyncIterable<RunEvent>): AsyncGenerator<RunEvent> {
	const { signal, quiet, stderr } = context;
	const lines = createInterface({ input: context.stdin(), signal });
	const next = lines[Symbol.asyncIterator]();
	try {
		if (!quiet) await writeLine(stderr, "Enter shows the next event, Ctrl-D ends");
		for await (const event of events) {
			if ((await next.next()).done === true) return;
			yield event;
		}
	} finally {
		lines.close();
	}
}
