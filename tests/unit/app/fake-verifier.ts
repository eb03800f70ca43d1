import type { Candidate, SandboxInfo } from "../../../src/domain/run.js";
import type { Task } from "../../../src/domain/task.js";
import type { Status, Tier, Verdict } from "../../../src/domain/verdict.js";
import { sha256 } from "../../../src/lib/hash.js";
import type { Verifier, VerifyOptions } from "../../../src/verify/verifier.js";

function sandboxInfo(tier: Tier = "bwrap"): SandboxInfo {
	return {
		tier,
		memoryControl: null,
		network: false,
		readOnlyRoot: true,
		seccomp: true,
		missing: [],
		raise: null,
		kernel: "6.1",
		bwrapVersion: "0.8.0",
		pythonPath: "/usr/bin/python3",
		pythonVersion: "3.11.2",
		canaries: { passed: 3, total: 3, failed: [], wallTimeMs: 1 },
	};
}

export interface FakeVerifier extends Verifier {
	/** Keys (`task/sample`) in the order in which they were asked for. */
	readonly judged: string[];
	/** Keys of those that were asked what they answer. */
	readonly observed: string[];
	/** The most calls that were under way at once. */
	readonly mostAtOnce: number;
}

export interface FakeOptions {
	concurrency?: number;
	tier?: Tier;
	/** Awaited before each verdict; may throw. */
	before?: (candidate: Candidate) => Promise<void> | void;
}

/** The first line of the code is `# <status>`: that is its verdict. */
export function fakeVerifier({ concurrency = 2, tier = "bwrap", before }: FakeOptions = {}): FakeVerifier {
	const judged: string[] = [];
	const observed: string[] = [];
	let underWay = 0;
	let most = 0;
	return {
		sandbox: sandboxInfo(tier),
		concurrency,
		judged,
		observed,
		get mostAtOnce() {
			return most;
		},
		async verify(task: Task, candidate: Candidate, { signal, onPhase }: VerifyOptions) {
			judged.push(`${candidate.taskId}/${candidate.sampleIndex}`);
			most = Math.max(most, ++underWay);
			try {
				signal.throwIfAborted();
				await before?.(candidate);
				signal.throwIfAborted();
				const verdict = verdictFor(task, candidate, tier);
				for (const phase of verdict.phases) onPhase?.(phase);
				return verdict;
			} finally {
				underWay--;
			}
		},
		observe({ id }: Task, { sampleIndex, code }: Candidate) {
			observed.push(`${id}/${sampleIndex}`);
			const behaviour = { suiteSha256: "0", inputs: 1, answered: 1, sha256: sha256(code ?? ""), examples: null };
			return Promise.resolve({ behaviour, answers: [behaviour.sha256], holds: [] });
		},
		withTimeLimit: (task) => task,
		close: () => Promise.resolve(),
	};
}

export function verdictFor(
	task: Pick<Task, "id">,
	candidate: Pick<Candidate, "sampleIndex" | "code">,
	tier: Tier = "bwrap",
): Verdict {
	const status = (/^# (\w+)/.exec(candidate.code ?? "")?.[1] ?? "no_code") as Status;
	const accepted = status === "accepted";
	return {
		schema: "assay.verdict.v1",
		taskId: task.id,
		sampleIndex: candidate.sampleIndex,
		status,
		cause: status === "judge_error" ? "infra" : null,
		phase: status === "no_code" ? "extract" : "hidden_tests",
		phases: [
			{ phase: "extract", result: status === "no_code" ? "failed" : "passed", wallTimeMs: 0 },
			{ phase: "hidden_tests", result: accepted ? "passed" : "failed", wallTimeMs: 1 },
		],
		passed: accepted ? 2 : 1,
		total: 2,
		tests: [],
		message: accepted ? null : `it was ${status}`,
		line: null,
		cpuTimeMs: 2,
		wallTimeMs: 3,
		peakMemoryBytes: 1024,
		exitCode: null,
		signal: null,
		output: { bytes: 0, head: "", tail: "" },
		flags: [],
		harness: "split",
		sandbox: tier,
		cached: false,
		retries: 0,
		codeSha256: sha256(candidate.code ?? ""),
		testsSha256: sha256(task.id),
	};
}
