import { basename } from "node:path";
import { type RemoteRun, RunnerRecord } from "../domain/remote-run.js";
import { AssayError } from "../lib/errors.js";
import { lastLine } from "../lib/last-line.js";
import { parseAt } from "../lib/schema.js";
import { type Link, outputOf } from "./link.js";
import { quote } from "./quote.js";
import { scriptPath } from "./script.js";
import { type SendOptions, type SentFile, sendFiles } from "./send-files.js";

export interface Attempt {
	run: Pick<RemoteRun, "folder" | "workdir" | "attempt" | "limit" | "slurm">;
	/** What it reads, below `in/` of its folder. */
	files: SendOptions["files"];
	/** Shell commands that it consists of; they begin in its folder. */
	commands: string;
	/** Further small files, by place below its folder. */
	texts: Readonly<Record<string, string>>;
	/** For the job alone: they are in no argument, no log and no record. */
	secrets: Readonly<Record<string, string>>;
	/** How long it may go on after it was asked to end. */
	graceSeconds: number;
	signal: AbortSignal;
	onProgress?: (bytes: number, total: number) => void;
}

export function folderOfAttempt({ folder, attempt }: Pick<RemoteRun, "folder" | "attempt">): string {
	return `${folder}/attempt-${attempt}`;
}

/** Sends everything; nothing is started by it, and it may be done again. What the attempt before left behind is copied. */
export async function prepareAttempt(link: Link, attempt: Attempt): Promise<SentFile[]> {
	const { run, files, commands, texts, secrets, graceSeconds, signal, onProgress } = attempt;
	const folder = folderOfAttempt(run);
	const before = `${run.folder}/attempt-${run.attempt - 1}/work`;
	await outputOf(
		link,
		`umask 077; mkdir -p ${quote(folder)} && cd ${quote(folder)} && { [ -d work ] || { rm -rf work.tmp && mkdir work.tmp && ${copyOfWork(before)} && mv work.tmp work; }; } && : >>work/metrics.jsonl`,
		{ timeoutMs: null, signal },
	);
	const sent = await sendFiles(link, {
		workdir: run.workdir,
		files: [
			...files.map((file) => ({ ...file, path: `in/${file.path}` })),
			{ path: "runner.sh", source: scriptPath("runner.sh") },
			...(run.slurm === null ? [] : [{ path: "slurm.sh", source: scriptPath("slurm.sh") }]),
		],
		folder,
		signal,
		...(onProgress && { onProgress }),
	});
	const environment = Object.entries(secrets).map(([name, value]) => `${name}=${quote(value)}\n`);
	const small = {
		...texts,
		"job.sh": commands,
		grace: `${graceSeconds}\n`,
		...(environment.length > 0 && { env: environment.join("") }),
		// No other job of the cluster is called so.
		...(run.slurm && { "slurm.name": `${basename(run.folder)}-${run.attempt}\n` }),
		...(run.limit && { limit: `${Math.max(1, Math.floor(run.limit.seconds))} ${run.limit.reason}\n` }),
	};
	for (const [name, text] of Object.entries(small)) {
		const place = quote(`${folder}/${name}`);
		await outputOf(link, `umask 077; cat >${place}.tmp && mv ${place}.tmp ${place}`, {
			input: [Buffer.from(text)],
			signal,
		});
	}
	return sent;
}

/** All of it but models: these stay where they are. */
function copyOfWork(before: string): string {
	const isModel = "model|model.tmp|checkpoints|checkpoint.request|checkpoint.taken|checkpoint.failed";
	return `for f in ${quote(before)}/*; do case "\${f##*/}" in ${isModel}) ;; *) [ ! -e "$f" ] || cp -r "$f" work.tmp/ || exit 1 ;; esac; done`;
}

/** Starts it once, however often it is called, over however many links. Throws `host` when its runner does not come up. */
export async function startAttempt(
	link: Link,
	run: Pick<RemoteRun, "folder" | "attempt">,
	signal: AbortSignal,
): Promise<RunnerRecord> {
	const folder = folderOfAttempt(run);
	const { stdout, stderr } = await link.execute(`sh ${quote(`${folder}/runner.sh`)} ${quote(folder)}`, { signal });
	const text = stdout.toString("utf8").trim();
	if (text !== "") return parseAt(RunnerRecord, JSON.parse(text), "runner.json on the host");
	throw new AssayError("host", `the run did not start: ${lastLine(stderr) || "its runner said nothing"}`, {
		hint: `what it said is in ${folder}/runner.err on the host; the same command tries again`,
	});
}
