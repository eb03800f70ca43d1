import type { RunEvent } from "../../src/domain/events.js";
import { formatBytes, formatMs } from "./format.js";

type Logged = Exclude<RunEvent["type"], "run.progress" | "candidate.asked" | "candidate.delta">;

/** What matters of each event, most important first. A part, between two spaces, is left out where its fields are null. */
const PARTS: Record<Logged, string> = {
	"run.planned": "{command}  {config.backend}  N={config.n}  {taskCount} tasks  {candidateCount} candidates",
	"run.started": "{sandbox.tier}  python {sandbox.pythonVersion}  {sandbox.kernel}  {resumed} resumed",
	"run.finished": "{outcome}  {message}  pass@{passAtK.0.k} {passAtK.0.value}  {statusCounts}  {wallTimeMs:ms}",
	"task.started": "{title}  {candidateCount} candidates",
	"task.widened": "{why}  {to} candidates instead of {from}",
	"task.finished": "{accepted}/{n} accepted",
	"task.picked": "by {selector}",
	"candidate.started": "",
	"candidate.generated": "{backend}  {codeBytes:bytes}  {wallTimeMs:ms}",
	"candidate.failed": "{failure}  {message}  {attempts} attempts",
	"candidate.skipped": "",
	"spend.recorded": "{usage.promptTokens} + {usage.completionTokens} tokens  USD {costUsd}",
	"phase.finished": "{phase} {result}  {wallTimeMs:ms}",
	"verdict.recorded":
		"{verdict.status}  {verdict.cause}  {verdict.passed}/{verdict.total} tests  {verdict.wallTimeMs:ms}  {verdict.message}  line {verdict.line}  same as #{sameAs}",
	"reward.recorded": "{rewards}",
	"step.recorded":
		"step {outline.step} {outline.kind}  {outline.purpose}  {outline.failure}  {outline.reason}  {outline.which}  {outline.status}  {outline.passed}/{outline.total} tests  {outline.wallTimeMs:ms}",
	"alert.raised": "{level}  {message}  {hint}",
	"alert.cleared": "{id}",
};
const TYPE_CELLS = Math.max(...Object.keys(PARTS).map((type) => type.length));
const ENVELOPE = /^\{"seq":\d+,"at":"[^"]*","runId":"[^"]*","type":"([a-z.]+)",?/;

/**
 * A line of a run's log for people: the event's type, what it is about, and what matters of it. Of one that was cut, or of
 * another type, all that is there. null: it is no event.
 */
export function eventLine(line: string): string | null {
	const [envelope, type] = ENVELOPE.exec(line) ?? [];
	if (envelope === undefined || type === undefined) return null;
	const head = type.padEnd(TYPE_CELLS);
	const event = isKnown(type) ? parsed(line) : null;
	if (event === null || !isKnown(type)) return `${head}  ${line.slice(envelope.length)}`;
	const parts = PARTS[type].split("  ").map((part) => filled(part, event));
	return [head, subjectOf(event), ...parts].filter((part) => part !== null && part !== "").join("  ");
}

const isKnown = (type: string): type is Logged => Object.hasOwn(PARTS, type);

/** null: only its beginning is there. */
function parsed(line: string): unknown {
	try {
		return JSON.parse(line);
	} catch {
		return null;
	}
}

function subjectOf(event: unknown): string | null {
	const task = at(event, "taskId");
	const sample = at(event, "sampleIndex");
	if (typeof task !== "string") return null;
	return typeof sample === "number" ? `${task} #${sample}` : task;
}

/** The part with its fields; null where one of them is not there. */
function filled(part: string, event: unknown): string | null {
	let isWhole = true;
	const text = part.replace(/\{([^}:]+):?(\w*)\}/g, (_, path: string, unit: string) => {
		const value = textOf(at(event, path), unit);
		if (value === "") isWhole = false;
		return value;
	});
	return isWhole ? text : null;
}

function at(value: unknown, path: string): unknown {
	return path
		.split(".")
		.reduce<unknown>(
			(inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : null),
			value,
		);
}

function textOf(value: unknown, unit = ""): string {
	if (typeof value === "number") {
		if (unit === "ms") return formatMs(value);
		return unit === "bytes" ? formatBytes(value) : String(Number(value.toFixed(4)));
	}
	if (typeof value === "string" || typeof value === "boolean") return String(value);
	if (Array.isArray(value)) return value.map((item) => plainValues(item)).join(", ");
	if (typeof value !== "object" || value === null) return "";
	return Object.entries(value)
		.map(([key, inner]) => `${key} ${textOf(inner)}`)
		.join(", ");
}

/** The values of a record that are no records themselves, such as a name and its number. */
function plainValues(record: unknown): string {
	if (typeof record !== "object" || record === null) return textOf(record);
	return Object.values(record)
		.filter((value) => typeof value !== "object")
		.map((value) => textOf(value))
		.join(" ");
}
