import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { checkTrained, readTraining, recordOf, TRAINING } from "../artifacts/training-file.js";
import type { RemoteEvent } from "../domain/remote-run.js";
import type { TrainingManifest } from "../domain/training.js";
import type { CheckpointJob } from "../domain/training-job.js";
import { readWorldFolder } from "../energy/world/model-folder.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { AssayError } from "../lib/errors.js";
import { fetchFiles, listFiles } from "../remote/fetch-files.js";
import { type KeptModel, listKeptModels, withModelHeld } from "../remote/kept-models.js";
import type { Link } from "../remote/link.js";
import { overLinks } from "../remote/links.js";
import { linksOf } from "./kept-models.js";
import { isTrained, trainedFolder } from "./trained-model.js";
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
 * Brings a model that is whole, over as many links as it takes, and gives its folder here: every file is what its manifest
 * says, and the manifest of a checkpoint names parent and data by their places here. Throws `usage` where there is none.
 */
export async function fetchCheckpoint(options: FetchOptions): Promise<string> {
	const { workspace, place, wanted, signal, onEvent } = options;
	const { job } = place;
	if (wanted === "last" && isTrained(workspace, job)) return trainedFolder(workspace, job);
	return await overLinks(linksOf(place, signal, onEvent), async (link) => {
		const models = await listKeptModels(link, place.attempts, signal);
		const model = models.findLast(({ isFinal, step }) =>
			wanted === "newest" ? true : wanted === "last" ? isFinal : step === wanted,
		);
		if (model === undefined) throw noSuchModel(place, wanted, models);
		const name = model.isFinal ? place.id : `${place.id}-step-${model.step}`;
		const folder = trainedFolder(workspace, job, name);
		if (!existsSync(join(folder, recordOf(job)))) {
			await withModelHeld(link, model, recordOf(job), signal, () => bring(link, model, folder, options));
		}
		return folder;
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
	to: string,
	{ place, signal, onEvent }: FetchOptions,
): Promise<void> {
	const { folder } = model;
	const files = await listFiles(link, folder, signal);
	const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
	onEvent({ type: "checkpoint.found", id: place.id, files: files.length, bytes });
	const target = join(place.folder, `${basename(to)}.part`);
	// An earlier attempt may have written its own.
	rmSync(join(target, recordOf(place.job)), { force: true });
	await fetchFiles(link, {
		...{ folder, files, target, signal },
		onProgress: (done, total) =>
			onEvent({ type: "transfer.progress", id: place.id, direction: "down", bytes: done, total }),
	});
	if (place.job.method === "world") await readWorldFolder(target, signal);
	else await settleCheckpoint(target, model, place, place.job, signal);
	mkdirSync(dirname(to), { recursive: true });
	rmSync(to, { recursive: true, force: true });
	renameSync(target, to);
}

/** Checks every file, and has the manifest say what is known here alone. */
async function settleCheckpoint(
	folder: string,
	{ attempt, folder: origin }: KeptModel,
	place: TrainingPlace,
	job: CheckpointJob,
	signal: AbortSignal,
): Promise<void> {
	const stored = await readTraining(folder);
	if (stored === null) throw new AssayError("host", `${origin}: no ${TRAINING} came`);
	await checkTrained(stored, signal);
	const there = place.attempts.find((one) => one.attempt === attempt)?.job;
	const placed = there?.method === job.method ? placesHere(stored.manifest, job, there) : stored.manifest;
	const manifest = { ...placed, costUsd: costOf(stored.manifest, place) };
	writeFileAtomic(join(folder, TRAINING), `${JSON.stringify(manifest, null, "\t")}\n`);
}

/** By the price of the host and the time that the training itself took; the host's rent goes on before and after it. */
function costOf({ costUsd, wallTimeMs }: TrainingManifest, { pricePerHour }: TrainingPlace): number | null {
	if (costUsd !== null || pricePerHour === null || wallTimeMs === null) return costUsd;
	return (pricePerHour * wallTimeMs) / 3_600_000;
}

/** The trainer there knew its inputs by their places there. */
function placesHere(manifest: TrainingManifest, job: CheckpointJob, there: CheckpointJob): TrainingManifest {
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
