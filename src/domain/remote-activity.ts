import type { MirroredFile } from "./mirrored-files.js";
import type { LinkState, MirrorBreak, RemoteRun } from "./remote-run.js";
import type { TrainingJob } from "./training-job.js";

/** When the job worked, by its host's clock, in milliseconds since 1970. */
export interface JobClock {
	/** All of the attempts before this one. */
	earlierMs: number;
	/** null: it has not begun. */
	startedAtMs: number | null;
	/** null: it goes on. */
	endedAtMs: number | null;
}

/** What is recorded here of a training on another machine, as far as a screen shows it. */
export interface RemoteFacts
	extends Pick<
		RemoteRun,
		"host" | "folder" | "attempt" | "createdAt" | "limit" | "pricePerHour" | "last" | "peers" | "failure" | "slurm"
	> {
	clock: JobClock;
}

/** One GPU at one moment, as its host wrote it down. null: the driver does not tell. */
export interface GpuSample {
	/** By the host's clock, in milliseconds; good for differences alone. */
	atMs: number;
	index: number;
	name: string;
	/** Share of the time in which some kernel ran, in percent: not how well it was used. */
	busy: number | null;
	memoryMb: number | null;
	memoryTotalMb: number | null;
	watts: number | null;
	wattLimit: number | null;
	celsius: number | null;
	smMhz: number | null;
	/** Not corrected, since the driver was loaded. */
	eccErrors: number | null;
}

/** Something that happened to a mirrored file. */
export interface FileBreak {
	file: MirroredFile;
	/** null: it was before anybody looked who could tell. */
	why: MirrorBreak["why"] | null;
	/** Bytes that had come; they are kept. */
	came: number;
	/** Where. */
	aside: string;
}

/** What whoever follows a training on another machine tells of it. `atMs`: since 1970, by the clock of here. */
export type RemoteUpdate =
	| { kind: "remote"; run: RemoteFacts }
	/** Of one of its hosts, which count from 0. */
	| { kind: "gpus"; member: number; samples: GpuSample[] }
	/** What one of its hosts, or of Slurm's nodes, said last; `node`: what Slurm calls it, null: that is not told. */
	| { kind: "said"; member: number; node: string | null; line: string }
	/** null: nobody follows it from here. */
	| { kind: "link"; link: LinkState | null; atMs: number }
	/** Room that is left where it writes. */
	| { kind: "disk"; freeBytes: number }
	/** What its log ends with there, where much of it has yet to come. `bytes`: up to where that is. */
	| { kind: "logEnd"; lines: string[]; bytes: number }
	/** A mirrored file began anew. */
	| ({ kind: "broken" } & FileBreak)
	| { kind: "transfer"; direction: "up" | "down"; bytes: number; total: number }
	/** At its end: whether the copy here is what is there. */
	| { kind: "proved"; file: MirroredFile; bytes: number; sha256: string; isEqual: boolean };

/** Where a training runs, and when its host ends it. null: never. */
export interface RemoteTerms {
	host: string;
	deadlineSeconds: number | null;
	/** US dollars, by the host's price from its start on. */
	budgetUsd: number | null;
}

export interface RemotePlan {
	job: TrainingJob;
	terms: RemoteTerms;
	/** All that is sent, run and paid, by name, for people. */
	facts: [string, string][];
}

export interface StopReport {
	/** What became of it. */
	text: string;
	/** Processes of it that could not be ended. */
	left: number[];
	/** One that wiped its environment and left its session could not be found. */
	mayHide: boolean;
	/** It goes on to cost this much an hour; null: no price is known. */
	pricePerHour: number | null;
	/** What ends the rent; it is never run from here. */
	releaseCommand: string | null;
}

/** A whole model that a training left. */
export interface TrainingModel {
	/** As a checkpoint here it has this name. */
	name: string;
	step: number;
	/** The one that it ended with. */
	isFinal: boolean;
	/** null: it is here alone. */
	bytes: number | null;
	/** Where it was trained. */
	isThere: boolean;
	/** Its folder here; null: it was not brought. */
	checkpoint: string | null;
	/** Of the run that it is known by; null: it was not evaluated here. */
	passAt1: number | null;
}

export interface TrainingModels {
	models: TrainingModel[];
	/** Why its host could not be asked; null: it was. */
	unreachable: string | null;
}

/** What the log of an attempt is called where logs are followed; no run is called so. */
export const logNameOf = (id: string, attempt: number) => `remote/${id}/${attempt}`;

/** Another name of the same, so that a filter of whoever reads one does not change the other. */
export const tailNameOf = (id: string, attempt: number) => `${logNameOf(id, attempt)}/tail`;

/** null: it is no such name. */
export function attemptOfLog(name: string): { id: string; attempt: number } | null {
	const [, id, attempt] = /^remote\/([\w.-]+)\/(\d+)(?:\/tail)?$/.exec(name) ?? [];
	return id === undefined ? null : { id, attempt: Number(attempt) };
}
