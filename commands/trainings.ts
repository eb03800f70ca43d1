import { readTrainings } from "../src/app/follow-trainings.js";
import { processesOf } from "../src/domain/job-counts.js";
import type { TrainingRef, TrainingRow } from "../src/domain/training-activity.js";
import { durationText } from "../src/lib/duration.js";
import { AssayError } from "../src/lib/errors.js";
import { ageText } from "../src/lib/point-in-time.js";
import { bestIteration, type LoopState, type StageState } from "../src/store/loop-state.js";
import { panelsOf } from "../src/store/metric-panels.js";
import type { RemoteActivity } from "../src/store/remote-activity.js";
import { remoteStateText } from "../src/store/remote-texts.js";
import { addNews, keyOfTraining, type TrainingBook, trainingRows } from "../src/store/training-activity.js";
import { busyText, ranksText, trainingMembers } from "../src/store/training-members.js";
import type { TrainingMetrics } from "../src/store/training-metrics.js";
import { planFacts } from "../src/store/training-plan.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { type Column, printable, tableLines, writeJson, writeLine } from "./cli/print.js";
import { alarmLines, resultLines } from "./loop-output.js";

export async function list(context: CommandContext, kind: TrainingRef["kind"]): Promise<ExitCode> {
	const rows = rowsOf(bookOf(context.workspace), kind);
	if (context.json) for (const row of rows) await writeJson(context.stdout, row);
	else await tellTrainings(context, rows);
	return 0;
}

/** Loops and trainings, those that go on first. */
export function trainingRowsOf(workspace: string): TrainingRow[] {
	return trainingRows(bookOf(workspace), Date.now());
}

/** As a table. */
export async function tellTrainings({ stdout }: CommandContext, rows: readonly TrainingRow[]): Promise<void> {
	for await (const line of tableLines(columnsAt(Date.now()), rows)) await writeLine(stdout, line);
}

function columnsAt(now: number): readonly Column<TrainingRow>[] {
	return [
		{ title: "NAME", text: ({ id }) => id },
		{ title: "METHOD", text: ({ method }) => method },
		{ title: "HOST", text: ({ host }) => host ?? "-" },
		{ title: "STATE", text: (row) => seenState(row, now) },
		{ title: "DONE", text: ({ done, total }) => `${done}/${total}`, align: "right" },
		{ title: "STAGE", text: ({ stage }) => stage ?? "-" },
		{ title: "LEFT", text: ({ etaMs }) => (etaMs === null ? "-" : durationText(etaMs)), align: "right" },
		{ title: "SCORE", text: ({ score }) => (score === null ? "-" : `${score.name} ${shortNumber(score.value)}`) },
		{ title: "AGE", text: ({ startedAt }) => (startedAt === null ? "-" : ageText(startedAt, now)), align: "right" },
		{ title: "ALARMS", text: ({ alarms }) => alarms.map(({ name }) => name).join(",") || "-" },
	];
}

/** What goes on elsewhere does so as far as is known here: nobody is asked for a list. */
export function seenState({ state, seenAt }: Pick<TrainingRow, "state" | "seenAt">, now: number): string {
	const isOld = state === "running" && seenAt !== null && now - Date.parse(seenAt) >= 60_000;
	return isOld ? `running, seen ${ageText(seenAt, now)} ago` : state;
}

/** All that its screen shows. */
export async function show(context: CommandContext, kind: TrainingRef["kind"], reference: string): Promise<ExitCode> {
	const { workspace, json, stdout } = context;
	const book = bookOf(workspace);
	const row = rowNamed(rowsOf(book, kind), kind, reference);
	const activity = book.get(keyOfTraining(row))?.activity;
	if (activity?.kind === "unreadable") {
		if (json) await writeJson(stdout, { ...row, reason: activity.text });
		else for (const line of [`${row.id}  ${row.state}`, activity.text]) await writeLine(stdout, printable(line));
	} else if (activity?.kind === "loop") {
		if (json) await writeJson(stdout, loopJson(row, activity.loop));
		else for (const line of [...headLines(row), ...loopLines(activity.loop)]) await writeLine(stdout, printable(line));
	} else if (activity) {
		const { training } = activity;
		if (json) await writeJson(stdout, metricsJson(row, training));
		else for (const line of [...headLines(row), ...metricLines(training)]) await writeLine(stdout, printable(line));
	}
	return 0;
}

function bookOf(workspace: string): TrainingBook {
	let book: TrainingBook = new Map();
	for (const news of readTrainings(workspace)) book = addNews(book, news);
	return book;
}

function rowsOf(book: TrainingBook, kind: TrainingRef["kind"]): TrainingRow[] {
	return trainingRows(book, Date.now()).filter((row) => row.kind === kind);
}

/** By its name, the start of one, or `latest`. Throws `usage`. */
function rowNamed(rows: readonly TrainingRow[], kind: TrainingRef["kind"], reference: string): TrainingRow {
	const newest = rows.toSorted((a, b) => ((a.startedAt ?? "") < (b.startedAt ?? "") ? 1 : -1)).slice(0, 1);
	const found = reference === "latest" ? newest : rows.filter(({ id }) => id.startsWith(reference));
	const [only, ...others] =
		found.filter(({ id }) => id === reference).length > 0 ? found.filter(({ id }) => id === reference) : found;
	if (only !== undefined && others.length === 0) return only;
	const names = found.map(({ id }) => id).join(", ");
	throw new AssayError(
		"usage",
		only === undefined ? `no ${kind} is called ${reference}` : `${reference} could be any of ${names}`,
		{ hint: `\`assay ${kind === "loop" ? "loop" : "train"} list\` shows those of this workspace` },
	);
}

function loopJson(row: TrainingRow, { plan, stages, scores, changes, heldOut, reason }: LoopState): object {
	return {
		...row,
		plan,
		stages: stages.map(({ countedFrom: _, ...stage }) => stage),
		scores,
		changes,
		tasks: [...heldOut].map(([iteration, rates]) => ({ iteration, tasks: rates })),
		reason,
	};
}

function metricsJson(row: TrainingRow, training: TrainingMetrics): object {
	const panels = panelsOf(training).map(({ id, title, sentence, metrics }) => ({ id, title, sentence, metrics }));
	const remote = training.remote && remoteJson(training.remote, training.job);
	return { ...row, job: training.job, remote, panels, unchanged: training.unchanged, skipped: training.skipped };
}

/** Where it trains, and how each that takes part in it stands. */
function remoteJson(remote: RemoteActivity, job: TrainingMetrics["job"]): object {
	const { folder, attempt, last, limit, pricePerHour, failure, slurm } = remote.run;
	const members = trainingMembers(remote, processesOf(job)).map(({ gpus, failure: cause, line, ...member }) => ({
		...member,
		lastLine: line,
		gpus: gpus.map(({ last }) => last),
		hasEndedIt: cause !== null,
	}));
	return { folder, attempt, ...last, limit, pricePerHour, slurm, members, failure };
}

function* headLines({ id, host, state, done, total, etaMs, alarms }: TrainingRow): Generator<string> {
	yield `${id}  ${state}${host === null ? "" : ` on ${host}`}, ${done} of ${total}${etaMs === null ? "" : `, ${durationText(etaMs)} left`}`;
	for (const alarm of alarms) yield* alarmLines(alarm);
	yield "";
}

function* loopLines(loop: LoopState): Generator<string> {
	for (const stage of loop.stages) yield stageLine(stage);
	yield "";
	const { plan, scores, changes } = loop;
	if (plan === null || scores.length === 0) return;
	yield* resultLines({
		loopId: plan.loopId,
		scores: [...scores],
		changes: [...changes],
		best: bestIteration(loop) ?? 0,
	});
	if (loop.reason !== null) yield `ended: ${loop.reason}`;
}

function stageLine({ iteration, stage, state, wallTimeMs, progress, note }: StageState): string {
	const took = wallTimeMs === null ? "" : durationText(wallTimeMs);
	const count = progress === null ? "" : `${progress.done}/${progress.total}`;
	return `${iteration}  ${stage.padEnd(9)} ${state.padEnd(11)} ${took.padStart(10)}  ${note || count}`.trimEnd();
}

function* remoteLines({ remote, job }: TrainingMetrics): Generator<string> {
	if (remote === null) return;
	const members = trainingMembers(remote, processesOf(job));
	if (members.length === 1) return;
	for (const member of members) {
		const busy = busyText(member.gpus);
		const facts = [
			remoteStateText(member.state),
			...(busy === null ? [] : [busy]),
			...(member.line === null ? [] : [member.line]),
		];
		yield `${member.name ?? "?"}  ranks ${ranksText(member.ranks)}  ${facts.join("  ")}`;
		if (member.failure !== null) yield `  it ended the training on all of them: ${member.failure}`;
	}
	yield "";
}

function* metricLines(training: TrainingMetrics): Generator<string> {
	yield* remoteLines(training);
	if (training.job !== null) for (const [name, text] of planFacts(training.job)) yield `${name.padEnd(10)} ${text}`;
	for (const { title, sentence, metrics } of panelsOf(training)) {
		yield "";
		yield `${title}: ${sentence}`;
		for (const { name, values, steps } of metrics) {
			const known = values.filter(Number.isFinite);
			const [first, last] = [known[0], known.at(-1)];
			if (first === undefined || last === undefined) yield `  ${name.padEnd(26)} no value yet`;
			else {
				const [least, most] = [known.reduce((a, b) => Math.min(a, b)), known.reduce((a, b) => Math.max(a, b))];
				yield `  ${name.padEnd(26)} ${[first, last, least, most].map((v, i) => `${WORDS[i]} ${shortNumber(v)}`).join("  ")}  step ${steps.at(-1)}`;
			}
		}
	}
}

const WORDS = ["first", "last", "min", "max"];

const shortNumber = (value: number) => String(Number(value.toPrecision(4)));
