import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { checksumFile } from "../artifacts/checksum.js";
import { checkTrained, readTraining } from "../artifacts/training-file.js";
import { prepareWorkspace } from "../artifacts/workspace.js";
import type { TrainingMethod } from "../domain/choices.js";
import type { RunConfig, RunResult } from "../domain/run.js";
import type { TrainerEvent } from "../domain/training-job.js";
import { countOf } from "../lib/count.js";
import { AssayError } from "../lib/errors.js";
import { version } from "../lib/version.js";
import { openTasks } from "../tasks/open-tasks.js";
import { dataFolder } from "../training/data-folder.js";
import type { GivenSettings } from "../training/training-config.js";
import type { Verifier } from "../verify/verifier.js";
import { exportRewardTasks } from "./export-reward-tasks.js";
import { exportRollouts } from "./export-rollouts.js";
import { fileInputs } from "./file-inputs.js";
import { runBestOfN } from "./run-best-of-n.js";
import { trainCheckpoint } from "./train-checkpoint.js";

export const SMOKE_STAGES = ["data", "train", "checkpoint", "export", "sample"] as const;
export type SmokeStage = (typeof SMOKE_STAGES)[number];

/** How one stage of one method went; the stages behind one that failed are not tried. */
export interface SmokeReport {
	method: TrainingMethod;
	stage: SmokeStage;
	ok: boolean;
	wallTimeMs: number;
	/** What was seen, with figures, or why it failed. */
	note: string;
}

export interface SmokeOptions {
	methods: readonly TrainingMethod[];
	/** A small model in ONNX and safetensors, and a folder of tasks that it solves now and then. */
	model: string;
	tasks: string;
	python: string;
	verifier: Verifier;
	/** How a model is asked, with these tasks, n and seed still to be told. */
	configOf: (tasks: string, model: string) => Promise<RunConfig>;
	signal: AbortSignal;
	onStage: (report: SmokeReport) => void;
}

const TASKS = 8;
const SAMPLES = 4;
/** Of rounding between two runtimes. */
const TOLERANCE = 1e-4;

const SETTINGS: Record<TrainingMethod, GivenSettings> = {
	sft: { steps: 3, reportEvery: 1, learningRate: 3e-4, batchSize: 4 },
	grpo: { steps: 2, promptsPerStep: 4, groupSize: SAMPLES, maxNewTokens: 64 },
	ppo: { steps: 2, promptsPerStep: 4, groupSize: SAMPLES, maxNewTokens: 64 },
};

/**
 * The whole way of each method at the smallest size, in a folder that is removed again: candidates and verdicts or
 * prompts, steps with true gradients and the judge's rewards, a checkpoint, its graph against its weights, and answers of
 * the new model. True when every stage did what it must.
 */
export async function smokeTraining(options: SmokeOptions): Promise<boolean> {
	const workspace = mkdtempSync(join(tmpdir(), "assay-smoke-"));
	try {
		prepareWorkspace(workspace);
		const tasks = await fewTasks(options, workspace);
		let ok = true;
		for (const method of options.methods) ok = (await new Smoke(options, workspace, tasks, method).run()) && ok;
		return ok;
	} finally {
		rmSync(workspace, { recursive: true, force: true });
	}
}

/** Copies of the first tasks to train on; `tasks` holds each in a file of its own. */
async function fewTasks({ tasks, signal }: SmokeOptions, workspace: string): Promise<string> {
	const folder = join(workspace, "tasks");
	mkdirSync(folder);
	let left = TASKS;
	for await (const { kind, split, location } of openTasks(tasks, { signal })) {
		if (kind !== "function" || split !== "train") continue;
		copyFileSync(location.file, join(folder, basename(location.file)));
		if (--left === 0) break;
	}
	return folder;
}

class Smoke {
	readonly #options: SmokeOptions;
	readonly #workspace: string;
	readonly #tasks: string;
	readonly #method: TrainingMethod;
	#checkpoint = "";

	constructor(options: SmokeOptions, workspace: string, tasks: string, method: TrainingMethod) {
		this.#options = options;
		this.#workspace = workspace;
		this.#tasks = tasks;
		this.#method = method;
	}

	async run(): Promise<boolean> {
		const work: Record<SmokeStage, () => Promise<string>> = {
			data: () => (this.#method === "sft" ? this.#examples() : this.#prompts()),
			train: () => this.#train(),
			checkpoint: () => this.#checkFiles(),
			export: () => this.#checkGraph(),
			sample: () => this.#sample(),
		};
		for (const stage of SMOKE_STAGES) {
			this.#options.signal.throwIfAborted();
			const started = performance.now();
			const told = { method: this.#method, stage };
			const took = () => Math.round(performance.now() - started);
			try {
				const note = await work[stage]();
				this.#options.onStage({ ...told, ok: true, wallTimeMs: took(), note });
			} catch (error) {
				this.#options.signal.throwIfAborted();
				if (!(error instanceof AssayError)) throw error;
				this.#options.onStage({ ...told, ok: false, wallTimeMs: took(), note: error.message });
				return false;
			}
		}
		return true;
	}

	async #examples(): Promise<string> {
		const run = await this.#ask(this.#options.model, SAMPLES);
		const common = this.#exported();
		const from = { workspace: this.#workspace, runs: [run.runId], inputs: fileInputs };
		const own = { format: "sft", shape: "completion", template: null, perTask: null } as const;
		const { examples, tasks } = await exportRollouts({ ...common, ...from, ...own });
		return `${run.statusCounts.accepted ?? 0} of ${run.sampleCount} candidates accepted: ${countOf(examples, "example")} of ${countOf(tasks.length, "task")}`;
	}

	async #prompts(): Promise<string> {
		const { verifier } = this.#options;
		const own = { tasks: this.#tasks, template: "complete.v1", verifier };
		const { examples } = await exportRewardTasks({ ...this.#exported(), ...own });
		return `${countOf(examples, "prompt")}, with the judge's tests beside them`;
	}

	#exported() {
		const folder = dataFolder(this.#workspace, this.#method);
		const { signal } = this.#options;
		return { name: this.#method, folder, replace: false, splits: ["train"], anyLicense: false, seed: 1, signal };
	}

	async #train(): Promise<string> {
		const { model, python, signal } = this.#options;
		const steps: TrainerEvent["m"][] = [];
		this.#checkpoint = await trainCheckpoint({
			workspace: this.#workspace,
			method: this.#method,
			model,
			data: dataFolder(this.#workspace, this.#method),
			heldOut: null,
			name: `smoke-${this.#method}`,
			reward: "binary",
			tier: null,
			workers: 2,
			threads: 1,
			device: "auto",
			settings: { ...SETTINGS[this.#method], seed: 1 },
			python,
			signal,
			onEvent: ({ t, m }) => {
				if (t === "train.step") steps.push(m);
			},
		});
		const norms = steps.map(({ grad_norm }) => grad_norm).filter((norm) => typeof norm === "number" && norm > 0);
		if (norms.length === 0) throw new AssayError("host", "no step had a gradient");
		const last = steps.at(-1) ?? {};
		const seen = this.#method === "sft" ? `loss ${last.loss}` : `reward ${last.reward}`;
		return `${countOf(steps.length, "step")}, ${norms.length} with a gradient; ${seen} at the last`;
	}

	async #checkFiles(): Promise<string> {
		const training = await readTraining(this.#checkpoint);
		if (training === null) throw new AssayError("host", `${basename(this.#checkpoint)}: has no training manifest`);
		await checkTrained(training, this.#options.signal);
		const [before, after] = await Promise.all(
			[this.#options.model, this.#checkpoint].map((folder) => checksumFile(join(folder, "model.safetensors"))),
		);
		if (before?.sha256 === after?.sha256)
			throw new AssayError("host", "its weights are those that training began with");
		return `${countOf(training.manifest.files.length, "file")} as their manifest says; its weights have changed`;
	}

	async #checkGraph(): Promise<string> {
		const { graphParity } = await import("../generate/onnx/graph-parity.js");
		const { sameTokens, difference } = await graphParity(this.#checkpoint);
		if (!sameTokens) throw new AssayError("host", "trainer and runtime cut one text into different tokens");
		const seen = `logits of torch and ONNX Runtime differ by ${difference.toExponential(1)}`;
		if (!(difference < TOLERANCE)) throw new AssayError("host", `${seen}, more than ${TOLERANCE}`);
		return `${seen} at most`;
	}

	async #sample(): Promise<string> {
		const { statusCounts, sampleCount } = await this.#ask(this.#checkpoint, 1);
		const told = Object.entries(statusCounts).map(([status, count]) => `${status} ${count}`);
		return `${countOf(sampleCount, "candidate")} of the new model judged: ${told.join(", ")}`;
	}

	async #ask(model: string, n: number): Promise<RunResult> {
		const { verifier, signal, configOf } = this.#options;
		const config = { ...(await configOf(this.#tasks, model)), n, seed: 1 };
		const made = { workspace: this.#workspace, inputs: fileInputs, config, verifier, signal, version };
		const result = await runBestOfN({ ...made, resume: null, env: process.env, onEvent: () => {} });
		if (result.outcome === "completed" && !result.statusCounts.judge_error) return result;
		signal.throwIfAborted();
		throw new AssayError("judge", result.message ?? "candidates could not be judged");
	}
}
