import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { checkTrained, readTraining, TRAINING } from "../artifacts/training-file.js";
import type { RemoteEvent } from "../domain/remote-run.js";
import type { TrainingManifest } from "../domain/training.js";
import type { TrainingJob } from "../domain/training-job.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { AssayError } from "../lib/errors.js";
import { fetchFiles, listFiles } from "../remote/fetch-files.js";
import { type KeptModel, listKeptModels, withModelHeld } from "../remote/kept-models.js";
import type { Link } from "../remote/link.js";
import { overLinks } from "../remote/links.js";
import { linksOf } from "./kept-models.js";
import { checkpointFolder } from "./train-checkpoint.js";
import type { TrainingPlace } from "./training-place.js";

/** `last`: the one that the training ended with; `newest`: whole, though it goes on; a number: of this step. */
export type WantedModel = "last" | "newest" | number;

export interface FetchOptions {
	workspace: string;
	place: TrainingPlace;
	wanted: WantedModel;
	signal: AbortSignal;
	onEvent: (event: RemoteEvent) => void;
}

/**
 * Brings a model that is whole, over as many links as it takes, and gives its folder among the checkpoints: every file is
 * what its manifest says, and the manifest names parent and data by their places here. Throws `usage` where there is none.
 */
export async function fetchCheckpoint(options: FetchOptions): Promise<string> {
	const { workspace, place, wanted, signal, onEvent } = options;
	const last = checkpointFolder(workspace, place.id);
	if (wanted === "last" && existsSync(join(last, TRAINING))) return last;
	return await overLinks(linksOf(place, signal, onEvent), async (link) => {
		const models = await listKeptModels(link, place.attempts, signal);
		const model = models.findLast(({ isFinal, step }) =>
			wanted === "newest" ? true : wanted === "last" ? isFinal : step === wanted,
		);
		if (model === undefined) throw noSuchModel(place, wanted, models);
		const name = model.isFinal ? place.id : `${place.id}-step-${model.step}`;
		const checkpoint = checkpointFolder(workspace, name);
		if (!existsSync(join(checkpoint, TRAINING))) {
			await withModelHeld(link, model, signal, () => bring(link, model, checkpoint, options));
		}
		return checkpoint;
	});
}

function noSuchModel({ id, host }: TrainingPlace, wanted: WantedModel, models: readonly KeptModel[]): AssayError {
	if (wanted === "last") {
		return new AssayError("usage", `${id}: its checkpoint is not complete on ${host}`, {
			hint: `\`assay train attach ${id}\` tells how far it is; --step fetches one of those on the way`,
		});
	}
	const steps = models.map(({ step }) => step).join(", ");
	const what = wanted === "newest" ? "there is no whole model yet" : `no whole model of step ${wanted} is there`;
	return new AssayError("usage", `${id}: ${what}`, {
		hint: steps === "" ? `\`assay train checkpoint ${id}\` asks for one` : `there are those of step ${steps}`,
	});
}

async function bring(
	link: Link,
	model: KeptModel,
	checkpoint: string,
	{ place, signal, onEvent }: FetchOptions,
): Promise<void> {
	const { folder } = model;
	const files = await listFiles(link, folder, signal);
	const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
	onEvent({ type: "checkpoint.found", id: place.id, files: files.length, bytes });
	const target = join(place.folder, `${basename(checkpoint)}.part`);
	// An earlier attempt may have written its own.
	rmSync(join(target, TRAINING), { force: true });
	await fetchFiles(link, {
		...{ folder, files, target, signal },
		onProgress: (done, total) =>
			onEvent({ type: "transfer.progress", id: place.id, direction: "down", bytes: done, total }),
	});
	const stored = await readTraining(target);
	if (stored === null) throw new AssayError("host", `${folder}: no ${TRAINING} came`);
	await checkTrained(stored, signal);
	const there = place.attempts.find(({ attempt }) => attempt === model.attempt)?.job ?? place.job;
	const manifest = { ...placesHere(stored.manifest, place.job, there), costUsd: costOf(stored.manifest, place) };
	writeFileAtomic(join(target, TRAINING), `${JSON.stringify(manifest, null, "\t")}\n`);
	mkdirSync(dirname(checkpoint), { recursive: true });
	rmSync(checkpoint, { recursive: true, force: true });
	renameSync(target, checkpoint);
}

/** By the price of the host and the time that the training itself took; the host's rent goes on before and after it. */
function costOf({ costUsd, wallTimeMs }: TrainingManifest, { pricePerHour }: TrainingPlace): number | null {
	if (costUsd !== null || pricePerHour === null || wallTimeMs === null) return costUsd;
	return (pricePerHour * wallTimeMs) / 3_600_000;
}

/** The trainer there knew its inputs by their places there. */
function placesHere(manifest: TrainingManifest, job: TrainingJob, there: TrainingJob): TrainingManifest {
	const parent =
		manifest.parent?.path === there.model
			? {
					...manifest.parent,
					// Without a manifest it was called after its folder.
					name: manifest.parent.manifestSha256 === null ? basename(job.model) : manifest.parent.name,
					path: job.model,
				}
			: manifest.parent;
	const sources = manifest.sources.map((source) => (source.id === there.data ? { ...source, id: job.data } : source));
	return { ...manifest, parent, sources };
}
