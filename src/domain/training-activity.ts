import type { AlarmName } from "./choices.js";
import type { LoopEvent, LoopPlan, LoopStage } from "./loop.js";
import type { RemoteUpdate } from "./remote-activity.js";
import type { TrainerEvent, TrainingJob, TrainingSample } from "./training-job.js";

/** A loop, or one training: by the folder that it is recorded in. */
export interface TrainingRef {
	kind: "loop" | "training";
	id: string;
}

/** `interrupted`: it is not finished, and no process works at it. */
export type TrainingState = "running" | "finished" | "interrupted";

/** `unreadable`: what it is cannot be told from its folder. */
export type TrainingRowState = TrainingState | "unreadable";

/** Something about a training that somebody should look at. */
export interface Alarm {
	name: AlarmName;
	level: "warning" | "error";
	/** One sentence with the figures. */
	text: string;
	/** What may help; null: that depends. */
	advice: string | null;
	/** Where it is: a step of a training, or an iteration of a loop; null: all of it. */
	at: number | null;
}

/** One loop or training in a list. */
export interface TrainingRow extends TrainingRef {
	/** `sft`, `grpo`, `ppo`; of one that ran elsewhere the trainer that printed its figures. */
	method: string;
	/** Of the machine that trains, or of several with commas between them; null: this one. */
	host: string | null;
	/** Of the loop that it belongs to; null: it was started by itself. */
	loopId: string | null;
	state: TrainingRowState;
	/** ISO 8601; null: nothing was written yet. */
	startedAt: string | null;
	/** Of the last thing that was written. */
	changedAt: string | null;
	/** When another machine was last asked what it does; null: this machine trains. */
	seenAt: string | null;
	/** Iterations of a loop, steps of a training. */
	done: number;
	total: number;
	/** What it does now; null: nothing. */
	stage: string | null;
	etaMs: number | null;
	/** The last figure that tells how good it is. */
	score: { name: string; value: number } | null;
	alarms: Alarm[];
}

/** How a task did with one checkpoint. */
export interface TaskRate {
	taskId: string;
	n: number;
	accepted: number;
}

/** What a loop or a training is, and each thing that happens to it, in order. */
export type TrainingUpdate =
	| { kind: "loop"; plan: LoopPlan }
	| { kind: "training"; job: TrainingJob }
	/** Another machine trains. */
	| RemoteUpdate
	/** Its file was replaced: what was told of events is void. */
	| { kind: "restarted" }
	/** What it is cannot be told from its folder: why, and what to do. */
	| { kind: "unreadable"; text: string }
	| { kind: "state"; state: TrainingState }
	| { kind: "happened"; event: LoopEvent }
	/** The state after the last of these is shown. */
	| { kind: "measured"; events: TrainerEvent[] }
	/** What the model wrote lately. */
	| { kind: "samples"; samples: TrainingSample[] }
	/** How far a stage is: candidates or steps. `atMs`: since 1970. */
	| { kind: "progress"; iteration: number; stage: LoopStage; done: number; total: number; atMs: number }
	/** How the tasks did that nothing learns from, or those that are learnt from. */
	| { kind: "tasks"; of: "heldOut" | "learnt"; iteration: number; tasks: TaskRate[] };

/** Something new about one of them; `gone`: its folder was removed. */
export type TrainingNews = { ref: TrainingRef; update: TrainingUpdate | { kind: "gone" } };

export interface TrainingEnd {
	ref: TrainingRef;
	/** `stopped`: what is done is kept, and it can be gone on with. */
	outcome: "finished" | "stopped";
	/** How it ended, in a sentence. */
	text: string;
}

/** What is written of a loop or a training, by whatever process, as it grows. */
export interface TrainingReader {
	/** What is new since the last call; nothing most of the time. */
	advance(): Generator<TrainingUpdate>;
	close(): void;
}
