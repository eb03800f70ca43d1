import { existsSync } from "node:fs";
import { join } from "node:path";
import { followRemoteTraining } from "../src/app/follow-remote-training.js";
import { hostOpener } from "../src/app/open-host.js";
import { readLogLines } from "../src/app/read-log-lines.js";
import { readRemoteRun } from "../src/app/remote-records.js";
import { findTraining } from "../src/app/training-place.js";
import { artifactsRoot, attemptFolder, trainingFiles } from "../src/artifacts/layout.js";
import { isLocked } from "../src/artifacts/run-lock.js";
import { MIRRORED } from "../src/domain/mirrored-files.js";
import { TrainerEvent } from "../src/domain/training-job.js";
import { LinkLost } from "../src/remote/link.js";
import { localLink } from "../src/remote/local-link.js";
import { endOfLog } from "../src/remote/log-end.js";
import { folderOfAttempt } from "../src/remote/start-attempt.js";
import { panelOf } from "../src/store/metric-panels.js";
import { figuresOf } from "../src/store/training-metrics.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { hostQuestions } from "./cli/host-questions.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import type { MetricsOptions, TrainingLogsOptions } from "./cli/remote-options.js";
import { keepMemorySteady } from "./cli/steady-memory.js";

/** What a training said, here or on a host, and with `follow` what comes. */
export async function logs(
	context: CommandContext,
	reference: string,
	{ follow, tail }: TrainingLogsOptions,
): Promise<ExitCode> {
	const { stdout, json, signal } = context;
	const print = async (line: number | null, text: string): Promise<void> => {
		if (json) await writeJson(stdout, { type: "log.line", line: line === null ? null : line + 1, text });
		else await writeLine(stdout, printable(text));
	};
	const last = tail === undefined ? null : await endThere(context, reference, tail);
	for (const text of last?.lines ?? []) await print(null, text);
	if (last !== null && follow !== true) return 0;
	const files = filesOf(context, reference, follow === true);
	let at = 0;
	const log = { path: files.log, isGoingOn: files.isGoingOn };
	for await (const { line, text, bytes } of readLogLines(log, { follows: true, signal })) {
		if (last === null || at >= last.end) await print(line, text);
		at += bytes + 1;
	}
	await files.ended;
	return 0;
}

/** Figures of a training by any trainer, each with the panel that it belongs to. */
export async function metrics(
	context: CommandContext,
	reference: string,
	{ follow, panel: wanted }: MetricsOptions,
): Promise<ExitCode> {
	const { stdout, json, signal } = context;
	const files = filesOf(context, reference, follow === true);
	const tell = async ({ t, at, step, m }: TrainerEvent): Promise<void> => {
		if (step === null) return;
		const figures = figuresOf({ t, m }).flatMap(([name, value]) => {
			const panel = panelOf(name);
			return wanted === undefined || wanted.includes(panel) ? [{ panel, name, value }] : [];
		});
		if (json) {
			for (const figure of figures) await writeJson(stdout, { step, at: new Date(at * 1000).toISOString(), ...figure });
		} else if (figures.length > 0) {
			const texts = figures.map(({ name, value }) => `${name} ${value === null ? "-" : Number(value.toPrecision(4))}`);
			await writeLine(stdout, printable(`step ${step}  ${texts.join("  ")}`));
		}
	};
	const lines = { path: files.metrics, ...files };
	for await (const { text } of readLogLines(lines, { follows: true, signal })) {
		const event = TrainerEvent.safeParse(jsonOf(text));
		if (event.success) await tell(event.data);
	}
	await files.ended;
	return 0;
}

/** From where it is written, before any of it is brought. */
async function endThere(context: CommandContext, reference: string, lines: number) {
	const { workspace, signal } = context;
	const { id, run } = findTraining(workspace, reference);
	const path =
		run === null
			? join(trainingFiles(artifactsRoot(workspace), id).folder, "out.log")
			: `${folderOfAttempt(run)}/${MIRRORED.log.remote}`;
	const open = run === null ? localLink : hostOpener(workspace, hostQuestions(context))(run.host);
	const link = await open(signal);
	try {
		return await endOfLog(link, path, lines, signal);
	} finally {
		link.close();
	}
}

interface Followed {
	log: string;
	metrics: string;
	isGoingOn: () => boolean;
	/** Rejects where following failed. */
	ended: Promise<unknown>;
}

/** Of a training on a host its mirror, which grows meanwhile; where the host is away, what is here of it. */
function filesOf(context: CommandContext, reference: string, follows: boolean): Followed {
	const { workspace, signal, stderr, quiet } = context;
	keepMemorySteady();
	const { id, run } = findTraining(workspace, reference);
	if (run === null) {
		const { folder, metrics, lock } = trainingFiles(artifactsRoot(workspace), id);
		const isGoingOn = () => follows && isLocked(lock);
		return { log: join(folder, "out.log"), metrics, isGoingOn, ended: Promise.resolve() };
	}
	const mirror = attemptFolder(artifactsRoot(workspace), id, readRemoteRun(workspace, id).attempt);
	const openTo = hostOpener(workspace, hostQuestions(context));
	let isGoingOn = true;
	const log = join(mirror, MIRRORED.log.local);
	const ended = followRemoteTraining({ workspace, run, openTo, signal, isOnce: !follows, onEvent: () => {} })
		.catch((error: unknown) => {
			if (!(error instanceof LinkLost) || follows || !existsSync(log)) throw error;
			if (!quiet) stderr.write(`${printable(`${error.message}: what is here of ${id} is shown`)}\n`);
		})
		.finally(() => {
			isGoingOn = false;
		});
	ended.catch(() => {});
	return { log, metrics: join(mirror, MIRRORED.metrics.local), isGoingOn: () => isGoingOn, ended };
}

function jsonOf(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
