import type { WorldModelConfig } from "../../domain/world-model.js";
import type { GraphName } from "./model-folder.js";

export interface WorldStart {
	config: WorldModelConfig;
	pieces: string[];
	graphs: { [name in GraphName]: { path: string; sha256: string } | null };
	/** Of each session. */
	threads: number;
}

/** A program as the encoder takes it. */
export interface StateInput {
	code: string;
	entryPoint: string | null;
	/** Structure numbers and unbound names, where they are known already; null: they are read off the code. */
	known: { facts: readonly number[]; unbound: readonly string[] } | null;
	/** Lines that are hidden from the model, from 0; null: none. */
	hidden: { from: number; to: number } | null;
}

export interface ActionInput {
	/** "": none, which is the control. */
	text: string;
	entryPoint: string | null;
	/** Of an edit that is known; empty for a candidate, whose edit it would give away. */
	operations: readonly string[];
}

export type WorldRequest =
	| { kind: "encode"; states: readonly StateInput[] }
	/** One action each; `states` are vectors of the encoder, one after the other. */
	| { kind: "predict"; states: Float32Array; actions: readonly ActionInput[] }
	| { kind: "pass"; predicted: Float32Array; targets: Float32Array; facts: Float32Array };

/** Rows one after the other. */
export interface WorldAnswer {
	/** encode: vectors as a state before; predict: what is predicted; pass: the head's number. */
	first: Float32Array;
	/** encode alone: vectors as a state after. */
	targets: Float32Array;
	/** encode alone: structure numbers. */
	facts: Float32Array;
}
