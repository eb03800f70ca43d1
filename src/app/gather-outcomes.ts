import { readOutcomes } from "../artifacts/outcome-file.js";
import { Gathering, type ResultSet } from "../compare/result-set.js";
import type { ComparedCandidate } from "./candidate-places.js";

/** A file of judged candidates that is to be read; all of it can be sent to another thread. */
export interface GatherRequest {
	path: string;
	/** As in `readOutcomes`. */
	vouchedFor: boolean;
	/** Ids of tasks that are to be in no figure. */
	leftOut: ReadonlySet<string>;
	/** Keep where the candidates of each task are. */
	withPlaces: boolean;
}

/** What a file holds, small enough to be sent to another thread. */
export interface Gathered
	extends Pick<ResultSet, "sha256" | "tasks" | "tiers" | "statusCounts" | "sampleCount" | "leftOutCount" | "beyondN"> {
	backends: ReadonlySet<string>;
	/** By task id. */
	places: ReadonlyMap<string, ComparedCandidate[]>;
}

export interface GatherWatch {
	signal: AbortSignal;
	/** Told now and then, of bytes that were read since. */
	onBytes: (bytes: number) => void;
}

/** So many candidates go by between two looks at the signal. */
const SELDOM = 1024;

/** Reads a file of judged candidates once. */
export async function gatherOutcomes(request: GatherRequest, { signal, onBytes }: GatherWatch): Promise<Gathered> {
	const file = readOutcomes(request.path, { vouchedFor: request.vouchedFor });
	const gathering = new Gathering(request.leftOut);
	const places = new Map<string, ComparedCandidate[]>();
	let count = 0;
	let bytes = 0;
	for await (const outcome of file.outcomes) {
		gathering.add(outcome);
		if (request.withPlaces) {
			const { taskId, sampleIndex, status, place } = outcome;
			const known = places.get(taskId);
			if (known === undefined) places.set(taskId, [{ sampleIndex, status, place }]);
			else known.push({ sampleIndex, status, place });
		}
		bytes += outcome.place.bytes;
		if (++count % SELDOM > 0) continue;
		signal.throwIfAborted();
		onBytes(bytes);
		bytes = 0;
	}
	const { tasks, tiers, backends, statusCounts, sampleCount, leftOutCount, beyondN } = gathering;
	const counts = { statusCounts, sampleCount, leftOutCount, beyondN };
	return { sha256: file.sha256(), tasks, tiers, backends, places, ...counts };
}
