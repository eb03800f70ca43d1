import { z } from "zod";

/** How jobs are handed to the Slurm that a host submits to. */
export const SlurmEntry = z.strictObject({
	/** null: the cluster's own choice; so with the others. */
	partition: z.string().min(1).nullable().default(null),
	account: z.string().min(1).nullable().default(null),
	qos: z.string().min(1).nullable().default(null),
	nodes: z.int().positive().default(1),
	/** 0: none are asked for. */
	gpusPerNode: z.int().nonnegative().default(0),
	/** Further options of sbatch, e.g. `--constraint=h100`. */
	arguments: z.array(z.string().regex(/^-/, "expected an option, such as --mem=64G")).default([]),
});
export type SlurmEntry = z.infer<typeof SlurmEntry>;

/** A machine that trains, as hosts.yaml describes it; its name is the key there. */
export const HostEntry = z
	.strictObject({
		/** What `ssh` calls it: an alias of ~/.ssh/config, `user@machine` or a machine's name; null: the entry's own name. */
		alias: z.string().min(1).nullable().default(null),
		/** e.g. `8x B200`. */
		gpus: z
			.string()
			.regex(/^[1-9]\d*x \S.*$/, "expected a count and a model, such as 8x B200")
			.nullable()
			.default(null),
		/** In US dollars; at most one of the two. null: not known. */
		pricePerGpuHour: z.number().nonnegative().nullable().default(null),
		pricePerHostHour: z.number().nonnegative().nullable().default(null),
		/** Where other hosts reach it, for trainings over several; null: the name of the machine that ssh goes to. */
		address: z.string().min(1).nullable().default(null),
		/** Folder of runs, and of what they share; `~/` is the home there. */
		workdir: z.string().min(1).default("~/assay-runs"),
		/** Interpreter with torch. */
		python: z.string().min(1).default("python3"),
		/** Shell commands that come before a job, e.g. `source ~/venv/bin/activate`. */
		setup: z.string().nullable().default(null),
		/** A training whose GPUs all idle for so long is ended there; null: none is. */
		stopIdleMinutes: z.number().positive().nullable().default(null),
		/** What ends the rent; only ever shown. */
		releaseCommand: z.string().nullable().default(null),
		/** Jobs are handed to Slurm there, whose nodes share the workdir; null: they run on the host itself. */
		slurm: SlurmEntry.nullable().default(null),
	})
	.refine((host) => host.pricePerGpuHour === null || host.pricePerHostHour === null, {
		message: "give pricePerGpuHour or pricePerHostHour, not both",
	})
	.refine((host) => host.pricePerGpuHour === null || host.gpus !== null, {
		message: "pricePerGpuHour needs gpus, to know how many",
	});
export type HostEntry = z.infer<typeof HostEntry>;

export const HostName = z
	.string()
	.regex(/^[A-Za-z0-9][\w.-]{0,63}$/, "expected letters, digits, dots, dashes and underscores, at most 64");

/** One, or several with commas between them that train together. */
export const HostNames = z
	.string()
	.refine((names) => names.split(",").every((name) => HostName.safeParse(name).success), {
		message: "expected names of hosts with commas between them",
	});

/** hosts.yaml in the workspace. No key and no passphrase ever stands in it. */
export const HostsFile = z.strictObject({
	/** What aliases are looked up in, as `ssh -F`; null: the user's own. */
	sshConfig: z.string().min(1).nullable().default(null),
	hosts: z.record(HostName, HostEntry).default({}),
});
export type HostsFile = z.infer<typeof HostsFile>;

/** `local`: this machine, without a connection. */
export const LOCAL_HOST = "local";

export interface Host extends HostEntry {
	name: string;
	/** Where it stands; `alias`: only ssh knows it. */
	from: "hosts.yaml" | "alias" | "built-in";
}

/** US dollars an hour of the whole host; null: no price is known. */
export function hourlyPrice({ gpus, pricePerGpuHour, pricePerHostHour }: HostEntry): number | null {
	if (pricePerGpuHour === null) return pricePerHostHour;
	return gpus === null ? null : pricePerGpuHour * Number.parseInt(gpus, 10);
}

/** One thing that was looked at before a run. */
export const HostFinding = z.strictObject({
	/** For programs, e.g. `disk`. */
	name: z.string(),
	level: z.enum(["ok", "warning", "error"]),
	/** What was found, in a sentence. */
	text: z.string(),
	/** How to put it right; null where nothing is wrong. */
	remedy: z.string().nullable(),
});
export type HostFinding = z.infer<typeof HostFinding>;

/** check.json in artifacts/hosts/<name>: what was found when somebody looked last. */
export const HostCheck = z.strictObject({
	schema: z.literal("assay.host-check.v1"),
	at: z.iso.datetime(),
	connectMs: z.number().nonnegative(),
	findings: z.array(HostFinding),
});
export type HostCheck = z.infer<typeof HostCheck>;
