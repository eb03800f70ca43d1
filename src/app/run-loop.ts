import { basename, join } from "node:path";
import type { Comparison } from "../domain/comparison.js";
import type { RunEvent } from "../domain/events.js";
import type { LoopChange, LoopEvent, LoopPlan, LoopScore, LoopStage } from "../domain/loop.js";
import type { RunConfig } from "../domain/run.js";
import type { TrainerEvent } from "../domain/training-job.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { AssayError } from "../lib/errors.js";
import { dataFolder, readDataManifest } from "../training/data-folder.js";
import type { Verifier } from "../verify/verifier.js";
import { compareRuns } from "./compare-runs.js";
import { evaluateRun } from "./evaluate-run.js";
import { exportRollouts } from "./export-rollouts.js";
import type { LoopRecord } from "./loop-record.js";
import { runBestOfN } from "./run-best-of-n.js";
import type { RunInputs } from "./run-inputs.js";
import { checkpointFolder, trainCheckpoint } from "./train-checkpoint.js";

export interface LoopOptions {
	workspace: string;
	record: LoopRecord;
	inputs: RunInputs;
	verifier: Verifier;
	/** With torch. */
	python: string;
	/** How the model in this folder is asked. */
	configFor: (model: string) => RunConfig["generation"];
	version: string;
	signal: AbortSignal;
	onEvent?: (event: LoopEvent) => void;
	onRunEvent?: (event: RunEvent) => void;
	onTrainerEvent?: (event: TrainerEvent) => void;
}

export interface LoopResult {
	loopId: string;
	scores: LoopScore[];
	changes: LoopChange[];
	/** The iteration whose checkpoint did best on the held-out tasks; 0: the model that the loop began with. */
	best: number;
	reason: string;
}

/**
 * Expert iteration: measure, generate, keep what was accepted, train, measure again, compare. Each stage is left out when
 * the record says that it is done, so that a loop which was killed goes on, and ends with the numbers of an undisturbed one.
 */
export async function runLoop(options: LoopOptions): Promise<LoopResult> {
	return await new Loop(options).run();
}

class Loop {
	readonly #options: LoopOptions;
	readonly #record: LoopRecord;
	readonly #plan: LoopPlan;

	constructor(options: LoopOptions) {
		this.#options = options;
		this.#record = options.record;
		this.#plan = options.record.plan;
	}

	async run(): Promise<LoopResult> {
		const { loopId, iterations } = this.#plan;
		const over = this.#record.events.find((event) => event.type === "loop.finished");
		if (over?.type === "loop.finished") return this.#result(over.reason);
		if (this.#record.events.length === 0) this.#tell({ type: "loop.planned", at: now(), loopId, iterations });
		await this.#evaluate(0);
		let reason = iterations === 1 ? "its iteration is done" : `${iterations} iterations are done`;
		for (let iteration = 1; iteration <= iterations; iteration++) {
			await this.#generate(iteration);
			await this.#export(iteration);
			await this.#train(iteration);
			await this.#evaluate(iteration);
			await this.#compare(iteration);
			const stopped = this.#reasonToStop(iteration);
			if (stopped !== null) {
				reason = stopped;
				break;
			}
		}
		this.#tell({ type: "loop.finished", at: now(), reason });
		return this.#result(reason);
	}

	async #evaluate(iteration: number): Promise<void> {
		const { heldOutIds, evaluationN, seed } = this.#plan;
		await this.#stage(iteration, "evaluate", async () => {
			// The same seed for every checkpoint: two of them differ by the model alone.
			const runId = await this.#judgeModel(iteration, iteration, "evaluate", {
				taskIds: heldOutIds,
				n: evaluationN,
				seed,
			});
			const { passAtK, figures } = await evaluateRun({
				workspace: this.#options.workspace,
				run: runId,
				ks: [1],
				signal: this.#options.signal,
			});
			const value = passAtK[0]?.value ?? null;
			if (value === null) throw new AssayError("judge", `${runId}: no held-out candidate could be judged`);
			const interval = passAtK[0]?.interval ?? null;
			const score: LoopScore = {
				iteration,
				checkpoint: basename(this.#modelOf(iteration)),
				passAt1: { value, low: interval?.low ?? null, high: interval?.high ?? null },
				distinctShare: figures?.distinctShare ?? null,
				runId,
			};
			this.#tell({ type: "checkpoint.recorded", at: now(), score });
			return `pass@1 ${value.toFixed(3)}`;
		});
	}

	async #generate(iteration: number): Promise<void> {
		const { trainIds, n, seed } = this.#plan;
		await this.#stage(iteration, "generate", async () => {
			const given = { taskIds: trainIds, n, seed: seed + 1000 * iteration };
			return await this.#judgeModel(iteration, iteration - 1, "generate", given);
		});
	}

	async #export(iteration: number): Promise<void> {
		const { replay, perTask, seed } = this.#plan;
		const { workspace, inputs, signal } = this.#options;
		await this.#stage(iteration, "export", async () => {
			const runs: string[] = [];
			for (let back = iteration; back >= Math.max(1, iteration - replay); back--) {
				const run = this.#record.runOf(back, "generate");
				if (run !== null) runs.push(run);
			}
			const { examples, tasks } = await exportRollouts({
				workspace,
				runs,
				format: "sft",
				shape: "completion",
				template: null,
				name: this.#nameOf(iteration),
				folder: dataFolder(workspace, this.#nameOf(iteration)),
				// A stage that was killed after its last write is done again, with the same result.
				replace: true,
				perTask,
				seed,
				// The tasks to learn from were chosen when the loop was planned.
				splits: null,
				anyLicense: false,
				inputs,
				signal,
			});
			return `${examples} examples of ${tasks.length} tasks`;
		});
	}

	async #train(iteration: number): Promise<void> {
		const { seed, settings, threads, method, from } = this.#plan;
		const { workspace, python, signal, onTrainerEvent } = this.#options;
		await this.#stage(iteration, "train", async () => {
			const name = this.#nameOf(iteration);
			await trainCheckpoint({
				workspace,
				method,
				model: this.#modelOf(from === "base" ? 0 : iteration - 1),
				data: dataFolder(workspace, name),
				heldOut: null,
				name,
				reward: "binary",
				tier: null,
				workers: null,
				threads,
				device: "auto",
				settings: { seed: seed + iteration, ...settings },
				python,
				signal,
				...(onTrainerEvent && { onEvent: onTrainerEvent }),
			});
			return `${readDataManifest(dataFolder(workspace, name)).examples} examples learnt`;
		});
	}

	/** With the checkpoint before, and with the model that the loop began with. */
	async #compare(iteration: number): Promise<void> {
		await this.#stage(iteration, "compare", async () => {
			const against = iteration === 1 ? [0] : [iteration - 1, 0];
			const notes: string[] = [];
			for (const other of against) {
				const comparison = await this.#comparison(other, iteration);
				const file = join(this.#record.folder, `compare-${other}-${iteration}.json`);
				writeFileAtomic(file, `${JSON.stringify(comparison, null, "\t")}\n`);
				const change = changeOf(comparison, other, iteration, basename(file));
				this.#tell({ type: "comparison.recorded", at: now(), change });
				notes.push(`${other}→${iteration} ${change.conclusion.replace("_", " ")}`);
			}
			return notes.join(", ");
		});
	}

	async #comparison(before: number, after: number): Promise<Comparison> {
		const runs = [before, after].map((iteration) => this.#record.runOf(iteration, "evaluate") ?? "");
		return await compareRuns({
			workspace: this.#options.workspace,
			sources: runs,
			k: 1,
			seed: this.#plan.seed,
			resamples: 10_000,
			allowed: [],
			signal: this.#options.signal,
		});
	}

	#reasonToStop(iteration: number): string | null {
		const { patience } = this.#plan;
		const { scores, changes } = this.#result("");
		const last = changes.findLast((change) => change.iteration === iteration && change.against === iteration - 1);
		if (last?.conclusion === "worse") {
			return `iteration ${iteration} is significantly worse than the one before (${last.down} tasks got worse, ${last.up} better)`;
		}
		const [first, now] = [scores[0]?.distinctShare ?? null, scores[iteration]?.distinctShare ?? null];
		if (first !== null && now !== null && first > 0 && now < COLLAPSED * first) {
			return `diversity collapsed: ${(now * 100).toFixed(0)} % distinct programs, ${(first * 100).toFixed(0)} % at the start`;
		}
		if (patience === null || iteration < patience) return null;
		const recent = changes.filter(
			(change) => change.against === change.iteration - 1 && change.iteration > iteration - patience,
		);
		return recent.every(({ conclusion }) => conclusion !== "better")
			? `plateau: ${patience} iterations in a row are not significantly better`
			: null;
	}

	#result(reason: string): LoopResult {
		const scores = this.#record.events.flatMap((event) => (event.type === "checkpoint.recorded" ? [event.score] : []));
		const changes = this.#record.events.flatMap((event) =>
			event.type === "comparison.recorded" ? [event.change] : [],
		);
		// An iteration whose stage was done twice, after a kill, counts with its last record.
		const latest = [...new Map(scores.map((score) => [score.iteration, score])).values()];
		const latestChanges = [
			...new Map(changes.map((change) => [`${change.against} ${change.iteration}`, change])).values(),
		];
		const best = latest.reduce(
			(a, b) => (b.passAt1.value > a.passAt1.value ? b : a),
			latest[0] ?? { iteration: 0, passAt1: { value: 0 } },
		);
		return { loopId: this.#plan.loopId, scores: latest, changes: latestChanges, best: best.iteration, reason };
	}

	async #stage(iteration: number, stage: LoopStage, work: () => Promise<string>): Promise<void> {
		if (this.#record.isDone(iteration, stage)) return;
		this.#options.signal.throwIfAborted();
		const started = performance.now();
		this.#tell({ type: "stage.started", at: now(), iteration, stage });
		const note = await work();
		const wallTimeMs = Math.round(performance.now() - started);
		this.#tell({ type: "stage.finished", at: now(), iteration, stage, wallTimeMs, note });
	}

	/** A best-of-N run with the model of an iteration, or the rest of one that was interrupted; gives its id. */
	async #judgeModel(
		iteration: number,
		modelOf: number,
		stage: LoopStage,
		own: { taskIds: string[]; n: number; seed: number },
	): Promise<string> {
		const { workspace, inputs, verifier, signal, version, configFor, onRunEvent } = this.#options;
		const before = this.#record.runOf(iteration, stage);
		const result = await runBestOfN({
			workspace,
			inputs,
			config: {
				...this.#plan.config,
				...own,
				generation: configFor(this.#modelOf(modelOf)),
				workers: verifier.concurrency,
			},
			verifier,
			signal,
			version,
			resume: before,
			env: process.env,
			onEvent: (event) => {
				if (event.type === "run.planned" && before === null) {
					this.#tell({ type: "stage.run", at: now(), iteration, stage, runId: event.runId });
				}
				onRunEvent?.(event);
			},
		});
		if (result.outcome === "cancelled") signal.throwIfAborted();
		if (result.outcome !== "completed") {
			throw new AssayError("host", `${stage} of iteration ${iteration}: ${result.message ?? "the run did not end"}`);
		}
		return result.runId;
	}

	#modelOf(iteration: number): string {
		return iteration === 0 ? this.#plan.model : checkpointFolder(this.#options.workspace, this.#nameOf(iteration));
	}

	#nameOf(iteration: number): string {
		return `${this.#plan.loopId}-${iteration}`;
	}

	#tell(event: LoopEvent): void {
		this.#record.append(event);
		this.#options.onEvent?.(event);
	}
}

/** Below this share of the first diversity a model has learnt to say one thing. */
const COLLAPSED = 0.3;

function changeOf(comparison: Comparison, against: number, iteration: number, file: string): LoopChange {
	const pair = comparison.pairs[0];
	return {
		iteration,
		against,
		difference: pair?.difference.value ?? null,
		low: pair?.difference.interval?.low ?? null,
		high: pair?.difference.interval?.high ?? null,
		p: pair?.p ?? null,
		conclusion: pair?.conclusion ?? "cannot_tell",
		up: pair?.tasksUp ?? 0,
		down: pair?.tasksDown ?? 0,
		file,
	};
}

function now(): string {
	return new Date().toISOString();
}
