import { createQuestionDesk } from "../../src/app/host-questions.js";
import type { RemoteTrainings } from "../../src/app/remote-trainings.js";
import type { HostRow } from "../../src/domain/host-activity.js";
import type { GpuSample, RemotePlan } from "../../src/domain/remote-activity.js";
import type { TrainingUpdate } from "../../src/domain/training-activity.js";
import { START } from "./fake-run.js";

const plain = {
	workdir: "~/assay-runs",
	python: "python3",
	setup: null,
	address: null,
	alias: null,
	slurm: null,
	stopIdleMinutes: null,
} as const;

const HOSTS: readonly HostRow[] = [
	{
		...plain,
		...{ name: "gpu1", from: "hosts.yaml", gpus: "8x B200", pricePerGpuHour: 6.5, pricePerHostHour: null },
		...{ releaseCommand: "cloud release gpu1", pricePerHour: 52 },
		rent: {
			periods: [{ from: START - 3_600_000, to: null, pricePerHour: 52 }],
			worked: [{ from: START - 1_800_000, to: null }],
		},
		check: {
			schema: "assay.host-check.v1",
			at: new Date(START - 3_600_000).toISOString(),
			connectMs: 96,
			findings: [{ name: "system", level: "ok", text: "Linux x86_64, 192 cores", remedy: null }],
		},
	},
	{
		...plain,
		...{ name: "lab", from: "alias", gpus: null, pricePerGpuHour: null, pricePerHostHour: null },
		...{ releaseCommand: null, pricePerHour: null },
		rent: null,
		check: {
			schema: "assay.host-check.v1",
			at: new Date(START - 60_000).toISOString(),
			connectMs: 41,
			findings: [
				{
					name: "python",
					level: "error",
					text: "Python 3.11.2 cannot train: no torch",
					remedy: "pip install torch numpy",
				},
			],
		},
	},
	{
		...plain,
		...{ name: "local", from: "built-in", gpus: null, pricePerGpuHour: null, pricePerHostHour: null },
		...{ releaseCommand: null, pricePerHour: null, check: null, rent: null },
	},
];

/** Two GPUs over a minute: one is busy, the other idles. */
function gpuSamples(): GpuSample[] {
	return Array.from({ length: 60 }, (_, i) => i).flatMap((i) =>
		[0, 1].map((index) => ({
			atMs: START + i * 1000,
			index,
			name: "NVIDIA B200",
			busy: index === 0 ? 80 + (i % 20) : 0,
			memoryMb: index === 0 ? 141_000 : 4,
			memoryTotalMb: 183_359,
			watts: index === 0 ? 912.4 : 140.2,
			wattLimit: 1000,
			celsius: index === 0 ? 86 : 33,
			smMhz: 1965,
			eccErrors: index === 0 ? 0 : 2,
		})),
	);
}

/** What is told of a training on gpu1 that has gone on for half an hour of its budget of 40 dollars. */
export function remoteUpdates(): TrainingUpdate[] {
	return [
		{
			kind: "remote",
			run: {
				host: "gpu1",
				folder: "/home/user/assay-runs/runs/far-k3f9qz",
				attempt: 1,
				createdAt: new Date(START - 1_800_000).toISOString(),
				...{ peers: [], failure: null, slurm: null },
				limit: { seconds: (40 / 52) * 3600, reason: "budget" },
				pricePerHour: 52,
				last: { state: { state: "running" }, seenAt: new Date(START - 1_800_000).toISOString() },
				clock: { earlierMs: 0, startedAtMs: START - 1_800_000, endedAtMs: null },
			},
		},
		{ kind: "gpus", member: 0, samples: gpuSamples() },
	];
}

export type FakeRemote = RemoteTrainings & { questions: ReturnType<typeof createQuestionDesk> };

/** `asked` takes what was asked for. */
export function createFakeRemote(asked: string[]): FakeRemote {
	const questions = createQuestionDesk();
	const letGo = new Map<string, () => void>();
	const followed = (id: string) =>
		new Promise<void>((resolve) => letGo.set(id, resolve)).then(
			() => ({ ref: { kind: "training", id }, outcome: "stopped", text: "it goes on at gpu1" }) as const,
		);
	return {
		questions,
		listHosts: () => Promise.resolve([...HOSTS]),
		addHost(name, entry) {
			asked.push(`add ${name} ${JSON.stringify(entry)}`);
			return Promise.resolve();
		},
		checkHost(name) {
			asked.push(`check ${name}`);
			return Promise.resolve({
				schema: "assay.host-check.v1",
				at: new Date(START).toISOString(),
				connectMs: 96,
				findings: [],
			});
		},
		beginRent(name) {
			asked.push(`rent ${name}`);
			return Promise.resolve();
		},
		endRent(name) {
			asked.push(`release ${name}`);
			return Promise.resolve();
		},
		followQuestions: (signal) => questions.follow(signal),
		answerQuestion: (id, answer) => Promise.resolve(questions.answer(id, answer)),
		planRemote: (job, terms): Promise<RemotePlan> =>
			Promise.resolve({
				...{ job, terms },
				facts: [
					["host", terms.host],
					["ends", `after ${terms.deadlineSeconds} s, or at $${terms.budgetUsd}`],
				],
			}),
		startRemote({ job, terms }) {
			asked.push(`start ${job.name} on ${terms.host}`);
			return followed(job.name);
		},
		attachTraining(id) {
			asked.push(`attach ${id}`);
			return followed(id);
		},
		detachTraining(id) {
			asked.push(`detach ${id}`);
			letGo.get(id)?.();
			return Promise.resolve();
		},
		stopRemote(id) {
			asked.push(`stop ${id}`);
			return Promise.resolve({
				text: "was stopped with status 143",
				left: [4711],
				mayHide: false,
				pricePerHour: 52,
				releaseCommand: "cloud release gpu1",
			});
		},
		trainingModels(id) {
			asked.push(`models of ${id}`);
			const of = { bytes: 4_400_000, isThere: true, checkpoint: null, passAt1: null, isFinal: false };
			return Promise.resolve({
				models: [
					{ ...of, name: `${id}-step-20`, step: 20, checkpoint: `/home/user/checkpoints/${id}-step-20`, passAt1: 0.61 },
					{ ...of, name: `${id}-step-40`, step: 40 },
				],
				unreachable: null,
			});
		},
		keepModelNow(id) {
			asked.push(`keep one of ${id}`);
			return Promise.resolve(41);
		},
		fetchTraining(id, wanted) {
			asked.push(`fetch ${wanted} of ${id}`);
			return Promise.resolve(wanted === "last" ? id : `${id}-step-${wanted}`);
		},
	};
}
