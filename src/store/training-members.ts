import type { RemoteState } from "../domain/remote-run.js";
import type { GpuCourse, RemoteActivity } from "./remote-activity.js";

/** A host that takes part in a training, or a node of Slurm's. */
export interface TrainingMember {
	/** null: Slurm has not told what it calls it. */
	name: string | null;
	/** Numbers of its processes among all of them. */
	ranks: { first: number; last: number };
	/** As it was last seen; of a node that of the whole job. */
	state: RemoteState;
	/** What it said last; null: nothing. */
	line: string | null;
	/** In the order of their indices. */
	gpus: readonly GpuCourse[];
	/** How it ended the training on all of them; null: it did not. */
	failure: string | null;
}

/** All that take the steps of a training together, the first first. `processes`: of each. */
export function trainingMembers({ run, members }: RemoteActivity, processes: number): TrainingMember[] {
	const nodes = run.slurm?.nodes ?? 1;
	const parts =
		nodes > 1
			? Array.from({ length: nodes }, (_, at) => ({ name: members.get(at)?.node ?? null, state: run.last.state }))
			: [{ name: run.host, state: run.last.state }, ...run.peers.map(({ host, state }) => ({ name: host, state }))];
	return parts.map(({ name, state }, at) => ({
		...{ name, state },
		ranks: { first: at * processes, last: (at + 1) * processes - 1 },
		line: members.get(at)?.line ?? null,
		gpus: [...(members.get(at)?.gpus.values() ?? [])].toSorted((a, b) => a.last.index - b.last.index),
		failure: name !== null && run.failure?.host === name ? run.failure.text : null,
	}));
}

/** e.g. "0-7". */
export function ranksText({ first, last }: TrainingMember["ranks"]): string {
	return first === last ? String(first) : `${first}-${last}`;
}

/** e.g. "8 GPUs 92 % busy", by their last samples; null: it has none. */
export function busyText(gpus: readonly GpuCourse[]): string | null {
	if (gpus.length === 0) return null;
	const count = `${gpus.length} GPU${gpus.length === 1 ? "" : "s"}`;
	const known = gpus.flatMap(({ last }) => last.busy ?? []);
	if (known.length === 0) return count;
	return `${count} ${Math.round(known.reduce((sum, busy) => sum + busy, 0) / known.length)} % busy`;
}
