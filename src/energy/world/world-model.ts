import type { WorldModelConfig } from "../../domain/world-model.js";
import { AskedThread, cannotBeLoaded, missingPackage } from "../../lib/asked-thread.js";
import { type EncodedProgram, EncodingCache, encodingKey } from "./encoding-cache.js";
import type { ActionInput, StateInput, WorldAnswer, WorldRequest, WorldStart } from "./messages.js";
import { readWorldFolder, type WorldFolder } from "./model-folder.js";

export interface OpenWorldOptions {
	/** Where vectors of programs are kept; null: nowhere. */
	cacheFolder: string | null;
	/** Processor cores that it may use; default 1. */
	threads?: number;
	signal: AbortSignal;
}

type WorldThread = AskedThread<WorldStart, WorldRequest, WorldAnswer>;

interface Asking {
	signal: AbortSignal;
}

/** A transition that is given a number: the lower its energy, the likelier. */
export interface EditQuestion {
	before: { code: string; entryPoint: string | null };
	action: ActionInput;
	/** Of another task, for the control; null: there is none. */
	other: ActionInput | null;
}

export interface WorldNumbers {
	/** Squared distance of what is predicted to what the program is. */
	energy: number;
	/** Less the energy of leaving the program as it is: below 0, the edit is likelier than none. */
	energyDelta: number;
	/** Calibrated probability that it is accepted; null: the model has no such head. */
	pass: number | null;
	/** The energy where nothing is asked, and where another task's question is; null: there is none. */
	noAction: number;
	shuffled: number | null;
}

export interface WorldScore extends WorldNumbers {
	target: Float32Array;
	predicted: Float32Array;
}

export const NO_ACTION: ActionInput = { text: "", entryPoint: null, operations: [] };

/** A world model whose graphs are loaded. Close it. */
export class WorldModel {
	readonly folder: WorldFolder;
	readonly #thread: WorldThread;
	readonly #cache: EncodingCache | null;

	private constructor(folder: WorldFolder, thread: WorldThread, cache: EncodingCache | null) {
		this.folder = folder;
		this.#thread = thread;
		this.#cache = cache;
	}

	/** Throws `usage` for a folder that is not loaded, `prerequisite` where nothing could load it. */
	static async open(path: string, { cacheFolder, threads = 1, signal }: OpenWorldOptions): Promise<WorldModel> {
		const folder = await readWorldFolder(path, signal);
		const { config, pieces, graphs } = folder;
		const thread: WorldThread = new AskedThread({
			name: path,
			bundle: "world-worker",
			start: { config, pieces, graphs, threads },
			unusable: (message) =>
				missingPackage(message, "world models", "onnxruntime-node") ?? cannotBeLoaded(path, message),
		});
		try {
			await thread.ready;
			return new WorldModel(folder, thread, cacheFolder === null ? null : new EncodingCache(cacheFolder));
		} catch (error) {
			await thread.close();
			throw error;
		}
	}

	get id(): string {
		return this.folder.id;
	}

	get config(): WorldModelConfig {
		return this.folder.config;
	}

	/** One per program, in their order. Equal programs are computed once, and those of the cache not at all. */
	async encode(programs: readonly StateInput[], { signal }: Asking): Promise<EncodedProgram[]> {
		const { width, facts: names } = this.config;
		const keys = programs.map((program) => encodingKey(this.id, program));
		const found = new Map<string, EncodedProgram>();
		const missing = new Map<string, StateInput>();
		for (const [i, program] of programs.entries()) {
			const key = keys[i] ?? "";
			if (found.has(key) || missing.has(key)) continue;
			const kept = this.#cache?.get(key, width) ?? null;
			if (kept === null) missing.set(key, program);
			else found.set(key, kept);
		}
		if (missing.size > 0) {
			const states = [...missing.values()];
			const { first, targets, facts } = await this.#thread.ask({ kind: "encode", states }, signal);
			const made = [...missing.keys()].map((key, row): [string, EncodedProgram] => [
				key,
				{
					state: first.slice(row * width, (row + 1) * width),
					target: targets.slice(row * width, (row + 1) * width),
					facts: facts.slice(row * names.length, (row + 1) * names.length),
				},
			]);
			for (const [key, program] of made) found.set(key, program);
			this.#cache?.put(made);
		}
		return keys.flatMap((key) => found.get(key) ?? []);
	}

	/** What is predicted of each state when it is acted upon so. */
	async predict(
		pairs: readonly { state: Float32Array; action: ActionInput }[],
		{ signal }: Asking,
	): Promise<Float32Array[]> {
		const { width } = this.config;
		if (pairs.length === 0) return [];
		const states = joined(pairs.map(({ state }) => state));
		const actions = pairs.map(({ action }) => action);
		const { first } = await this.#thread.ask({ kind: "predict", states, actions }, signal);
		return pairs.map((_, row) => first.slice(row * width, (row + 1) * width));
	}

	/** Probabilities that the programs are accepted, where `predicted` was to come; null: the model has no such head. */
	async passChances(
		predicted: Float32Array,
		programs: readonly EncodedProgram[],
		{ signal }: Asking,
	): Promise<Float64Array | null> {
		if (this.config.pass === null) return null;
		if (programs.length === 0) return new Float64Array();
		const { first } = await this.#thread.ask(
			{
				kind: "pass",
				predicted: joined(programs.map(() => predicted)),
				targets: joined(programs.map(({ target }) => target)),
				facts: joined(programs.map(({ facts }) => facts)),
			},
			signal,
		);
		return Float64Array.from(first, (logit) => 1 / (1 + Math.exp(-logit)));
	}

	/** Scores of candidates for one task, in their order. The state before and what is predicted of it are computed once. */
	async energies(
		{ before, action, other }: EditQuestion,
		afters: readonly { code: string; entryPoint: string | null }[],
		asking: Asking,
	): Promise<WorldScore[]> {
		const plain = { known: null, hidden: null };
		const [start, ...programs] = await this.encode(
			[before, ...afters].map((program) => ({ ...program, ...plain })),
			asking,
		);
		if (start === undefined) return [];
		const actions = [action, NO_ACTION, ...(other === null ? [] : [other])];
		const [predicted, unasked, shuffled] = await this.predict(
			actions.map((of) => ({ state: start.state, action: of })),
			asking,
		);
		if (predicted === undefined || unasked === undefined) return [];
		const chances = await this.passChances(predicted, programs, asking);
		const unchanged = energyOf(predicted, start.target);
		return programs.map(({ target }, i) => {
			const energy = energyOf(predicted, target);
			return {
				energy,
				energyDelta: energy - unchanged,
				pass: chances?.[i] ?? null,
				noAction: energyOf(unasked, target),
				shuffled: shuffled === undefined ? null : energyOf(shuffled, target),
				target,
				predicted,
			};
		});
	}

	async close(): Promise<void> {
		await this.#thread.close();
		this.#cache?.close();
	}
}

/** Squared distance. */
export function energyOf(predicted: Float32Array, target: Float32Array): number {
	let sum = 0;
	for (let i = 0; i < predicted.length; i++) sum += ((predicted[i] ?? 0) - (target[i] ?? 0)) ** 2;
	return sum;
}

function joined(vectors: readonly Float32Array[]): Float32Array {
	const all = new Float32Array(vectors.reduce((sum, { length }) => sum + length, 0));
	let at = 0;
	for (const vector of vectors) {
		all.set(vector, at);
		at += vector.length;
	}
	return all;
}
