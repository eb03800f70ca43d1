import type { FinishReason, Sampling } from "../../domain/generation.js";
import type { Prompt } from "../language-model.js";

export interface WorkerStart {
	/** Absolute path of a folder, or an id on the hub. */
	model: string;
	/** Whether files may be downloaded; then they are kept in `cacheDir`. */
	allowDownload: boolean;
	cacheDir: string | null;
	/** Base URL of the hub; null: the library's own. */
	hub: string | null;
	/** Sequences of a batch. */
	batch: number;
	threads: number;
}

export type ToWorker =
	| { kind: "generate"; id: number; prompt: Prompt; sampling: Sampling; seed: number }
	| { kind: "cancel"; id: number }
	/** The thread ends, once no step is under way. */
	| { kind: "close" };

export interface WorkerCompletion {
	text: string;
	finishReason: FinishReason;
	promptTokens: number;
	completionTokens: number;
	logprob: number;
}

export type FromWorker =
	| { kind: "ready" }
	/** The model cannot be used at all. */
	| { kind: "unusable"; message: string }
	| { kind: "text"; id: number; text: string }
	| ({ kind: "done"; id: number } & WorkerCompletion)
	| { kind: "failed"; id: number; message: string };
