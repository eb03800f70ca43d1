import { setTimeout as rest } from "node:timers/promises";
import { goesOn, type LinkState, type RemoteState } from "../domain/remote-run.js";
import type { Link } from "./link.js";
import { type LinkOptions, overLinks } from "./links.js";
import type { Mirror, Proof } from "./mirror.js";
import { type Answer, type Watch, watchRun } from "./watch-run.js";

export interface FollowOptions extends LinkOptions {
	/** Of the attempt, on the host. */
	folder: string;
	mirror: Mirror;
	/** Returns as soon as all that is there is here. */
	isOnce: boolean;
	/** How long a host may say nothing before the link counts as dead. */
	answerMs?: number;
	onState: (state: RemoteState) => void;
	/** With each answer. */
	onAnswer?: (answer: Answer) => void;
}

const ASK_EVERY_MS = 150;
const STALE_MS = 2000;
/** A state that nobody recorded may be one that just passes. */
const DOUBT_MS = 3000;

/**
 * Mirrors an attempt until it has ended and all of it is here, over as many links as it takes. A dead link never changes
 * what is known of the run. Throws LinkLost only where no other attempt to connect can go better.
 */
export async function followRun(options: FollowOptions): Promise<{ state: RemoteState; proofs: Proof[] }> {
	const tell = stateTeller(options.onState);
	return await overLinks(options, (link) => followOver(link, options, tell));
}

async function followOver(
	link: Link,
	{ folder, mirror, isOnce, answerMs, signal, onLink, onAnswer }: FollowOptions,
	tell: (state: RemoteState) => boolean,
): Promise<{ state: RemoteState; proofs: Proof[] }> {
	const watch = watchRun(link, folder, signal, answerMs);
	try {
		for (;;) {
			const answer = await watchedFor(watch, watch.ask(mirror.reader), onLink);
			onAnswer?.(answer);
			const isOver = tell(answer.state);
			if (isOnce && mirror.isComplete(answer.files)) return { state: answer.state, proofs: [] };
			if (isOver && answer.state.state === "gone") return { state: answer.state, proofs: [] };
			if (!isOver || !mirror.isComplete(answer.files)) {
				// What is behind is asked for at once.
				if (mirror.isComplete(answer.files)) await rest(ASK_EVERY_MS, undefined, { signal });
				continue;
			}
			const proofs = await mirror.prove(link, folder, signal);
			if (proofs.every(({ isEqual }) => isEqual)) return { state: answer.state, proofs };
		}
	} finally {
		watch.close();
	}
}

async function watchedFor<T>(watch: Watch, answer: Promise<T>, onLink: (state: LinkState) => void): Promise<T> {
	let isStale = false;
	const timer = setInterval(() => {
		const ms = watch.silentMs();
		if (ms < STALE_MS) return;
		isStale = true;
		onLink({ link: "stale", ms: Math.round(ms) });
	}, 1000);
	try {
		const result = await answer;
		if (isStale) onLink({ link: "live" });
		return result;
	} finally {
		clearInterval(timer);
	}
}

/** Tells changes, and whether it is over; an end that was not recorded is believed when it has lasted a while. */
function stateTeller(onState: (state: RemoteState) => void): (state: RemoteState) => boolean {
	let told: string | null = null;
	let doubted: { state: string; since: number } | null = null;
	return (state) => {
		const isGoingOn = goesOn(state);
		if (!isGoingOn && state.state !== "ended" && state.state !== "requeued") {
			if (doubted?.state !== state.state) doubted = { state: state.state, since: performance.now() };
			if (performance.now() - doubted.since < DOUBT_MS) return false;
		} else doubted = null;
		const text = JSON.stringify(state);
		if (text !== told) onState(state);
		told = text;
		return !isGoingOn;
	};
}
