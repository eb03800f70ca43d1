import { SPLITS, type Split } from "../domain/task.js";
import { createFingerprint } from "../tasks/fingerprint.js";
import { type OpenTasksOptions, openTasks } from "../tasks/open-tasks.js";
import { assignSplit, type SplitFractions, type SplitManifest } from "../tasks/splits.js";

export interface SplitOptions extends OpenTasksOptions {
	seed: number;
	fractions: SplitFractions;
	/** Tasks that name a split themselves stay in it. */
	keepDeclared: boolean;
}

export interface SplitResult {
	manifest: SplitManifest;
	/** Tasks that name another split than the manifest gives them. */
	declaredElsewhere: number;
}

export async function splitTasks(path: string, options: SplitOptions): Promise<SplitResult> {
	const { seed, fractions, keepDeclared } = options;
	const fingerprint = createFingerprint();
	const splits: Record<Split, string[]> = { train: [], dev: [], test_public: [], test_private: [], stress: [] };
	let declaredElsewhere = 0;
	for await (const task of openTasks(path, options)) {
		await fingerprint.add(task);
		const split = keepDeclared && task.split !== null ? task.split : assignSplit(task.id, seed, fractions);
		if (task.split !== null && task.split !== split) declaredElsewhere++;
		splits[split].push(task.id);
	}
	for (const split of SPLITS) splits[split].sort();
	const counts: Record<Split, number> = {
		train: splits.train.length,
		dev: splits.dev.length,
		test_public: splits.test_public.length,
		test_private: splits.test_private.length,
		stress: splits.stress.length,
	};
	return {
		manifest: { schema: "assay.split.v1", seed, fractions, fingerprint: fingerprint.digest(), counts, splits },
		declaredElsewhere,
	};
}
