import type { JobClock, RemoteFacts } from "../domain/remote-activity.js";

const HOUR_MS = 3_600_000;

/** What a training on another machine costs, by its host's price and the time that it works. In US dollars. */
export interface RemoteCost {
	/** All attempts. */
	workedMs: number;
	spent: number;
	/** To its end by its pace; null: nothing tells when that is. */
	projected: number | null;
	/** Of this attempt; null: it has none. */
	budget: number | null;
	/** Of the budget, by this attempt; null: it has none. */
	share: number | null;
	/** By its pace this attempt needs more than its budget. */
	isOver: boolean;
}

/** null: the host has no price. `etaMs`: until it ends by its pace. */
export function remoteCost(run: RemoteFacts, etaMs: number | null, nowMs: number): RemoteCost | null {
	const { pricePerHour, limit } = run;
	if (pricePerHour === null) return null;
	const dollars = (ms: number) => (ms / HOUR_MS) * pricePerHour;
	const attemptMs = attemptWorkedMs(run.clock, nowMs);
	const workedMs = run.clock.earlierMs + attemptMs;
	const budget = limit?.reason === "budget" ? dollars(limit.seconds * 1000) : null;
	return {
		workedMs,
		spent: dollars(workedMs),
		projected: etaMs === null ? null : dollars(workedMs + etaMs),
		budget,
		isOver: budget !== null && etaMs !== null && dollars(attemptMs + etaMs) > budget,
		share: budget === null || budget === 0 ? null : dollars(attemptMs) / budget,
	};
}

/** How long this attempt has worked, or did. */
export function attemptWorkedMs({ startedAtMs, endedAtMs }: JobClock, nowMs: number): number {
	return startedAtMs === null ? 0 : Math.max(0, (endedAtMs ?? nowMs) - startedAtMs);
}

/** When its host ends it, whatever it is doing and whoever looks on; null: it has no limit, or does not go on. */
export function limitEndMs({ limit, clock }: RemoteFacts): number | null {
	if (limit === null || clock.startedAtMs === null || clock.endedAtMs !== null) return null;
	return clock.startedAtMs + limit.seconds * 1000;
}

/** Until then; null: the same. */
export function limitLeftMs(run: RemoteFacts, nowMs: number): number | null {
	const end = limitEndMs(run);
	return end === null ? null : Math.max(0, end - nowMs);
}
