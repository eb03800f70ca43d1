import { type Candidate, programCandidate } from "../domain/run.js";
import type { Split, Task } from "../domain/task.js";
import type { Verdict } from "../domain/verdict.js";
import { createDuplicateIndex, type Duplicate } from "../tasks/duplicates.js";
import { findLeaks } from "../tasks/leaks.js";
import { type OpenTasksOptions, openTasks } from "../tasks/open-tasks.js";
import { readRecordedCandidates } from "../tasks/recorded-candidates.js";
import type { Verifier } from "../verify/verifier.js";

export type FindingRule =
	| "reference_not_accepted"
	| "known_bad_accepted"
	| "candidate_not_as_recorded"
	| "broken_tests"
	| "judge_error"
	| "no_reference"
	| "no_hidden_tests"
	| "hidden_test_leaks"
	| "hidden_case_shown"
	| "exact_duplicate"
	| "near_duplicate"
	| "no_license"
	| "no_contamination_note";

export interface Finding {
	level: "error" | "warning" | "note";
	taskId: string;
	rule: FindingRule;
	message: string;
	location: Task["location"];
}

export interface ValidateOptions extends OpenTasksOptions {
	signal: AbortSignal;
	/** Judge references, known-bad solutions and prepared patches; needs a verifier. */
	judge: boolean;
	/** Judge recorded candidates too, against the verdict they were recorded with. */
	candidates?: boolean;
	/** Splits to look for duplicates across; a task's own when it gives none. */
	splitOf?: (taskId: string) => Split | null;
	onTask?: (count: number) => void;
}

/** Findings of each task in the order of the tasks, then those about pairs of tasks. */
export async function* validateTasks(
	tasksPath: string,
	verifier: Verifier | null,
	options: ValidateOptions,
): AsyncGenerator<Finding> {
	const { signal } = options;
	const duplicates = createDuplicateIndex();
	const judge = options.judge ? verifier : null;
	const window = judge === null ? 1 : judge.concurrency * 2;
	const waiting: Promise<Finding[]>[] = [];
	let count = 0;
	const next = async (): Promise<Finding[]> => {
		const findings = (await waiting.shift()) ?? [];
		count++;
		options.onTask?.(count);
		return findings;
	};
	try {
		for await (const task of openTasks(tasksPath, options)) {
			signal.throwIfAborted();
			duplicates.add(task, options.splitOf?.(task.id) ?? task.split);
			const findings = findingsOf(task, judge, options);
			// It is awaited later, in its turn; a failure until then is not one that nobody sees.
			findings.catch(() => {});
			waiting.push(findings);
			while (waiting.length >= window) yield* await next();
		}
		while (waiting.length > 0) yield* await next();
	} finally {
		// Left early, by an error or by the reader: nothing of this may still be judged when the verifier is closed.
		await Promise.allSettled(waiting);
	}
	for (const duplicate of duplicates.duplicates()) yield duplicateFinding(duplicate);
}

type Report = (level: Finding["level"], rule: FindingRule, message: string) => Finding;

async function findingsOf(task: Task, verifier: Verifier | null, options: ValidateOptions): Promise<Finding[]> {
	const report: Report = (level, rule, message) => {
		return { level, taskId: task.id, rule, message, location: task.location };
	};
	const findings = staticFindings(task, report);
	if (verifier === null) return findings;
	const expectations = await expectationsOf(task, options.candidates === true);
	for (const { candidate, judged } of expectations) {
		const verdict = await verifier.verify(task, candidate, { gate: true, signal: options.signal });
		if (verdict.status === "judge_error" && verdict.cause === "bad_test") {
			findings.push(report("error", "broken_tests", `its tests cannot be run: ${describe(verdict)}`));
			break;
		}
		if (verdict.status === "judge_error") {
			findings.push(report("error", "judge_error", `the judge failed: ${describe(verdict)}`));
		} else {
			const finding = judged(verdict, report);
			if (finding !== null) findings.push(finding);
		}
	}
	return findings;
}

function staticFindings(task: Task, report: Report): Finding[] {
	const findings: Finding[] = [];
	if (task.source.license === null) findings.push(report("warning", "no_license", "source names no licence"));
	if (task.contamination === null) {
		findings.push(
			report("warning", "no_contamination_note", "nothing is said about the task's presence in training data"),
		);
	}
	if (!task.tests.some((test) => test.visibility === "hidden")) {
		findings.push(report("note", "no_hidden_tests", "all tests are public: a candidate can be written to fit them"));
	}
	if (task.kind === "repository") return findings;
	if (task.reference === null) {
		findings.push(report("note", "no_reference", "no reference solution: nothing shows that the tests can be passed"));
	}
	for (const leak of findLeaks(task)) {
		const where = { prompt: "the prompt", starterCode: "the starter code", public_tests: "the public tests" }[
			leak.where
		];
		findings.push(
			leak.what === "test"
				? report("error", "hidden_test_leaks", `hidden test ${leak.testId} stands in ${where}: ${leak.excerpt}`)
				: report("warning", "hidden_case_shown", `a case of ${leak.testId} is shown in ${where}: ${leak.excerpt}`),
		);
	}
	return findings;
}

interface Expectation {
	candidate: Candidate;
	/** null: as it must be. */
	judged: (verdict: Verdict, report: Report) => Finding | null;
}

async function expectationsOf(task: Task, withCandidates: boolean): Promise<Expectation[]> {
	const candidateOf = (code: string, backend: string, sampleIndex = 0): Candidate => {
		return programCandidate(task.id, sampleIndex, backend, code);
	};
	const mustPass = (code: string, name: string): Expectation => ({
		candidate: candidateOf(code, "reference"),
		judged: (verdict, report) =>
			verdict.status === "accepted"
				? null
				: report("error", "reference_not_accepted", `${name} is not accepted: ${describe(verdict)}`),
	});
	const mustFail = (code: string, name: string): Expectation => ({
		candidate: candidateOf(code, "known-bad"),
		judged: (verdict, report) =>
			verdict.status === "accepted"
				? report("error", "known_bad_accepted", `${name} is accepted: the tests do not tell it from a right one`)
				: null,
	});
	if (task.kind === "repository") {
		if (task.backend === null || task.expect === null) return [];
		const patch = task.backend.kind === "patch" ? task.backend.patch : "";
		const name = task.backend.kind === "patch" ? "the prepared patch" : "the unchanged repository";
		return [task.expect === "passed" ? mustPass(patch, name) : mustFail(patch, name)];
	}
	const recorded = withCandidates && task.candidates !== null ? await readRecordedCandidates(task.candidates) : [];
	return [
		...(task.reference === null ? [] : [mustPass(task.reference, "the reference solution")]),
		...(task.knownBad === null ? [] : [mustFail(task.knownBad, "the known-bad solution")]),
		...recorded.map(({ file, code, expect }, index): Expectation => {
			return {
				candidate: candidateOf(code, "static", index),
				judged: (verdict, report) =>
					verdict.status === expect
						? null
						: report("error", "candidate_not_as_recorded", `${file} must be ${expect} and is ${describe(verdict)}`),
			};
		}),
	];
}

/** e.g. `wrong_answer (assertion), 3 of 12 tests passed, first failed: hidden-2: …`. */
function describe(verdict: Verdict): string {
	const cause = verdict.cause === null ? "" : ` (${verdict.cause})`;
	const failed = verdict.tests.find((test) => test.status === "failed" || test.status === "error");
	const text = failed?.message ?? verdict.message;
	return [
		`${verdict.status}${cause}`,
		verdict.total > 0 ? `, ${verdict.passed} of ${verdict.total} tests passed` : "",
		failed === undefined ? "" : `, first failed: ${failed.id}`,
		text === null ? "" : `: ${text.replace(/\s+/g, " ").slice(0, 160)}`,
	].join("");
}

function duplicateFinding(duplicate: Duplicate): Finding {
	const { taskId, otherId, kind, part, similarity, split, otherSplit, location } = duplicate;
	const across = split !== otherSplit;
	const places = across ? `, across splits (${split ?? "none"} and ${otherSplit ?? "none"})` : "";
	const alike = kind === "exact" ? "the same" : `${Math.floor(similarity * 100)} % alike`;
	return {
		level: across && kind === "exact" ? "error" : across || kind === "exact" ? "warning" : "note",
		taskId,
		rule: kind === "exact" ? "exact_duplicate" : "near_duplicate",
		message: `${part} is ${alike} as that of ${otherId}${places}`.replace("alike as that", "like that"),
		location,
	};
}
