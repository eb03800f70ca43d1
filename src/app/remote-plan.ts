import { hourlyPrice } from "../domain/host.js";
import type { RemotePlan, RemoteTerms } from "../domain/remote-activity.js";
import type { TrainingJob } from "../domain/training-job.js";
import { durationText } from "../lib/duration.js";
import { sizeText } from "../lib/file-size.js";
import { findHost } from "../remote/hosts-file.js";
import { planFacts } from "../store/training-plan.js";
import { type ProjectedTime, projectedTime } from "./projected-time.js";
import { inputsOf } from "./remote-inputs.js";
import { limitOf } from "./remote-limit.js";
import { trainingCommands } from "./training-commands.js";

/** All that is sent to a host, run there and paid for, without asking it anything. Throws `usage`. */
export function remotePlan(workspace: string, job: TrainingJob, terms: RemoteTerms): RemotePlan {
	const host = findHost(workspace, terms.host);
	const limit = limitOf(host, terms);
	const price = hourlyPrice(host);
	const files = inputsOf(job);
	const groups = Map.groupBy(files, ({ path }) => path.slice(0, path.indexOf("/")));
	const sum = (of: typeof files) => of.reduce((bytes, file) => bytes + file.bytes, 0);
	const sent = [...groups].map(([name, of]) => `${name} ${of.length} (${sizeText(sum(of))})`).join(", ");
	const { gpus } = host;
	return {
		job,
		terms,
		facts: [
			["host", [host.name, gpus, price === null ? null : `$${price.toFixed(2)} an hour`].filter(Boolean).join(", ")],
			["sends", `${files.length} files, ${sizeText(sum(files))}: ${sent}; what is there already is not sent again`],
			["to", `${host.workdir}/runs/${job.name}-… on the host`],
			["runs", trainingCommands(host, job).trim().split("\n").join("; ")],
			["ends", endText(limit, price)],
			["costs", costText(limit, price)],
			["projected", projectedText(projectedTime(workspace, job, host.name), limit, price)],
			...planFacts(job),
		],
	};
}

function endText(limit: ReturnType<typeof limitOf>, price: number | null): string {
	if (limit === null) return "when it is done: there is no deadline and no budget";
	const after = `after ${durationText(limit.seconds * 1000)} at the latest, kept by the host whoever watches`;
	return limit.reason === "budget" && price !== null
		? `${after}: it has cost $${((limit.seconds / 3600) * price).toFixed(2)} then`
		: after;
}

function costText(limit: ReturnType<typeof limitOf>, price: number | null): string {
	if (price === null) return "not known: the host has no price in hosts.yaml";
	const each = `$${price.toFixed(2)} for each hour`;
	return limit === null
		? `${each}, until it is done`
		: `${each}, at most $${((limit.seconds / 3600) * price).toFixed(2)} for the training; the host's rent goes on after it`;
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
