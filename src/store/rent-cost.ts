import type { HostRent } from "../domain/host-activity.js";

const HOUR_MS = 3_600_000;

/** What a host has cost, whether trainings worked on it or not. In US dollars. */
export interface RentCost {
	isRented: boolean;
	rentedMs: number;
	spent: number;
	/** Of these, while no training of this workspace worked there. */
	idleMs: number;
	idleSpent: number;
}

export function rentCost({ periods, worked }: HostRent, nowMs: number): RentCost {
	const busy = merged(worked.map(({ from, to }) => ({ from, to: to ?? nowMs })));
	const cost: RentCost = { isRented: false, rentedMs: 0, spent: 0, idleMs: 0, idleSpent: 0 };
	for (const { from, to, pricePerHour } of periods) {
		const end = to ?? nowMs;
		const rentedMs = Math.max(0, end - from);
		const busyMs = busy.reduce((sum, time) => sum + Math.max(0, Math.min(end, time.to) - Math.max(from, time.from)), 0);
		const idleMs = Math.max(0, rentedMs - busyMs);
		cost.isRented ||= to === null;
		cost.rentedMs += rentedMs;
		cost.idleMs += idleMs;
		cost.spent += (rentedMs / HOUR_MS) * pricePerHour;
		cost.idleSpent += (idleMs / HOUR_MS) * pricePerHour;
	}
	return cost;
}

/** Trainings that work at the same time pay for the host once. */
function merged(times: readonly { from: number; to: number }[]): { from: number; to: number }[] {
	const out: { from: number; to: number }[] = [];
	for (const { from, to } of times.toSorted((a, b) => a.from - b.from)) {
		const last = out.at(-1);
		if (last && from <= last.to) last.to = Math.max(last.to, to);
		else out.push({ from, to });
	}
	return out;
}
