import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { readJsonFile } from "../artifacts/json-file.js";
import { artifactsRoot, serverFiles } from "../artifacts/layout.js";
import { lockRun } from "../artifacts/run-lock.js";
import { type Host, hourlyPrice } from "../domain/host.js";
import { goesOn, RemoteRun, type RemoteState } from "../domain/remote-run.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { AssayError } from "../lib/errors.js";
import { type Link, outputOf } from "../remote/link.js";
import { workdirOn } from "../remote/preflight.js";
import { quote } from "../remote/quote.js";
import { nodeOfJob, submitToSlurm } from "../remote/slurm-job.js";
import { standingOf } from "../remote/standing.js";
import { folderOfAttempt, prepareAttempt, startAttempt } from "../remote/start-attempt.js";
import { type Stopped, stopAttempt } from "../remote/stop-attempt.js";
import { type Limits, limitOf } from "./remote-limit.js";

export interface ServerOptions extends Limits {
	workspace: string;
	name: string;
	host: Host;
	/** Shell commands that serve OpenAI's protocol at $ASSAY_ADDRESS:$ASSAY_PORT to whoever tells $ASSAY_KEY. */
	commands: string;
	graceSeconds: number;
	secrets: Readonly<Record<string, string>>;
	signal: AbortSignal;
	random?: () => number;
	now?: () => Date;
}

/** What vLLM is started with. */
export function vllmCommands(model: string, { gpus, slurm }: Host): string {
	const count = slurm === null ? (gpus === null ? 1 : Number.parseInt(gpus, 10)) : Math.max(1, slurm.gpusPerNode);
	const shared = count > 1 ? ` --tensor-parallel-size ${count}` : "";
	return `exec vllm serve ${quote(model)} --host "$ASSAY_ADDRESS" --port "$ASSAY_PORT"${shared}`;
}

/** The whole job; on a cluster it listens where the submit host reaches it, elsewhere for that machine alone. */
export function serverCommands({ setup, slurm }: Host, port: number, commands: string): string {
	const address = slurm === null ? "127.0.0.1" : `"$(${NODE_ADDRESS})"`;
	return `${setup === null ? "" : `${setup}\n`}export ASSAY_ADDRESS=${address} ASSAY_PORT=${port}\n${commands}\n`;
}

const NODE_ADDRESS = `scontrol -o show node "$SLURMD_NODENAME" | sed -n 's/.* NodeAddr=\\([^ ]*\\) .*/\\1/p'`;

/** What it asks whoever it serves for; made once, and kept where nobody else reads it. */
export function keyOfServer(workspace: string, name: string): string {
	const { folder, key: path } = serverFiles(artifactsRoot(workspace), name);
	if (existsSync(path)) return readFileSync(path, "utf8").trim();
	mkdirSync(folder, { recursive: true });
	const key = `sk-assay-${randomBytes(24).toString("hex")}`;
	writeFileSync(`${path}.tmp`, `${key}\n`, { mode: 0o600 });
	renameSync(`${path}.tmp`, path);
	return key;
}

/** Starts a server as a job of a host, once; one that goes on is found again. */
export async function startServer(link: Link, port: number, options: ServerOptions): Promise<RemoteRun> {
	const { workspace, name, host, signal, now = () => new Date(), random = Math.random } = options;
	const files = serverFiles(artifactsRoot(workspace), name);
	mkdirSync(files.folder, { recursive: true });
	const lock = lockRun(files.lock, name);
	try {
		const known = existsSync(files.record) ? readServer(workspace, name) : null;
		if (known !== null && known.host !== host.name)
			throw new AssayError("usage", `${name} was started on ${known.host}`, { hint: "give the server another --name" });
		const standing = known && (await standingOf(link, known, signal));
		if (known && standing && goesOn(standing.state)) return { ...known, attempt: standing.attempt };
		const workdir = await workdirOn(link, host, signal);
		const suffix = Math.floor(random() * 36 ** 6).toString(36);
		const run: RemoteRun = {
			schema: "assay.remote-run.v1",
			id: name,
			host: host.name,
			folder: known?.folder ?? `${workdir}/runs/${name}-${suffix}`,
			workdir,
			attempt: known === null ? 1 : known.attempt + (standing?.state.state === "prepared" ? 0 : 1),
			createdAt: now().toISOString(),
			git: null,
			inputs: [],
			limit: limitOf([host], options),
			pricePerHour: hourlyPrice(host),
			peers: [],
			meeting: null,
			failure: null,
			slurm: host.slurm && { job: null, nodes: host.slurm.nodes },
			last: { state: { state: "prepared" }, seenAt: now().toISOString() },
		};
		saveServer(workspace, run);
		const { graceSeconds, secrets } = options;
		const key = keyOfServer(workspace, name);
		await prepareAttempt(link, {
			run,
			files: [],
			commands: serverCommands(host, port, options.commands),
			texts: { port: `${port}\n` },
			// Those of vLLM's options that other users of the machine could read are not used.
			secrets: { ...secrets, ASSAY_KEY: key, VLLM_API_KEY: key },
			graceSeconds,
			signal,
		});
		if (host.slurm === null) await startAttempt(link, run, signal);
		else {
			const [job = null] = await submitToSlurm(link, [run], { slurm: host.slurm, graceSeconds, after: [], signal });
			run.slurm = { job, nodes: host.slurm.nodes };
		}
		saveServer(workspace, run);
		return run;
	} finally {
		lock.release();
	}
}

/** Where it listens, as its host sees it. Throws `host` where it waits for its turn. */
export async function placeOfServer(
	link: Link,
	run: RemoteRun,
	signal: AbortSignal,
): Promise<{ address: string; port: number }> {
	const port = Number(await outputOf(link, `cat ${quote(`${folderOfAttempt(run)}/port`)}`, { signal }));
	return { address: run.slurm === null ? "127.0.0.1" : await nodeOfJob(link, run, signal), port };
}

export interface ServerStanding {
	state: RemoteState;
	/** The end of what it printed. */
	said: string;
}

export async function standingOfServer(link: Link, run: RemoteRun, signal: AbortSignal): Promise<ServerStanding> {
	const { state, attempt } = await standingOf(link, run, signal);
	const log = `${folderOfAttempt({ ...run, attempt })}/out.log`;
	return { state, said: await outputOf(link, `tail -n 5 ${quote(log)} 2>/dev/null || :`, { signal }) };
}

/** Ends it, and forgets it here where nothing of it is left. */
export async function stopServer(
	link: Link,
	options: { workspace: string; run: RemoteRun; graceSeconds: number; signal: AbortSignal },
): Promise<Stopped> {
	const { workspace, run, graceSeconds, signal } = options;
	const { attempt } = await standingOf(link, run, signal);
	const stopped = await stopAttempt(link, { ...run, attempt }, graceSeconds, signal);
	if (stopped.left.length === 0)
		rmSync(serverFiles(artifactsRoot(workspace), run.id).folder, { recursive: true, force: true });
	return stopped;
}

/** Those that were started from this workspace and not yet stopped. */
export function listServers(workspace: string): RemoteRun[] {
	const { parent } = serverFiles(artifactsRoot(workspace), "");
	if (!existsSync(parent)) return [];
	return readdirSync(parent)
		.filter((name) => existsSync(serverFiles(artifactsRoot(workspace), name).record))
		.map((name) => readServer(workspace, name));
}

export function readServer(workspace: string, name: string): RemoteRun {
	return readJsonFile(RemoteRun, serverFiles(artifactsRoot(workspace), name).record);
}

function saveServer(workspace: string, run: RemoteRun): void {
	const { record } = serverFiles(artifactsRoot(workspace), run.id);
	writeFileAtomic(record, `${JSON.stringify(RemoteRun.parse(run), null, "\t")}\n`);
}
