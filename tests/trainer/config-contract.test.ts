import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { TRAINING_METHODS } from "../../src/domain/choices.js";
import { TRAINING_CONFIGS } from "../../src/domain/training-job.js";
import { WorldConfig } from "../../src/domain/world-job.js";

const TRAINER = fileURLToPath(new URL("../../src/trainer", import.meta.url));
const CONTRACT = fileURLToPath(new URL("../../fixtures/contract/training-configs.json", import.meta.url));
const PYTHON = "/usr/bin/python3";
const hasTorch = spawnSync(PYTHON, ["-c", "import torch"]).status === 0 || Boolean(process.env.CI);

const METHODS = [...TRAINING_METHODS, "world"] as const;
const CONFIGS = { ...TRAINING_CONFIGS, world: WorldConfig };

const Case = z.strictObject({
	method: z.enum(METHODS),
	field: z.string().optional(),
	config: z.record(z.string(), z.unknown()),
});
const Contract = z.strictObject({ accepted: z.array(Case), refused: z.array(Case) });
const contract = Contract.parse(JSON.parse(readFileSync(CONTRACT, "utf8")));

/** What the trainer's dataclasses make of the same file: whole configurations, why others are refused, and defaults. */
const PROGRAM = `
import dataclasses, json, sys
from assay_trainer.job import METHODS, camel, config_of
from assay_trainer.world.config import WorldConfig
METHODS = {**METHODS, "world": WorldConfig}
contract = json.load(open(sys.argv[1]))
whole = lambda config: {camel(name): value for name, value in dataclasses.asdict(config).items()}
def refusal(case):
    try:
        config_of(METHODS[case["method"]], case["config"])
    except (TypeError, ValueError) as problem:
        return str(problem)
none = dataclasses.MISSING
print(json.dumps({
    "accepted": [whole(config_of(METHODS[case["method"]], case["config"])) for case in contract["accepted"]],
    "refused": [refusal(case) for case in contract["refused"]],
    "defaults": {method: {camel(f.name): None if f.default is none else f.default for f in dataclasses.fields(kind)} for method, kind in METHODS.items()},
}))`;
const Told = z.object({
	accepted: z.array(z.record(z.string(), z.unknown())),
	refused: z.array(z.string().nullable()),
	defaults: z.record(z.enum(METHODS), z.record(z.string(), z.unknown())),
});

describe.skipIf(!hasTorch)("settings of training, for workbench and trainer (needs python3-torch)", () => {
	const run = spawnSync(PYTHON, ["-c", PROGRAM, CONTRACT], {
		encoding: "utf8",
		env: { ...process.env, PYTHONPATH: TRAINER },
	});
	const python = Told.parse(JSON.parse(run.stdout || "null"));

	test("have the same names and the same defaults", () => {
		for (const method of METHODS) {
			const ours = Object.entries(CONFIGS[method].shape).map(([name, field]) => [
				name,
				field.safeParse(undefined).data ?? null,
			]);
			expect(Object.fromEntries(ours)).toEqual(python.defaults[method]);
		}
	});

	test("are read as the same whole configuration, and what one writes the other reads", () => {
		for (const [at, { method, config }] of contract.accepted.entries()) {
			const ours = CONFIGS[method].parse(config);
			expect(ours).toEqual(python.accepted[at]);
			expect(CONFIGS[method].parse(python.accepted[at])).toEqual(ours);
		}
	});

	test("are refused by both for the same field", () => {
		for (const [at, { method, field = "", config }] of contract.refused.entries()) {
			const { error } = CONFIGS[method].safeParse(config);
			expect([field, JSON.stringify(error?.issues)]).toEqual([field, expect.stringContaining(field)]);
			const snake = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
			expect([field, python.refused[at]]).toEqual([field, expect.stringMatching(new RegExp(`${field}|${snake}`))]);
		}
	});
});
