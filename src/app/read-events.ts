import { scanLines } from "../artifacts/scan-lines.js";
import { RunEvent } from "../domain/events.js";
import { AssayError } from "../lib/errors.js";
import { parseAt } from "../lib/schema.js";
import { isEarlierStep, upgradedStep } from "./earlier-steps.js";

/** Streams a run's log; a cut last line, left by a program that was killed, is passed over. */
export async function* readEvents(logPath: string, signal?: AbortSignal): AsyncGenerator<RunEvent> {
	for await (const { bytes, line, terminated } of scanLines(logPath, signal)) {
		let value: unknown;
		try {
			value = JSON.parse(bytes.toString("utf8"));
		} catch (cause) {
			if (!terminated) return;
			throw new AssayError("usage", `${logPath}:${line}: not valid JSON`, { cause });
		}
		if (isEarlierStep(value)) yield await upgradedStep(value, logPath, line);
		else yield parseAt(RunEvent, value, `${logPath}:${line}`);
	}
}
