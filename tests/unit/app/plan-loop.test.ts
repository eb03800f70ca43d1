import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type LoopOrder, planLoop } from "../../../src/app/plan-loop.js";
import { createTrainings } from "../../../src/app/trainings.js";
import { LOOP_DEFAULTS } from "../../../src/domain/choices.js";
import { runConfig, temporaryFolder } from "./run-fixtures.js";

const MODEL = fileURLToPath(new URL("../../../fixtures/models/tiny-coder", import.meta.url));
const TASKS = fileURLToPath(new URL("../../../fixtures/tasks/tiny", import.meta.url));

function planned(over: Partial<LoopOrder>) {
	const order: LoopOrder = {
		...LOOP_DEFAULTS,
		tasks: TASKS,
		model: MODEL,
		evaluationN: null,
		remote: null,
		seed: 1,
		settings: {},
		name: null,
		config: runConfig(),
		...over,
	};
	return planLoop(order, new AbortController().signal);
}

test("a loop learns from one split and is measured by others, as many samples of each as it learns from", async () => {
	const { trainIds, heldOutIds, evaluationN } = await planned({});
	expect([trainIds.length, heldOutIds.length, evaluationN]).toEqual([240, 100, 8]);
});

test("a loop that the screen asks for takes its settings from a file, too", async () => {
	const workspace = temporaryFolder();
	const settingsFile = join(workspace, "settings.yaml");
	writeFileSync(settingsFile, "epochs: 4\nlearningRate: 0.001\n");
	const { planTraining } = createTrainings({
		workspace,
		shippedModel: MODEL,
		signal: new AbortController().signal,
		verifier: () => Promise.reject(new Error("nothing is judged")),
		configOf: () => Promise.resolve(runConfig()),
		track: () => {},
	});
	const sampling = { temperature: null, maxTokens: null };
	const wish = {
		...LOOP_DEFAULTS,
		kind: "loop",
		tasks: TASKS,
		model: MODEL,
		evaluationN: null,
		remote: null,
		sampling,
	} as const;
	const plan = await planTraining({ ...wish, seed: 1, name: null, settingsFile, settings: { epochs: "2" } });
	expect(plan).toMatchObject({ settings: { epochs: "2", learningRate: 0.001 } });
	const gone = planTraining({ ...wish, seed: 1, name: null, settingsFile: "gone.yaml", settings: {} });
	await expect(gone).rejects.toThrow("gone.yaml: no such file or folder");
});

test.each<[Partial<LoopOrder>, RegExp]>([
	[{ heldOut: ["dev", "train"] }, /the split train is to be learnt from and measured by/],
	[{ heldOut: ["nowhere"] }, /no function task is in split nowhere/],
	[{ settings: { speed: 9 } }, /settings of sft: field speed: unknown field/],
	[{ settings: { epochs: "0" } }, /field epochs: expected a number above 0/],
	[{ name: "../elsewhere" }, /--name "..\/elsewhere": is no name of a folder/],
	[{ name: "" }, /is no name of a folder/],
])("what would fail later is refused before anything is generated: %j", async (over, message) => {
	await expect(planned(over)).rejects.toMatchObject({ code: "usage", message: expect.stringMatching(message) });
});
