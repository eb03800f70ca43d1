import { join } from "node:path";
import { z } from "zod";
import { artifactsRoot, attemptFolder } from "../artifacts/layout.js";
import type { WorkedTime } from "../domain/host-activity.js";
import { MIRRORED } from "../domain/mirrored-files.js";
import type { JobClock } from "../domain/remote-activity.js";
import type { RemoteRun } from "../domain/remote-run.js";
import { growingLines } from "./growing-lines.js";

/** A line of events.jsonl on the host; seconds since 1970. */
const RunnerEvent = z.looseObject({ at: z.number().nonnegative(), type: z.string() });

/** When its attempts worked, by the clock of their host. The mirror of each has a handful of lines. */
export function workedTimes(workspace: string, run: RemoteRun): WorkedTime[] {
	const root = artifactsRoot(workspace);
	return Array.from({ length: run.attempt }, (_, i) => i + 1).flatMap((attempt) => {
		const path = join(attemptFolder(root, run.id, attempt), MIRRORED.events.local);
		const { take, close } = growingLines(path, (line) => RunnerEvent.safeParse(line));
		const events = [...take()].flatMap(({ items }) => items);
		close();
		const at = (type: string) => events.find((event) => event.type === type)?.at;
		const from = at("started");
		if (from === undefined) return [];
		// One that its host took with it wrote no end: it is over since it was seen so.
		const isOver = attempt < run.attempt || !isGoingOn(run);
		const seen = isOver ? Date.parse(run.last.seenAt) : null;
		const ended = at("exited");
		return [{ from: from * 1000, to: ended === undefined ? seen : ended * 1000 }];
	});
}

export function jobClock(workspace: string, run: RemoteRun): JobClock {
	const times = workedTimes(workspace, run);
	// An attempt of which nothing is mirrored yet is the last one.
	const current = times.length === run.attempt ? times.pop() : undefined;
	// It was seen to run when it was started.
	const assumed = isGoingOn(run) ? Date.parse(run.last.seenAt) : null;
	return {
		earlierMs: times.reduce((sum, { from, to }) => sum + Math.max(0, (to ?? from) - from), 0),
		startedAtMs: current?.from ?? assumed,
		endedAtMs: current?.to ?? null,
	};
}

function isGoingOn({ last: { state } }: RemoteRun): boolean {
	return state.state === "running" || state.state === "runner_lost";
}
