import { setTimeout as rest } from "node:timers/promises";
import type { LinkState } from "../domain/remote-run.js";
import { type Link, LinkLost } from "./link.js";

export interface LinkOptions {
	open: (signal: AbortSignal) => Promise<Link>;
	signal: AbortSignal;
	onLink: (state: LinkState) => void;
	/** A host that cannot be reached at first is not waited for. */
	isPrompt?: boolean;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5000;

/** Does work that may be begun again, over as many links as it takes. Throws LinkLost where no other attempt can go better. */
export async function overLinks<T>(
	{ open, signal, onLink, isPrompt = false }: LinkOptions,
	work: (link: Link) => Promise<T>,
): Promise<T> {
	let attempt = 0;
	let wasThere = !isPrompt;
	for (;;) {
		let link: Link | null = null;
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
