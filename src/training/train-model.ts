import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { readJsonFile } from "../artifacts/json-file.js";
import { lockRun } from "../artifacts/run-lock.js";
import { TrainerEvent, TrainingJob } from "../domain/training-job.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { AssayError } from "../lib/errors.js";

export interface TrainModelOptions {
	job: TrainingJob;
	/** Where the checkpoint goes when it is complete. */
	checkpoint: string;
	python: string;
	signal: AbortSignal;
	onEvent?: (event: TrainerEvent) => void;
	/** What the trainer says to people. */
	onText?: (line: string) => void;
}

/** Last lines of the trainer's text that an error repeats. */
const LAST_WORDS = 12;

/**
 * Trains in a child process and moves the model into place. Goes on from the last state of a run that was interrupted;
 * the same job gives the same weights then. Throws `usage` for a job that cannot be run and `host` for a trainer that
 * failed; rejects with the signal's reason when aborted, once the child is gone.
 */
export async function trainModel(options: TrainModelOptions): Promise<void> {
	const { job, checkpoint, signal } = options;
	if (existsSync(join(checkpoint, "training.json"))) return;
	signal.throwIfAborted();
	mkdirSync(job.run, { recursive: true });
	const path = join(job.run, "job.json");
	if (!existsSync(path)) writeFileAtomic(path, `${JSON.stringify(job, null, "\t")}\n`);
	else refuseAnother(readJsonFile(TrainingJob, path), job, path);
	const model = join(job.run, "model");
	const lock = lockRun(join(job.run, "process.lock"), job.name);
	try {
		if (!existsSync(join(model, "training.json"))) await runTrainer(options, path);
	} finally {
		lock.release();
	}
	mkdirSync(dirname(checkpoint), { recursive: true });
	renameSync(model, checkpoint);
}

function refuseAnother(recorded: TrainingJob, wanted: TrainingJob, path: string): void {
	if (JSON.stringify(recorded) === JSON.stringify(wanted)) return;
	throw new AssayError("usage", `${path}: this run was started with other settings`, {
		hint: "give the new run another --name, or leave the settings out to go on with it",
	});
}

export interface TrainingEstimate {
	/** `cpu` or `cuda`. */
	device: string;
	parameters: number;
	/** Parameters that change. */
	learning: number;
	steps: number;
	/** Without judging; null: too few steps to tell. */
	seconds: number | null;
	memoryBytes: number;
}

const Estimate = z.object({
	device: z.string(),
	parameters: z.number(),
	learning: z.number(),
	steps: z.number(),
	seconds: z.number().nullable(),
	memory_bytes: z.number(),
});

/** What a job will take, by a few of its steps on this machine; nothing of them is kept. Throws as `trainModel` does. */
export async function estimateTraining(
	options: Pick<TrainModelOptions, "job" | "python" | "signal">,
): Promise<TrainingEstimate> {
	const run = mkdtempSync(join(tmpdir(), "assay-estimate-"));
	try {
		const path = join(run, "job.json");
		writeFileAtomic(path, JSON.stringify({ ...options.job, run }));
		let told: unknown;
		const onEvent = ({ t, m }: TrainerEvent): void => {
			if (t === "train.estimate") told = m;
		};
		await runTrainer({ ...options, job: { ...options.job, run }, onEvent }, path, ["--dry-run"]);
		const { memory_bytes: memoryBytes, ...estimate } = Estimate.parse(told);
		return { ...estimate, memoryBytes };
	} finally {
		rmSync(run, { recursive: true, force: true });
	}
}

async function runTrainer(
	{ job, python, signal, onEvent, onText }: Omit<TrainModelOptions, "checkpoint">,
	path: string,
	flags: readonly string[] = [],
): Promise<void> {
	const log = openSync(join(job.run, "out.log"), "a");
	const child = spawn(python, ["-m", "assay_trainer", path, "--with-parent", ...flags], {
		stdio: ["ignore", "pipe", "pipe"],
		// Ctrl-C reaches the trainer once, through the signal.
		detached: true,
		env: { ...process.env, PYTHONPATH: trainerFolder(), ...ALLOCATOR },
	});
	const stop = (): void => {
		child.kill("SIGTERM");
	};
	signal.addEventListener("abort", stop, { once: true });
	const said: string[] = [];
	const events = (async () => {
		for await (const line of createInterface({ input: child.stdout })) {
			writeSync(log, `${line}\n`);
			const event = TrainerEvent.safeParse(parsed(line));
			if (event.success) onEvent?.(event.data);
		}
	})();
	const texts = (async () => {
		for await (const line of createInterface({ input: child.stderr })) {
			writeSync(log, `${line}\n`);
			said.push(line);
			if (said.length > LAST_WORDS) said.shift();
			onText?.(line);
		}
	})();
	try {
		const ended = new Promise<{ code: number | null; killedBy: string | null }>((resolve, reject) => {
			child.on("error", (cause) =>
				reject(new AssayError("prerequisite", `${python} does not run: ${cause.message}`, { cause })),
			);
			child.on("close", (code, killedBy) => resolve({ code, killedBy }));
		});
		const [{ code, killedBy }] = await Promise.all([ended, events, texts]);
		signal.throwIfAborted();
		if (code === 0) return;
		const last = said.at(-1) ?? "it said nothing";
		if (code === 2) throw new AssayError("usage", `training cannot start: ${last}`);
		throw new AssayError("host", `training ended with ${killedBy ?? `status ${code}`}: ${last}`, {
			hint: `everything it said is in ${join(job.run, "out.log")}; the same command goes on from the last checkpoint`,
		});
	} finally {
		signal.removeEventListener("abort", stop);
	}
}

function parsed(line: string): unknown {
	try {
		return JSON.parse(line);
	} catch {
		return null;
	}
}

/** Each step frees what the next one takes again; giving it back to the system in between costs a quarter of the time. */
const ALLOCATOR = {
	MALLOC_MMAP_THRESHOLD_: String(32 << 20),
	MALLOC_TRIM_THRESHOLD_: String(1 << 30),
	MALLOC_TOP_PAD_: String(64 << 20),
};

/** The trainer's package: beside the bundle's folder, or in the sources. */
export function trainerFolder(): string {
	for (const candidate of ["../trainer", "../src/trainer"]) {
		const path = fileURLToPath(new URL(candidate, import.meta.url));
		if (existsSync(join(path, "assay_trainer"))) return path;
	}
	throw new AssayError("prerequisite", "the trainer's Python files are missing from this installation");
}
