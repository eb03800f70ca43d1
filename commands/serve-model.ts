import { setTimeout as rest } from "node:timers/promises";
import { z } from "zod";
import { secretsOf } from "../src/app/loop-trainer.js";
import {
	keyOfServer,
	listServers,
	placeOfServer,
	readServer,
	serverCommands,
	standingOfServer,
	startServer,
	stopServer,
	vllmCommands,
} from "../src/app/model-server.js";
import { hostOpener } from "../src/app/open-host.js";
import { limitOf } from "../src/app/remote-limit.js";
import { artifactsRoot, serverFiles } from "../src/artifacts/layout.js";
import type { Host } from "../src/domain/host.js";
import { goesOn, type RemoteRun, type RemoteState } from "../src/domain/remote-run.js";
import { durationText } from "../src/lib/duration.js";
import { AssayError } from "../src/lib/errors.js";
import { forwardPort } from "../src/remote/forward-port.js";
import { findHost } from "../src/remote/hosts-file.js";
import type { Link } from "../src/remote/link.js";
import { overLinks } from "../src/remote/links.js";
import { sbatchOptions } from "../src/remote/slurm-job.js";
import { remoteStateText } from "../src/store/remote-texts.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { hostQuestions } from "./cli/host-questions.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import type { ServeOptions } from "./cli/remote-options.js";

const ASK_EVERY_MS = 500;
const LOOK_EVERY_MS = 5000;
const ANSWER_MS = 10_000;

/** Has a host serve a model, and leads to it from this machine until Ctrl-C; the server goes on. */
export async function serve(context: CommandContext, hostName: string, options: ServeOptions): Promise<ExitCode> {
	const { workspace, signal } = context;
	const host = findHost(workspace, hostName);
	const name = options.name ?? `serve-${hostName}`;
	const open = hostOpener(workspace, hostQuestions(context))(host.name);
	const once = <T>(work: (link: Link) => Promise<T>) =>
		overLinks({ open, isPrompt: true, signal, onLink: () => {} }, work);
	if (options.stop === true) return await stop(context, name, options.grace, once);
	const commands = options.command ?? (options.model === undefined ? null : vllmCommands(options.model, host));
	const isKnown = listServers(workspace).some(({ id }) => id === name);
	if (commands === null && !isKnown) {
		throw new AssayError("usage", "which model?", {
			hint: "--model names it for vLLM; --command starts another server",
		});
	}
	if (options.dryRun === true) return await showPlan(context, host, commands, { ...options, name });
	const run =
		commands === null
			? readServer(workspace, name)
			: await once((link) =>
					startServer(link, options.port, {
						...{ workspace, name, host, commands, signal },
						deadlineSeconds: options.deadline ?? null,
						budgetUsd: options.budget ?? null,
						graceSeconds: options.grace,
						secrets: secretsOf(options.env ?? [], process.env),
					}),
				);
	await tell(context, {
		type: "server.started",
		name,
		host: host.name,
		folder: run.folder,
		job: run.slurm?.job ?? null,
	});
	if (options.detach === true) return 0;
	const way = await forwardPort({
		open,
		target: (link) => placeOfServer(link, run, signal),
		localPort: options.localPort ?? 0,
		signal,
	});
	try {
		return await watch(context, run, `http://127.0.0.1:${way.port}`, once);
	} finally {
		way.close();
	}
}

/** Exactly what it would run there. Nothing is contacted. */
async function showPlan(
	context: CommandContext,
	host: Host,
	commands: string | null,
	{ name, port, env = [], deadline, budget, grace }: ServeOptions & { name: string },
): Promise<ExitCode> {
	if (commands === null) throw new AssayError("usage", `${name} was started already`, { hint: "--model or --command" });
	const limit = limitOf([host], { deadlineSeconds: deadline ?? null, budgetUsd: budget ?? null });
	const plan = {
		name,
		host: host.name,
		job: serverCommands(host, port, commands),
		environment: ["ASSAY_KEY", "VLLM_API_KEY", ...env],
		sbatch: host.slurm && sbatchOptions([{ limit }], { slurm: host.slurm, graceSeconds: grace, after: [] }),
		limit,
	};
	if (context.json) await writeJson(context.stdout, plan);
	else {
		const { job, environment, sbatch } = plan;
		const lines: [string, string][] = [
			["host", host.name],
			["runs", job.trim().split("\n").join("; ")],
			["secrets", `${environment.join(", ")}, in a file that is removed once they are read`],
			...(sbatch === null ? [] : [["sbatch", sbatch.join(" ")] satisfies [string, string]]),
			["ends", limit === null ? "when it is stopped" : `after ${durationText(limit.seconds * 1000)}: ${limit.reason}`],
		];
		for (const [word, text] of lines) await writeLine(context.stdout, printable(`${word.padEnd(11)} ${text}`));
	}
	return 0;
}

type Once = <T>(work: (link: Link) => Promise<T>) => Promise<T>;

async function stop(context: CommandContext, name: string, graceSeconds: number, once: Once): Promise<ExitCode> {
	const { workspace, signal, stdout, json } = context;
	if (!listServers(workspace).some(({ id }) => id === name)) {
		const names = listServers(workspace).map(({ id }) => id);
		const hint = names.length === 0 ? "none was started from this workspace" : `there are: ${names.join(", ")}`;
		throw new AssayError("usage", `no server is called ${name}`, { hint });
	}
	const run = readServer(workspace, name);
	const stopped = await once((link) => stopServer(link, { workspace, run, graceSeconds, signal }));
	if (json) await writeJson(stdout, { type: "server.stopped", name, ...stopped });
	else if (stopped.left.length > 0) await writeLine(stdout, `STILL RUNNING there: ${stopped.left.join(", ")}`);
	else await writeLine(stdout, printable(`${name} is stopped: nothing of it is left on ${run.host}`));
	return stopped.left.length > 0 ? 1 : 0;
}

/** Tells when it begins to answer, and when it no longer does. Throws `host` when it has ended. */
async function watch(context: CommandContext, run: RemoteRun, url: string, once: Once): Promise<ExitCode> {
	const { workspace, signal } = context;
	const keyFile = serverFiles(artifactsRoot(workspace), run.id).key;
	const key = keyOfServer(workspace, run.id);
	let isHealthy: boolean | null = null;
	let state = "";
	for (;;) {
		const healthy = await answers(`${url}/health`, signal);
		if (healthy && isHealthy !== true) {
			if (run.slurm !== null) await refuseOpen(run, url, signal);
			const models = await modelsOf(url, key, signal);
			await tell(context, { type: "server.healthy", name: run.id, url: `${url}/v1`, models, keyFile });
		}
		if (!healthy) {
			if (isHealthy === true) await tell(context, { type: "server.silent", name: run.id });
			const standing = await once((link) => standingOfServer(link, run, signal));
			if (!goesOn(standing.state)) {
				const said = standing.said.trim().split("\n").at(-1) ?? "";
				throw new AssayError("host", `${run.id} on ${run.host}: ${remoteStateText(standing.state)}: ${said}`, {
					hint: `what it said is in ${run.folder} on the host`,
				});
			}
			const text = remoteStateText(standing.state);
			if (text !== state) await tell(context, { type: "server.state", name: run.id, state: standing.state });
			state = text;
		}
		isHealthy = healthy;
		await rest(healthy ? LOOK_EVERY_MS : ASK_EVERY_MS, undefined, { signal });
	}
}

async function answers(url: string, signal: AbortSignal): Promise<boolean> {
	try {
		const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]) });
		await response.arrayBuffer();
		return response.ok;
	} catch {
		signal.throwIfAborted();
		return false;
	}
}

/** On a cluster others reach it, too. Throws `host` for one that serves whoever asks. */
async function refuseOpen({ id, host }: RemoteRun, url: string, signal: AbortSignal): Promise<void> {
	const patience = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
	const response = await fetch(`${url}/v1/models`, { signal: patience });
	await response.arrayBuffer();
	if (!response.ok) return;
	throw new AssayError("host", `${id} serves whoever reaches its node, without a key`, {
		hint: `its --command has to ask for $ASSAY_KEY; \`assay hosts serve ${host} --name ${id} --stop\` ends it`,
	});
}

async function modelsOf(url: string, key: string, signal: AbortSignal): Promise<string[]> {
	try {
		const response = await fetch(`${url}/v1/models`, {
			headers: { authorization: `Bearer ${key}` },
			signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
		});
		return Models.parse(await response.json()).data.map(({ id }) => id);
	} catch {
		signal.throwIfAborted();
		return [];
	}
}

const Models = z.object({ data: z.array(z.object({ id: z.string() })) });

type ServerEvent =
	| { type: "server.started"; name: string; host: string; folder: string; job: string | null }
	| { type: "server.state"; name: string; state: RemoteState }
	| { type: "server.healthy"; name: string; url: string; models: string[]; keyFile: string }
	| { type: "server.silent"; name: string };

async function tell(context: CommandContext, event: ServerEvent): Promise<void> {
	if (context.json) await writeJson(context.stdout, event);
	else await writeLine(context.stdout, printable(textOf(event)));
}

function textOf(event: ServerEvent): string {
	switch (event.type) {
		case "server.started":
			return `${event.name} is on ${event.host}${event.job === null ? "" : ` as job ${event.job}`}: ${event.folder}; \`assay hosts serve ${event.host} --name ${event.name} --stop\` ends it`;
		case "server.state":
			return `${event.name}: ${remoteStateText(event.state)}, does not answer yet`;
		case "server.healthy":
			return `${event.url} answers${event.models.length === 0 ? "" : `: ${event.models.join(", ")}`}, to whoever gives --key-file ${event.keyFile}; Ctrl-C ends the way to it, the server goes on`;
		case "server.silent":
			return `${event.name} no longer answers`;
	}
}
