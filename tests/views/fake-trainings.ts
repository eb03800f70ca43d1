import type { TrainingPlan, Trainings, TrainingWish } from "../../src/app/trainings.js";
import type { LoopEvent, LoopPlan, LoopStage } from "../../src/domain/loop.js";
import type { RunConfig } from "../../src/domain/run.js";
import type { TrainingRef, TrainingUpdate } from "../../src/domain/training-activity.js";
import type { CheckpointJob, TrainerEvent } from "../../src/domain/training-job.js";
import { WorldConfig, type WorldJob } from "../../src/domain/world-job.js";
import { createFakeRemote, type FakeRemote, remoteUpdates } from "./fake-remote.js";
import { START } from "./fake-run.js";

const TASKS = Array.from({ length: 24 }, (_, i) => `held_out_${String(i).padStart(2, "0")}`);
const iso = (seconds: number) => new Date(START + seconds * 1000).toISOString();

const PLAN: LoopPlan = {
	schema: "assay.loop.v1",
	loopId: "20261121-095000-loop-demo",
	createdAt: iso(0),
	tasks: "/home/user/fixtures/tasks/tiny",
	model: "/home/user/models/tiny-coder",
	iterations: 3,
	n: 8,
	evaluationN: 8,
	trainIds: ["a", "b"],
	heldOutIds: TASKS,
	seed: 1,
	method: "sft",
	perTask: 4,
	from: "base",
	replay: 1,
	curriculum: 0,
	settings: { learningRate: 0.0003, epochs: 8 },
	threads: 1,
	remote: null,
	config: {} as RunConfig,
	patience: 2,
	stopOn: ["worse"],
	version: "0.0.0",
};

const JOB: CheckpointJob = {
	schema: "assay.training-job.v1",
	method: "grpo",
	name: "second",
	model: "/home/user/models/tiny-coder",
	data: "/home/user/artifacts/data/prompts",
	heldOut: null,
	run: "/home/user/artifacts/training/second",
	judge: { folder: "/judge", reward: "binary", tier: null, workers: null },
	threads: 1,
	library: "auto",
	engine: "builtin",
	processes: 1,
	device: "auto",
	config: { steps: 60, learningRate: 0.0003 } as CheckpointJob["config"],
};

export const WORLD_JOB: WorldJob = {
	schema: "assay.training-job.v1",
	method: "world",
	name: "world",
	data: "/home/user/transitions",
	run: "/home/user/artifacts/training/world",
	threads: 1,
	device: "auto",
	config: WorldConfig.parse({ steps: 250 }),
};

/** Two iterations, and a third that was interrupted while it generated. */
function* loopEvents(): Generator<LoopEvent> {
	let at = 0;
	const stage = function* (iteration: number, name: LoopStage, seconds: number, note: string): Generator<LoopEvent> {
		yield { type: "stage.started", at: iso(at), iteration, stage: name };
		at += seconds;
		yield { type: "stage.finished", at: iso(at), iteration, stage: name, wallTimeMs: seconds * 1000, note };
	};
	const score = (iteration: number, value: number, distinctShare: number): LoopEvent => ({
		type: "checkpoint.recorded",
		at: iso(at),
		score: {
			iteration,
			checkpoint: iteration === 0 ? "tiny-coder" : `${PLAN.loopId}-${iteration}`,
			passAt1: { value, low: value - 0.07, high: value + 0.07 },
			distinctShare,
			leftOut: [],
			runId: `evaluation-${iteration}`,
		},
	});
	yield { type: "loop.planned", at: iso(at), loopId: PLAN.loopId, iterations: PLAN.iterations };
	yield* stage(0, "evaluate", 12, "pass@1 0.392");
	yield score(0, 0.392, 0.74);
	for (const [iteration, value, distinct, conclusion] of [
		[1, 0.655, 0.6, "better"],
		[2, 0.61, 0.3, "worse"],
	] as const) {
		yield* stage(iteration, "generate", 5, `generation-${iteration}`);
		yield* stage(iteration, "export", 1, "56 examples of 49 tasks");
		yield* stage(iteration, "train", 20, "56 examples learnt");
		yield* stage(iteration, "evaluate", 12, `pass@1 ${value}`);
		yield score(iteration, value, distinct);
		yield {
			type: "comparison.recorded",
			at: iso(at),
			change: {
				iteration,
				against: iteration - 1,
				difference: iteration === 1 ? 0.263 : -0.045,
				low: iteration === 1 ? 0.2 : -0.08,
				high: iteration === 1 ? 0.32 : -0.01,
				p: 0.001,
				conclusion,
				up: 9,
				down: 3,
				file: "compare.json",
			},
		};
		yield* stage(iteration, "compare", 2, `${iteration - 1}→${iteration} ${conclusion}`);
	}
	yield { type: "stage.started", at: iso(at), iteration: 3, stage: "generate" };
}

function loopUpdates(): TrainingUpdate[] {
	const tasks = [0, 1, 2].map((iteration): TrainingUpdate => {
		const rates = TASKS.map((taskId, i) => ({ taskId, n: 8, accepted: Math.min(8, (i % 9) + iteration * 2) }));
		return { kind: "tasks", of: "heldOut", iteration, tasks: rates };
	});
	return [
		{ kind: "loop", plan: PLAN },
		...[...loopEvents()].map((event): TrainingUpdate => ({ kind: "happened", event })),
		...tasks,
		{ kind: "state", state: "interrupted" },
		{ kind: "progress", iteration: 3, stage: "generate", done: 6, total: 16, atMs: START + 100_000 },
	];
}

/** A training that goes on, with a gradient norm that jumped once and a figure that no panel knows. */
function trainingUpdates(): TrainingUpdate[] {
	const event = (t: string, step: number | null, m: TrainerEvent["m"]): TrainerEvent => ({
		v: 1,
		t,
		at: START / 1000 + (step ?? 0) * 5,
		step,
		m,
	});
	const events = Array.from({ length: 40 }, (_, i): TrainerEvent => {
		const wave = Math.sin(i * 1.7) * 0.08;
		return event("train.step", i + 1, {
			informative: 0.7 + wave,
			learning_rate: 0.0003,
			grad_norm: i === 20 ? 9 : 0.4 + wave,
			loss: -0.01 + wave / 4,
			entropy: 0.2 - i / 400,
			kl: i / 500,
			"clip_ratio/high": 0.01 + wave / 20,
			reward: 0.2 + i / 60 + wave,
			"completions/mean_length": 27 + i / 8,
			"completions/truncated": 0.01,
			num_tokens: 1800,
			tokens_per_second: 330 + 100 * wave,
			strangeness: i * 3,
		});
	});
	const evaluations = [0, 20, 40].map((step) => event("eval", step, { reward: 0.2 + step / 100 }));
	return [
		{ kind: "training", job: JOB },
		{ kind: "measured", events: [event("train.started", null, { steps: 60 }), ...events, ...evaluations] },
		{ kind: "state", state: "running" },
	];
}

const FAKES: readonly { ref: TrainingRef; updates: TrainingUpdate[] }[] = [
	{ ref: { kind: "training", id: JOB.name }, updates: trainingUpdates() },
	{ ref: { kind: "loop", id: PLAN.loopId }, updates: loopUpdates() },
];

export type FakeTrainings = Trainings &
	FakeRemote & {
		/** What was wished for, in order. */
		wishes: TrainingWish[];
		/** What was asked for: `run`, `resume` or `stop`, and of what. */
		asked: string[];
	};

/** `isRemote`: another training goes on at another machine, of which this is told, too. */
export function createFakeTrainings(isRemote = false, more: readonly TrainingUpdate[] = []): FakeTrainings {
	const asked: string[] = [];
	const wishes: TrainingWish[] = [];
	const planOf = (wish: TrainingWish): TrainingPlan =>
		wish.kind === "loop"
			? { ...PLAN, loopId: "20261121-100000-loop-new", iterations: wish.iterations, n: wish.n }
			: wish.kind === "world"
				? { ...WORLD_JOB, name: wish.name, data: wish.data }
				: { ...JOB, name: wish.name, method: wish.method };
	return {
		...createFakeRemote(asked),
		asked,
		wishes,
		async *followTrainings() {
			const far = {
				ref: { kind: "training", id: "far" } as const,
				updates: [...trainingUpdates(), ...remoteUpdates(), ...more],
			};
			for (const { ref, updates } of isRemote ? [...FAKES, far] : FAKES) {
				for (const update of updates) yield await Promise.resolve({ ref, update });
			}
		},
		trainingChoices: () =>
			Promise.resolve({
				models: [{ name: "tiny-coder", path: "/home/user/models/tiny-coder" }],
				data: [{ name: "prompts", format: "grpo", examples: 60 }],
				transitions: [{ name: "transitions", path: "/home/user/transitions", count: 4800 }],
				settings: { sft: ["epochs", "learningRate"], grpo: ["groupSize"], ppo: ["gamma"], world: ["width", "members"] },
			}),
		estimateTraining: () => Promise.resolve("about 9 min, by what a loop before took"),
		planTraining(wish) {
			wishes.push(wish);
			return Promise.resolve(planOf(wish));
		},
		runTraining(plan) {
			const id = plan.schema === "assay.loop.v1" ? plan.loopId : plan.name;
			asked.push(`run ${id}`);
			return Promise.resolve({ ref: { kind: "loop", id }, outcome: "finished", text: "3 iterations are done" });
		},
		resumeTraining(ref) {
			asked.push(`resume ${ref.id}`);
			return Promise.resolve({ ref, outcome: "finished", text: "3 iterations are done" });
		},
		stopTraining(ref) {
			asked.push(`stop ${ref.id}`);
			return Promise.resolve();
		},
	};
}
