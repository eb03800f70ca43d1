import type { Outcome } from "../artifacts/outcome-file.js";
import type { ComparedSet } from "../domain/comparison.js";
import type { RunConfig, StatusCounts } from "../domain/run.js";
import type { Tier } from "../domain/verdict.js";

/** What came out for one task. */
export interface TaskOutcomes {
	/** Judged candidates, without judge errors. */
	n: number;
	accepted: number;
	/** By sample index; sparse where samples were not judged, or could not be. */
	rightBySample: (boolean | undefined)[];
	/** Texts of programs: to parse a hundred thousand programs would take longer than all the rest. */
	distinctTexts: number;
	/** Candidates that hold a program. */
	withProgram: number;
	/** Hash of the tests; null: the file does not say. */
	testsSha256: string | null;
	/** Distinct hashes met: more than one means that verdicts of different tests were mixed. */
	testVersions: number;
}

/** What a run's configuration says about how its candidates were made and judged. */
export type JudgedWith = Pick<RunConfig, "limits" | "gate" | "generation" | "debug">;

/** The results of one run or file, small enough to hold many of them. */
export interface ResultSet
	extends Pick<ComparedSet, "name" | "runId" | "path" | "sha256" | "training" | "contamination"> {
	subject: string | null;
	tiers: ReadonlySet<Tier>;
	/** null: only a file of verdicts is known. */
	config: JudgedWith | null;
	/** Candidates that the plan asked for; null: not known. */
	plannedCount: number | null;
	statusCounts: StatusCounts;
	sampleCount: number;
	/** Candidates of tasks that were seen in training: read, and in no figure. */
	leftOutCount: number;
	/** Left out: candidates that their tasks got beyond n, because of what came out for the first n. */
	beyondN: number;
	tasks: ReadonlyMap<string, TaskOutcomes>;
	/** What was said of them elsewhere; null: they were judged here. */
	published: Published | null;
}

/** What a published table says beside its rows. */
export interface Published {
	/** Its total; null: it gives none. */
	claim: { accepted: number; n: number } | null;
	/** Name of the set that is of the same model. */
	sameModelAs: string | null;
	trainedOnTasks: boolean;
}

/** Gathers outcomes as they stream by. Those beyond the first n of a task are counted and left out. */
export class Gathering {
	readonly tasks = new Map<string, TaskOutcomes>();
	readonly tiers = new Set<Tier>();
	readonly backends = new Set<string>();
	readonly statusCounts: StatusCounts = {};
	sampleCount = 0;
	leftOutCount = 0;
	beyondN = 0;
	/** Hashes, by task. */
	readonly #programs = new Map<TaskOutcomes, Set<string>>();

	/** `leftOut`: ids of tasks that are to be in no figure. */
	constructor(readonly leftOut: ReadonlySet<string>) {}

	add(outcome: Outcome): void {
		if (outcome.beyondN) {
			this.beyondN++;
			return;
		}
		if (this.leftOut.has(outcome.taskId)) {
			this.leftOutCount++;
			return;
		}
		this.sampleCount++;
		this.tiers.add(outcome.tier);
		if (outcome.backend !== null) this.backends.add(outcome.backend);
		this.statusCounts[outcome.status] = (this.statusCounts[outcome.status] ?? 0) + 1;
		const task = this.#task(outcome);
		if (outcome.codeSha256 !== null) {
			const texts = this.#programs.get(task)?.add(outcome.codeSha256);
			task.distinctTexts = texts?.size ?? 0;
			task.withProgram++;
		}
		if (outcome.status === "judge_error") return;
		task.n++;
		if (outcome.status === "accepted") task.accepted++;
		task.rightBySample[outcome.sampleIndex] = outcome.status === "accepted";
	}

	#task({ taskId, testsSha256 }: Outcome): TaskOutcomes {
		const known = this.tasks.get(taskId);
		if (known !== undefined) {
			if (known.testsSha256 !== testsSha256) known.testVersions++;
			return known;
		}
		const task: TaskOutcomes = {
			n: 0,
			accepted: 0,
			rightBySample: [],
			distinctTexts: 0,
			withProgram: 0,
			testsSha256,
			testVersions: 1,
		};
		this.tasks.set(taskId, task);
		this.#programs.set(task, new Set());
		return task;
	}
}
