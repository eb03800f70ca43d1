import { existsSync } from "node:fs";
import { isTraining } from "../src/app/follow-trainings.js";
import { readLogLines } from "../src/app/read-log-lines.js";
import { findRun } from "../src/artifacts/find-run.js";
import { artifactsRoot } from "../src/artifacts/layout.js";
import type { LogLine } from "../src/artifacts/log-lines.js";
import { logMatcher } from "../src/artifacts/log-matches.js";
import { isLocked } from "../src/artifacts/run-lock.js";
import { RunEvent } from "../src/domain/events.js";
import { AssayError } from "../src/lib/errors.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { LogsOptions } from "./cli/options.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import { eventText } from "./event-text.js";

/** Prints the lines of a run's log; what is no event is printed as it is there. */
export async function logs(context: CommandContext, run: string, options: LogsOptions): Promise<ExitCode> {
	const { signal, stdout, json, workspace } = context;
	if (isTraining(workspace, run)) {
		const { logs: trainingLogs } = await import("./training-logs.js");
		return await trainingLogs(context, run, options);
	}
	const { follow = false, grep } = options;
	const matches = grep === undefined ? () => true : logMatcher({ text: grep, isPattern: true });
	if (matches === null) throw new AssayError("usage", `--grep ${JSON.stringify(grep)}: not a regular expression`);
	const files = await findRun([artifactsRoot(workspace)], run);
	if (!existsSync(files.log) && !isLocked(files.lock)) throw new AssayError("usage", `${files.runId} has no log`);
	let startedAt: number | null = null;
	for await (const line of readLogLines(
		{ path: files.log, isGoingOn: () => isLocked(files.lock) },
		{ follows: follow, signal },
	)) {
		const event = eventOf(line);
		if (event !== null) startedAt ??= Date.parse(event.at);
		if (!matches(line.text)) continue;
		if (event === null) {
			if (json) await writeJson(stdout, { type: "log.line", line: line.line + 1, text: line.text });
			else await writeLine(stdout, printable(line.text));
		} else if (json) await writeLine(stdout, line.text);
		else await writeLine(stdout, printable(eventText(event, Date.parse(event.at) - (startedAt ?? 0))));
	}
	signal.throwIfAborted();
	return 0;
}

function eventOf({ text }: LogLine): RunEvent | null {
	try {
		return RunEvent.safeParse(JSON.parse(text)).data ?? null;
	} catch {
		return null;
	}
}
