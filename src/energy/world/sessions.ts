import { readFile } from "node:fs/promises";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { structureNumbers } from "../../languages/structure.js";
import { sha256 } from "../../lib/hash.js";
import type { ActionInput, StateInput, WorldAnswer, WorldRequest, WorldStart } from "./messages.js";
import type { GraphName } from "./model-folder.js";
import { PAD, WorldTokenizer } from "./tokenizer.js";

/** Rows of a call: more of them gain nothing, and a call is not interrupted. */
const MOST_ROWS = 32;
/** Columns are a multiple of it, so that rows of like length are computed together. */
const COLUMNS = 64;

type Runtime = typeof import("onnxruntime-node");

/** The graphs of a world model in this thread. Between two calls others have their turn, and `wanted` is asked. */
export class WorldSessions {
	readonly #tokenizer: WorldTokenizer;
	readonly #start: WorldStart;
	readonly #runtime: Runtime;
	readonly #sessions: { [name in GraphName]: InferenceSession | null };

	private constructor(start: WorldStart, runtime: Runtime, sessions: { [name in GraphName]: InferenceSession | null }) {
		this.#start = start;
		this.#runtime = runtime;
		this.#sessions = sessions;
		this.#tokenizer = new WorldTokenizer(start.pieces);
	}

	/** Throws where ONNX Runtime is not there, and where a graph is not what was vouched for. */
	static async open(start: WorldStart): Promise<WorldSessions> {
		const runtime = await import("onnxruntime-node");
		const open = async (name: GraphName): Promise<InferenceSession | null> => {
			const graph = start.graphs[name];
			if (graph === null) return null;
			// From bytes, so that what runs is what was checked, and no other file is opened for it.
			const bytes = await readFile(graph.path);
			if (sha256(bytes) !== graph.sha256) throw new Error(`${graph.path} was changed while it was opened`);
			return await runtime.InferenceSession.create(bytes, {
				intraOpNumThreads: start.threads,
				interOpNumThreads: 1,
				executionProviders: ["cpu"],
				graphOptimizationLevel: "all",
				logSeverityLevel: 4,
			});
		};
		const [encoder, predictor, pass] = [await open("encoder"), await open("predictor"), await open("pass")];
		return new WorldSessions(start, runtime, { encoder, predictor, pass });
	}

	/** null: it is not wanted any more. */
	async answer(request: WorldRequest, wanted: () => Promise<boolean>): Promise<WorldAnswer | null> {
		switch (request.kind) {
			case "encode":
				return await this.#encode(request.states, wanted);
			case "predict":
				return await this.#predict(request.states, request.actions, wanted);
			case "pass":
				return await this.#pass(request, wanted);
		}
	}

	async #encode(states: readonly StateInput[], wanted: () => Promise<boolean>): Promise<WorldAnswer | null> {
		const { width, maxTokens, facts: names } = this.#start.config;
		const answer: WorldAnswer = {
			first: new Float32Array(states.length * width),
			targets: new Float32Array(states.length * width),
			facts: new Float32Array(states.length * names.length),
		};
		const rows: EncodedRow[] = [];
		for (const [place, state] of states.entries()) {
			const { facts, unbound } = state.known ?? structureNumbers(state.code, state.entryPoint);
			if (facts.length !== names.length)
				throw new Error(`the model knows ${names.length} structure numbers, and a program has ${facts.length}`);
			answer.facts.set(facts, place * names.length);
			const { ids, kinds, lines } = this.#tokenizer.state({ ...state, unbound }, maxTokens.state);
			const { hidden } = state;
			if (hidden !== null) {
				for (const [i, line] of lines.entries()) if (line >= hidden.from && line <= hidden.to) ids[i] = kinds[i] = PAD;
			}
			rows.push({ place, ids, kinds });
			if (place % MOST_ROWS === MOST_ROWS - 1 && !(await wanted())) return null;
		}
		rows.sort((a, b) => a.ids.length - b.ids.length);
		for (const batch of batches(rows, ({ ids }) => ids.length)) {
			if (!(await wanted())) return null;
			const columns = columnsOf(batch.map(({ ids }) => ids.length));
			const facts = new Float32Array(batch.length * names.length);
			for (const [row, { place }] of batch.entries())
				facts.set(answer.facts.subarray(place * names.length, (place + 1) * names.length), row * names.length);
			const given = await this.#run("encoder", {
				ids: this.#integers(
					batch.map(({ ids }) => ids),
					columns,
				),
				kinds: this.#integers(
					batch.map(({ kinds }) => kinds),
					columns,
				),
				facts: this.#floats(facts, names.length),
			});
			for (const [row, { place }] of batch.entries()) {
				answer.first.set(rowOf(given, "state", row, width), place * width);
				answer.targets.set(rowOf(given, "target", row, width), place * width);
			}
		}
		return answer;
	}

	async #predict(
		states: Float32Array,
		actions: readonly ActionInput[],
		wanted: () => Promise<boolean>,
	): Promise<WorldAnswer | null> {
		const { width, maxTokens, operations } = this.#start.config;
		const known = new Map(operations.map((name, i) => [name, i + 1]));
		const predicted = new Float32Array(actions.length * width);
		const rows = actions.map((action, place) => ({
			place,
			ids: this.#tokenizer.action(action.text, action.entryPoint, maxTokens.action),
			operations: action.operations.map((name) => known.get(name) ?? PAD),
		}));
		rows.sort((a, b) => a.ids.length - b.ids.length);
		for (const batch of batches(rows, ({ ids }) => ids.length)) {
			if (!(await wanted())) return null;
			const vectors = new Float32Array(batch.length * width);
			for (const [row, { place }] of batch.entries())
				vectors.set(states.subarray(place * width, (place + 1) * width), row * width);
			const given = await this.#run("predictor", {
				state: this.#floats(vectors, width),
				ids: this.#integers(
					batch.map(({ ids }) => ids),
					columnsOf(batch.map(({ ids }) => ids.length)),
				),
				operations: this.#integers(
					batch.map(({ operations: of }) => of),
					Math.max(1, ...batch.map(({ operations: of }) => of.length)),
				),
			});
			for (const [row, { place }] of batch.entries())
				predicted.set(rowOf(given, "predicted", row, width), place * width);
		}
		return { first: predicted, targets: new Float32Array(), facts: new Float32Array() };
	}

	async #pass(
		{ predicted, targets, facts }: Extract<WorldRequest, { kind: "pass" }>,
		wanted: () => Promise<boolean>,
	): Promise<WorldAnswer | null> {
		const { width, facts: names } = this.#start.config;
		const count = predicted.length / width;
		const first = new Float32Array(count);
		const most = MOST_ROWS * 8;
		for (let from = 0; from < count; from += most) {
			if (!(await wanted())) return null;
			const to = Math.min(count, from + most);
			const part = (values: Float32Array, columns: number): Tensor =>
				this.#floats(values.slice(from * columns, to * columns), columns);
			const given = await this.#run("pass", {
				predicted: part(predicted, width),
				target: part(targets, width),
				facts: part(facts, names.length),
			});
			first.set(rowOf(given, "logit", 0, to - from), from);
		}
		return { first, targets: new Float32Array(), facts: new Float32Array() };
	}

	/** Inputs that a graph does not take, because it uses none of them, are left out. */
	async #run(name: GraphName, inputs: Readonly<Record<string, Tensor>>): Promise<InferenceSession.OnnxValueMapType> {
		const session = this.#sessions[name];
		if (session === null) throw new Error(`the model has no ${name}`);
		const taken = Object.entries(inputs).filter(([input]) => session.inputNames.includes(input));
		return await session.run(Object.fromEntries(taken));
	}

	#integers(rows: readonly (readonly number[])[], columns: number): Tensor {
		const values = new BigInt64Array(rows.length * columns);
		for (const [row, ids] of rows.entries())
			for (const [column, id] of ids.entries()) values[row * columns + column] = BigInt(id);
		return new this.#runtime.Tensor("int64", values, [rows.length, columns]);
	}

	#floats(values: Float32Array, columns: number): Tensor {
		return new this.#runtime.Tensor("float32", values, [values.length / columns, columns]);
	}
}

interface EncodedRow {
	place: number;
	ids: number[];
	kinds: number[];
}

/** Rows that need as many columns, up to `MOST_ROWS` each. `rows` ascending by length. */
function* batches<T>(rows: readonly T[], lengthOf: (row: T) => number): Generator<T[]> {
	let batch: T[] = [];
	for (const row of rows) {
		const [first] = batch;
		const isFull = batch.length === MOST_ROWS;
		if (first !== undefined && (isFull || columnsOf([lengthOf(first)]) !== columnsOf([lengthOf(row)]))) {
			yield batch;
			batch = [];
		}
		batch.push(row);
	}
	if (batch.length > 0) yield batch;
}

function columnsOf(lengths: readonly number[]): number {
	return Math.max(1, Math.ceil(Math.max(...lengths) / COLUMNS)) * COLUMNS;
}

function rowOf(given: InferenceSession.OnnxValueMapType, name: string, row: number, width: number): Float32Array {
	const values = given[name]?.data;
	if (!(values instanceof Float32Array)) throw new Error(`the model gives no numbers as ${name}`);
	return values.subarray(row * width, (row + 1) * width);
}
