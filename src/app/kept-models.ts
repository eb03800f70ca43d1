import { setTimeout as rest } from "node:timers/promises";
import type { RemoteEvent } from "../domain/remote-run.js";
import { AssayError } from "../lib/errors.js";
import { isAnswered, type KeptModel, listKeptModels, requestModel, withdrawRequest } from "../remote/kept-models.js";
import type { Link } from "../remote/link.js";
import { overLinks } from "../remote/links.js";
import type { TrainingPlace } from "./training-place.js";

interface Options {
	place: TrainingPlace;
	signal: AbortSignal;
	onEvent: (event: RemoteEvent) => void;
}

const ASK_EVERY_MS = 250;

/** Models of a training that are whole, oldest first. */
export async function keptModels({ place, signal, onEvent }: Options): Promise<KeptModel[]> {
	return await overLinks({ ...linksOf(place, signal, onEvent), isPrompt: true }, (link) =>
		listKeptModels(link, place.attempts, signal),
	);
}

/**
 * Has a training that goes on write a model at its next step, and gives it when it is whole. Throws `usage` where it does
 * not go on or its trainer cannot be asked, and `host` where none could be written.
 */
export async function keepModelNow({ place, signal, onEvent }: Options): Promise<KeptModel> {
	const { id, job, attempts } = place;
	const last = attempts.at(-1);
	if (last === undefined) throw new Error(`${id} has no attempt`);
	if (job.method !== "world" && job.engine !== "builtin") {
		throw new AssayError("usage", `${id}: ${job.engine} cannot be asked for a model on the way`);
	}
	let isAsked = false;
	return await overLinks({ ...linksOf(place, signal, onEvent), isPrompt: true }, async (link) => {
		if (!isAsked) {
			if (!(await place.isGoingOn(link, signal))) {
				throw new AssayError("usage", `${id} does not go on`, {
					hint: `\`assay train checkpoints ${id}\` shows the models that it left`,
				});
			}
			await requestModel(link, last, signal);
			isAsked = true;
		}
		for (;;) {
			// Before the answer is looked for: what ended in between has left all it ever will.
			const goesOn = await place.isGoingOn(link, signal);
			if (await isAnswered(link, last, signal)) return await newestOf(link, place, signal);
			if (!goesOn) {
				await withdrawRequest(link, last, signal);
				return await newestOf(link, place, signal, true);
			}
			await rest(ASK_EVERY_MS, undefined, { signal });
		}
	});
}

async function newestOf(link: Link, { id, attempts }: TrainingPlace, signal: AbortSignal, hasEnded = false) {
	const newest = (await listKeptModels(link, attempts.slice(-1), signal)).findLast(
		({ isFinal }) => isFinal || !hasEnded,
	);
	if (newest !== undefined) return newest;
	throw new AssayError("host", `${id} ended before it could write one`);
}

/** What `overLinks` needs to reach it, telling how the link is. */
export function linksOf({ id, open }: TrainingPlace, signal: AbortSignal, onEvent: (event: RemoteEvent) => void) {
	return {
		open,
		signal,
		onLink: (link: Parameters<Parameters<typeof overLinks>[0]["onLink"]>[0]) =>
			onEvent({ type: "link.changed", id, ...link }),
	};
}
