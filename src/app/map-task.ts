import { readRollouts } from "../artifacts/rollout-file.js";
import type { SeenTask } from "../domain/training.js";
import type { EncodedProgram } from "../energy/world/encoding-cache.js";
import type { ActionInput } from "../energy/world/messages.js";
import { energyOf, type WorldModel } from "../energy/world/world-model.js";
import { AssayError } from "../lib/errors.js";
import { principalPlane } from "../stats/latent.js";
import { type AskedTaskOptions, askedTask } from "./asked-task.js";
import { startOf } from "./world-drafts.js";

export interface MapOptions extends AskedTaskOptions {
	/** Id of a task whose question is put in place of its own; null: none. */
	instead: string | null;
}

export interface TaskMap {
	runId: string;
	taskId: string;
	model: { name: string; id: string };
	/** As which task the model was trained on this one; null: it was not. Then nothing here counts. */
	seen: SeenTask | null;
	instead: string | null;
	/** Part of the variance of all vectors that the plane shows: 1 is all of it. */
	shown: number;
	/** Of that, the first principal component's, which x is along, and the second one's. */
	shares: { x: number; y: number };
	/** What there was before any candidate: one, unless the task has no starter code and candidates chose their signatures. */
	starts: MappedStart[];
	/** Those with a program, by sample. */
	candidates: MappedCandidate[];
}

export interface MapPlace {
	x: number;
	y: number;
}

export interface MappedStart {
	before: MapPlace;
	/** What the model says that becomes of it; `swapped`: by the other question. */
	predicted: MapPlace;
	swapped: MapPlace | null;
}

export interface MappedCandidate {
	sampleIndex: number;
	accepted: boolean;
	/** Which of the starts it goes out from. */
	start: number;
	place: MapPlace;
	/** Squared distance to what is predicted, in all dimensions. */
	energy: number;
	/** The same with the other question; null: none was put. */
	swapped: number | null;
	/** The nearest other candidates in all dimensions, by squared distance, nearest first. */
	neighbours: { sampleIndex: number; distance: number }[];
}

const NEIGHBOURS = 5;

/** Where a world model has the candidates of a task, what there was before them and what it predicts. Nothing is run. */
export async function mapTask(options: MapOptions): Promise<TaskMap> {
	const { taskId, instead, model, signal } = options;
	const { runId, rollouts, task, seen, questions } = await askedTask(options);
	const other = instead === null ? null : questions.actionOf(instead);
	if (instead !== null && other === null) {
		throw new AssayError("usage", `${instead}: is no function task of this run`, {
			hint: "its question is asked in place of the task's own: name another task of the same file",
		});
	}
	const programs = await programsOf(rollouts, options);
	if (programs.length === 0) throw new AssayError("usage", `${taskId}: no judged candidate of this run has a program`);
	const startCodeOf = programs.map(({ code }) => startOf(task, code));
	const startCodes = [...new Set(startCodeOf)];
	const { entryPoint } = task;
	const encoded = await model.encode(
		[...startCodes, ...programs.map(({ code }) => code)].map((code) => ({
			code,
			entryPoint,
			known: null,
			hidden: null,
		})),
		{ signal },
	);
	const starts = encoded.slice(0, startCodes.length);
	const ends = encoded.slice(startCodes.length).map(({ target }) => target);
	const predicted = await predictions(model, starts, questions.actionOf(taskId), signal);
	const swapped = await predictions(model, starts, other, signal);
	const vectors = [...starts.map(({ target }) => target), ...predicted, ...swapped, ...ends];
	const { places, shares } = planeOf(vectors, model.config.width);
	const at = (i: number): MapPlace => places[i] ?? { x: 0, y: 0 };
	const count = starts.length;
	return {
		runId,
		taskId,
		model: { name: model.folder.name, id: model.id },
		seen,
		instead,
		shown: Math.min(1, shares.x + shares.y),
		shares,
		starts: starts.map((_, i) => ({
			before: at(i),
			predicted: at(count + i),
			swapped: other === null ? null : at(2 * count + i),
		})),
		candidates: programs.map(({ sampleIndex, accepted }, i) => {
			const start = startCodes.indexOf(startCodeOf[i] ?? "");
			const own = predicted[start] ?? new Float32Array();
			const otherwise = swapped[start];
			const end = ends[i] ?? new Float32Array();
			return {
				sampleIndex,
				accepted,
				start,
				place: at(vectors.length - ends.length + i),
				energy: energyOf(own, end),
				swapped: otherwise === undefined ? null : energyOf(otherwise, end),
				neighbours: nearest(ends, i).map(({ at, distance }) => ({
					sampleIndex: programs[at]?.sampleIndex ?? 0,
					distance,
				})),
			};
		}),
	};
}

interface JudgedProgram {
	sampleIndex: number;
	accepted: boolean;
	code: string;
}

async function programsOf(rollouts: string, { taskId, signal }: MapOptions): Promise<JudgedProgram[]> {
	const programs: JudgedProgram[] = [];
	for await (const { rollout } of readRollouts(rollouts)) {
		signal.throwIfAborted();
		const { candidate, verdict } = rollout;
		if (candidate.taskId !== taskId || candidate.code === null || verdict.status === "judge_error") continue;
		const { sampleIndex, code } = candidate;
		programs.push({ sampleIndex, accepted: verdict.status === "accepted", code });
	}
	return programs.sort((a, b) => a.sampleIndex - b.sampleIndex);
}

async function predictions(
	model: WorldModel,
	starts: readonly EncodedProgram[],
	action: ActionInput | null,
	signal: AbortSignal,
): Promise<Float32Array[]> {
	if (action === null) return [];
	return await model.predict(
		starts.map(({ state }) => ({ state, action })),
		{ signal },
	);
}

/** The plane in which vectors differ most, and how much of their variance lies along each of its axes. */
function planeOf(vectors: readonly Float32Array[], width: number): { places: MapPlace[]; shares: TaskMap["shares"] } {
	const values = new Float32Array(vectors.length * width);
	for (const [row, vector] of vectors.entries()) values.set(vector, row * width);
	const plane = principalPlane({ width, values });
	const means = new Float64Array(width);
	for (let i = 0; i < values.length; i++)
		means[i % width] = (means[i % width] ?? 0) + (values[i] ?? 0) / vectors.length;
	let all = 0;
	for (let i = 0; i < values.length; i++) all += ((values[i] ?? 0) - (means[i % width] ?? 0)) ** 2;
	const places = vectors.map((_, row) => ({ x: plane[2 * row] ?? 0, y: plane[2 * row + 1] ?? 0 }));
	const share = (of: (place: MapPlace) => number): number =>
		places.reduce((sum, place) => sum + of(place) ** 2, 0) / all;
	return { places, shares: all === 0 ? { x: 1, y: 0 } : { x: share(({ x }) => x), y: share(({ y }) => y) } };
}

function nearest(vectors: readonly Float32Array[], of: number): { at: number; distance: number }[] {
	const own = vectors[of];
	if (own === undefined) return [];
	return vectors
		.flatMap((vector, at) => (at === of ? [] : [{ at, distance: energyOf(own, vector) }]))
		.sort((a, b) => a.distance - b.distance || a.at - b.at)
		.slice(0, NEIGHBOURS);
}
