import { type Host, hourlyPrice } from "../domain/host.js";
import type { RemotePlan, RemoteTerms } from "../domain/remote-activity.js";
import type { TrainingJob } from "../domain/training-job.js";
import { durationText } from "../lib/duration.js";
import { sizeText } from "../lib/file-size.js";
import { findHosts } from "../remote/hosts-file.js";
import { MEETING_PORTS } from "../remote/meeting-place.js";
import { planFacts } from "../store/training-plan.js";
import { type ProjectedTime, projectedTime } from "./projected-time.js";
import { inputsOf } from "./remote-inputs.js";
import { limitOf, priceOfAll } from "./remote-limit.js";
import { trainingCommands } from "./training-commands.js";

/** All that is sent to hosts, run there and paid for, without asking them anything. Throws `usage`. */
export function remotePlan(workspace: string, job: TrainingJob, terms: RemoteTerms): RemotePlan {
	const hosts = findHosts(workspace, terms.host);
	const limit = limitOf(hosts, terms);
	const price = priceOfAll(hosts);
	const files = inputsOf(job);
	const groups = Map.groupBy(files, ({ path }) => path.slice(0, path.indexOf("/")));
	const sum = (of: typeof files) => of.reduce((bytes, file) => bytes + file.bytes, 0);
	const sent = [...groups].map(([name, of]) => `${name} ${of.length} (${sizeText(sum(of))})`).join(", ");
	const each = hosts.length === 1 ? "" : " to each host";
	return {
		job,
		terms,
		facts: [
			...hosts.flatMap((host, rank) => hostFacts(host, rank, hosts, job)),
			[
				"sends",
				`${files.length} files, ${sizeText(sum(files))}${each}: ${sent}; what is there already is not sent again`,
			],
			["ends", [endText(limit, price), ...hosts.flatMap(idleText)].join("; ")],
			["costs", costText(limit, price)],
			[
				"projected",
				projectedText(projectedTime(workspace, job, hosts.map(({ name }) => name).join(",")), limit, price),
			],
			...planFacts(job),
		],
	};
}

function hostFacts(host: Host, rank: number, hosts: readonly Host[], job: TrainingJob): [string, string][] {
	const price = hourlyPrice(host);
	const about = [host.name, host.gpus, price === null ? null : `$${price.toFixed(2)} an hour`]
		.filter(Boolean)
		.join(", ");
	const count = hosts.length;
	const folder = `${host.workdir}/runs/${job.name}-…${rank === 0 ? "" : `-rank${rank}`}`;
	const commands = (of: string) => of.trim().split("\n").join("; ");
	if (count === 1) {
		return [
			["host", about],
			["to", `${folder} on the host`],
			["runs", commands(trainingCommands(host, job))],
		];
	}
	const [first = host] = hosts;
	const address = first.address ?? "ADDRESS";
	const known = first.address === null ? "ADDRESS is the machine that ssh goes to, " : "";
	const node = { address, port: MEETING_PORTS.first, rank, count };
	return [
		[
			`host ${rank}`,
			`${about}${rank === 0 ? `; the others meet it there: ${known}the first free port from ${node.port} on; log, figures and checkpoints are its` : ""}`,
		],
		["to", `${folder} on ${host.name}`],
		["runs", commands(trainingCommands(host, job, node))],
	];
}

function idleText({ name, stopIdleMinutes }: Host): string[] {
	return stopIdleMinutes === null ? [] : [`${name} ends it when its GPUs idle for ${stopIdleMinutes} min`];
}

function endText(limit: ReturnType<typeof limitOf>, price: number | null): string {
	if (limit === null) return "when it is done: there is no deadline and no budget";
	const after = `after ${durationText(limit.seconds * 1000)} at the latest, kept by each host whoever watches`;
	return limit.reason === "budget" && price !== null
		? `${after}: it has cost $${((limit.seconds / 3600) * price).toFixed(2)} then`
		: after;
}

function costText(limit: ReturnType<typeof limitOf>, price: number | null): string {
	if (price === null) return "not known: a host has no price in hosts.yaml";
	const each = `$${price.toFixed(2)} for each hour`;
	return limit === null
		? `${each}, until it is done`
		: `${each}, at most $${((limit.seconds / 3600) * price).toFixed(2)} for the training; the rent of hosts goes on after it`;
}

function projectedText(known: ProjectedTime | null, limit: ReturnType<typeof limitOf>, price: number | null): string {
	if (known === null) {
		return limit === null
			? "not known: no training like it has ended there; its first steps tell"
			: "not known: no training like it has ended there; at most what is said above";
	}
	const { ms, by } = known;
	const cost = price === null ? "" : ` and $${((ms / 3_600_000) * price).toFixed(2)}`;
	const cut = limit !== null && ms > limit.seconds * 1000 ? "; ITS LIMIT ENDS IT BEFORE THAT" : "";
	return `about ${durationText(ms)}${cost}, by the pace of ${by} there${cut}`;
}
