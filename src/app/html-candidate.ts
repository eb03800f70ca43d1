import type { Rollout } from "../domain/run.js";
import { escapeHtml } from "../lib/html.js";

const MOST_CHARACTERS = 20_000;

/** A judged candidate on a page: its verdict, and its program folded. */
export function htmlCandidate({ candidate: made, verdict }: Rollout): string {
	const { taskId, sampleIndex, code, completion } = made;
	const isRight = verdict.status === "accepted";
	const text = code ?? completion;
	const cut =
		text.length > MOST_CHARACTERS
			? `${text.slice(0, MOST_CHARACTERS)}\n… ${text.length - MOST_CHARACTERS} more characters`
			: text;
	const message = verdict.message === null ? "" : `<pre>${escapeHtml(verdict.message)}</pre>`;
	return `<details><summary>${escapeHtml(taskId)} #${sampleIndex} <span class="${isRight ? "good" : "bad"}">${isRight ? "✓" : "✗"} ${verdict.status}</span> ${verdict.passed}/${verdict.total} tests</summary><pre><code>${escapeHtml(cut)}</code></pre>${message}</details>\n`;
}
