import { setTimeout as rest } from "node:timers/promises";
import type { SlurmEntry } from "../domain/host.js";
import type { RemoteRun } from "../domain/remote-run.js";
import { AssayError } from "../lib/errors.js";
import { lastLine } from "../lib/last-line.js";
import { type Link, outputOf } from "./link.js";
import { quote } from "./quote.js";
import { isOver, readSlurmLine, type SlurmJob } from "./slurm-state.js";
import { folderOfAttempt } from "./start-attempt.js";

type Run = Pick<RemoteRun, "folder" | "attempt" | "limit">;

export interface SubmitOptions {
	slurm: SlurmEntry;
	graceSeconds: number;
	/** Jobs that have to have ended well before. */
	after: readonly string[];
	signal: AbortSignal;
}

/** What sbatch takes minutes to do when the cluster is busy. */
const SUBMIT_MS = 180_000;
const ASK_EVERY_MS = 500;

/** Hands prepared attempts to Slurm as one job, once, however often it is called; gives the job of each. */
export async function submitToSlurm(link: Link, runs: readonly Run[], options: SubmitOptions): Promise<string[]> {
	const { signal } = options;
	const [first] = runs;
	if (first === undefined) return [];
	const folder = folderOfAttempt(first);
	if (runs.length > 1) {
		const lines = runs.map((run) => `${folderOfAttempt(run)}\n`);
		// One that is there was made by somebody who was interrupted, and may be what Slurm has.
		const command = `cd ${quote(folder)} && { [ -e array ] || { cat >array.tmp && mv array.tmp array; }; }`;
		await outputOf(link, command, { input: [Buffer.from(lines.join(""))], signal });
	}
	const words = ["submit", ...sbatchOptions(runs, options)].map(quote).join(" ");
	const { code, stderr } = await link.execute(`${script(folder)} ${words}`, { timeoutMs: SUBMIT_MS, signal });
	if (code !== 0) {
		throw new AssayError("host", `Slurm did not take the job: ${lastLine(stderr) || "it said nothing"}`, {
			hint: "`assay hosts check` asks Slurm there; slurm: in hosts.yaml has what it is given; the same command tries again",
		});
	}
	const jobs: string[] = [];
	for (const run of runs) {
		const path = `${folderOfAttempt(run)}/slurm.id`;
		jobs.push((await outputOf(link, `cat ${quote(path)}`, { signal })).trim());
	}
	return jobs;
}

/** Options of sbatch that a host's description asks for. */
export function askedOfSlurm({ partition, account, qos, nodes, gpusPerNode, arguments: more }: SlurmEntry): string[] {
	return [
		...(partition === null ? [] : [`--partition=${partition}`]),
		...(account === null ? [] : [`--account=${account}`]),
		...(qos === null ? [] : [`--qos=${qos}`]),
		`--nodes=${nodes}`,
		...(gpusPerNode === 0 ? [] : [`--gpus-per-node=${gpusPerNode}`]),
		...more,
	];
}

/** All that sbatch is given for these runs as one job. */
export function sbatchOptions(
	runs: readonly Pick<Run, "limit">[],
	{ slurm, graceSeconds, after }: Omit<SubmitOptions, "signal">,
): string[] {
	const limits = runs.flatMap(({ limit }) => (limit === null ? [] : [limit.seconds]));
	// Slurm's is the second line of defence: the runner ends it to the second, and says why.
	const minutes = Math.ceil((Math.max(...limits) + graceSeconds * 2 + 60) / 60);
	return [
		...askedOfSlurm(slurm),
		...(limits.length === 0 ? [] : [`--time=${minutes}`]),
		...(after.length === 0 ? [] : [`--dependency=afterok:${after.join(":")}`, "--kill-on-invalid-dep=yes"]),
		...(runs.length === 1 ? [] : [`--array=0-${runs.length - 1}`]),
	];
}

/** Asks the runner of a job that goes on, or Slurm where nobody is there to be asked. */
export async function askToEnd(link: Link, run: Run, signal: AbortSignal): Promise<void> {
	const job = await askSlurm(link, run, signal);
	if (isOver(job)) return;
	const isGoing = job.state === "RUNNING";
	await link.execute(`${script(folderOfAttempt(run))} ${isGoing ? "ask USR1" : "cancel"}`, { signal });
}

/** Has Slurm end a job, and waits until it is through with it. False: it is not. */
export async function cancelJob(link: Link, run: Run, patienceMs: number, signal: AbortSignal): Promise<boolean> {
	const patience = performance.now() + patienceMs;
	let isAsked = false;
	for (;;) {
		if (isOver(await askSlurm(link, run, signal))) return true;
		if (performance.now() > patience) return false;
		if (!isAsked) await link.execute(`${script(folderOfAttempt(run))} cancel`, { signal });
		isAsked = true;
		await rest(ASK_EVERY_MS, undefined, { signal });
	}
}

/** Address of the node that a job runs on. Throws `host` where it runs on none. */
export async function nodeOfJob(link: Link, run: Run, signal: AbortSignal): Promise<string> {
	const address = await outputOf(link, `${script(folderOfAttempt(run))} node`, { signal });
	if (address.trim() !== "") return address.trim();
	throw new AssayError("host", "its job has no node yet", { hint: "try again when Slurm has begun it" });
}

async function askSlurm(link: Link, run: Run, signal: AbortSignal): Promise<SlurmJob> {
	return readSlurmLine(await outputOf(link, `${script(folderOfAttempt(run))} told || :`, { signal }));
}

function script(folder: string): string {
	return `sh ${quote(`${folder}/slurm.sh`)} ${quote(folder)}`;
}
