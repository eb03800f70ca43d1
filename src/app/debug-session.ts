import { type DebugOutcome, type DebugTools, type DraftStep, selfDebug } from "../agents/self-debug.js";
import { openTraceWriter, recoverTraces, type TraceWriter } from "../artifacts/trace-file.js";
import type { GenerationConfig } from "../domain/generation.js";
import type { Candidate, Rollout } from "../domain/run.js";
import { promptInputOf, type Task } from "../domain/task.js";
import { type DebugConfig, outlineOf, type TraceStep } from "../domain/trace.js";
import type { Verdict } from "../domain/verdict.js";
import type { GenerationListeners, Lookups } from "../generate/backend.js";
import { type Completion, type LanguageModel, messagesOf, type Prompt } from "../generate/language-model.js";
import { sampleSeed } from "../generate/model-backend.js";
import { templateOf } from "../generate/prompt-templates.js";
import { promptSha256 } from "../generate/render-prompt.js";
import { AssayError } from "../lib/errors.js";
import type { ActiveRun } from "./active-run.js";

interface Try {
	first: { code: string | null; of: number };
	finalOf: number | null;
	/** Number of the next step, and the step that a verdict follows. */
	nextStep: number;
	judged: Set<"first" | "final">;
}

/** What a loop asks, and how. */
export interface DebugModel {
	model: LanguageModel;
	debug: DebugConfig;
	generation: GenerationConfig;
}

/**
 * Runs self-debug loops as the candidates of a run, and keeps their traces. A loop sees a PromptInput and the public
 * tests; the hidden ones are judged after it has ended, and what they say goes nowhere but into the trace's last lines.
 */
export class DebugSession {
	readonly #run: ActiveRun;
	readonly #model: LanguageModel;
	readonly #debug: DebugConfig;
	readonly #generation: GenerationConfig;
	readonly #traces: TraceWriter;
	readonly #tries = new Map<string, Try>();

	private constructor(run: ActiveRun, parts: DebugModel) {
		this.#run = run;
		this.#model = parts.model;
		this.#debug = parts.debug;
		this.#generation = parts.generation;
		this.#traces = openTraceWriter(run.files.trace);
	}

	/** Takes up the traces that an interrupted start left. */
	static async open(run: ActiveRun, model: DebugModel): Promise<DebugSession> {
		const { recovered, files } = run;
		const kept: TraceStep[] = [];
		await recoverTraces(
			files.trace,
			(taskId, sampleIndex) => recovered.finished.get(taskId, sampleIndex) !== null,
			(step) => kept.push(step.kind === "generation" ? { ...step, prompt: null, completion: null } : step),
		);
		const session = new DebugSession(run, model);
		for (const step of kept) session.#remember(step);
		return session;
	}

	close(): void {
		this.#traces.sync();
		this.#traces.close();
	}

	async produce(
		task: Task,
		lookups: Lookups,
		key: { sampleIndex: number; seed: number },
		signal: AbortSignal,
		listeners: GenerationListeners,
	): Promise<Candidate> {
		const input = promptInputOf(task);
		const completions = new Map<number, { completion: Completion; prompt: Prompt; wallTimeMs: number }>();
		const address = { taskId: task.id, sampleIndex: key.sampleIndex };
		const template = templateOf(this.#generation.template.id);
		if (template === null) throw new AssayError("usage", `no template is called ${this.#generation.template.id}`);
		const tools: DebugTools = {
			ask: async (prompt, { number }) => {
				const began = performance.now();
				// The completion before this one may have ended with text that nobody has been told of yet.
				if (number > 0) listeners.onRestart?.();
				this.#run.recorder.emit({ type: "candidate.asked", ...address, prompt: messagesOf(prompt) });
				const seed = sampleSeed(key.seed, `${task.id}\0${number}`, key.sampleIndex);
				const completion = await this.#model.generate({
					prompt,
					sampling: this.#generation.sampling,
					seed,
					signal,
					...listeners,
				});
				completions.set(number, { completion, prompt, wallTimeMs: performance.now() - began });
				return completion;
			},
			extract: (completion, options) =>
				lookups.extract(completion, { continues: options.continues || input.completionMode === "append" }).code,
			test: (code) => this.#testPublic(task, address, code, signal),
			now: () => performance.now(),
		};
		const loop = selfDebug(input, { ...this.#debug, template }, tools);
		let outcome: DebugOutcome;
		for (;;) {
			const next = await loop.next();
			signal.throwIfAborted();
			if (next.done === true) {
				outcome = next.value;
				break;
			}
			this.#record(address, next.value);
		}
		const last = [...completions.values()].at(-1);
		return {
			...address,
			backend: this.#run.plan.config.backend,
			completion: last?.completion.text ?? "",
			code: outcome.code,
			model: last?.completion.model ?? this.#model.name,
			extraction: null,
			generation:
				last === undefined
					? null
					: {
							template: template.id,
							promptSha256: promptSha256(last.prompt),
							seed: last.completion.seed,
							usage: last.completion.usage,
							finishReason: last.completion.finishReason,
							logprob: last.completion.logprob,
							attempts: last.completion.attempts,
							costUsd: last.completion.costUsd,
							wallTimeMs: last.wallTimeMs,
						},
		};
	}

	/** Writes what all tests said of the submission, and of the first proposal, which is judged for that. */
	async onRollout(task: Task, rollout: Rollout, signal: AbortSignal): Promise<void> {
		const { taskId, sampleIndex } = rollout.candidate;
		const address = { taskId, sampleIndex };
		const known = this.#tries.get(keyOf(address));
		if (known === undefined) return;
		if (!known.judged.has("first")) {
			const { code, of } = known.first;
			const same = code === rollout.candidate.code;
			const verdict = same
				? rollout.verdict
				: await this.#run.verifier.verify(
						task,
						{ ...rollout.candidate, code },
						{ gate: this.#run.plan.config.gate, signal },
					);
			this.#recordVerdict(address, "first", of, verdict, null);
		}
		if (known.judged.has("final")) return;
		const reward = rollout.rewards.find(({ name }) => name === "binary")?.value ?? null;
		this.#recordVerdict(address, "final", known.finalOf, rollout.verdict, reward);
	}

	async #testPublic(task: Task, address: { taskId: string; sampleIndex: number }, code: string, signal: AbortSignal) {
		const candidate = {
			...address,
			backend: "",
			completion: code,
			code,
			model: null,
			extraction: null,
			generation: null,
		};
		const verdict = await this.#run.verifier.verify(publicPartOf(task), candidate, { gate: true, signal });
		const { status, message, line, passed, tests, output } = verdict;
		if (status === "judge_error") {
			throw new AssayError("judge", `the public tests of ${task.id} could not be run: ${message ?? "no reason"}`);
		}
		return { status, message, line, passed, tests, output };
	}

	#recordVerdict(
		address: { taskId: string; sampleIndex: number },
		which: "first" | "final",
		of: number | null,
		{ status, passed, total }: Verdict,
		reward: number | null,
	): void {
		const known = this.#tries.get(keyOf(address));
		const step = known?.nextStep ?? 0;
		const place = { step, parent: step === 0 ? null : step - 1, wallTimeMs: null };
		this.#record(address, { kind: "verdict", ...place, of, which, claimed: false, status, passed, total, reward });
	}

	#record(address: { taskId: string; sampleIndex: number }, draft: DraftStep): void {
		const step: TraceStep = {
			schema: "assay.step.v1",
			runId: this.#run.plan.runId,
			...address,
			at: new Date(this.#run.now()).toISOString(),
			...draft,
		};
		const trace = this.#traces.append(step);
		this.#remember(step);
		this.#run.recorder.emit({
			type: "step.recorded",
			...address,
			outline: outlineOf(step),
			trace,
		});
	}

	#remember(step: TraceStep): void {
		const key = keyOf(step);
		const known: Try = this.#tries.get(key) ?? {
			first: { code: null, of: 0 },
			finalOf: null,
			nextStep: 0,
			judged: new Set(),
		};
		this.#tries.set(key, known);
		known.nextStep = step.step + 1;
		if (step.kind === "generation" && step.step === 0) known.first = { code: step.code, of: 0 };
		if (step.kind === "submit") known.finalOf = step.of;
		if (step.kind !== "verdict") return;
		known.judged.add(step.which);
		if (known.judged.size === 2) this.#tries.delete(key);
	}
}

const publicParts = new WeakMap<Task, Task>();

/** The task with its public tests alone, so that nothing else can reach the loop. One object per task: the judge keeps what it prepares for it. */
function publicPartOf(task: Task): Task {
	const known = publicParts.get(task);
	if (known !== undefined) return known;
	const part: Task = { ...task, tests: task.tests.filter(({ visibility }) => visibility === "public") };
	publicParts.set(task, part);
	return part;
}

function keyOf({ taskId, sampleIndex }: { taskId: string; sampleIndex: number }): string {
	return JSON.stringify([taskId, sampleIndex]);
}
