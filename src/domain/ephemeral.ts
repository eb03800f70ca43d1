import type { RunEvent } from "./events.js";

const EPHEMERAL: ReadonlySet<RunEvent["type"]> = new Set(["run.progress", "candidate.asked", "candidate.delta"]);
/** Ephemeral events reach only readers that are there; they are not logged. */
export function isEphemeral(type: RunEvent["type"]): boolean {
	return EPHEMERAL.has(type);
}
