import { MessageChannel, type MessagePort } from "node:worker_threads";
import { AskedThread, cannotBeLoaded } from "../lib/asked-thread.js";
import { sentError } from "../lib/sent-error.js";
import { told } from "../lib/told.js";
import type { Observer } from "../verify/verifier.js";
import type { CandidateRankings, CandidateRankingUpdate, RankingsOptions } from "./candidate-rankings.js";
import type { FromObserver, RankingCall, RankingRequest, RankingStart, ToObserver } from "./ranking-messages.js";

type RankingThread = AskedThread<RankingStart, RankingRequest, unknown, CandidateRankingUpdate>;

/**
 * The rankings of `createCandidateRankings` on a thread of their own, which is started at the first question: parsing and
 * fitting leave the judge of this thread its time. Programs are run here, for it.
 */
export function createRankingThread({ verifier, ...places }: RankingsOptions): {
	calls: CandidateRankings;
	close(): Promise<void>;
} {
	let thread: RankingThread | null = null;
	const ask = async (
		request: RankingRequest,
		signal: AbortSignal,
		onPart?: (update: CandidateRankingUpdate) => void,
	): Promise<unknown> => {
		const asked = thread ?? startThread(places, verifier);
		thread = asked;
		try {
			await asked.ready;
			return await asked.ask(request, signal, onPart);
		} finally {
			if (asked.isOver && thread === asked) thread = null;
		}
	};
	const { signal } = new AbortController();
	// The other end answers with what the method of the same name resolves to.
	const call =
		<K extends RankingCall["name"]>(name: K) =>
		(...args: Parameters<CandidateRankings[K]>): ReturnType<CandidateRankings[K]> =>
			ask({ kind: "call", call: { name, args } as RankingCall }, signal) as ReturnType<CandidateRankings[K]>;
	return {
		calls: {
			rankCandidates: (request, given) =>
				told<CandidateRankingUpdate>(async (tell) => void (await ask({ kind: "rank", request }, given, tell))),
			recordedRanking: call("recordedRanking"),
			explainRanked: call("explainRanked"),
			mapRanked: call("mapRanked"),
			similarToRanked: call("similarToRanked"),
			worldCard: call("worldCard"),
		},
		close: async () => await thread?.close(),
	};
}

function startThread(places: Omit<RankingsOptions, "verifier">, verifier: () => Promise<Observer>): RankingThread {
	const { port1: here, port2: judge } = new MessageChannel();
	serveObserver(here, verifier);
	return new AskedThread({
		name: "rankings",
		bundle: "ranking-worker",
		start: { ...places, judge },
		transfer: [judge],
		unusable: (message) => cannotBeLoaded("rankings", message),
	});
}

/** Tasks of programs that may still be on their way. */
const TASKS_KEPT = 16;

/** Runs programs for the thread at the other end of the port, until that one ends. */
function serveObserver(port: MessagePort, verifier: () => Promise<Observer>): void {
	const tasks = new Map<number, Pick<Extract<ToObserver, { kind: "task" }>, "task" | "assertions">>();
	const running = new Map<number, AbortController>();
	const post = (message: FromObserver): void => port.postMessage(message);
	const observe = async ({ id, task: number, candidate }: Extract<ToObserver, { kind: "observe" }>): Promise<void> => {
		const stopped = new AbortController();
		running.set(id, stopped);
		try {
			const known = tasks.get(number);
			if (known === undefined) throw new Error(`task ${number} is not known`);
			const { task, assertions } = known;
			const observation = await (await verifier()).observe(task, candidate, { assertions, signal: stopped.signal });
			post({ kind: "observed", id, observation });
		} catch (error) {
			post({ kind: "failed", id, error: sentError(error) });
		} finally {
			running.delete(id);
		}
	};
	port.on("message", (message: ToObserver) => {
		switch (message.kind) {
			case "task":
				tasks.set(message.number, message);
				tasks.delete(message.number - TASKS_KEPT);
				return;
			case "cancel":
				running.get(message.id)?.abort();
				return;
			case "observe":
				void observe(message);
		}
	});
	port.on("close", () => {
		for (const stopped of running.values()) stopped.abort();
	});
}
