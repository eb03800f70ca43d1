import { existsSync, mkdirSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { execa } from "execa";
import { artifactsRoot, trainingFiles } from "../artifacts/layout.js";
import type { TrainingLog } from "../domain/choices.js";
import { TrainerEvent } from "../domain/training-job.js";
import { openAtomicWriter } from "../lib/atomic-writer.js";
import { AssayError } from "../lib/errors.js";
import { refuseUnplain } from "../lib/plain-name.js";
import { trainerFolder } from "../training/train-model.js";

export interface ImportTrainingOptions {
	workspace: string;
	name: string;
	/** What another trainer printed, or its file of figures. */
	log: string;
	format: TrainingLog;
	python: string;
	signal: AbortSignal;
}

/** Figures of a training that ran elsewhere, as a training of this workspace. Gives the number of steps. Throws `usage`. */
export async function importTraining(options: ImportTrainingOptions): Promise<number> {
	const { workspace, name, format, python, signal } = options;
	refuseUnplain(name);
	const log = resolve(options.log);
	const files = trainingFiles(artifactsRoot(workspace), name);
	if (existsSync(files.folder)) {
		throw new AssayError("usage", `${name}: there is such a training`, { hint: "--name gives it another name" });
	}
	if (!existsSync(log)) throw new AssayError("usage", `${log}: no such file`);
	mkdirSync(files.folder, { recursive: true });
	let steps = 0;
	try {
		const writer = await openAtomicWriter(files.metrics);
		try {
			const reading = execa(python, ["-m", "assay_trainer.engines.read_log", format, log], {
				env: { PYTHONPATH: trainerFolder() },
				cancelSignal: signal,
				stdin: "ignore",
				buffer: { stdout: false },
			});
			for await (const line of reading) {
				if (TrainerEvent.parse(JSON.parse(String(line))).t === "train.step") steps++;
				await writer.write(`${String(line)}\n`);
			}
			await reading;
			if (steps > 0) await writer.commit();
		} finally {
			await writer.discard();
		}
	} finally {
		if (!existsSync(files.metrics)) rmSync(files.folder, { recursive: true, force: true });
	}
	if (steps > 0) return steps;
	throw new AssayError("usage", `${log}: holds no figures as ${format} prints them`, {
		hint: "--format says which trainer wrote it: huggingface, trl, verl or prime-rl",
	});
}
