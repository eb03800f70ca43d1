import type { AuditItem } from "../domain/audit.js";
import type { RunEvent } from "../domain/events.js";
import type { HostQuestion } from "../domain/host-activity.js";
import type { RunRow } from "../domain/run-row.js";
import type { StepRecord } from "../domain/trace.js";
import type { TrainingNews } from "../domain/training-activity.js";
import { backends } from "../generate/index.js";
import { AssayError } from "../lib/errors.js";
import { receivedError } from "../lib/sent-error.js";
import type { CandidateRankingUpdate } from "./candidate-rankings.js";
import type { ComparisonUpdate, RankingUpdate } from "./comparisons.js";
import type { LogUpdate } from "./follow-log.js";
import type { Calls, Reply, Request, RunStart, Source } from "./thread-messages.js";
import type { RunHandle, TaskRow, Workbench } from "./workbench.js";

type RequestBody = Request extends infer R ? (R extends { id: number } ? Omit<R, "id"> : never) : never;

interface Waiting {
	batch(items: readonly unknown[]): void;
	done(value: unknown): void;
	fail(error: Error): void;
}

export interface Connection {
	/** Answered like the one that is served at the other end. */
	workbench: Workbench;
	/** What the other end sends. */
	receive(reply: Reply): void;
	/** The other end has gone, and all that it was doing: what waits fails. What is asked from now on goes to a new one. */
	lose(error: Error): void;
	/** For good: what is asked from now on fails too. */
	fail(error: Error): void;
}

/** A workbench whose work is done where `post` sends the requests, by `serveWorkbench`. */
export function connectWorkbench(
	post: (request: Request) => void,
	facts: Pick<Workbench, "workspace" | "tasksPath">,
): Connection {
	const waiting = new Map<number, Waiting>();
	/** Runs that the other end knows. */
	const started = new Set<number>();
	let lastId = 0;
	let lastRun = 0;
	let failure: Error | null = null;

	function receive(reply: Reply): void {
		const waiter = waiting.get(reply.id);
		if (reply.kind === "batch") {
			waiter?.batch(reply.items);
			return;
		}
		waiting.delete(reply.id);
		if (reply.kind === "answer") waiter?.done(reply.value);
		else waiter?.fail(receivedError(reply.error));
	}
	function lose(error: Error): void {
		const lost = [...waiting.values()];
		waiting.clear();
		started.clear();
		for (const waiter of lost) waiter.fail(error);
	}
	/** To a stream that has not come to its end; one that has is known to nobody there. */
	const steer = (kind: "more" | "stop", id: number) => {
		if (waiting.has(id)) post({ kind, id });
	};

	function ask(body: RequestBody, batch: (items: readonly unknown[]) => void = () => {}): Asked {
		const id = ++lastId;
		const { promise, resolve, reject } = Promise.withResolvers<unknown>();
		if (failure) reject(failure);
		else {
			waiting.set(id, { batch, done: resolve, fail: reject });
			post({ ...body, id });
		}
		return { id, answer: promise };
	}

	// The other end answers with what the method of the same name resolves to.
	const call =
		<K extends keyof Calls>(name: K) =>
		(...args: Parameters<Calls[K]>): ReturnType<Calls[K]> =>
			ask({ kind: "call", call: { name, args } } as RequestBody).answer as ReturnType<Calls[K]>;

	async function* stream<T>(source: Source, signal: AbortSignal): AsyncGenerator<T> {
		signal.throwIfAborted();
		const batches: (readonly unknown[])[] = [];
		const end: { reached: boolean; error: Error | null } = { reached: false, error: null };
		let wake = () => {};
		const { id, answer } = ask({ kind: "open", source }, (items) => {
			batches.push(items);
			wake();
		});
		const finish = (error: Error | null) => {
			if (!end.reached) Object.assign(end, { reached: true, error });
			wake();
		};
		const stop = () => finish(asError(signal.reason));
		answer.then(
			() => finish(null),
			(error: unknown) => finish(asError(error)),
		);
		signal.addEventListener("abort", stop, { once: true });
		try {
			for (;;) {
				const items = batches.shift();
				if (items) {
					yield* items as readonly T[];
					steer("more", id);
				} else if (!end.reached) {
					await new Promise<void>((resolve) => {
						wake = resolve;
					});
				} else break;
			}
		} finally {
			signal.removeEventListener("abort", stop);
			steer("stop", id);
		}
		if (end.error !== null) throw end.error;
	}

	function startRun(start: RunStart): RunHandle {
		if (failure) throw failure;
		const run = ++lastRun;
		started.add(run);
		post({ kind: "startRun", run, start });
		const runId = ask({ kind: "runId", run }).answer as RunHandle["runId"];
		const settled = ask({ kind: "finished", run }).answer as RunHandle["finished"];
		const followers = new Set<Promise<unknown>>();
		// Whoever listens has heard everything by the time the run is finished.
		const finished = settled.finally(() => Promise.allSettled(followers));
		for (const promise of [runId, finished]) promise.catch(() => {});
		return {
			runId,
			finished,
			cancel() {
				if (started.has(run)) post({ kind: "cancelRun", run });
			},
			subscribe(listener) {
				let listens = true;
				const { id, answer } = ask({ kind: "open", source: { kind: "run", run } }, (items) => {
					for (const event of items as readonly RunEvent[]) if (listens) listener(event);
					steer("more", id);
				});
				followers.add(answer);
				answer.catch(() => {});
				return () => {
					listens = false;
					steer("stop", id);
				};
			},
		};
	}

	return {
		workbench: {
			...facts,
			openTask: call("openTask"),
			revealHiddenTests: call("revealHiddenTests"),
			sandbox: call("sandbox"),
			models: call("models"),
			templates: call("templates"),
			modelAt: call("modelAt"),
			previewStart: call("previewStart"),
			listRuns: call("listRuns"),
			readRollout: call("readRollout"),
			traceFiles: call("traceFiles"),
			readStep: call("readStep"),
			pendingCode: call("pendingCode"),
			bookmarks: call("bookmarks"),
			keepBookmarks: call("keepBookmarks"),
			lineage: call("lineage"),
			checkpoints: call("checkpoints"),
			comparedCandidates: call("comparedCandidates"),
			recordedRanking: call("recordedRanking"),
			explainRanked: call("explainRanked"),
			mapRanked: call("mapRanked"),
			similarToRanked: call("similarToRanked"),
			worldCard: call("worldCard"),
			writeComparison: call("writeComparison"),
			writeRanking: call("writeRanking"),
			trainingChoices: call("trainingChoices"),
			planTraining: call("planTraining"),
			estimateTraining: call("estimateTraining"),
			runTraining: call("runTraining"),
			resumeTraining: call("resumeTraining"),
			stopTraining: call("stopTraining"),
			listHosts: call("listHosts"),
			addHost: call("addHost"),
			checkHost: call("checkHost"),
			beginRent: call("beginRent"),
			endRent: call("endRent"),
			answerQuestion: call("answerQuestion"),
			planRemote: call("planRemote"),
			startRemote: call("startRemote"),
			attachTraining: call("attachTraining"),
			detachTraining: call("detachTraining"),
			stopRemote: call("stopRemote"),
			trainingModels: call("trainingModels"),
			keepModelNow: call("keepModelNow"),
			fetchTraining: call("fetchTraining"),
			planRemoval: call("planRemoval"),
			removeRun: call("removeRun"),
			archiveRun: call("archiveRun"),
			readLog: call("readLog"),
			filterLog: call("filterLog"),
			findInLog: call("findInLog"),
			close: call("close"),
			listTasks: (signal) => stream<TaskRow>({ kind: "tasks" }, signal),
			followRuns: (signal) => stream<RunRow[]>({ kind: "runs" }, signal),
			followLog: (runId, signal) => stream<LogUpdate>({ kind: "log", runId }, signal),
			readEvents: (runId, signal) => stream<RunEvent>({ kind: "events", runId }, signal),
			audit: (subject, signal) => stream<AuditItem>({ kind: "audit", subject }, signal),
			compareRuns: (request, signal) => stream<ComparisonUpdate>({ kind: "comparison", request }, signal),
			rankRuns: (request, signal) => stream<RankingUpdate>({ kind: "ranking", request }, signal),
			rankCandidates: (request, signal) => stream<CandidateRankingUpdate>({ kind: "candidates", request }, signal),
			followTrainings: (signal) => stream<TrainingNews | null>({ kind: "trainings" }, signal),
			followQuestions: (signal) => stream<HostQuestion>({ kind: "questions" }, signal),
			listSteps: (source, signal) => stream<StepRecord>({ kind: "steps", source }, signal),
			backends: () => Object.entries(backends).map(([id, { description, serves }]) => ({ id, description, serves })),
			startRun: (options) => startRun({ kind: "new", options }),
			resumeRun: (runId) => startRun({ kind: "resumed", runId }),
		},
		receive,
		lose,
		fail(error) {
			failure = error;
			lose(error);
		},
	};
}

function asError(reason: unknown): Error {
	return reason instanceof Error ? reason : new Error(String(reason));
}

interface Asked {
	id: number;
	answer: Promise<unknown>;
}

/** What the screens are told when the thread that works has ended by itself; `isAnew`: another one does what is asked next. */
export function threadEnded(cause: unknown, isAnew: boolean): AssayError {
	const why = cause instanceof Error ? `: ${cause.message}` : "";
	return new AssayError("host", `the part of assay that judges and reads has ended${why}`, {
		cause,
		hint: isAnew ? "it is there again; what was recorded is kept" : "what was recorded is kept; start assay again",
	});
}
