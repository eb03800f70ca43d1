import { AssayError } from "../lib/errors.js";
import { type Link, outputOf } from "./link.js";
import { quote } from "./quote.js";

/** Where an attempt leaves models, on the machine that it runs on. */
export interface ModelPlace {
	/** Counts from 1. */
	attempt: number;
	/** Folder that the trainer works in: requests go there, and models on the way are below it. */
	work: string;
	/** Folder of the model that it ends with. */
	model: string;
	/** File of a model that is written last. */
	record: string;
	/** Steps of the model that it ends with; null: its record tells. */
	steps: number | null;
}

/** A model that a trainer left whole: the record that vouches for its files is written last. */
export interface KeptModel {
	attempt: number;
	/** Optimiser steps that made it. */
	step: number;
	/** The one that the training ended with. */
	isFinal: boolean;
	folder: string;
	files: number;
	bytes: number;
	/** Seconds since 1970, by the clock there. */
	writtenAt: number;
}

/** Whole ones only, oldest first. */
export async function listKeptModels(
	link: Link,
	places: readonly ModelPlace[],
	signal: AbortSignal,
): Promise<KeptModel[]> {
	const words = places
		.flatMap(({ attempt, work, model, record, steps }) => [String(attempt), work, model, record, String(steps ?? "")])
		.map(quote);
	const told = await outputOf(link, `sh -c ${quote(LIST)} list ${words.join(" ")}`, { timeoutMs: null, signal });
	const models = told
		.split("\n")
		.filter((line) => line !== "")
		.map((line): KeptModel => {
			const [attempt, kind, step, files, bytes, writtenAt, ...folder] = line.split(" ");
			return {
				attempt: Number(attempt),
				step: Number(step),
				isFinal: kind === "final",
				folder: folder.join(" "),
				files: Number(files),
				bytes: Number(bytes),
				writtenAt: Number(writtenAt),
			};
		});
	return models.sort((a, b) => a.attempt - b.attempt || Number(a.isFinal) - Number(b.isFinal) || a.step - b.step);
}

/** Asks a trainer that is at work for a model at its next step. */
export async function requestModel(link: Link, { work }: ModelPlace, signal: AbortSignal): Promise<void> {
	const ask = "rm -f checkpoint.failed && : >checkpoint.request.tmp && mv checkpoint.request.tmp checkpoint.request";
	await outputOf(link, `cd ${quote(work)} && ${ask}`, { signal });
}

/** Takes a request back that nobody is going to answer. */
export async function withdrawRequest(link: Link, { work }: ModelPlace, signal: AbortSignal): Promise<void> {
	await outputOf(link, `cd ${quote(work)} && rm -f checkpoint.request checkpoint.taken`, { signal });
}

/** Whether a request was answered. Throws `host` with the reason where it could not be. */
export async function isAnswered(link: Link, { work }: ModelPlace, signal: AbortSignal): Promise<boolean> {
	const look =
		"if [ -e checkpoint.request ] || [ -e checkpoint.taken ]; then echo open; else cat checkpoint.failed 2>/dev/null; fi";
	const told = (await outputOf(link, `cd ${quote(work)} && { ${look}; :; }`, { signal })).trim();
	if (told === "open") return false;
	if (told === "") return true;
	throw new AssayError("host", `the trainer could not write a model: ${told}`, {
		hint: "make room there; the training itself goes on",
	});
}

/** Runs work while the trainer does not remove this model, which is whole by its `record`. Throws `usage` where it is gone already. */
export async function withModelHeld<T>(
	link: Link,
	{ folder, isFinal }: KeptModel,
	record: string,
	signal: AbortSignal,
	work: () => Promise<T>,
): Promise<T> {
	// Nobody removes the last one.
	if (isFinal) return await work();
	const hold = quote(`${folder}.fetching`);
	const { code } = await link.execute(`: >${hold} && [ -e ${quote(`${folder}/${record}`)} ]`, { signal });
	if (code !== 0) {
		await outputOf(link, `rm -f ${hold}`, { signal });
		throw new AssayError("usage", `${folder}: was removed meanwhile: newer ones are there`, {
			hint: "--set keepLast=10 keeps more of them in the next training",
		});
	}
	const result = await work();
	await outputOf(link, `rm -f ${hold}`, { signal });
	return result;
}

/** Reads attempt, work and model folder, the record's name and the last model's steps by fives. */
const LIST = `while [ $# -ge 5 ]; do
	for d in "$2"/checkpoints/step-* "$3"; do
		case $d in *.tmp|*.fetching) continue ;; esac
		[ -e "$d/$4" ] || continue
		kind=kept step=\${d##*/step-} n=0 bytes=0
		if [ "$d" = "$3" ]; then
			kind=final step=$5
			[ -n "$step" ] || step=$(sed -n 's/^[[:space:]]*"steps": *\\([0-9]*\\),*$/\\1/p' "$d/$4" | head -n 1)
		fi
		for b in $(find "$d" -type f -exec stat -c %s {} +); do n=$((n + 1)) bytes=$((bytes + b)); done
		echo "$1 $kind \${step:-0} $n $bytes $(stat -c %Y "$d/$4") $d"
	done
	shift 5
done`;
