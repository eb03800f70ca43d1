import type { CommonOptions } from "./options.js";

export interface AddHostOptions extends CommonOptions {
	alias?: string;
	gpus?: string;
	pricePerGpuHour?: number;
	pricePerHostHour?: number;
	address?: string;
	workdir?: string;
	python?: string;
	setup?: string;
	stopIdleMinutes?: number;
	releaseCommand?: string;
	slurm?: true;
	partition?: string;
	account?: string;
	qos?: string;
	nodes?: number;
	gpusPerNode?: number;
	sbatch?: string[];
	force?: true;
}

export interface CheckHostOptions extends CommonOptions {
	acceptKey?: string;
}

export interface BootstrapHostOptions extends CheckHostOptions {
	basePython?: string;
	package?: string[];
	wheels?: string;
	indexUrl?: string;
}

export interface ServeOptions extends CommonOptions {
	model?: string;
	command?: string;
	name?: string;
	port: number;
	localPort?: number;
	/** In seconds. */
	deadline?: number;
	/** In US dollars. */
	budget?: number;
	/** In seconds. */
	grace: number;
	env?: string[];
	dryRun?: true;
	detach?: true;
	stop?: true;
}

export interface StopOptions extends CommonOptions {
	grace: number;
}

export interface FetchOptions extends CommonOptions {
	step?: "newest" | number;
}

interface RemoteLogsOptions extends CommonOptions {
	follow?: true;
}

export interface TrainingLogsOptions extends RemoteLogsOptions {
	tail?: number;
}

export interface MetricsOptions extends RemoteLogsOptions {
	panel?: string[];
}

export interface ForgetOptions extends CommonOptions {
	yes?: true;
}
