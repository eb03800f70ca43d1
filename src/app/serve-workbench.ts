import type { MessagePort } from "node:worker_threads";
import { sentError } from "../lib/sent-error.js";
import { createBatches } from "./batches.js";
import type { Call, Reply, Request, RunStart, Source } from "./thread-messages.js";
import type { RunHandle, Workbench } from "./workbench.js";

/** Answers the requests of `connectWorkbench` at the other end of the port. */
export function serveWorkbench(workbench: Workbench, port: MessagePort, abort: () => void): void {
	/** Throws what starting the run threw. */
	const runs = new Map<number, () => RunHandle>();
	const streams = new Map<number, { more(): void; stop(): void }>();
	const post = (reply: Reply) => port.postMessage(reply);

	const answer = (id: number, work: () => Promise<unknown>) =>
		void new Promise((resolve) => resolve(work())).then(
			(value) => post({ kind: "answer", id, value }),
			(error: unknown) => post({ kind: "failure", id, error: sentError(error) }),
		);
	const runOf = (run: number): RunHandle => {
		const handle = runs.get(run);
		if (handle) return handle();
		throw new Error(`no run ${run} was started`);
	};

	function open(id: number, source: Source): void {
		const stopped = new AbortController();
		const stop = aborted(stopped.signal);
		const batches = createBatches((items) => post({ kind: "batch", id, items }));
		streams.set(id, { more: batches.more, stop: () => stopped.abort() });
		answer(id, async () => {
			try {
				if (source.kind === "run") await followRun(runOf(source.run), batches.add, stopped.signal);
				else {
					const { signal } = stopped;
					for await (const item of itemsOf(workbench, source, signal)) {
						batches.add(item);
						if (batches.isFull()) await Promise.race([batches.room(), stop]);
						if (signal.aborted) return;
					}
				}
			} finally {
				if (!stopped.signal.aborted) await Promise.race([batches.sent(), stop]);
				streams.delete(id);
			}
		});
	}

	port.on("message", (request: Request) => {
		switch (request.kind) {
			case "call":
				answer(request.id, () => callOn(workbench, request.call));
				return;
			case "startRun":
				runs.set(
					request.run,
					attempted(() => handleOf(workbench, request.start)),
				);
				return;
			case "cancelRun":
				runOf(request.run).cancel();
				return;
			case "runId":
			case "finished":
				answer(request.id, () => runOf(request.run)[request.kind]);
				return;
			case "open":
				open(request.id, request.source);
				return;
			case "more":
				streams.get(request.id)?.more();
				return;
			case "stop":
				streams.get(request.id)?.stop();
				return;
			case "abort":
				abort();
				return;
		}
	});
}

function itemsOf(
	workbench: Workbench,
	source: Exclude<Source, { kind: "run" }>,
	signal: AbortSignal,
): AsyncIterable<unknown> {
	switch (source.kind) {
		case "tasks":
			return workbench.listTasks(signal);
		case "runs":
			return workbench.followRuns(signal);
		case "events":
			return workbench.readEvents(source.runId, signal);
		case "log":
			return workbench.followLog(source.runId, signal);
		case "steps":
			return workbench.listSteps(source.source, signal);
		case "audit":
			return workbench.audit(source.subject, signal);
		case "comparison":
			return workbench.compareRuns(source.request, signal);
		case "ranking":
			return workbench.rankRuns(source.request, signal);
		case "candidates":
			return workbench.rankCandidates(source.request, signal);
		case "trainings":
			return workbench.followTrainings(signal);
		case "questions":
			return workbench.followQuestions(signal);
	}
}

function callOn(workbench: Workbench, call: Call): Promise<unknown> {
	switch (call.name) {
		case "openTask":
			return workbench.openTask(...call.args);
		case "revealHiddenTests":
			return workbench.revealHiddenTests(...call.args);
		case "sandbox":
			return workbench.sandbox(...call.args);
		case "models":
			return workbench.models(...call.args);
		case "templates":
			return workbench.templates(...call.args);
		case "modelAt":
			return workbench.modelAt(...call.args);
		case "previewStart":
			return workbench.previewStart(...call.args);
		case "listRuns":
			return workbench.listRuns(...call.args);
		case "readLog":
			return workbench.readLog(...call.args);
		case "filterLog":
			return workbench.filterLog(...call.args);
		case "findInLog":
			return workbench.findInLog(...call.args);
		case "readRollout":
			return workbench.readRollout(...call.args);
		case "traceFiles":
			return workbench.traceFiles(...call.args);
		case "readStep":
			return workbench.readStep(...call.args);
		case "pendingCode":
			return workbench.pendingCode(...call.args);
		case "bookmarks":
			return workbench.bookmarks(...call.args);
		case "keepBookmarks":
			return workbench.keepBookmarks(...call.args);
		case "lineage":
			return workbench.lineage(...call.args);
		case "checkpoints":
			return workbench.checkpoints(...call.args);
		case "comparedCandidates":
			return workbench.comparedCandidates(...call.args);
		case "recordedRanking":
			return workbench.recordedRanking(...call.args);
		case "explainRanked":
			return workbench.explainRanked(...call.args);
		case "mapRanked":
			return workbench.mapRanked(...call.args);
		case "similarToRanked":
			return workbench.similarToRanked(...call.args);
		case "worldCard":
			return workbench.worldCard();
		case "writeComparison":
			return workbench.writeComparison(...call.args);
		case "writeRanking":
			return workbench.writeRanking(...call.args);
		case "trainingChoices":
			return workbench.trainingChoices(...call.args);
		case "planTraining":
			return workbench.planTraining(...call.args);
		case "estimateTraining":
			return workbench.estimateTraining(...call.args);
		case "runTraining":
			return workbench.runTraining(...call.args);
		case "resumeTraining":
			return workbench.resumeTraining(...call.args);
		case "stopTraining":
			return workbench.stopTraining(...call.args);
		case "listHosts":
			return workbench.listHosts(...call.args);
		case "addHost":
			return workbench.addHost(...call.args);
		case "checkHost":
			return workbench.checkHost(...call.args);
		case "beginRent":
			return workbench.beginRent(...call.args);
		case "endRent":
			return workbench.endRent(...call.args);
		case "answerQuestion":
			return workbench.answerQuestion(...call.args);
		case "planRemote":
			return workbench.planRemote(...call.args);
		case "startRemote":
			return workbench.startRemote(...call.args);
		case "attachTraining":
			return workbench.attachTraining(...call.args);
		case "detachTraining":
			return workbench.detachTraining(...call.args);
		case "stopRemote":
			return workbench.stopRemote(...call.args);
		case "trainingModels":
			return workbench.trainingModels(...call.args);
		case "keepModelNow":
			return workbench.keepModelNow(...call.args);
		case "fetchTraining":
			return workbench.fetchTraining(...call.args);
		case "planRemoval":
			return workbench.planRemoval(...call.args);
		case "removeRun":
			return workbench.removeRun(...call.args);
		case "archiveRun":
			return workbench.archiveRun(...call.args);
		case "close":
			return workbench.close(...call.args);
	}
}

function handleOf(workbench: Workbench, start: RunStart): RunHandle {
	return start.kind === "new" ? workbench.startRun(start.options) : workbench.resumeRun(start.runId);
}

function attempted(start: () => RunHandle): () => RunHandle {
	try {
		const handle = start();
		return () => handle;
	} catch (error) {
		return () => {
			throw error;
		};
	}
}

function aborted(signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

/** Ends when the run has, or when it is stopped. */
async function followRun(handle: RunHandle, add: (event: unknown) => void, signal: AbortSignal): Promise<void> {
	const unsubscribe = handle.subscribe(add);
	try {
		await Promise.race([handle.finished.catch(() => {}), aborted(signal)]);
	} finally {
		unsubscribe();
	}
}
