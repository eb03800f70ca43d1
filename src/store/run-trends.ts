import type { VerdictSummary } from "../domain/events.js";

/** Bins of CPU time: eight each time it doubles, from a quarter of a millisecond on; the last one is open. */
const CPU_BINS = 192;
const CPU_FROM_MS = 0.25;
const BINS_A_DOUBLING = 8;
/** Equal spans of time in which verdicts are counted; when they are used up, two become one. */
const PACE_SPANS = 240;
const FIRST_SPAN_MS = 50;
/** More samples than any task has. */
const OUTCOME_BASE = 2 ** 24;

/** What the charts of a run are drawn from: of fixed size, and kept up to date in O(1) a verdict. */
export interface RunTrends {
	/** By bin. */
	cpuAccepted: Uint32Array;
	cpuOther: Uint32Array;
	/** Verdicts by span of time; time in which the run stood still between two starts is left out. */
	pace: Uint32Array;
	spanMs: number;
	paceFromMs: number | null;
	/** Spans up to the last verdict. */
	spans: number;
	/** How many tasks have n judged candidates of which c are accepted. */
	outcomes: Map<number, number>;
}

export function createTrends(): RunTrends {
	return {
		cpuAccepted: new Uint32Array(CPU_BINS),
		cpuOther: new Uint32Array(CPU_BINS),
		pace: new Uint32Array(PACE_SPANS),
		spanMs: FIRST_SPAN_MS,
		paceFromMs: null,
		spans: 0,
		outcomes: new Map(),
	};
}

export function copyTrends(trends: RunTrends): RunTrends {
	return {
		...trends,
		cpuAccepted: trends.cpuAccepted.slice(),
		cpuOther: trends.cpuOther.slice(),
		pace: trends.pace.slice(),
		outcomes: new Map(trends.outcomes),
	};
}

/** A start of the run, the first one or a later one: its time goes on where the last one ended. */
export function noteStart(trends: RunTrends, at: number): void {
	if (Number.isFinite(at)) trends.paceFromMs = at - trends.spans * trends.spanMs;
}

export function noteVerdict(trends: RunTrends, { status, cpuTimeMs }: VerdictSummary, at: number): void {
	notePace(trends, at);
	if (cpuTimeMs === null || status === "judge_error") return;
	const bins = status === "accepted" ? trends.cpuAccepted : trends.cpuOther;
	const bin = Math.floor(Math.log2(cpuTimeMs / CPU_FROM_MS) * BINS_A_DOUBLING);
	const kept = Math.max(0, Math.min(CPU_BINS - 1, bin));
	bins[kept] = (bins[kept] ?? 0) + 1;
}

function notePace(trends: RunTrends, at: number): void {
	if (!Number.isFinite(at)) return;
	trends.paceFromMs ??= at;
	// A clock that was set back adds to the newest span.
	let span = Math.max(Math.floor((at - trends.paceFromMs) / trends.spanMs), trends.spans - 1, 0);
	while (span >= PACE_SPANS) {
		for (let i = 0; i < PACE_SPANS; i++)
			trends.pace[i] = i < PACE_SPANS / 2 ? (trends.pace[2 * i] ?? 0) + (trends.pace[2 * i + 1] ?? 0) : 0;
		trends.spanMs *= 2;
		trends.spans = Math.ceil(trends.spans / 2);
		span = Math.floor(span / 2);
	}
	trends.pace[span] = (trends.pace[span] ?? 0) + 1;
	trends.spans = Math.max(trends.spans, span + 1);
}

/** A task went from one count of judged and accepted candidates to another. */
export function noteOutcome(trends: RunTrends, before: Outcome, after: Outcome): void {
	const { outcomes } = trends;
	const left = (outcomes.get(keyOf(before)) ?? 0) - 1;
	if (left > 0) outcomes.set(keyOf(before), left);
	else outcomes.delete(keyOf(before));
	outcomes.set(keyOf(after), (outcomes.get(keyOf(after)) ?? 0) + 1);
}

interface Outcome {
	n: number;
	accepted: number;
}
const keyOf = ({ n, accepted }: Outcome) => n * OUTCOME_BASE + accepted;

export interface CpuHistogram {
	/** Ends of the bins in milliseconds. */
	edges: number[];
	accepted: Uint32Array;
	other: Uint32Array;
}

/** The bins that hold anything and those between; null before there is a time. */
export function selectCpuHistogram({ cpuAccepted, cpuOther }: RunTrends): CpuHistogram | null {
	const holds = (_: number, bin: number) => (cpuAccepted[bin] ?? 0) + (cpuOther[bin] ?? 0) > 0;
	const first = cpuAccepted.findIndex(holds);
	if (first < 0) return null;
	const end = cpuAccepted.findLastIndex(holds) + 1;
	return {
		edges: Array.from({ length: end - first + 1 }, (_, i) => CPU_FROM_MS * 2 ** ((first + i) / BINS_A_DOUBLING)),
		accepted: cpuAccepted.slice(first, end),
		other: cpuOther.slice(first, end),
	};
}

/** Verdicts a second in each whole span of time so far, up to `now`; `spanMs` is how long one is. */
export function selectPace(trends: RunTrends, now: number | null): { perSecond: number[]; spanMs: number } {
	const { pace, spanMs, paceFromMs, spans } = trends;
	const whole = now === null || paceFromMs === null ? 0 : Math.floor((now - paceFromMs) / spanMs);
	// What is over at the time of the last verdict; a run that is waiting shows that it is.
	const count = Math.max(0, Math.min(PACE_SPANS, Math.max(whole, spans - 1)));
	return { perSecond: Array.from({ length: count }, (_, i) => ((pace[i] ?? 0) * 1000) / spanMs), spanMs };
}

/**
 * Mean pass@k for k from 1 on, at index k - 1, each over the tasks with at least k judged candidates. Chen et al. 2021,
 * eq. 1, from one k to the next.
 */
export function selectPassCurve({ outcomes }: RunTrends): number[] {
	const sums: number[] = [];
	const tasks: number[] = [];
	for (const [key, count] of outcomes) {
		const n = Math.floor(key / OUTCOME_BASE);
		const accepted = key % OUTCOME_BASE;
		let allFail = 1;
		for (let k = 1; k <= n; k++) {
			allFail *= Math.max(0, n - accepted - k + 1) / (n - k + 1);
			sums[k - 1] = (sums[k - 1] ?? 0) + count * (1 - allFail);
			tasks[k - 1] = (tasks[k - 1] ?? 0) + count;
		}
	}
	return sums.map((sum, i) => sum / (tasks[i] ?? 1));
}
