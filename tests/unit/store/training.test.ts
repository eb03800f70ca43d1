import { describe, expect, test } from "vitest";
import type { LoopEvent } from "../../../src/domain/loop.js";
import type { TrainingUpdate } from "../../../src/domain/training-activity.js";
import type { TrainerEvent } from "../../../src/domain/training-job.js";
import { smoothed, trendOf } from "../../../src/stats/smoothing.js";
import { emptyLoop, loopEtaMs, reduceLoop, stageNow } from "../../../src/store/loop-state.js";
import { panelsOf } from "../../../src/store/metric-panels.js";
import { addNews, type TrainingBook, trainingRows } from "../../../src/store/training-activity.js";
import { trainingAlarms } from "../../../src/store/training-alarms.js";
import { addEvents, emptyMetrics, type TrainingMetrics, trainingEtaMs } from "../../../src/store/training-metrics.js";
import { aLoopPlan } from "../app/loop-fixtures.js";

const step = (at: number, m: TrainerEvent["m"], t = "train.step"): TrainerEvent => ({
	v: 1,
	t,
	at: 1000 + at,
	step: at,
	m,
});
const steps = (count: number, m: (i: number) => TrainerEvent["m"]) =>
	Array.from({ length: count }, (_, i) => step(i + 1, m(i)));
const stateOf = (...events: TrainerEvent[]): TrainingMetrics => ({
	...addEvents(emptyMetrics(), events),
	state: "running",
});
const alarmsOf = (state: TrainingMetrics, nowMs = (state.lastAt ?? 0) * 1000) =>
	trainingAlarms(state, nowMs).map(({ name }) => name);

test("a smoothed line starts at its first value and passes over what is no number", () => {
	expect([...smoothed([4, 4, 4], 0.9)].map((value) => Number(value.toFixed(12)))).toEqual([4, 4, 4]);
	expect([...smoothed([1, Number.NaN, 3], 0.5)]).toEqual([1, Number.NaN, (0.25 * 1 + 0.5 * 3) / 0.75]);
	expect([...smoothed([1, 2, 3], 0)]).toEqual([1, 2, 3]);
});

test("a trend is only told where it is larger than its error", () => {
	expect(trendOf([1, 2, 3, 4, 5, 6])).toBe(1);
	expect(trendOf([6, 5, 4, 3, 2, 1])).toBe(-1);
	expect(trendOf([1, 5, 2, 4, 3, 3])).toBe(0);
	expect(trendOf([1, 9])).toBe(0);
});

describe("figures of a training", () => {
	test("steps that are done again after a kill take the place of what was told of them", () => {
		const state = stateOf(...steps(5, (i) => ({ loss: i, num_tokens: 10 })), step(4, { loss: 30, num_tokens: 10 }));
		expect(state.metrics.get("loss")).toMatchObject({
			steps: [1, 2, 3, 4],
			values: [0, 1, 2, 30],
			tokens: [10, 20, 30, 40],
		});
		expect(state.step).toBe(4);
	});

	test("figures of a world model are evaluations, each with its panel, and one that is made again stands for the one before", () => {
		const found = { auc: 0.7, no_action_auc: 0.5, mrr: 0.4, effective_rank_ratio: 0.3, pass_auc: 0.8, member: 1 };
		const state = stateOf(
			step(10, { loss: 4, prediction: 1, set: 2, member: 1, seconds: 0.1 }),
			step(10, found, "world.evaluation"),
			step(10, { ...found, auc: 0.75 }, "world.evaluation"),
		);
		expect(state.metrics.get("loss")?.steps).toEqual([10]);
		expect(state.metrics.get("eval/auc")).toMatchObject({ steps: [10], values: [0.75] });
		expect(panelsOf(state).map(({ id }) => id)).toEqual([
			...["energy", "retrieval", "rank", "pass", "loss", "loss-parts", "contrasts", "time"],
		]);
	});

	test("names of other trainers find their panels, and unknown ones are under other", () => {
		const m = {
			"critic/score/mean": 1,
			"actor/pg_loss": 1,
			"actor/ppo_kl": 1,
			"actor/entropy": 1,
			"actor/pg_clipfrac": 1,
			"actor/grad_norm": 1,
			"response_length/mean": 1,
			"perf/throughput": 1,
			frac_reward_zero_std: 0,
			"entropy/all/mean": 1,
			"optim/lr": 1,
			"clip_ratio/low_mean": 1,
			"completions/mean_length": 1,
			eval_loss: 1,
			"surprise/a/b": 1,
		};
		const panels = panelsOf(stateOf(step(1, m))).map(({ id, metrics }) => [id, metrics.map(({ name }) => name)]);
		expect(Object.fromEntries(panels)).toEqual({
			"held-out": ["eval_loss"],
			reward: ["critic/score/mean"],
			loss: ["actor/pg_loss"],
			signal: ["frac_reward_zero_std"],
			kl: ["actor/ppo_kl"],
			entropy: ["actor/entropy", "entropy/all/mean"],
			clip: ["actor/pg_clipfrac", "clip_ratio/low_mean"],
			"grad-norm": ["actor/grad_norm"],
			length: ["response_length/mean", "completions/mean_length"],
			speed: ["perf/throughput"],
			rate: ["optim/lr"],
			other: ["surprise/a/b"],
		});
	});

	test("counts that a held-out score rests on are told beside it, not drawn on its scale", () => {
		const [panel] = panelsOf(stateOf(step(1, { "eval/reward": 0.4, "eval/prompts": 100, "eval/samples": 4 })));
		expect(panel?.metrics.map(({ name }) => name)).toEqual(["eval/reward", "eval/prompts", "eval/samples"]);
		expect(panel?.drawn.map(({ name }) => name)).toEqual(["eval/reward"]);
	});

	test("the time left follows the pace since training went on", () => {
		const started = { v: 1, t: "train.started", at: 1000, step: null, m: { steps: 10 } } as const;
		expect(trainingEtaMs(stateOf(started, ...steps(5, () => ({ loss: 1 }))))).toBe(5000);
		expect(trainingEtaMs({ ...stateOf(started, ...steps(5, () => ({ loss: 1 }))), state: "interrupted" })).toBe(null);
	});
});

describe("alarms", () => {
	test("a training that goes well has none", () => {
		const good = steps(40, (i) => ({
			loss: 1 / (i + 1),
			grad_norm: 0.4,
			entropy: 0.2,
			informative: 0.7,
			reward: i / 40,
		}));
		expect(alarmsOf(stateOf(...good))).toEqual([]);
	});

	test("norms that fall as the model learns are no jump", () => {
		expect(alarmsOf(stateOf(...steps(40, (i) => ({ grad_norm: 3 / (i + 1) ** 2 }))))).toEqual([]);
	});

	test.each([
		["loss_not_a_number", steps(3, (i) => ({ loss: i === 2 ? null : 1 }))],
		["entropy_collapse", steps(20, (i) => ({ entropy: i < 5 ? 1 : 0.05 }))],
		["groups_without_signal", steps(10, () => ({ informative: 0.1 }))],
		["groups_without_signal", steps(10, () => ({ frac_reward_zero_std: 0.9 }))],
		[
			"rank_collapse",
			[
				step(10, { effective_rank_ratio: 0.3 }, "world.evaluation"),
				step(20, { effective_rank_ratio: 0.1 }, "world.evaluation"),
			],
		],
		["truncated", steps(10, () => ({ "completions/truncated": 0.3 }))],
		["gradient_norm", steps(20, (i) => ({ grad_norm: i === 9 ? 40 : 1 }))],
		[
			"held_out_falls",
			[
				...steps(40, (i) => ({ reward: i / 40 })),
				...[10, 20, 30, 36, 38, 40].map((at, i) => step(at, { reward: 0.9 - i / 10 }, "eval")),
			],
		],
		[
			"unchanged",
			[...steps(2, () => ({ reward: 0 })), step(2, { reason: "all rewards are equal" }, "train.unchanged")],
		],
	])("%s is told", (name, events) => {
		expect(alarmsOf(stateOf(...events))).toEqual([name]);
	});

	test("ten silent minutes are told of a training that goes on, and of no other", () => {
		const state = stateOf(...steps(3, () => ({ loss: 1 })));
		const later = (state.lastAt ?? 0) * 1000 + 601_000;
		expect(alarmsOf(state, later)).toEqual(["silent"]);
		expect(alarmsOf({ ...state, state: "finished" }, later)).toEqual([]);
	});
});

describe("a loop", () => {
	const plan = aLoopPlan({ iterations: 2 });
	const at = (seconds: number) => new Date(1_000_000 + seconds * 1000).toISOString();
	const done = (iteration: number, stage: "evaluate" | "generate", seconds: number): LoopEvent[] => [
		{ type: "stage.started", at: at(0), iteration, stage },
		{ type: "stage.finished", at: at(seconds), iteration, stage, wallTimeMs: seconds * 1000, note: "" },
	];
	const reduced = (...updates: TrainingUpdate[]) =>
		updates.reduce(reduceLoop, reduceLoop(emptyLoop(), { kind: "loop", plan }));
	const happened = (...events: LoopEvent[]) => events.map((event): TrainingUpdate => ({ kind: "happened", event }));

	test("has all its stages from the first on, and one that was going on when it died is interrupted", () => {
		const loop = reduced(
			...happened(...done(0, "evaluate", 10), { type: "stage.started", at: at(10), iteration: 1, stage: "generate" }),
			{ kind: "state", state: "interrupted" },
		);
		expect(loop.stages.map(({ state }) => state)).toEqual(["done", "interrupted", ...Array<string>(9).fill("waiting")]);
		expect(stageNow(loop)).toMatchObject({ iteration: 1, stage: "generate" });
		expect(reduceLoop(loop, { kind: "state", state: "running" }).stages[1]?.state).toBe("going on");
	});

	test("tells no time left while a kind of stage has never come to its end", () => {
		const loop = reduced(...happened(...done(0, "evaluate", 10)), { kind: "state", state: "running" });
		expect(loopEtaMs(loop, 1_010_000)).toBe(null);
	});

	test("a score that is recorded again after a kill counts once", () => {
		const score = (value: number): LoopEvent => ({
			type: "checkpoint.recorded",
			at: at(1),
			score: {
				iteration: 0,
				checkpoint: "m",
				passAt1: { value, low: null, high: null },
				distinctShare: null,
				leftOut: [],
				runId: "r",
			},
		});
		expect(reduced(...happened(score(0.1), score(0.2))).scores.map(({ passAt1 }) => passAt1.value)).toEqual([0.2]);
	});
});

describe("rows", () => {
	const rowOf = (kind: "loop" | "training", ...updates: TrainingUpdate[]) => {
		const ref = { kind, id: "it" };
		const book = updates.reduce<TrainingBook>((was, update) => addNews(was, { ref, update }), new Map());
		return trainingRows(book, 0)[0];
	};

	test("what is told on the way to a host of a training that never began makes no row", () => {
		expect(rowOf("training", { kind: "link", link: { link: "live" }, atMs: 0 })).toBeUndefined();
		expect(rowOf("training", { kind: "transfer", direction: "up", bytes: 1, total: 2 })).toBeUndefined();
	});

	test("a training that ran elsewhere has the trainer that printed its figures for a method", () => {
		const imported = { ...step(1, { format: "prime-rl", log: "/l" }, "train.imported"), step: null };
		expect(rowOf("training", { kind: "measured", events: [imported, ...steps(3, () => ({ loss: 1 }))] })?.method).toBe(
			"prime-rl",
		);
	});

	test("one that cannot be read says so, and is neither interrupted nor without a reason", () => {
		for (const kind of ["loop", "training"] as const) {
			expect(rowOf(kind, { kind: "unreadable", text: "loop.json: field from: missing" })?.state).toBe("unreadable");
		}
	});
});
