import { AutoModelForCausalLM, AutoTokenizer, env, Tensor } from "@huggingface/transformers";
import type { Prompt } from "../language-model.js";
import { checkedFetch } from "./checked-fetch.js";
import type { WorkerStart } from "./messages.js";
import type { Sequence } from "./sequence.js";

type Caches = Map<string, Tensor>;

/** A batch whose rows go on in step; rows that are finished leave it, so that they cost nothing more. */
export interface Batch {
	rows: Sequence[];
	/** Tokens of each row that are only there to make prompts equally long, on the left. */
	padding: number[];
	caches: Caches;
}

/** Weights and tokenizer, and one step of a batch. */
export interface Decoder {
	readonly contextLength: number;
	readonly endTokens: ReadonlySet<number>;
	/** Throws when the model has no chat template and the prompt is a conversation. */
	encode(prompt: Prompt): number[];
	decode(ids: number[]): string;
	start(rows: Sequence[]): Batch;
	/** The logits behind the last token of each row. */
	step(batch: Batch): Promise<Float32Array[]>;
	/** Takes the finished rows out. */
	shrink(batch: Batch): void;
}

const CACHE_NAME = /^past_key_values\./;

/** Everything is read from disk, unless the start allows downloads. */
export async function openDecoder({
	model: name,
	allowDownload,
	cacheDir,
	hub,
	threads,
}: WorkerStart): Promise<Decoder> {
	env.allowRemoteModels = allowDownload;
	if (cacheDir !== null) env.cacheDir = cacheDir;
	if (hub !== null) env.remoteHost = hub;
	env.fetch = checkedFetch;
	const local = { local_files_only: !allowDownload };
	const tokenizer = await AutoTokenizer.from_pretrained(name, local);
	const model = await AutoModelForCausalLM.from_pretrained(name, {
		...local,
		dtype: "fp32",
		device: "cpu",
		session_options: { intraOpNumThreads: threads },
	});
	const ends: unknown = model.generation_config?.eos_token_id ?? Reflect.get(model.config, "eos_token_id");
	const context: unknown = Reflect.get(model.config, "max_position_embeddings");
	const padId = tokenizer.pad_token_id ?? 0;

	return {
		contextLength: typeof context === "number" ? context : Number.POSITIVE_INFINITY,
		endTokens: new Set([ends].flat().filter((id) => typeof id === "number")),
		encode(prompt) {
			if (prompt.kind === "text") return tokenizer.encode(prompt.text);
			if (tokenizer.chat_template === null || tokenizer.chat_template === undefined) {
				throw new Error("the model has no chat template; --template complete asks it to continue the starter code");
			}
			const options = { add_generation_prompt: true, tokenize: false } as const;
			const text = tokenizer.apply_chat_template([...prompt.messages], options);
			return tokenizer.encode(String(text), { add_special_tokens: false });
		},
		decode: (ids) => (ids.length === 0 ? "" : tokenizer.decode(ids, { skip_special_tokens: true })),
		start(rows) {
			const width = Math.max(...rows.map(({ length }) => length));
			return { rows, padding: rows.map(({ length }) => width - length), caches: new Map() };
		},
		async step(batch) {
			const outputs: unknown = await model(feedsOf(batch, padId));
			return takeOutputs(outputs, batch);
		},
		shrink(batch) {
			const kept = batch.rows.flatMap((row, index) => (row.isFinished ? [] : [index]));
			if (kept.length === batch.rows.length) return;
			for (const [key, tensor] of batch.caches) batch.caches.set(key, rowsOf(tensor, kept));
			batch.padding = kept.map((index) => batch.padding[index] ?? 0);
			batch.rows = batch.rows.filter((row) => !row.isFinished);
		},
	};
}

/** The prompts at first, then the last token of each row. */
function feedsOf({ rows, padding, caches }: Batch, padId: number): Record<string, unknown> {
	const isFirst = caches.size === 0;
	const width = (rows[0]?.length ?? 0) + (padding[0] ?? 0);
	const fresh = isFirst ? width : 1;
	const ids = new BigInt64Array(rows.length * fresh);
	const mask = new BigInt64Array(rows.length * width);
	const positions = new BigInt64Array(rows.length * fresh);
	for (const [row, sequence] of rows.entries()) {
		const left = padding[row] ?? 0;
		mask.fill(1n, row * width + left, (row + 1) * width);
		if (!isFirst) {
			ids[row] = BigInt(sequence.lastToken);
			positions[row] = BigInt(sequence.length - 1);
			continue;
		}
		ids.fill(BigInt(padId), row * width, row * width + left);
		for (const [at, id] of sequence.promptIds.entries()) {
			ids[row * width + left + at] = BigInt(id);
			positions[row * width + left + at] = BigInt(at);
		}
	}
	return {
		input_ids: new Tensor("int64", ids, [rows.length, fresh]),
		attention_mask: new Tensor("int64", mask, [rows.length, width]),
		position_ids: new Tensor("int64", positions, [rows.length, fresh]),
		num_logits_to_keep: new Tensor("int64", [1n], []),
		past_key_values: isFirst ? null : Object.fromEntries(caches),
	};
}

/** Keeps the caches, and gives the logits of each row's last position. */
function takeOutputs(outputs: unknown, batch: Batch): Float32Array[] {
	if (typeof outputs !== "object" || outputs === null) throw new TypeError("the model gave no outputs");
	const logits: unknown = Reflect.get(outputs, "logits");
	if (!(logits instanceof Tensor) || !(logits.data instanceof Float32Array)) {
		throw new TypeError("the model gave no logits of 32 bits");
	}
	const [, length = 1, vocabulary = 0] = logits.dims;
	for (const [name, tensor] of Object.entries(outputs)) {
		const key = name.replace(/^present(?:_key_values)?\./, "past_key_values.");
		if (CACHE_NAME.test(key) && tensor instanceof Tensor) batch.caches.set(key, tensor);
	}
	const { data } = logits;
	return batch.rows.map((_, row) => {
		const end = (row + 1) * length * vocabulary;
		return data.subarray(end - vocabulary, end);
	});
}

/** A tensor with only these rows of its first axis. */
function rowsOf(tensor: Tensor, kept: readonly number[]): Tensor {
	const { data, dims } = tensor;
	if (!(data instanceof Float32Array)) throw new TypeError("only caches of 32 bits can be taken apart");
	const size = data.length / (dims[0] ?? 1);
	const picked = new Float32Array(kept.length * size);
	for (const [to, from] of kept.entries()) picked.set(data.subarray(from * size, (from + 1) * size), to * size);
	return new Tensor("float32", picked, [kept.length, ...dims.slice(1)]);
}
