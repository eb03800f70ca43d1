import type { MessagePort } from "node:worker_threads";
import type { Task } from "../domain/task.js";
import type { SentError } from "../lib/sent-error.js";
import type { Observation, Observer } from "../verify/verifier.js";
import type { CandidateRankingRequest, CandidateRankings, RankingPlaces } from "./candidate-rankings.js";

export interface RankingStart extends RankingPlaces {
	/** Where programs are run for this thread. */
	judge: MessagePort;
}

/** What is asked once and answered once. */
type Calls = Omit<CandidateRankings, "rankCandidates">;
export type RankingCall = { [K in keyof Calls]: { name: K; args: Parameters<Calls[K]> } }[keyof Calls];

export type RankingRequest = { kind: "rank"; request: CandidateRankingRequest } | { kind: "call"; call: RankingCall };

/** To the thread that has the judge. */
export type ToObserver =
	| { kind: "observe"; id: number; task: number; candidate: Parameters<Observer["observe"]>[1] }
	/** A task with assertions under a number, before anything is asked of it. */
	| { kind: "task"; number: number; task: Task; assertions: readonly string[] }
	| { kind: "cancel"; id: number };

export type FromObserver =
	| { kind: "observed"; id: number; observation: Observation | null }
	| { kind: "failed"; id: number; error: SentError };
