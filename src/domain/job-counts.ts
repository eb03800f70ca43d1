import type { TrainingJob } from "./training-job.js";

/** As a training counts them: the members of a world model learn one after the other. */
export function stepsOf(job: TrainingJob): number {
	return job.method === "world" ? job.config.steps * job.config.members : job.config.steps;
}

/** That take its steps together on each host or node; what another engine starts is its own business. null: not known. */
export function processesOf(job: TrainingJob | null): number {
	return job === null || job.method === "world" || job.engine !== "builtin" ? 1 : job.processes;
}
