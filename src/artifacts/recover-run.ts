import { appendFileSync, existsSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { RunEvent } from "../domain/events.js";
import type { GenerationTotals, TokenUsage } from "../domain/generation.js";
import type { Rollout } from "../domain/run.js";
import type { Tier } from "../domain/verdict.js";
import { AssayError } from "../lib/errors.js";
import { FinishedCandidates } from "./finished-candidates.js";
import type { RunFiles } from "./layout.js";
import { isJson, parseRollout, type RolloutPlace } from "./rollout-file.js";
import { type ScannedLine, scanLines } from "./scan-lines.js";

export type RecoveredSpend = Pick<
	GenerationTotals,
	"requests" | "promptTokens" | "completionTokens" | "estimated" | "costUsd"
>;

export interface RecoveredRun {
	finished: FinishedCandidates;
	/** Number of the next event. */
	nextSeq: number;
	startedTasks: Set<string>;
	finishedTasks: Set<string>;
	widenedTasks: Set<string>;
	/** Tiers that judged what is finished. */
	tiers: Set<Tier>;
	/** What models of earlier starts cost. */
	spent: RecoveredSpend;
	/** How long earlier starts of the run worked. */
	earlierWallMs: number;
	/** What had to be cut off or repaired, in words for people. */
	repairs: string[];
}

type OnRollout = (rollout: Rollout, place: RolloutPlace) => void;

/**
 * Brings the files of a run that was stopped at any byte back to a state from which it goes on: a cut last line goes,
 * a whole last line without its newline stays, and log entries about rollouts that did not reach the disk go, so that
 * rollouts alone say what is finished. `onRollout` sees every finished candidate once. The caller holds the run's lock.
 */
export async function recoverRun(files: RunFiles, onRollout: OnRollout): Promise<RecoveredRun> {
	const run: RecoveredRun = {
		finished: new FinishedCandidates(),
		nextSeq: 0,
		startedTasks: new Set(),
		finishedTasks: new Set(),
		widenedTasks: new Set(),
		tiers: new Set(),
		spent: { requests: 0, promptTokens: 0, completionTokens: 0, estimated: false, costUsd: null },
		earlierWallMs: 0,
		repairs: [],
	};
	removeDrafts(files);
	await recoverRollouts(files, run, onRollout);
	await recoverLog(files, run);
	return run;
}

/** What was being written when the program was killed: see `writeFileAtomic`. */
function removeDrafts({ result, report, plan, manifest, singlePatch }: RunFiles): void {
	for (const path of [result, report, plan, manifest, singlePatch]) {
		const folder = dirname(path);
		if (!existsSync(folder)) continue;
		const drafts = readdirSync(folder).filter((name) => name.startsWith(basename(path)) && name.endsWith(".tmp"));
		for (const draft of drafts) rmSync(join(folder, draft), { force: true });
	}
}

async function recoverRollouts(files: RunFiles, run: RecoveredRun, onRollout: OnRollout): Promise<void> {
	let broken: ScannedLine | null = null;
	let unterminated = false;
	for await (const line of scanLines(files.rollouts)) {
		if (broken !== null) {
			throw new AssayError("usage", `${files.rollouts}:${broken.line}: not valid JSON, and more lines follow`, {
				hint: "the file was damaged after it was written; it is left as it is",
			});
		}
		if (!isJson(line.bytes)) {
			broken = line;
			continue;
		}
		unterminated = !line.terminated;
		const rollout = parseRollout(line.bytes, `${files.rollouts}:${line.line}`);
		if (rollout.runId !== files.runId) {
			throw new AssayError("usage", `${files.rollouts}:${line.line}: field runId: ${rollout.runId} is another run`, {
				hint: "the file was changed after it was written; it is left as it is",
			});
		}
		const { taskId, sampleIndex } = rollout.candidate;
		const place = { offset: line.offset, bytes: line.bytes.length };
		if (!run.finished.add(taskId, sampleIndex, place)) continue;
		run.tiers.add(rollout.verdict.sandbox);
		onRollout(rollout, place);
	}
	if (broken !== null) cutOff(files.rollouts, broken.offset, broken.line, run);
	else if (unterminated) appendFileSync(files.rollouts, "\n");
}

async function recoverLog(files: RunFiles, run: RecoveredRun): Promise<void> {
	let startedAt: number | null = null;
	let lastAt: number | null = null;
	let unterminated = false;
	for await (const line of scanLines(files.log)) {
		const event = isJson(line.bytes) ? RunEvent.safeParse(JSON.parse(line.bytes.toString("utf8"))).data : undefined;
		if (event === undefined || event.seq !== run.nextSeq || !agreesWithRollouts(event, run.finished)) {
			unterminated = false;
			cutOff(files.log, line.offset, line.line, run);
			break;
		}
		unterminated = !line.terminated;
		run.nextSeq = event.seq + 1;
		const at = Date.parse(event.at);
		if (event.type === "run.started") {
			if (startedAt !== null && lastAt !== null) run.earlierWallMs += Math.max(0, lastAt - startedAt);
			startedAt = at;
		}
		lastAt = at;
		if (event.type === "spend.recorded") addSpend(run.spent, event);
		if (event.type === "task.started") run.startedTasks.add(event.taskId);
		if (event.type === "task.widened") run.widenedTasks.add(event.taskId);
		if (event.type === "task.finished") run.finishedTasks.add(event.taskId);
	}
	if (startedAt !== null && lastAt !== null) run.earlierWallMs += Math.max(0, lastAt - startedAt);
	if (unterminated) appendFileSync(files.log, "\n");
}

/** Adds what one request cost. */
export function addSpend(sum: RecoveredSpend, { usage, costUsd }: { usage: TokenUsage; costUsd: number | null }): void {
	sum.requests++;
	sum.promptTokens += usage.promptTokens;
	sum.completionTokens += usage.completionTokens;
	sum.estimated ||= usage.estimated;
	if (costUsd !== null) sum.costUsd = (sum.costUsd ?? 0) + costUsd;
}

/** Marks the finished candidate that the event tells of; false when its rollout is not (or not there) on the disk. */
function agreesWithRollouts(event: RunEvent, finished: FinishedCandidates): boolean {
	if (event.type !== "verdict.recorded" && event.type !== "reward.recorded") return true;
	const candidate = finished.get(event.taskId, event.sampleIndex);
	if (candidate === null) return false;
	if (event.type === "reward.recorded") {
		candidate.rewardLogged = true;
		return true;
	}
	if (candidate.offset !== event.rollout.offset || candidate.bytes !== event.rollout.bytes) return false;
	candidate.verdictLogged = true;
	return true;
}

function cutOff(path: string, length: number, line: number, run: RecoveredRun): void {
	if (!existsSync(path)) return;
	truncateSync(path, length);
	run.repairs.push(`${path}: cut off from line ${line} on (incomplete)`);
}
