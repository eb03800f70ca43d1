import type { TraceStep } from "../domain/trace.js";
import { bootstrapMean } from "../stats/bootstrap.js";
import type { Interval } from "../stats/interval.js";
import { mcNemar, signFlip } from "../stats/paired.js";

/** What a set of traces says about the loop that made them. */
export interface TraceReport {
	traceCount: number;
	taskCount: number;
	/** Traces whose submission was judged, and their share that is accepted. */
	judgedCount: number;
	finalPassRate: number | null;
	meanReward: number | null;
	/** Runs of the public tests per trace. */
	meanToolCalls: number | null;
	meanRevisions: number | null;
	/** Share of traces with a revision. */
	revisionRate: number | null;
	/** Share of submissions that pass the public tests, of those that were tested. */
	publicPassRate: number | null;
	/** null: the source does not say. */
	tokens: { prompt: number; completion: number } | null;
	reasons: Record<string, number>;
	/** Final against first proposal of the same traces; null where the first proposals were not judged. */
	paired: PairedReport | null;
	/** Verdicts that the source claims and no judge of ours gave. */
	claimedCount: number;
}

export interface PairedReport {
	traces: number;
	tasks: number;
	firstPassRate: number;
	finalPassRate: number;
	/** Mean over tasks of the change in their share of accepted traces. */
	change: number;
	/** BCa bootstrap over tasks; null with fewer than 10. */
	interval: Interval | null;
	/** Sign-flip test over tasks. */
	p: number;
	gained: number;
	lost: number;
	/** Exact McNemar over traces; it takes them to be independent, which traces of one task are not. */
	mcNemarP: number;
}

interface Trace {
	taskId: string;
	tests: number;
	revisions: number;
	lastTest: "passed" | "failed" | null;
	first: boolean | null;
	final: boolean | null;
	reward: number | null;
}

/** Reads steps as they stream by; it holds a few numbers per trace. */
export class TraceTally {
	readonly #traces = new Map<string, Trace>();
	readonly #reasons: Record<string, number> = {};
	#tokens: TraceReport["tokens"] = null;
	#claimed = 0;

	add(step: TraceStep): void {
		const trace = this.#trace(step);
		switch (step.kind) {
			case "generation":
				if (step.usage !== null) {
					const { prompt = 0, completion = 0 } = this.#tokens ?? {};
					const { promptTokens, completionTokens } = step.usage;
					this.#tokens = { prompt: prompt + promptTokens, completion: completion + completionTokens };
				}
				if (step.purpose === "revise") trace.revisions++;
				break;
			case "tests":
				trace.tests++;
				if (step.status !== null) trace.lastTest = step.status === "accepted" ? "passed" : "failed";
				break;
			case "submit":
				this.#reasons[step.reason] = (this.#reasons[step.reason] ?? 0) + 1;
				break;
			case "verdict":
				if (step.claimed) this.#claimed++;
				if (step.status === "judge_error") break;
				trace[step.which] = step.status === "accepted";
				if (step.which === "final") trace.reward = step.reward;
		}
	}

	report(): TraceReport {
		const traces = [...this.#traces.values()];
		const judged = traces.filter(({ final }) => final !== null);
		const tested = traces.filter(({ lastTest }) => lastTest !== null);
		const rewards = judged.flatMap(({ reward }) => (reward === null ? [] : [reward]));
		return {
			traceCount: traces.length,
			taskCount: new Set(traces.map(({ taskId }) => taskId)).size,
			judgedCount: judged.length,
			finalPassRate: meanOf(judged.map(({ final }) => Number(final))),
			meanReward: meanOf(rewards),
			meanToolCalls: meanOf(traces.map(({ tests }) => tests)),
			meanRevisions: meanOf(traces.map(({ revisions }) => revisions)),
			revisionRate: meanOf(traces.map(({ revisions }) => Number(revisions > 0))),
			publicPassRate: meanOf(tested.map(({ lastTest }) => Number(lastTest === "passed"))),
			tokens: this.#tokens,
			reasons: { ...this.#reasons },
			paired: pairedReport(judged),
			claimedCount: this.#claimed,
		};
	}

	#trace({ taskId, sampleIndex }: TraceStep): Trace {
		const key = `${sampleIndex} ${taskId}`;
		let trace = this.#traces.get(key);
		if (trace === undefined) {
			trace = { taskId, tests: 0, revisions: 0, lastTest: null, first: null, final: null, reward: null };
			this.#traces.set(key, trace);
		}
		return trace;
	}
}

function pairedReport(judged: readonly Trace[]): PairedReport | null {
	const pairs = judged.filter(({ first }) => first !== null);
	if (pairs.length === 0) return null;
	const byTask = new Map<string, number[]>();
	for (const { taskId, first, final } of pairs) {
		byTask.set(taskId, [...(byTask.get(taskId) ?? []), Number(final) - Number(first)]);
	}
	const changes = Float64Array.from(
		[...byTask].sort(([a], [b]) => (a < b ? -1 : 1)),
		([, values]) => meanOf(values) ?? 0,
	);
	const gained = pairs.filter(({ first, final }) => !first && final).length;
	const lost = pairs.filter(({ first, final }) => first && !final).length;
	return {
		traces: pairs.length,
		tasks: byTask.size,
		firstPassRate: meanOf(pairs.map(({ first }) => Number(first))) ?? 0,
		finalPassRate: meanOf(pairs.map(({ final }) => Number(final))) ?? 0,
		change: meanOf([...changes]) ?? 0,
		interval: bootstrapMean(changes),
		p: signFlip(changes).p,
		gained,
		lost,
		mcNemarP: mcNemar(gained, lost),
	};
}

function meanOf(values: readonly number[]): number | null {
	return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
