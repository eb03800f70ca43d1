import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { openAppendFile } from "../artifacts/append-file.js";
import { readJsonFile } from "../artifacts/json-file.js";
import { lockRun } from "../artifacts/run-lock.js";
import { recordOf } from "../artifacts/training-file.js";
import { TrainerEvent, TrainingJob } from "../domain/training-job.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { AssayError, exitCodeOf } from "../lib/errors.js";
import { sha256 } from "../lib/hash.js";
import { makeFolder } from "../lib/make-folder.js";
import { writeFailure } from "../lib/write-failure.js";

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

/** In a training's folder: its job, and what stands for its data. */
const JOB = "job.json";
const DATA = "data.sha256";

/** Last lines of the trainer's text that an error repeats. */
const LAST_WORDS = 12;

/**
 * Trains in a child process and moves the model into place. Goes on from the last state of a run that was interrupted;
 * the same job gives the same weights then, and nothing is done where they are there. Throws `usage` for a job that cannot
 * be run, or whose name stands for a training with other settings or data, and `host` for a trainer that failed; rejects
 * with the signal's reason when aborted, once the child is gone.
 */
export async function trainModel(options: TrainModelOptions): Promise<void> {
	const { job, checkpoint, signal } = options;
	const last = recordOf(job);
	const isDone = existsSync(join(checkpoint, last));
	refuseAnother(job, isDone);
	if (isDone) return;
	signal.throwIfAborted();
	try {
		makeFolder(job.run);
	} catch (cause) {
		throw writeFailure(job.run, cause);
	}
	const path = join(job.run, JOB);
	if (!existsSync(path)) {
		writeFileAtomic(join(job.run, DATA), `${dataOf(job)}\n`);
		writeFileAtomic(path, `${JSON.stringify(job, null, "\t")}\n`);
	}
	const model = join(job.run, "model");
	const lock = lockRun(join(job.run, "process.lock"), job.name);
	try {
		if (!existsSync(join(model, last))) await runTrainer({ ...options, log: job.run }, path);
	} catch (error) {
		// A job that could not begin stands in the way of nothing.
		if (error instanceof AssayError && exitCodeOf(error) === 2 && !hasBegun(job.run)) {
			lock.release();
			rmSync(job.run, { recursive: true });
		}
		throw error;
	} finally {
		lock.release();
	}
	mkdirSync(dirname(checkpoint), { recursive: true });
	renameSync(model, checkpoint);
}

function hasBegun(run: string): boolean {
	return (statSync(join(run, "metrics.jsonl"), { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** Of a training that is there, if there is one. */
function refuseAnother(job: TrainingJob, isDone: boolean): void {
	const path = join(job.run, JOB);
	if (!existsSync(path)) return;
	const recorded = readJsonFile(TrainingJob, path);
	// A workspace that was moved has other paths, and the same trainings; one that goes on would write to where it began.
	const isMoved = isDone && recorded.run !== job.run;
	const settingsOf = ({ method, config }: TrainingJob): unknown => ({ method, config });
	const [before, now] = isMoved ? [settingsOf(recorded), settingsOf(job)] : [recorded, job];
	if (JSON.stringify(before) !== JSON.stringify(now)) {
		throw new AssayError("usage", `${path}: this run was started with other settings`, {
			hint: "give the new run another --name, or leave the settings out to go on with it",
		});
	}
	const data = join(job.run, DATA);
	if (existsSync(data) && readFileSync(data, "utf8").trim() !== dataOf(job)) {
		throw new AssayError("usage", `${job.data}: other data than ${job.name} was started with`, {
			hint: "give the new run another --name",
		});
	}
}

const DataFiles = z.object({ files: z.array(z.object({ path: z.string(), sha256: z.string() })).optional() });

/** Stands for the data that a job learns from: their files as their manifest has them, or it; "": there is none. */
function dataOf({ data }: TrainingJob): string {
	const path = join(data, "manifest.json");
	if (!existsSync(path)) return "";
	return sha256(JSON.stringify(readJsonFile(DataFiles, path).files ?? readFileSync(path, "utf8")));
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
	let told: unknown;
	await tryTrainer(options, ({ t, m }) => {
		if (t === "train.estimate") told = m;
	});
	const { memory_bytes: memoryBytes, ...estimate } = Estimate.parse(told);
	return { ...estimate, memoryBytes };
}

/** What another trainer would be run with. */
export interface EnginePlan {
	/** Python packages that are not there, with commas; empty: all are. */
	missing: string;
	/** What gets them. */
	install: string;
	/** For a shell, one after the other. */
	commands: string[];
	/** Scripts that are run and settings that are written. */
	files: { path: string; text: string }[];
}

const PlanTold = z.object({ missing: z.string(), install: z.string() });
const CommandTold = z.object({ text: z.string() });
const FileTold = z.object({ path: z.string(), text: z.string() });

/** What is launched for a job of another engine; nothing is written. Throws as `trainModel` does. */
export async function planOfEngine(options: Pick<TrainModelOptions, "job" | "python" | "signal">): Promise<EnginePlan> {
	const plan: EnginePlan = { missing: "", install: "", commands: [], files: [] };
	await tryTrainer(options, ({ t, m }) => {
		if (t === "train.plan") Object.assign(plan, PlanTold.parse(m));
		if (t === "train.command") plan.commands.push(CommandTold.parse(m).text);
		if (t === "train.file") plan.files.push(FileTold.parse(m));
	});
	return plan;
}

/** In a folder that is removed again; paths that are told stand in the run's own. */
async function tryTrainer(
	options: Pick<TrainModelOptions, "job" | "python" | "signal">,
	onEvent: (event: TrainerEvent) => void,
): Promise<void> {
	const log = mkdtempSync(join(tmpdir(), "assay-estimate-"));
	try {
		const path = join(log, "job.json");
		writeFileAtomic(path, JSON.stringify(options.job));
		await runTrainer({ ...options, log, onEvent }, path, ["--dry-run"]);
	} finally {
		rmSync(log, { recursive: true, force: true });
	}
}

async function runTrainer(
	{ log: folder, python, signal, onEvent, onText }: Omit<TrainModelOptions, "checkpoint" | "job"> & { log: string },
	path: string,
	flags: readonly string[] = [],
): Promise<void> {
	const log = openAppendFile(join(folder, "out.log"));
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
	/** Why the log cannot be written: a trainer that nobody can hear is stopped. */
	let unheard: { error: unknown } | null = null;
	const keep = (line: string): void => {
		try {
			if (unheard === null) log.append(Buffer.from(`${line}\n`));
		} catch (error) {
			unheard = { error };
			stop();
		}
	};
	const said: string[] = [];
	/** A line that is kept back until something follows it: the last one may be what the error says. */
	let kept: string | null = null;
	const passOn = (): void => {
		if (kept !== null) onText?.(kept);
		kept = null;
	};
	const events = (async () => {
		for await (const line of createInterface({ input: child.stdout })) {
			keep(line);
			const event = TrainerEvent.safeParse(parsed(line));
			passOn();
			if (event.success) onEvent?.(event.data);
		}
	})();
	const texts = (async () => {
		for await (const line of createInterface({ input: child.stderr })) {
			keep(line);
			passOn();
			kept = line;
			said.push(line);
			if (said.length > LAST_WORDS) said.shift();
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
		if (unheard !== null) throw (unheard as { error: unknown }).error;
		// Otherwise the error says it.
		if (code === 0) passOn();
		else throw failureOf(code, killedBy, said.at(-1) ?? null, join(folder, "out.log"));
	} finally {
		signal.removeEventListener("abort", stop);
		log.close();
	}
}

function failureOf(code: number | null, killedBy: string | null, last: string | null, log: string): AssayError {
	if (code === 2) return new AssayError("usage", `training cannot start: ${last ?? "it does not say why"}`);
	const hint = `everything it said is in ${log}`;
	if (killedBy === null) {
		// 3: it says itself what hindered it.
		const status = code === 3 ? "" : ` with status ${code}`;
		const why = last === null ? " and said nothing" : `: ${last}`;
		return new AssayError("host", `training ended${status}${why}`, { hint });
	}
	const before = last === null ? "" : `; before that it said: ${last}`;
	const memory = killedBy === "SIGKILL" ? "memory that ran out is the usual reason; " : "";
	return new AssayError("host", `training was killed (${killedBy})${before}`, { hint: memory + hint });
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
