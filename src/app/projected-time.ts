import { hostsOf } from "../domain/hosts-of-run.js";
import { stepsOf } from "../domain/job-counts.js";
import { endedWell, type RemoteRun } from "../domain/remote-run.js";
import type { TrainingJob } from "../domain/training-job.js";
import { AssayError } from "../lib/errors.js";
import { workedTimes } from "./job-clock.js";
import { readRemoteJob, readRemoteRun, remoteIds } from "./remote-records.js";

export interface ProjectedTime {
	ms: number;
	/** The training whose pace it is. */
	by: string;
}

/**
 * How long a training takes on a host or on several together (`a,b`), by the newest that came to its end there and differs in nothing but name, seed and
 * the number of steps. null: there is none.
 */
export function projectedTime(workspace: string, job: TrainingJob, hosts: string): ProjectedTime | null {
	const shape = shapeOf(job);
	const alike = remoteIds(workspace).flatMap((id) => recordOf(workspace, id) ?? []);
	const [newest] = alike
		.filter(({ run, job: other }) => hostsOf(run) === hosts && endedWell(run.last.state) && shapeOf(other) === shape)
		.toSorted((a, b) => (a.run.createdAt < b.run.createdAt ? 1 : -1));
	if (newest === undefined) return null;
	const worked = workedTimes(workspace, newest.run);
	const ms = worked.reduce((sum, { from, to }) => sum + (to === null ? 0 : to - from), 0);
	if (ms === 0) return null;
	return { ms: (ms / stepsOf(newest.job)) * stepsOf(job), by: newest.run.id };
}

/** null: it cannot be read, and tells nothing. */
function recordOf(workspace: string, id: string): { run: RemoteRun; job: TrainingJob } | null {
	try {
		return { run: readRemoteRun(workspace, id), job: readRemoteJob(workspace, id) };
	} catch (error) {
		if (error instanceof AssayError) return null;
		throw error;
	}
}

/** What says how much of it there is, not how fast it goes. */
const COUNTED: ReadonlySet<string> = new Set(["steps", "seed", "scheduleSteps", "warmupSteps"]);

/** All that its pace depends on. */
function shapeOf(job: TrainingJob): string {
	const config = Object.entries(job.config).filter(([name]) => !COUNTED.has(name));
	const judge = job.method === "world" || job.judge === null ? null : { ...job.judge, folder: null };
	return JSON.stringify({ ...job, name: null, run: null, judge, config });
}
