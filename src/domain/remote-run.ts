import { z } from "zod";
import { HostName } from "./host.js";
import type { MirroredFile } from "./mirrored-files.js";

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const Seconds = z.number().nonnegative();

/** runner.json on the host: who runs it. A process is a pid, its start, and the boot that both belong to. */
export const RunnerRecord = z.strictObject({
	v: z.literal(1),
	runnerPid: z.int(),
	runnerStart: z.int(),
	jobPid: z.int(),
	/** 0: it had ended before anybody looked. */
	jobStart: z.int(),
	bootId: z.string(),
	/** Seconds since 1970 by the host's clock. */
	startedAt: Seconds,
	/** Whether processes that leave the job's tree become the runner's, so that none of them can hide. */
	adopts: z.boolean().default(false),
});
export type RunnerRecord = z.infer<typeof RunnerRecord>;

/** exit.json on the host, the last thing that a runner writes. */
export const ExitRecord = z.strictObject({
	/** null: nobody saw it end. */
	code: z.int().nullable(),
	/** What ended it: itself, a request, a limit, that its GPUs idled, that another of its hosts failed, that its runner was lost, or Slurm, and why if that is known. */
	reason: z.enum([
		"exit",
		"stop",
		"deadline",
		"budget",
		"idle",
		"peer",
		"runner_lost",
		"slurm",
		"cancelled",
		"preempted",
		"timeout",
		"node_fail",
		"out_of_memory",
	]),
	endedAt: Seconds,
	logBytes: z.int().nonnegative(),
	/** Room that was left on the disk of the run. */
	freeBytes: z.int().nonnegative().nullable().default(null),
});
export type ExitRecord = z.infer<typeof ExitRecord>;

export const RemoteState = z.discriminatedUnion("state", [
	/** Recorded here, not yet started there. */
	z.strictObject({ state: z.literal("prepared") }),
	/** Slurm has it, and it waits for its turn. */
	z.strictObject({
		state: z.literal("queued"),
		/** Slurm's word for it, e.g. `Resources`; null: it told none. */
		reason: z.string().nullable(),
		/** Seconds since 1970, as Slurm expects it; null: it does not know. */
		startsAt: Seconds.nullable(),
	}),
	z.strictObject({ state: z.literal("running") }),
	/** Slurm took it back and goes on with it in an attempt of its own. */
	z.strictObject({ state: z.literal("requeued"), attempt: z.int().positive() }),
	/** The job goes on, limits are kept; only telemetry is gone. */
	z.strictObject({ state: z.literal("runner_lost") }),
	z.strictObject({ state: z.literal("ended"), exit: ExitRecord }),
	/** Neither runner nor job is there, and no record of an end. */
	z.strictObject({ state: z.literal("lost") }),
	z.strictObject({ state: z.literal("rebooted") }),
	/** It was begun, and the runner never came up. */
	z.strictObject({ state: z.literal("start_failed") }),
	/** The folder of the run is no longer there. */
	z.strictObject({ state: z.literal("gone") }),
]);
export type RemoteState = z.infer<typeof RemoteState>;

/** Whether an attempt has yet to come to an end. */
export function goesOn({ state }: RemoteState): boolean {
	return state === "queued" || state === "running" || state === "runner_lost";
}

/** Its job came to its own end, and says that all went well. */
export function endedWell(state: RemoteState): boolean {
	return state.state === "ended" && state.exit.code === 0 && state.exit.reason === "exit";
}

/** A host that takes part in a run beside the first. */
const RunPeer = z.strictObject({
	host: HostName,
	/** Of the run there, as with the first. */
	folder: z.string().min(1),
	workdir: z.string().min(1),
	/** Of this host alone. */
	pricePerHour: z.number().nonnegative().nullable(),
	/** As it was last seen there. */
	state: RemoteState,
});

/** Where the processes of several hosts find each other; the first host listens there. */
export const MeetingPlace = z.strictObject({ address: z.string().min(1), port: z.int().positive() });
export type MeetingPlace = z.infer<typeof MeetingPlace>;

/** run.json in artifacts/remote/<id>: enough to find the run again after anything that can happen here. */
export const RemoteRun = z.strictObject({
	schema: z.literal("assay.remote-run.v1"),
	/** Of the training, and of the checkpoint that comes out. */
	id: z.string().min(1),
	host: HostName,
	/** Of the run on the host, absolute; the only one of that name there will ever be. */
	folder: z.string().min(1),
	/** Folder of everything that runs there share. */
	workdir: z.string().min(1),
	/** Counts from 1; each has a folder of its own. */
	attempt: z.int().positive(),
	createdAt: z.iso.datetime(),
	/** State of the sources that it was started from; null: they are in no repository. */
	git: z.strictObject({ revision: z.string(), dirtyFiles: z.int().nonnegative() }).nullable(),
	/** What was sent, by its content. */
	inputs: z.array(z.strictObject({ path: z.string(), bytes: z.int().nonnegative(), sha256: Sha256 })),
	/** null: none. */
	limit: z.strictObject({ seconds: Seconds, reason: z.enum(["deadline", "budget"]) }).nullable(),
	/** Of all of its hosts together. */
	pricePerHour: z.number().nonnegative().nullable(),
	/** Its other hosts, in the order of their ranks; each has the same attempts. */
	peers: z.array(RunPeer).default([]),
	/** Of this attempt; null: it has one host, or was not begun. */
	meeting: MeetingPlace.nullable().default(null),
	/** Which of several hosts, or of Slurm's nodes, ended this attempt, and how; null: none did, or nobody looked. */
	failure: z
		.strictObject({ host: z.string().min(1), text: z.string() })
		.nullable()
		.default(null),
	/** Its job there, on so many nodes; null: it runs on the host itself. */
	slurm: z
		.strictObject({ job: z.string().nullable(), nodes: z.int().positive().default(1) })
		.nullable()
		.default(null),
	/** As it was last seen. */
	last: z.strictObject({ state: RemoteState, seenAt: z.iso.datetime() }),
});
export type RemoteRun = z.infer<typeof RemoteRun>;

/** The part of a run that one host has. */
export type RunMember = Pick<RemoteRun, "host" | "folder" | "workdir" | "attempt" | "limit" | "slurm">;

/** In the order of their ranks, the first first. */
export function membersOf(run: RemoteRun): [RunMember, ...RunMember[]] {
	return [run, ...run.peers.map(({ host, folder, workdir }) => ({ ...run, host, folder, workdir }))];
}

/** Where an attempt leaves its checkpoint. */
export const MODEL_OF_ATTEMPT = "work/model";

/** Why a copy of a file on a host began anew. */
export interface MirrorBreak {
	/** `cut`: less is there than had come, or it begins otherwise; `replaced`: by another file of its name. */
	why: "cut" | "replaced" | "removed" | "differs";
	/** Bytes that had come; they are kept. */
	came: number;
	/** Bytes that are there. */
	there: number;
	/** Where what had come is kept. */
	aside: string;
}

export type LinkState =
	| { link: "live" }
	/** It has not answered for so long. */
	| { link: "stale"; ms: number }
	| { link: "reconnecting"; attempt: number; inMs: number; reason: string };

/** Something that happened to a run on another machine. */
export type RemoteEvent =
	| {
			type: "job.submitted";
			id: string;
			host: string;
			folder: string;
			attempt: number;
			isNew: boolean /** null: Slurm has no part in it. */;
			slurmJob: string | null;
			/** Its part on each of the other hosts. */
			peers: { host: string; folder: string }[];
	  }
	| { type: "job.state"; id: string; state: RemoteState }
	/** They were to be ended there, and could not be. */
	| { type: "processes.left"; id: string; host: string; pids: number[] }
	/** Of the part of a run that another than its first host has. */
	| { type: "peer.event"; id: string; host: string; rank: number; event: RemoteEvent }
	| ({ type: "link.changed"; id: string } & LinkState)
	/** The bytes are in the mirror. `offset`: where they begin. */
	| {
			type: "log.appended" | "metrics.appended" | "gpu.appended" | "samples.appended" | "events.appended";
			id: string;
			offset: number;
			bytes: number;
	  }
	/** A file there is no longer what it was: the mirror begins anew. */
	/** Room that is left on the disk that it writes to. */
	| { type: "disk.free"; id: string; bytes: number }
	| ({ type: "mirror.restarted"; id: string; file: MirroredFile } & MirrorBreak)
	/** `aside`: files here with what was there before; of that the host can prove nothing. */
	| {
			type: "mirror.proved";
			id: string;
			file: MirroredFile;
			bytes: number;
			sha256: string;
			isEqual: boolean;
			aside: string[];
			/** As the host counted when the run ended; null: nobody did. */
			bytesAtEnd: number | null;
	  }
	| { type: "transfer.progress"; id: string; direction: "up" | "down"; bytes: number; total: number }
	| { type: "checkpoint.found"; id: string; files: number; bytes: number };
