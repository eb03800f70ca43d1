import { constants, setPriority } from "node:os";
import { type MessagePort, workerData } from "node:worker_threads";
import type { Task } from "../domain/task.js";
import { receivedError } from "../lib/sent-error.js";
import { type Asked, serveAsked } from "../lib/serve-asked.js";
import type { Observation, Observer } from "../verify/verifier.js";
import { type CandidateRankings, type CandidateRankingUpdate, createCandidateRankings } from "./candidate-rankings.js";
import type { FromObserver, RankingCall, RankingRequest, RankingStart, ToObserver } from "./ranking-messages.js";

type Question = Asked<RankingRequest, unknown, CandidateRankingUpdate>;

/** The thread that ranks for the screens: see `createRankingThread`. */
async function main({ judge, ...places }: RankingStart): Promise<void> {
	// On Linux that is this thread alone, and those that it starts: judging goes first.
	if (process.platform === "linux") setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
	const observer = observerAt(judge);
	const rankings = createCandidateRankings({ ...places, verifier: () => Promise.resolve(observer) });
	const answer = async ({ request, signal, ...question }: Question): Promise<void> => {
		try {
			if (request.kind === "call") {
				question.answer(await callOn(rankings, request.call));
				return;
			}
			for await (const update of rankings.rankCandidates(request.request, signal)) question.part(update);
			question.answer(null);
		} catch (error) {
			question.fail(error);
		}
	};
	await serveAsked<RankingRequest, unknown, CandidateRankingUpdate>(() =>
		Promise.resolve({
			most: 1,
			// A question about one candidate does not wait until all are ranked.
			answer: (asked) => {
				for (const question of asked) void answer(question);
				return Promise.resolve();
			},
			close: rankings.close,
		}),
	);
}

function callOn(rankings: CandidateRankings, call: RankingCall): Promise<unknown> {
	switch (call.name) {
		case "recordedRanking":
			return rankings.recordedRanking(...call.args);
		case "explainRanked":
			return rankings.explainRanked(...call.args);
		case "mapRanked":
			return rankings.mapRanked(...call.args);
		case "similarToRanked":
			return rankings.similarToRanked(...call.args);
		case "worldCard":
			return rankings.worldCard();
	}
}

/** Programs are run at the other end of the port. */
function observerAt(port: MessagePort): Observer {
	const numbers = new WeakMap<Task, number>();
	const waiting = new Map<number, PromiseWithResolvers<Observation | null>>();
	let [lastTask, lastId] = [0, 0];
	const post = (message: ToObserver): void => port.postMessage(message);
	port.on("message", (message: FromObserver) => {
		const waiter = waiting.get(message.id);
		waiting.delete(message.id);
		if (message.kind === "observed") waiter?.resolve(message.observation);
		else waiter?.reject(receivedError(message.error));
	});
	return {
		async observe(task, candidate, { assertions = [], signal }) {
			signal.throwIfAborted();
			const number = numbers.get(task) ?? ++lastTask;
			// The suite of a task is made once there, since it is the same object for all its candidates.
			if (!numbers.has(task)) post({ kind: "task", number, task, assertions });
			numbers.set(task, number);
			const id = ++lastId;
			const waiter = Promise.withResolvers<Observation | null>();
			waiting.set(id, waiter);
			const cancel = (): void => {
				waiting.delete(id);
				post({ kind: "cancel", id });
				waiter.reject(signal.reason);
			};
			signal.addEventListener("abort", cancel, { once: true });
			post({ kind: "observe", id, task: number, candidate });
			try {
				return await waiter.promise;
			} finally {
				signal.removeEventListener("abort", cancel);
			}
		},
	};
}

await main(workerData as RankingStart);
