import type { HostRent } from "../domain/host-activity.js";

const HOUR_MS = 3_600_000;

interface Span {
	from: number;
	to: number;
}

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
	const spans = periods.map(({ from, to, pricePerHour }) => ({ from, to: to ?? nowMs, pricePerHour }));
	const times = worked.map(({ from, to }) => ({ from, to: to ?? nowMs }));
	const cost: RentCost = { isRented: false, rentedMs: 0, spent: 0, idleMs: 0, idleSpent: 0 };
	for (const span of spans) {
		const busyMs = lengthOf(times.flatMap((time) => partOf(time, span, spans)));
		// A training is counted by the host's clock in whole seconds, the rent by ours: it is never the less of the two.
		const rentedMs = Math.max(0, span.to - span.from, busyMs);
		const idleMs = rentedMs - busyMs;
		cost.rentedMs += rentedMs;
		cost.idleMs += idleMs;
		cost.spent += (rentedMs / HOUR_MS) * span.pricePerHour;
		cost.idleSpent += (idleMs / HOUR_MS) * span.pricePerHour;
	}
	cost.isRented = periods.some(({ to }) => to === null);
	return cost;
}

/** The part of a training's time that belongs to a rent: all of it, unless others have a share. */
function partOf(time: Span, span: Span, spans: readonly Span[]): Span[] {
	const sharing = spans.filter((one) => overlapOf(one, time) > 0);
	if (sharing.length > 1) return [{ from: Math.max(time.from, span.from), to: Math.min(time.to, span.to) }];
	const nearest = sharing[0] ?? spans.toSorted((a, b) => gapOf(a, time) - gapOf(b, time))[0];
	return nearest === span ? [time] : [];
}

const overlapOf = (a: Span, b: Span) => Math.min(a.to, b.to) - Math.max(a.from, b.from);
const gapOf = (a: Span, b: Span) => -overlapOf(a, b);

/** Trainings that work at the same time pay for the host once. */
function lengthOf(times: readonly Span[]): number {
	let sum = 0;
	let end = Number.NEGATIVE_INFINITY;
	for (const { from, to } of times.toSorted((a, b) => a.from - b.from)) {
		sum += Math.max(0, to - Math.max(from, end));
		end = Math.max(end, to);
	}
	return sum;
}
