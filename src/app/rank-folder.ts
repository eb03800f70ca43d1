import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { EditProblem } from "../agents/edit-blocks.js";
import { applyEditDiff } from "../agents/edit-diff.js";
import type { FittedRankers } from "../domain/fitted-ranker.js";
import type { FolderRanking } from "../domain/folder-ranking.js";
import type { SeenTask, TrainingEntry } from "../domain/training.js";
import { type CandidateEnergies, candidateFacts } from "../energy/candidate-facts.js";
import { FITTED } from "../energy/fitted-rankers.js";
import { readProgram } from "../energy/read-program.js";
import { seenEntries } from "../energy/world/model-folder.js";
import type { WorldModel } from "../energy/world/world-model.js";
import { ENERGY } from "../energy/world-rankers.js";
import { definitionsOf } from "../languages/python-definitions.js";
import { AssayError } from "../lib/errors.js";
import { readTextFile, reasonOf, statInput } from "../lib/input-file.js";
import { SeenTasks } from "../lineage/seen-tasks.js";
import { promptLikeness } from "../tasks/likeness.js";
import { addFitted } from "./fitted-rankers.js";
import { groupsOf, scored } from "./ranked-groups.js";

export interface RankFolderOptions {
	/** File with the program before the edit. */
	before: string;
	instruction: string;
	/** Folder of whole files and unified diffs (`.diff`, `.patch`). */
	candidates: string;
	/** null: the last function at the left of `before`. */
	entryPoint: string | null;
	model: WorldModel | null;
	fitted: FittedRankers | null;
	/** Also where the model or the trees were taught by this instruction, marked. */
	allowSeen: boolean;
	signal: AbortSignal;
}

/** A candidate's file is read whole. */
const MOST_BYTES = 1024 * 1024;
const DIFFS = new Set([".diff", ".patch"]);
const FALLBACK = "centroid of valid";
const ID = "the instruction";

/** Ranks programs that nobody ran, and runs none: whole files, and diffs as far as they fit. Throws `usage`. */
export async function rankFolder(options: RankFolderOptions): Promise<FolderRanking> {
	const { instruction, model, fitted, allowSeen, signal } = options;
	const before = await readTextFile(options.before, MOST_BYTES);
	const entryPoint = options.entryPoint ?? lastFunction(before);
	const seen = {
		model: model && (await seenAs(instruction, seenEntries(model.folder), model.folder.name)),
		fitted: fitted && (await seenAs(instruction, fitted.tasks, fitted.runId)),
	};
	const refused = seen.model ?? seen.fitted;
	if (refused !== null && !allowSeen) {
		throw new AssayError(
			"usage",
			`${refused.checkpoint}: was taught by this instruction, as ${refused.trainedAs ?? "a task without a name"}`,
			{
				hint: "--allow-seen ranks all the same, marked",
			},
		);
	}
	const files = await candidatesIn(options.candidates, before, signal);
	const task = { id: ID, prompt: instruction, entryPoint: entryPoint ?? "", starterCode: before };
	const energies = model && (await energiesOf(model, { before, entryPoint, instruction }, files, signal));
	const facts = files.map(({ code }, sampleIndex) =>
		candidateFacts(task, {
			sampleIndex,
			completion: code ?? "",
			program: code === null ? null : readProgram(code, task.entryPoint),
			accepted: false,
			logprob: null,
			publicPassed: 0,
			observed: null,
			world: energies?.[sampleIndex] ?? null,
		}),
	);
	const [group] = groupsOf(facts, { n: null, seed: 0 });
	if (group === undefined) throw new Error("there is no group");
	const ranked = scored({ task, facts, placeOf: new Map() }, group);
	if (fitted !== null) addFitted([ranked], fitted);
	// These say something of verdicts and of public tests alone, of which there are none.
	for (const name of ["oracle", "public tests", "sample order"]) ranked.scores.delete(name);
	const by = [FITTED[0], ENERGY, FALLBACK].find((name) => ranked.scores.has(name)) ?? FALLBACK;
	const candidates = files.map(({ file, program, code }, i): FolderRanking["candidates"][number] => {
		const duplicate = ranked.duplicateOf[i] ?? null;
		const own = facts[i];
		return {
			file,
			program,
			parses: own?.facts?.parses ?? null,
			valid: own?.valid ?? false,
			duplicateOf: duplicate === null ? null : (files[duplicate]?.file ?? null),
			energy: own?.world?.energy ?? null,
			energyDelta: own?.world?.energyDelta ?? null,
			passProbability: code === null ? null : (ranked.scores.get(FITTED[0])?.[i] ?? null),
			scores: Object.fromEntries([...ranked.scores].map(([name, of]) => [name, of[i] ?? 0])),
		};
	});
	const first = (of: FolderRanking["candidates"][number]): number =>
		of.program.kind === "refused" ? Number.NEGATIVE_INFINITY : (of.scores[by] ?? 0);
	return {
		schema: "assay.folder-ranking.v1",
		before: options.before,
		instruction,
		entryPoint,
		model: model && { name: model.folder.name, id: model.id, seen: seen.model },
		fitted: fitted && { runId: fitted.runId, seen: seen.fitted },
		by,
		candidates: candidates.toSorted((a, b) => first(b) - first(a) || (a.file < b.file ? -1 : 1)),
	};
}

interface CandidateFile {
	file: string;
	program: FolderRanking["candidates"][number]["program"];
	code: string | null;
}

async function candidatesIn(folder: string, before: string, signal: AbortSignal): Promise<CandidateFile[]> {
	if (!statInput(folder).isDirectory()) throw new AssayError("usage", `${folder}: is no folder of candidates`);
	const entries = await readdir(folder, { withFileTypes: true });
	const names = entries.filter((entry) => entry.isFile() && !entry.name.startsWith(".")).map(({ name }) => name);
	if (names.length === 0) throw new AssayError("usage", `${folder}: holds no file`);
	const files: CandidateFile[] = [];
	for (const file of names.sort()) {
		signal.throwIfAborted();
		files.push(await candidateAt(folder, file, before));
	}
	return files;
}

async function candidateAt(folder: string, file: string, before: string): Promise<CandidateFile> {
	try {
		const text = await readTextFile(join(folder, file), MOST_BYTES);
		if (!DIFFS.has(extname(file))) return { file, program: { kind: "whole" }, code: text };
		return { file, program: { kind: "applied" }, code: applyEditDiff(before, text) };
	} catch (error) {
		if (!(error instanceof AssayError || error instanceof EditProblem)) throw error;
		return { file, program: { kind: "refused", reason: reasonOf(error) }, code: null };
	}
}

async function energiesOf(
	model: WorldModel,
	{ before, entryPoint, instruction }: { before: string; entryPoint: string | null; instruction: string },
	files: readonly CandidateFile[],
	signal: AbortSignal,
): Promise<(CandidateEnergies | null)[]> {
	const programs = files.flatMap(({ code }, place) => (code === null ? [] : [{ code, place }]));
	const scores = await model.energies(
		{ before: { code: before, entryPoint }, action: { text: instruction, entryPoint, operations: [] }, other: null },
		programs.map(({ code }) => ({ code, entryPoint })),
		{ signal },
	);
	const energies: (CandidateEnergies | null)[] = files.map(() => null);
	for (const [i, { place }] of programs.entries()) energies[place] = scores[i] ?? null;
	return energies;
}

/** null: none taught it that looks like this. */
async function seenAs(
	instruction: string,
	entries: Iterable<TrainingEntry> | AsyncIterable<TrainingEntry>,
	name: string,
): Promise<SeenTask | null> {
	const scoredTasks = new SeenTasks();
	scoredTasks.score({ taskId: ID, contentSha256: null, prompt: promptLikeness(instruction), solutions: [] });
	for await (const entry of entries) scoredTasks.train(entry, name);
	return scoredTasks.seen()[0] ?? null;
}

function lastFunction(code: string): string | null {
	return [...definitionsOf(code)].findLast(([path]) => !path.includes("."))?.[1].name ?? null;
}
