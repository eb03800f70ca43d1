import { readTrainings } from "../src/app/follow-trainings.js";
import { beginRent, endRent } from "../src/app/host-rent.js";
import { hostRows } from "../src/app/host-rows.js";
import type { RemoteFacts } from "../src/domain/remote-activity.js";
import { durationText } from "../src/lib/duration.js";
import { AssayError } from "../src/lib/errors.js";
import { findHost } from "../src/remote/hosts-file.js";
import { limitEndMs, remoteCost } from "../src/store/remote-cost.js";
import { rentCost } from "../src/store/rent-cost.js";
import { addNews, type TrainingBook } from "../src/store/training-activity.js";
import { trainingEtaMs } from "../src/store/training-metrics.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { type Column, printable, tableLines, writeJson, writeLine } from "./cli/print.js";
import { seenState } from "./trainings.js";

type Line = ReturnType<typeof hostLines>[number] | ReturnType<typeof trainingLines>[number];

const dollars = (value: number | null) => (value === null ? "-" : value.toFixed(2));
const COLUMNS: readonly Column<Line>[] = [
	{ title: "OF", text: ({ of, name }) => (of === "host" ? name : `  ${name}`) },
	{ title: "TIME", text: ({ ms }) => durationText(ms), align: "right" },
	{ title: "USD", text: ({ spent }) => dollars(spent), align: "right" },
	{ title: "IDLE USD", text: (line) => (line.of === "host" ? dollars(line.idleSpent) : "-"), align: "right" },
	{ title: "BUDGET", text: (line) => (line.of === "host" ? "-" : dollars(line.budget)), align: "right" },
	{ title: "PROJECTED", text: (line) => (line.of === "host" ? "-" : dollars(line.projected)), align: "right" },
	{
		title: "STATE",
		text: (line) => (line.of === "host" ? (line.isRented ? "rented" : "released") : seenState(line, Date.now())),
	},
];

/** The clocks of hosts and of the trainings on them, each below its host. */
export async function cost(context: CommandContext): Promise<ExitCode> {
	const { workspace, stdout, json } = context;
	const now = Date.now();
	const hosts = hostLines(workspace, now);
	const trainings = trainingLines(workspace, now);
	const lines: Line[] = hosts.flatMap((host) => [host, ...trainings.filter((training) => training.host === host.name)]);
	const others = trainings.filter(({ host }) => !hosts.some(({ name }) => name === host));
	const all = [...lines, ...others];
	if (json) for (const line of all) await writeJson(stdout, line);
	else {
		for await (const line of tableLines(COLUMNS, all)) await writeLine(stdout, line);
		const sum = (of: "spent" | "idleSpent") => hosts.reduce((total, host) => total + host[of], 0);
		await writeLine(
			stdout,
			`rent of hosts in all: $${dollars(sum("spent"))}, $${dollars(sum("idleSpent"))} of it idle`,
		);
	}
	return 0;
}

function hostLines(workspace: string, now: number) {
	return hostRows(workspace).flatMap(({ name, rent, pricePerHour }) => {
		if (rent === null) return [];
		const { rentedMs: ms, ...costs } = rentCost(rent, now);
		return [{ of: "host" as const, name, ms, pricePerHour, ...costs }];
	});
}

function trainingLines(workspace: string, now: number) {
	let book: TrainingBook = new Map();
	for (const news of readTrainings(workspace)) book = addNews(book, news);
	return [...book.values()].flatMap(({ ref, activity }) => {
		if (activity.kind !== "training" || activity.training.remote === null) return [];
		const { training } = activity;
		const { run } = activity.training.remote;
		const costs = remoteCost(run, trainingEtaMs(training), Math.min(now, limitEndMs(run) ?? now));
		if (costs === null) return [];
		const { workedMs: ms, spent, budget, projected, ...others } = costs;
		return sharesOf(run).map(({ host, share }) => ({
			...{ of: "training" as const, name: ref.id, host, ms, state: training.state, seenAt: run.last.seenAt, ...others },
			spent: spent * share,
			budget: budget === null ? null : budget * share,
			projected: projected === null ? null : projected * share,
		}));
	});
}

/** Of what a training costs, by the prices of its hosts. */
function sharesOf({ host, peers, pricePerHour }: RemoteFacts): { host: string; share: number }[] {
	const others = peers.map((peer) => ({
		host: peer.host,
		share: pricePerHour === null || pricePerHour === 0 ? 0 : (peer.pricePerHour ?? 0) / pricePerHour,
	}));
	return [{ host, share: 1 - others.reduce((sum, { share }) => sum + share, 0) }, ...others];
}

export async function rent(context: CommandContext, name: string): Promise<ExitCode> {
	const { workspace, stdout, json } = context;
	const host = findHost(workspace, name);
	if (!beginRent(workspace, host)) {
		const hasPrice = host.pricePerGpuHour !== null || host.pricePerHostHour !== null;
		throw new AssayError("usage", hasPrice ? `the clock of ${name} runs already` : `${name} has no price`, {
			hint: hasPrice
				? `\`assay hosts release ${name}\` stops it`
				: "describe it in hosts.yaml with pricePerGpuHour or pricePerHostHour",
		});
	}
	if (json) await writeJson(stdout, { type: "host.rented", host: name });
	else await writeLine(stdout, printable(`the clock of ${name} runs; \`assay hosts release ${name}\` stops it`));
	return 0;
}

export async function release(context: CommandContext, name: string): Promise<ExitCode> {
	const { workspace, stdout, json } = context;
	const host = findHost(workspace, name);
	endRent(workspace, host);
	const { releaseCommand } = host;
	if (json) await writeJson(stdout, { type: "host.released", host: name, releaseCommand });
	else {
		const ends = releaseCommand === null ? "whoever rents it out" : `\`${releaseCommand}\``;
		await writeLine(stdout, printable(`the clock of ${name} stands; the rent itself is ended by ${ends}`));
	}
	return 0;
}
