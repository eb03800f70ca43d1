import type { TraceReport } from "../src/agents/trace-report.js";
import type { TraceStep } from "../src/domain/trace.js";
import { countOf } from "../src/lib/count.js";

/** A step for people: what it was, and below it what it brought. */
export function* stepLines(step: TraceStep): Generator<string> {
	const from = step.parent === null ? "" : ` from ${step.parent}`;
	const time = step.wallTimeMs === null ? "" : `, ${(step.wallTimeMs / 1000).toFixed(2)} s`;
	const head = `${step.taskId} #${step.sampleIndex} step ${step.step}${from}`;
	switch (step.kind) {
		case "generation": {
			const tokens = step.usage === null ? "" : `, ${step.usage.promptTokens} + ${step.usage.completionTokens} tokens`;
			yield `${head}: ${step.purpose}${step.template === null ? "" : ` (${step.template})`}${tokens}${time}`;
			if (step.problem !== null) yield `    ${step.problem}`;
			const text = step.purpose === "reflect" ? step.completion : step.code;
			if (text !== null) for (const line of text.trimEnd().split("\n")) yield `    ${line}`;
			return;
		}
		case "tests":
			yield `${head}: public tests ${step.status ?? "not known"}${testsText(step)}${time}`;
			if (step.feedback !== null) for (const line of step.feedback.split("\n")) yield `    ${line}`;
			return;
		case "submit":
			yield `${head}: submits ${step.of === null ? "nothing" : `the program of step ${step.of}`}: ${step.reason}`;
			return;
		case "verdict": {
			yield `${head}: ${step.which} ${step.status}${testsText(step)}${step.claimed ? ", claimed by the file" : ""}`;
		}
	}
}

function testsText({ passed, total }: { passed: number | null; total: number | null }): string {
	return passed === null || total === null ? "" : `, ${passed} of ${total} tests`;
}

export function* reportLines(report: TraceReport): Generator<string> {
	const { traceCount, taskCount, paired, claimedCount, reasons } = report;
	yield `traces      ${traceCount} of ${countOf(taskCount, "task")}`;
	const claims =
		claimedCount === 0 ? "" : `; ${claimedCount} verdicts are claims of the file, no judge of ours gave them`;
	yield `final       ${percent(report.finalPassRate)} accepted of ${report.judgedCount} judged${claims}`;
	yield `public      ${percent(report.publicPassRate)} end with their public tests passed`;
	yield `revisions   ${number(report.meanRevisions)} a trace, in ${percent(report.revisionRate)} of them; ${number(report.meanToolCalls)} test runs a trace`;
	const { tokens } = report;
	yield `tokens      ${tokens === null ? "not known" : `${tokens.prompt} prompt, ${tokens.completion} completion`}`;
	yield `ended for   ${Object.entries(reasons)
		.map(([reason, count]) => `${reason.replaceAll("_", " ")} ${count}`)
		.join(", ")}`;
	if (paired === null) {
		yield "gain        not known: the first proposals were not judged";
		return;
	}
	const { interval, change, p, gained, lost, mcNemarP } = paired;
	const range = interval === null ? "(no interval)" : `[${signed(interval.low)}, ${signed(interval.high)}]`;
	yield `gain        ${percent(paired.firstPassRate)} to ${percent(paired.finalPassRate)} of ${paired.traces} traces; over ${countOf(paired.tasks, "task")} ${signed(change)} ${range}, p = ${p.toPrecision(2)} (sign-flip)`;
	yield `            ${gained} gained, ${lost} lost, p = ${mcNemarP.toPrecision(2)} (McNemar over traces)`;
}

function percent(share: number | null): string {
	return share === null ? "-" : `${(share * 100).toFixed(1)} %`;
}

function number(value: number | null): string {
	return value === null ? "-" : value.toFixed(2);
}

function signed(value: number): string {
	return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;
}
