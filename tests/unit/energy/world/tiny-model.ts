import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { TrainingEntry } from "../../../../src/domain/training.js";
import { STRUCTURE_NAMES } from "../../../../src/languages/structure.js";

/** A field of a protocol buffer's message: a number, or bytes of a text or another message. */
type Field = readonly [number: number, value: number | string | Uint8Array];

export function message(...fields: readonly Field[]): Uint8Array {
	return Buffer.concat(
		fields.map(([number, value]) => {
			if (typeof value === "number") return Buffer.from([...varint(number << 3), ...varint(value)]);
			const bytes = Buffer.from(value);
			return Buffer.concat([Buffer.from([...varint((number << 3) | 2), ...varint(bytes.length)]), bytes]);
		}),
	);
}

function varint(value: number): number[] {
	const bytes: number[] = [];
	for (let rest = value; ; rest = Math.floor(rest / 128)) {
		bytes.push(rest < 128 ? rest : (rest % 128) + 128);
		if (rest < 128) return bytes;
	}
}

export interface Node {
	operator: string;
	inputs: string[];
	outputs: string[];
	attributes?: Uint8Array[];
	domain?: string;
}

const FLOAT = 1;
const INT64 = 7;

/** `axes` or `axis` of a node; kept as the lists and numbers of onnx.proto. */
const numbers = (name: string, values: readonly number[]): Uint8Array =>
	message([1, name], ...values.map((value) => [8, value] as const), [20, 7]);
const number = (name: string, value: number): Uint8Array => message([1, name], [3, value], [20, 2]);

export function onnx(
	nodes: readonly Node[],
	inputs: Readonly<Record<string, { type: number; rank: number }>>,
	outputs: Readonly<Record<string, number>>,
	more: readonly Field[] = [],
): Uint8Array {
	const value = (name: string, type: number, rank: number): Uint8Array => {
		const shape = message(
			...Array.from({ length: rank }, (_, i) => [1, message([2, i === 0 ? "batch" : `${name}_${i}`])] as const),
		);
		return message([1, name], [2, message([1, message([1, type], [2, shape])])]);
	};
	const graph = message(
		...nodes.map(({ operator, inputs: from, outputs: to, attributes = [], domain = "" }) => {
			const node = message(
				...from.map((name) => [1, name] as const),
				...to.map((name) => [2, name] as const),
				[4, operator],
				...attributes.map((attribute) => [5, attribute] as const),
				...(domain === "" ? [] : [[7, domain] as const]),
			);
			return [1, node] as const;
		}),
		[2, "graph"],
		...Object.entries(inputs).map(([name, { type, rank }]) => [11, value(name, type, rank)] as const),
		...Object.entries(outputs).map(([name, rank]) => [12, value(name, FLOAT, rank)] as const),
	);
	return message([1, 7], [7, graph], [8, message([2, 11])], ...more);
}

const sum = (from: string, to: string, keep = 1): Node => ({
	operator: "ReduceSum",
	inputs: [from],
	outputs: [to],
	attributes: [numbers("axes", [1]), number("keepdims", keep)],
});
const cast = (from: string, to: string): Node => ({
	operator: "Cast",
	inputs: [from],
	outputs: [to],
	attributes: [number("to", FLOAT)],
});
const beside = (inputs: string[], to: string): Node => ({
	operator: "Concat",
	inputs,
	outputs: [to],
	attributes: [number("axis", 1)],
});

/** A program is (sum of its ids, sum of its kinds, number of its ids), before and after; an action adds its ids and operations to the first. */
const GRAPHS: Readonly<Record<string, Uint8Array>> = {
	"encoder.onnx": onnx(
		[
			cast("ids", "numbers"),
			cast("kinds", "sorts"),
			{ operator: "Sign", inputs: ["numbers"], outputs: ["there"] },
			sum("numbers", "a"),
			sum("sorts", "b"),
			sum("there", "c"),
			beside(["a", "b", "c"], "state"),
			{ operator: "Identity", inputs: ["state"], outputs: ["target"] },
		],
		{ ids: { type: INT64, rank: 2 }, kinds: { type: INT64, rank: 2 } },
		{ state: 2, target: 2 },
	),
	"predictor.onnx": onnx(
		[
			cast("ids", "words"),
			cast("operations", "edits"),
			sum("words", "a"),
			sum("edits", "b"),
			{ operator: "Add", inputs: ["a", "b"], outputs: ["asked"] },
			{ operator: "Sub", inputs: ["a", "a"], outputs: ["zero"] },
			beside(["asked", "zero", "zero"], "change"),
			{ operator: "Add", inputs: ["state", "change"], outputs: ["predicted"] },
		],
		{ state: { type: FLOAT, rank: 2 }, ids: { type: INT64, rank: 2 }, operations: { type: INT64, rank: 2 } },
		{ predicted: 2 },
	),
	"pass.onnx": onnx(
		[{ operator: "Sub", inputs: ["target", "predicted"], outputs: ["difference"] }, sum("difference", "logit", 0)],
		{ predicted: { type: FLOAT, rank: 2 }, target: { type: FLOAT, rank: 2 } },
		{ logit: 1 },
	),
};

const MARKS = ["<pad>", "<newline>", "<indent>", "<dedent>", "<entry>", "<unknown>", "<separator>"];
export const PIECES = [
	...MARKS,
	..."abcdefghijklmnopqrstuvwxyz0123456789()[]{}:,.=+-*/<>_\"'#",
	"return",
	"def",
	"pass",
];

interface Given {
	/** What it says it was trained on. */
	seen?: readonly TrainingEntry[];
	/** Other bytes for some files. */
	files?: Readonly<Record<string, Uint8Array>>;
}

/** A world model whose energies are found by counting. */
export function writeTinyModel(folder: string, { seen = [], files = {} }: Given = {}): void {
	mkdirSync(folder, { recursive: true });
	const config = {
		schema: "assay.world-model.v1",
		width: 3,
		maxTokens: { state: 512, action: 128 },
		facts: STRUCTURE_NAMES.map((name) => ({ name, mean: 0, deviation: 1 })),
		operations: ["INSERT Call"],
		pass: { fittedOn: "nothing" },
	};
	const all: Readonly<Record<string, Uint8Array | string>> = {
		...GRAPHS,
		"config.json": JSON.stringify(config),
		"tokenizer.json": JSON.stringify({ schema: "assay.world-tokenizer.v1", pieces: PIECES }),
		"seen.jsonl.gz": gzipSync(seen.map((entry) => `${JSON.stringify(entry)}\n`).join("")),
		...files,
	};
	for (const [name, bytes] of Object.entries(all)) writeFileSync(join(folder, name), bytes);
	vouch(folder);
}

/** Writes a manifest for the files that are there. */
export function vouch(folder: string): void {
	const files = readdirSync(folder)
		.filter((name) => name !== "manifest.json")
		.sort()
		.map((path) => {
			const bytes = readFileSync(join(folder, path));
			return { path, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
		});
	const manifest = { schema: "assay.manifest.v1", kind: "world-model", name: "tiny", parents: [], files };
	writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
}
