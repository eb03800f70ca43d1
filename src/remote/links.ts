import { setTimeout as rest } from "node:timers/promises";
import type { LinkState } from "../domain/remote-run.js";
import { type Link, LinkLost } from "./link.js";

type Closable = Pick<Link, "close">;

export interface LinkOptions<L extends Closable = Link> {
	open: (signal: AbortSignal) => Promise<L>;
	signal: AbortSignal;
	onLink: (state: LinkState) => void;
	/** A host that cannot be reached at first is not waited for. */
	isPrompt?: boolean;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5000;

/** Does work that may be begun again, over as many links as it takes. Throws LinkLost where no other attempt can go better. */
export async function overLinks<T, L extends Closable = Link>(
	{ open, signal, onLink, isPrompt = false }: LinkOptions<L>,
	work: (link: L) => Promise<T>,
): Promise<T> {
	let attempt = 0;
	let wasThere = !isPrompt;
	for (;;) {
		let link: L | null = null;
		try {
			link = await open(signal);
			attempt = 0;
			wasThere = true;
			onLink({ link: "live" });
			return await work(link);
		} catch (error) {
			signal.throwIfAborted();
			if (!(error instanceof LinkLost) || !error.isPassing || !wasThere) throw error;
			const inMs = Math.min(FIRST_WAIT_MS * 2 ** attempt++, LONGEST_WAIT_MS);
			onLink({ link: "reconnecting", attempt, inMs, reason: error.message });
			await rest(inMs, undefined, { signal });
		} finally {
			link?.close();
		}
	}
}

/** Links to several hosts, which come to be and end together. */
export interface Links extends Closable {
	/** In the order in which they were asked for. */
	of(at: number): Link;
}

/** One after the other, since each may have to ask a person. */
export async function openAll(opens: readonly LinkOptions["open"][], signal: AbortSignal): Promise<Links> {
	const links: Link[] = [];
	const close = (): void => {
		for (const link of links) link.close();
	};
	try {
		for (const open of opens) links.push(await open(signal));
	} catch (error) {
		close();
		throw error;
	}
	return {
		of(at) {
			const link = links[at];
			if (link === undefined) throw new Error(`there are ${links.length} links, not ${at + 1}`);
			return link;
		},
		close,
	};
}
