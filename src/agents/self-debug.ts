import type { PromptInput } from "../domain/task.js";
import type { EndReason, Strategy, TraceStep } from "../domain/trace.js";
import { type Completion, GenerationFailure, messagesOf, type Prompt } from "../generate/language-model.js";
import { type PromptTemplate, templateOf } from "../generate/prompt-templates.js";
import { type PromptParts, renderPrompt } from "../generate/render-prompt.js";
import { applyEditBlocks, EditProblem } from "./edit-blocks.js";
import { applyEditDiff } from "./edit-diff.js";
import { feedbackOf, type PublicResult } from "./feedback.js";

export interface DebugOptions {
	strategy: Strategy;
	/** The first proposal. */
	template: PromptTemplate;
	maxRevisions: number;
	/** Revisions asked for at a time; the one that passes most public tests is gone on with. */
	branch: number;
	/** Prompt and completion tokens of the whole loop. */
	maxTokens: number | null;
	maxWallMs: number | null;
}

/** What the loop is given: it knows no server and no judge. */
export interface DebugTools {
	ask(prompt: Prompt, ask: { number: number }): Promise<Completion>;
	extract(completion: string, options: { continues: boolean }): string | null;
	/** Runs public tests only. */
	test(code: string): Promise<PublicResult>;
	/** Milliseconds. */
	now(): number;
}

type Kept = "kind" | "step" | "parent" | "wallTimeMs";
/** A step before the run's name, its task and its time are written to it. */
export type DraftStep = TraceStep extends infer Step ? (Step extends TraceStep ? Draft<Step> : never) : never;
type Draft<Step extends TraceStep> = Omit<Step, "schema" | "runId" | "taskId" | "sampleIndex" | "at"> &
	Pick<Step, Kept>;

export interface DebugOutcome {
	/** The program that is handed in. */
	code: string | null;
	of: number | null;
	/** The first proposal, to compare with. */
	first: { code: string | null; of: number };
	reason: EndReason;
	revisions: number;
}

interface Attempt {
	step: number;
	code: string | null;
	passed: number;
	/** What the model is told of it. */
	feedback: string;
	/** What was wrong with the last edit of it that could not be used. */
	lost: string;
	/** Whether the public tests pass. */
	right: boolean;
}

/**
 * Proposes a program, runs its public tests, shows the model what failed, and takes revisions until the tests pass or a
 * budget is used up. Yields each step as it ends and returns what is handed in: the attempt that passes most public
 * tests, the latest of equals. Nothing of the hidden tests comes in here.
 */
export async function* selfDebug(
	input: PromptInput,
	options: DebugOptions,
	tools: DebugTools,
): AsyncGenerator<DraftStep, DebugOutcome> {
	const loop = new Loop(input, options, tools);
	const first = yield* loop.attempt(null, "propose");
	if (first === null) {
		const { step, outcome } = loop.end(null, "lost", { code: null, of: 0 });
		yield step;
		return outcome;
	}
	let best = first;
	const early = loop.endEarly(first);
	let reason: EndReason | null = early;
	while (reason === null) {
		reason = loop.budgetUsed();
		if (reason !== null) break;
		const round = yield* loop.revise(best);
		if (round.reason === "lost" || round.attempts.length === 0) reason = "lost";
		for (const attempt of round.attempts) {
			if (attempt.passed >= best.passed) best = attempt;
			else if (attempt.code === null)
				best = { ...best, lost: `\n\nYour last answer could not be used. ${attempt.feedback}` };
		}
		if (best.right) reason = "passed";
		else reason ??= round.reason;
	}
	const { step, outcome } = loop.end(best, reason, { code: first.code, of: first.step });
	yield step;
	return outcome;
}

class Loop {
	readonly #input: PromptInput;
	readonly #options: DebugOptions;
	readonly #tools: DebugTools;
	readonly #startedAt: number;
	readonly #programs = new Set<string>();
	#steps = 0;
	#asked = 0;
	#tokens = 0;
	#revisions = 0;

	constructor(input: PromptInput, options: DebugOptions, tools: DebugTools) {
		this.#input = input;
		this.#options = options;
		this.#tools = tools;
		this.#startedAt = tools.now();
	}

	endEarly(first: Attempt): EndReason | null {
		if (this.#input.publicTests.length === 0) return "no_public_tests";
		if (first.right) return "passed";
		return this.#options.strategy === "none" ? "no_revisions" : null;
	}

	budgetUsed(): EndReason | null {
		const { maxRevisions, maxTokens, maxWallMs } = this.#options;
		if (this.#revisions >= maxRevisions) return "revisions";
		if (maxTokens !== null && this.#tokens >= maxTokens) return "tokens";
		if (maxWallMs !== null && this.#tools.now() - this.#startedAt >= maxWallMs) return "seconds";
		return null;
	}

	/** One round of revisions of `base`. */
	async *revise(base: Attempt): AsyncGenerator<DraftStep, { attempts: Attempt[]; reason: EndReason | null }> {
		const attempts: Attempt[] = [];
		let unchanged = 0;
		for (let i = 0; i < this.#options.branch; i++) {
			if (this.budgetUsed() !== null) break;
			this.#revisions++;
			const before = this.#programs.size;
			const attempt = yield* this.attempt(base, "revise");
			if (attempt === null) return { attempts, reason: "lost" };
			attempts.push(attempt);
			if (attempt.code !== null && this.#programs.size === before) unchanged++;
			if (attempt.right) break;
		}
		// A model that was asked the same again may answer the same: only then is there nothing more to hope for.
		const stuck = this.#options.strategy !== "retry" && attempts.length > 0 && unchanged === attempts.length;
		return { attempts, reason: stuck ? "unchanged" : null };
	}

	/** Asks, and runs the public tests of what came; null: nothing came. */
	async *attempt(base: Attempt | null, purpose: "propose" | "revise"): AsyncGenerator<DraftStep, Attempt | null> {
		let parts: PromptParts =
			base === null ? {} : { revision: { code: base.code ?? "", feedback: base.feedback + base.lost } };
		let parent = base?.step ?? null;
		if (base !== null && this.#options.strategy === "reflection") {
			const thought = yield* this.#ask(named("reflect"), parts, parent, "reflect");
			if (thought === null) return null;
			const feedback = `${base.feedback}${base.lost}\n\nWhat is wrong with it:\n${thought.completion.trim()}`;
			parts = { revision: { code: base.code ?? "", feedback } };
			parent = thought.step;
		}
		const template = this.#templateFor(base);
		const answer = yield* this.#ask(template, parts, parent, purpose, base?.code ?? null);
		if (answer === null) return null;
		return yield* this.#test(answer);
	}

	/** The last step, and what the loop hands in. */
	end(
		best: Attempt | null,
		reason: EndReason,
		first: DebugOutcome["first"],
	): { step: DraftStep; outcome: DebugOutcome } {
		const of = best === null || best.code === null ? null : best.step;
		return {
			step: { kind: "submit", step: this.#steps++, parent: best?.step ?? null, wallTimeMs: null, of, reason },
			outcome: { code: best?.code ?? null, of, first, reason, revisions: this.#revisions },
		};
	}

	async *#ask(
		template: PromptTemplate,
		parts: PromptParts,
		parent: number | null,
		purpose: "propose" | "revise" | "reflect",
		base: string | null = null,
	): AsyncGenerator<
		DraftStep,
		{ step: number; completion: string; code: string | null; problem: string | null } | null
	> {
		const prompt = renderPrompt(template, this.#input, parts);
		const began = this.#tools.now();
		const common = {
			kind: "generation" as const,
			step: this.#steps++,
			parent,
			purpose,
			prompt: messagesOf(prompt),
			template: template.id,
		};
		try {
			const completion = await this.#tools.ask(prompt, { number: this.#asked++ });
			this.#tokens += completion.usage.promptTokens + completion.usage.completionTokens;
			const program =
				purpose === "reflect" ? { code: null, problem: null } : this.#program(template, completion.text, base);
			const { model, usage, finishReason, logprob } = completion;
			const wallTimeMs = this.#tools.now() - began;
			yield {
				...common,
				wallTimeMs,
				completion: completion.text,
				...program,
				model,
				usage,
				finishReason,
				logprob,
				failure: null,
			};
			return { step: common.step, completion: completion.text, ...program };
		} catch (error) {
			if (!(error instanceof GenerationFailure) || error.fatal) throw error;
			yield {
				...common,
				wallTimeMs: this.#tools.now() - began,
				completion: null,
				code: null,
				problem: error.message,
				model: null,
				usage: null,
				finishReason: null,
				logprob: null,
				failure: error.kind,
			};
			return null;
		}
	}

	#program(
		template: PromptTemplate,
		completion: string,
		base: string | null,
	): { code: string | null; problem: string | null } {
		try {
			const code =
				template.id.startsWith("edit-blocks") && base !== null
					? applyEditBlocks(base, completion)
					: template.id.startsWith("edit-diff") && base !== null
						? applyEditDiff(base, completion)
						: this.#tools.extract(completion, { continues: template.kind === "text" });
			return { code, problem: code === null ? "there is no program in the answer" : null };
		} catch (error) {
			if (!(error instanceof EditProblem)) throw error;
			return { code: null, problem: error.message };
		}
	}

	async *#test(answer: {
		step: number;
		code: string | null;
		problem: string | null;
	}): AsyncGenerator<DraftStep, Attempt> {
		const { step, code, problem } = answer;
		if (code === null) {
			return { step, code, passed: -1, feedback: sentence(problem ?? "there is no program"), lost: "", right: false };
		}
		this.#programs.add(code.trim());
		const total = this.#input.publicTests.length;
		if (total === 0) return { step, code, passed: 0, feedback: "", lost: "", right: false };
		const began = this.#tools.now();
		const result = await this.#tools.test(code);
		const right = result.status === "accepted";
		const feedback = right ? "" : feedbackOf(result, this.#input.publicTests);
		yield {
			kind: "tests",
			step: this.#steps++,
			parent: step,
			wallTimeMs: this.#tools.now() - began,
			of: step,
			status: result.status,
			passed: result.passed,
			total,
			tests: result.tests.map(({ id, status, message, line }) => ({ id, status, message, line })),
			output: result.output,
			message: result.message,
			feedback: right ? null : feedback,
		};
		return { step, code, passed: result.passed, feedback, lost: "", right };
	}

	/** An edit needs a program; without one the whole is asked for. */
	#templateFor(base: Attempt | null): PromptTemplate {
		const { strategy, template } = this.#options;
		if (base === null || strategy === "retry" || strategy === "none") return template;
		if (base.code === null) return named("self-debug");
		return named(strategy === "edit-blocks" || strategy === "edit-diff" ? strategy : "self-debug");
	}
}

function named(name: string): PromptTemplate {
	const template = templateOf(name);
	if (template === null) throw new Error(`no prompt template is called ${name}`);
	return template;
}

function sentence(text: string): string {
	return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
