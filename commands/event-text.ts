import type { RunEvent } from "../src/domain/events.js";
import { summaryOf } from "../src/domain/step-words.js";
import { countOf } from "../src/lib/count.js";
import { widenText } from "./run-output.js";

/** One event in one line for people; `sinceMs` counts from the first event. */
export function eventText(event: RunEvent, sinceMs: number): string {
	const time = `+${(sinceMs / 1000).toFixed(3)}s`.padStart(11);
	return `${String(event.seq).padStart(7)} ${time}  ${event.type.padEnd(19)} ${detailOf(event)}`.trimEnd();
}

function detailOf(event: RunEvent): string {
	switch (event.type) {
		case "run.planned":
			return `${event.command}: ${countOf(event.taskCount, "task")}, ${event.candidateCount ?? "?"} candidates, backend ${event.config.backend}`;
		case "run.started":
			return `sandbox ${event.sandbox.tier}${event.resumed > 0 ? `, ${event.resumed} done before` : ""}`;
		case "run.finished": {
			const accepted = event.statusCounts.accepted ?? 0;
			return `${event.outcome}: ${accepted} accepted${event.message === null ? "" : `: ${event.message}`}`;
		}
		case "run.progress":
			return `${event.done} of ${event.total ?? "?"}`;
		case "task.started":
			return `${event.taskId}: ${event.title}`;
		case "task.widened":
			return `${event.taskId}: ${event.to} candidates instead of ${event.from}, ${widenText(event.why)}`;
		case "task.finished":
			return `${event.taskId}: ${event.accepted} of ${event.n} accepted`;
		case "task.picked":
			return `${event.taskId} ${event.samples.map((sample) => `#${sample}`).join(" ")}, by ${event.selector}`;
		case "candidate.started":
		case "candidate.asked":
			return candidate(event);
		case "candidate.delta":
			return `${candidate(event)} ${event.text ?? "begins anew"}`;
		case "candidate.generated":
			return `${candidate(event)} ${event.codeSha256 === null ? "no code" : `${event.codeBytes} bytes`}`;
		case "candidate.failed":
			return `${candidate(event)} ${event.failure}: ${event.message}`;
		case "candidate.skipped":
			return candidate(event);
		case "spend.recorded": {
			const { promptTokens, completionTokens } = event.usage;
			const cost = event.costUsd === null ? "" : `, $${event.costUsd.toFixed(6)}`;
			return `${candidate(event)} ${promptTokens} + ${completionTokens} tokens${cost}`;
		}
		case "step.recorded": {
			const { outline } = event;
			const isJudged = outline.kind === "tests" || outline.kind === "verdict";
			const isCounted = isJudged && outline.passed !== null && outline.total !== null;
			const tests = isCounted ? ` ${outline.passed}/${outline.total}` : "";
			return `${candidate(event)} step ${outline.step} ${outline.kind}: ${summaryOf(outline)}${tests}`;
		}
		case "phase.finished":
			return `${candidate(event)} ${event.phase} ${event.result}`;
		case "verdict.recorded": {
			const { status, passed, total } = event.verdict;
			return `${candidate(event)} ${status} ${passed}/${total}`;
		}
		case "reward.recorded":
			return `${candidate(event)} ${event.rewards.map(({ name, value }) => `${name} ${value.toFixed(2)}`).join(", ")}`;
		case "alert.raised":
			return `${event.level}: ${event.message}`;
		case "alert.cleared":
			return event.id;
	}
}

function candidate({ taskId, sampleIndex }: { taskId: string; sampleIndex: number }): string {
	return `${taskId} #${sampleIndex}`;
}
