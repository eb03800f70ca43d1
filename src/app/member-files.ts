import { statSync } from "node:fs";
import { join } from "node:path";
import { endOfFile, startOfFile } from "../artifacts/file-ends.js";
import { MIRRORED } from "../domain/mirrored-files.js";
import type { TrainingReader, TrainingUpdate } from "../domain/training-activity.js";
import { gpuSampleOf } from "./gpu-samples.js";
import { growingTexts } from "./growing-lines.js";
import { nodesIn } from "./node-logs.js";

/** Lines of gpu.csv that are read of what was there before: ten minutes of eight GPUs. */
const GPU_LINES = 2400;
/** In which the last line is looked for. */
const END_BYTES = 1 << 13;
/** Of several nodes that write to one log. */
const NODE_BYTES = 1 << 16;
/** Lines of signs alone frame what was said before them. */
const WORDS = /[\p{L}\p{N}]/u;
/** Of a longer line this much is shown. */
const LINE_CHARS = 400;

/** What is mirrored of the part of a training that one host has. `nodes`: of Slurm's, whose log is one. */
export function readMember(folder: string, member: number, nodes: number): TrainingReader {
	const log = join(folder, MIRRORED.log.local);
	const gpus = growingTexts(join(folder, MIRRORED.gpu.local), GPU_LINES);
	const told = new Map<number, string>();
	const names = new Map<number, string>();
	let bytes = 0;
	/** They greet at the beginning of a log, which may be long. */
	const nameOf = (number: number, name: string | null): string | null => {
		if (names.size < nodes)
			for (const node of nodesIn(startOfFile(log, NODE_BYTES)))
				if (node.name !== null) names.set(node.number, node.name);
		return name ?? names.get(number) ?? null;
	};
	function* said(): Generator<TrainingUpdate> {
		const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
		if (size === bytes) return;
		bytes = size;
		const ends =
			nodes === 1
				? [{ number: member, name: null, said: endOfFile(log, END_BYTES) }]
				: nodesIn(endOfFile(log, NODE_BYTES));
		for (const { number, name, said } of ends) {
			const line = said
				.split("\n")
				.findLast((text) => WORDS.test(text))
				?.trim()
				.slice(0, LINE_CHARS);
			if (line === undefined || told.get(number) === line) continue;
			told.set(number, line);
			yield { kind: "said", member: number, node: nodes === 1 ? null : nameOf(number, name), line };
		}
	}
	return {
		*advance() {
			for (const { texts } of gpus.take()) {
				const samples = texts.flatMap((text) => gpuSampleOf(text) ?? []);
				if (samples.length > 0) yield { kind: "gpus", member, samples };
			}
			yield* said();
		},
		close: () => gpus.close(),
	};
}
