import { expect, test } from "vitest";
import { trainingCommands } from "../../src/app/training-commands.js";
import { type Host, HostEntry } from "../../src/domain/host.js";
import { TRAINING_CONFIGS, TrainingJob } from "../../src/domain/training-job.js";

const hostOf = (entry: object): Host => ({ ...HostEntry.parse(entry), name: "gpu1", from: "hosts.yaml" });
const SFT = { steps: 1, learningRate: 0.1, batchSize: 1, scheduleSteps: 1 };

function jobOf(more: object): TrainingJob {
	const places = { name: "a", model: "/m", data: "/d", heldOut: null, run: "/r", judge: null, threads: 1 };
	return TrainingJob.parse({
		schema: "assay.training-job.v1",
		method: "sft",
		...places,
		config: TRAINING_CONFIGS.sft.parse(SFT),
		...more,
	});
}

test("one process is the trainer itself, several of one machine are torchrun's, those of a cluster one a node", () => {
	const last = (host: Host, job: TrainingJob) => trainingCommands(host, job).trimEnd().split("\n").at(-1);
	expect(last(hostOf({ python: "~/venv/bin/python" }), jobOf({}))).toBe(
		'exec "$HOME"/venv/bin/python -m assay_trainer job.json',
	);
	expect(last(hostOf({}), jobOf({ processes: 8 }))).toMatch(
		/^exec python3 -m torch\.distributed\.run --nproc_per_node=8 .*--standalone -m assay_trainer job\.json$/,
	);
	expect(last(hostOf({ slurm: { nodes: 2 } }), jobOf({ processes: 8 }))).toMatch(/^exec srun --nodes=2 .*--node_rank=/);
	expect(trainingCommands(hostOf({ setup: "module load cuda" }), jobOf({}))).toMatch(/^module load cuda\n/);
});

test("what cannot share its steps out is refused before anything is sent", () => {
	const nodes = hostOf({ slurm: { nodes: 2 } });
	expect(() => trainingCommands(nodes, jobOf({ engine: "trl" }))).toThrow("2 nodes of gpu1: only assay's own engine");
	for (const method of ["grpo", "ppo"] as const)
		expect(trainingCommands(nodes, jobOf({ method }))).toContain("torch.distributed.run");
	const world = TrainingJob.parse({
		...{ schema: "assay.training-job.v1", method: "world", name: "w", data: "/d", run: "/r", threads: 1 },
		config: { steps: 1 },
	});
	expect(() => trainingCommands(nodes, world)).toThrow("2 nodes of gpu1: a world model learns in one process");
	expect(trainingCommands(hostOf({}), world)).toMatch(/^exec python3 -m assay_trainer job\.json$/m);
	expect(trainingCommands(hostOf({}), jobOf({ engine: "trl", processes: 4 }))).not.toContain("distributed");
});
