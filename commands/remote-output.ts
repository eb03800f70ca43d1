import { hostsOf } from "../src/domain/hosts-of-run.js";
import type { RemoteEvent } from "../src/domain/remote-run.js";
import type { TrainerEvent } from "../src/domain/training-job.js";
import { sizeText } from "../src/lib/file-size.js";
import { breakText, remoteStateText } from "../src/store/remote-texts.js";
import type { CommandContext } from "./cli/context.js";
import { printable } from "./cli/print.js";
import { proofText } from "./mirror-text.js";
import { stepTexts } from "./step-text.js";

/** Steps that are told of those that come at once, as when a training is found again: the end says how far it is. */
const MOST_STEPS = 20;

/** What happens to a training on another machine: events as they are, or what a person wants to know of them. */
export function remoteOutput({ json, quiet, stdout, stderr }: CommandContext, steps: number) {
	const say = (text: string): void => {
		if (!quiet && !json) stderr.write(`${printable(text)}\n`);
	};
	const textOf = stepTexts(steps);
	let told = 0;
	return {
		onEvent(event: RemoteEvent): void {
			if (json) stdout.write(`${JSON.stringify(event)}\n`);
			else if (event.type === "transfer.progress") {
				const tenth = event.total === 0 ? 0 : Math.floor((event.bytes / event.total) * 10);
				if (tenth === told) return;
				told = tenth;
				say(`${event.direction === "up" ? "sent" : "brought"} ${sizeText(event.bytes)} of ${sizeText(event.total)}`);
			} else {
				const text = eventText(event);
				if (text !== null) say(text);
			}
		},
		onMeasured(events: readonly TrainerEvent[]): void {
			for (const text of events.flatMap((event) => textOf(event) ?? []).slice(-MOST_STEPS)) say(text);
		},
	};
}

function eventText(event: RemoteEvent): string | null {
	switch (event.type) {
		case "job.submitted":
			return `${event.id} ${event.isNew ? "runs" : "is known"} on ${hostsOf(event)}${event.slurmJob === null ? "" : ` as job ${event.slurmJob}`}, attempt ${event.attempt}: ${event.folder}`;
		case "job.state":
			return `${event.id}: ${remoteStateText(event.state)}`;
		case "link.changed":
			if (event.link === "live") return null;
			if (event.link === "stale") return `no answer for ${(event.ms / 1000).toFixed(0)} s`;
			return `${event.reason}; again in ${event.inMs} ms`;
		case "mirror.restarted":
			return restartText(event);
		case "mirror.proved":
			return proofText(event);
		case "processes.left":
			return `STILL RUNNING on ${event.host}: processes ${event.pids.join(", ")}`;
		case "peer.event": {
			const text = eventText(event.event);
			return text === null ? null : `${event.host}: ${text}`;
		}
		case "checkpoint.found":
			return `checkpoint: ${event.files} files, ${sizeText(event.bytes)}`;
		default:
			return null;
	}
}

function restartText(event: Extract<RemoteEvent, { type: "mirror.restarted" }>): string {
	const { text, advice } = breakText(event);
	return `${text}${event.why === "cut" ? `, which has ${sizeText(event.there)} of it now` : ""}; ${advice}`;
}
