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

/** What is to be written. */
export interface WorkerRequest {
	prompt: Prompt;
	sampling: Sampling;
	seed: number;
}

export interface WorkerCompletion {
	text: string;
	finishReason: FinishReason;
	promptTokens: number;
	completionTokens: number;
	logprob: number;
}
