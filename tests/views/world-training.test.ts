import { describe, expect, test } from "vitest";
import type { TrainingUpdate } from "../../src/domain/training-activity.js";
import { START } from "./fake-run.js";
import { createFakeTrainings, WORLD_JOB } from "./fake-trainings.js";
import { createFakeWorkbench } from "./fake-workbench.js";
import { expectGolden } from "./golden-text.js";
import { openInMemory, quiet } from "./screen-in-memory.js";

/** Of two members; the second goes on. */
function updates(): TrainingUpdate[] {
	const at = (step: number) => START / 1000 + step;
	const events = Array.from({ length: 36 }, (_, i) => {
		const step = (i + 1) * 10;
		const member = step > 250 ? 1 : 0;
		const wave = Math.sin(i) / 10;
		const loss = { loss: 8 / (1 + i / 9) + wave, prediction: 2 / (1 + i / 9), sigreg: 1 / (1 + i / 5) };
		const more = { set: 3 / (1 + i / 9), contrast: 2 / (1 + i / 7), operations: 0.3, pass: 0.6, grad_norm: 1 + wave };
		return {
			v: 1 as const,
			t: "train.step",
			at: at(step),
			step,
			m: { member, ...loss, ...more, lr: 0.002, seconds: 0.4 },
		};
	});
	const evaluations = [50, 100, 150, 200, 250, 300, 350].map((step, i) => {
		const energies = {
			auc: 0.6 + i / 40,
			auc_among_valid: 0.55 + i / 60,
			rerankable: 64,
			no_action_auc: 0.52,
			shuffled_auc: 0.55,
		};
		const others = {
			pass_auc: 0.8 + i / 100,
			mrr: 0.2 + i / 20,
			no_action_mrr: 0.12,
			effective_rank_ratio: 0.24 + i / 30,
			mean_cosine: 0.1,
		};
		return { v: 1 as const, t: "world.evaluation", at: at(step) + 0.5, step, m: { ...energies, ...others } };
	});
	return [
		{ kind: "training", job: { ...WORLD_JOB, config: { ...WORLD_JOB.config, members: 2 } } },
		{ kind: "measured", events: [...events, ...evaluations].toSorted((a, b) => a.at - b.at) },
		{ kind: "state", state: "running" },
	];
}

async function start(options: Parameters<typeof openInMemory>[0] = {}) {
	const fake = createFakeTrainings();
	const trainings = {
		...fake,
		async *followTrainings() {
			for (const update of updates())
				yield await Promise.resolve({ ref: { kind: "training" as const, id: "world" }, update });
		},
	};
	const workbench = { ...createFakeWorkbench(), ...trainings };
	const screen = openInMemory({ columns: 80, rows: 24, screen: 5, workbench, ...options });
	await screen.until((text) => text.includes("360/500") && text.includes("sandbox bwrap"));
	await quiet(screen);
	return { screen, asked: fake.asked, wishes: fake.wishes };
}

describe("golden screens", () => {
	for (const [columns, rows] of [
		[80, 24],
		[120, 40],
	] as const) {
		test(`a world model that learns at ${columns}x${rows}`, async () => {
			const { screen } = await start({ columns, rows });
			screen.keys("\r");
			await screen.until((text) => text.includes("energy AUC"));
			await quiet(screen);
			expectGolden(`world-training-${columns}x${rows}`, await screen.lines());
		});
	}

	test("the form of a world model at 80x24", async () => {
		const { screen } = await openForm();
		await quiet(screen);
		expectGolden("world-form-80x24", await screen.lines());
	});
});

async function openForm() {
	const opened = await start();
	opened.screen.keys("r");
	await opened.screen.until((text) => text.includes("a world model from transitions"));
	opened.screen.keys("w");
	await opened.screen.until((text) => text.includes("Enter shows the plan"));
	return opened;
}

test("what retrieval, effective rank and the parts of the loss are is shown over its steps", async () => {
	const { screen } = await start({ columns: 120, rows: 160 });
	for (const title of [
		"energy AUC: ",
		"retrieval (MRR): ",
		"effective rank: ",
		"prediction and spread: ",
		"contrasts: ",
	])
		await screen.until((text) => text.includes(title));
});

test("a world model starts only after its exact plan was shown, with what it takes", async () => {
	const { screen, asked, wishes } = await openForm();
	expect(await screen.text()).toContain("transitions, 4800 transitions");
	screen.keys("\r");
	await screen.until((text) => text.includes("training: world, world model world-") && text.includes("about 9 min"));
	expect(wishes).toEqual([
		{
			...{ kind: "world", data: "/home/user/transitions", name: expect.stringMatching(/^world-\d{14}$/) },
			...{ threads: 1, device: "auto", settingsFile: null, settings: {} },
		},
	]);
	expect(asked).toEqual([]);
	screen.keys("y");
	await screen.until((text) => text.includes("finished"));
	expect(asked).toEqual([expect.stringMatching(/^run world-/)]);
});

test("it can learn from a folder that is typed, on a host, for so many steps", async () => {
	const { screen, wishes } = await openForm();
	// Down to the folder, over the name to the host, and over deadline and budget to the steps.
	screen.keys("\u001b[B/far/edits\u001b[B\u001b[B\u001b[C\u001b[B2h\u001b[B\u001b[B300\r");
	await screen.until((text) => text.includes("Start this on gpu1?") && text.includes("after 7200 s"));
	expect(wishes).toEqual([expect.objectContaining({ data: "/far/edits", settings: { steps: "300" } })]);
});

test("without transitions it is said that a folder has to be typed", async () => {
	const { screen, wishes } = await openForm();
	screen.keys("\u001b[C\r");
	await screen.until((text) => text.includes("folder: type that of the transitions to learn from"));
	expect(wishes).toEqual([]);
});
