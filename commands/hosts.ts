import { resolve } from "node:path";
import { checkHost } from "../src/app/check-host.js";
import { hostOpener } from "../src/app/open-host.js";
import { prepareHost } from "../src/app/prepare-host.js";
import { type Host, hourlyPrice } from "../src/domain/host.js";
import { addHost, findHost, hostsPath, listHosts } from "../src/remote/hosts-file.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { hostQuestions } from "./cli/host-questions.js";
import { type Column, printable, tableLines, writeJson, writeLine } from "./cli/print.js";
import type { AddHostOptions, BootstrapHostOptions, CheckHostOptions } from "./cli/remote-options.js";

const COLUMNS: readonly Column<Host>[] = [
	{ title: "HOST", text: ({ name }) => name },
	{ title: "SSH", text: ({ from, alias, name }) => (from === "built-in" ? "-" : (alias ?? name)) },
	{ title: "GPUS", text: ({ gpus }) => gpus ?? "-" },
	{ title: "USD/H", text: (host) => hourlyPrice(host)?.toFixed(2) ?? "-", align: "right" },
	{ title: "WORKDIR", text: ({ workdir }) => workdir },
	{ title: "FROM", text: ({ from }) => from },
];

/** Those of hosts.yaml, then what ssh knows, then this machine. Nothing is asked of any of them. */
export async function list(context: CommandContext): Promise<ExitCode> {
	const hosts = listHosts(context.workspace);
	if (context.json)
		for (const host of hosts) await writeJson(context.stdout, { ...host, pricePerHour: hourlyPrice(host) });
	else for await (const line of tableLines(COLUMNS, hosts)) await writeLine(context.stdout, line);
	return 0;
}

/** Describes a host in hosts.yaml. */
export async function add(context: CommandContext, name: string, options: AddHostOptions): Promise<ExitCode> {
	const {
		alias,
		gpus,
		pricePerGpuHour,
		pricePerHostHour,
		address,
		workdir,
		python,
		setup,
		stopIdleMinutes,
		releaseCommand,
	} = options;
	const slurm = slurmOf(options);
	const given = told({
		alias,
		gpus,
		pricePerGpuHour,
		pricePerHostHour,
		address,
		workdir,
		python,
		setup,
		stopIdleMinutes,
		releaseCommand,
		slurm,
	});
	const host = addHost(context.workspace, name, given, options.force === true);
	if (context.json) await writeJson(context.stdout, host);
	else
		await writeLine(
			context.stdout,
			printable(`${name} is in ${hostsPath(context.workspace)}; \`assay hosts check ${name}\` looks at it`),
		);
	return 0;
}

function slurmOf(options: AddHostOptions): object | undefined {
	const { partition, account, qos, nodes, gpusPerNode, sbatch } = options;
	const given = told({ partition, account, qos, nodes, gpusPerNode, arguments: sbatch });
	return options.slurm === true || Object.keys(given).length > 0 ? given : undefined;
}

const told = (values: object): object =>
	Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

/** Connects, and tells what a training would find there; 1 where something stands in its way. */
export async function check(context: CommandContext, name: string, options: CheckHostOptions): Promise<ExitCode> {
	const { workspace, signal, stdout, json } = context;
	const questions = hostQuestions(context, options.acceptKey ?? null);
	const host = findHost(workspace, name);
	const { findings, connectMs } = await checkHost({
		workspace,
		host,
		open: hostOpener(workspace, questions)(name),
		signal,
	});
	if (json) await writeJson(stdout, { host: name, connectMs, findings });
	else {
		await writeLine(stdout, printable(`${name}: connected in ${connectMs.toFixed(0)} ms`));
		for (const { name: what, level, text, remedy } of findings) {
			await writeLine(stdout, printable(`${SIGNS[level]} ${what.padEnd(9)} ${text}`));
			if (remedy !== null) await writeLine(stdout, printable(`            ${remedy}`));
		}
	}
	return findings.some(({ level }) => level === "error") ? 1 : 0;
}

/** Makes the trainer's Python environment there; what is said there is shown as it is said. */
export async function bootstrap(
	context: CommandContext,
	name: string,
	options: BootstrapHostOptions,
): Promise<ExitCode> {
	const { workspace, signal, stdout, stderr, json, quiet } = context;
	const python = await prepareHost({
		workspace,
		name,
		questions: hostQuestions(context, options.acceptKey ?? null),
		basePython: options.basePython ?? null,
		packages: options.package ?? [],
		wheels: options.wheels === undefined ? null : resolve(options.wheels),
		indexUrl: options.indexUrl ?? null,
		signal,
		onLine(text) {
			if (json) stdout.write(`${JSON.stringify({ type: "bootstrap.line", text })}\n`);
			else if (!quiet) stderr.write(`${printable(text)}\n`);
		},
		onProgress(bytes, total) {
			if (json) stdout.write(`${JSON.stringify({ type: "transfer.progress", direction: "up", bytes, total })}\n`);
		},
	});
	if (json) await writeJson(stdout, { type: "bootstrap.done", host: name, python });
	else await writeLine(stdout, printable(`${name} trains with ${python}; hosts.yaml says so`));
	return 0;
}

const SIGNS = { ok: "ok     ", warning: "warning", error: "error  " };
