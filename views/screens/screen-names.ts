/** Screens that are still to come: their digits are in the header already. */
export const PLANNED_SCREENS = [
	{ digit: 3, name: "Energy", holds: "rankings of candidates by energy beside the baselines" },
	{ digit: 4, name: "Traces", holds: "self-debug rollouts, step by step" },
	{ digit: 5, name: "Training", holds: "training runs on hosts: curves, GPUs, logs" },
	{ digit: 6, name: "Checkpoints", holds: "checkpoints and their paired comparison" },
	{ digit: 7, name: "Runs & claims", holds: "every run, and the claims its numbers support" },
	{ digit: 8, name: "Plan", holds: "benchmarks and the GPU budget" },
] as const;

export const SCREEN_NAMES = { 1: "Tasks", 2: "Best-of-N" } as const;
